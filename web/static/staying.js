// A word before a session that nobody uses ends (WCAG 2.2.1): [data-idle] seconds after the page came, less two minutes.
// Every page that is opened in the session keeps it; so does the button, which asks [data-here].

const WORD_BEFORE = 120000;
const LOOK_EVERY = 5000;

function staying(part) {
  const lasts = Number(part.dataset.idle) * 1000;
  let from = Date.now();
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
    if (answer?.status === 204) from = Date.now();
    show(answer?.status === 204 ? "" : answer ? "over" : "soon");
  }

  function look() {
    const left = from + lasts - Date.now();
    show(left > WORD_BEFORE ? "" : left > 0 ? "soon" : "over");
  }

  setInterval(look, LOOK_EVERY);
}

document.querySelectorAll("[data-idle]").forEach(staying);
