// Keeps the desk's line and figures young, and shows after a print that it was printed. Everything works without it.
// It reads [data-refresh] (the address of this desk) and form[data-print]; it replaces what has an id "live-…".

const EVERY = 10000; // ms
const AFTER_PRINT = [1500, 4000, 9000];
const desk = document.querySelector("[data-refresh]");

async function renew(names) {
  let answer;
  try {
    // X-Quiet: this is not a person, so it must not keep the session alive.
    answer = await fetch(desk.dataset.refresh, { headers: { "X-Quiet": "1" }, credentials: "same-origin" });
  } catch {
    return; // the line is down; the next round tries again
  }
  if (answer.redirected) location.reload();
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const name of names) {
    const [old, young] = [document.getElementById(name), fresh.getElementById(name)];
    if (old && young && !old.contains(document.activeElement)) old.replaceChildren(...young.childNodes);
  }
}

setInterval(() => { if (!document.hidden) renew(["live-line", "live-today"]); }, EVERY);
addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-print]")) return;
  // The paper opens in its own tab; here the scanner is next.
  setTimeout(() => document.querySelector("[data-scan]")?.focus({ preventScroll: true }), 0);
  for (const delay of AFTER_PRINT) setTimeout(() => renew(["live-read", "live-line", "live-history"]), delay);
});
