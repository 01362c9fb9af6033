// A word before a session ends (WCAG 2.2.1): two minutes before nobody used it for [data-idle] seconds, ten minutes before
// [data-whole] seconds are over however much it is used. Every page that is opened in the session keeps it, and so does the
// button, which asks [data-here]; the password, given in another window, begins the whole anew.

const WORD_BEFORE = 120000;
const WORD_BEFORE_WHOLE = 600000;
const LOOK_EVERY = 5000;

function staying(part) {
  const lasts = Number(part.dataset.idle) * 1000;
  let from = Date.now();
  let until = from + Number(part.dataset.whole) * 1000;
  let shown = "";

  function show(name) {
    if (name === shown) return;
    shown = name;
    part.querySelector(":scope > :not(template)")?.remove();
    if (!name) return;
    part.append(part.querySelector(`template[data-${name}]`).content.cloneNode(true));
    part.querySelector("button")?.addEventListener("click", goOn);
  }

  async function goOn() {
    const answer = await fetch(part.dataset.here, { cache: "no-store", redirect: "manual" }).catch(() => null);
    if (!answer) return;
    if (answer.status !== 204) { show("over"); return; }
    from = Date.now();
    until = from + Number(answer.headers.get("X-Ends-In")) * 1000;
    look();
  }

  function look() {
    const [idle, whole] = [from + lasts - Date.now(), until - Date.now()];
    if (Math.min(idle, whole) <= 0) show("over");
    else if (idle <= WORD_BEFORE) show("soon");
    else show(whole <= WORD_BEFORE_WHOLE ? "late" : "");
  }

  setInterval(look, LOOK_EVERY);
  addEventListener("focus", () => { if (shown === "late") goOn(); });
}

document.querySelectorAll("[data-idle]").forEach(staying);
