// A scanner that types like a keyboard is read on every screen that takes a code (form[data-scan]).

const PAUSE = 200;
const LEAST = 8;
const FAST = 60;

export function scanner(main, send) {
  let text = "";
  let began = 0;
  let timer = 0;

  const done = () => {
    const form = main.querySelector("form[data-scan]");
    const code = text.normalize("NFKC").trim();
    const swift = text.length && (performance.now() - began) / text.length < FAST + PAUSE / text.length;
    text = "";
    if (!form || code.length < LEAST || !swift) return;
    form.elements.code.value = code;
    send(form, null);
  };

  addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-keys]") && event.target.form && !event.target.form.matches("[data-scan]")) return;
    if (event.key === "Enter" && text) {
      event.preventDefault();
      clearTimeout(timer);
      done();
    } else if (event.key.length === 1) {
      if (!text) began = performance.now();
      text += event.key;
      clearTimeout(timer);
      timer = setTimeout(done, PAUSE);
    }
  });
}
