// Keeps the desk as it is on the server: the line and the figures young, a page that is out of date loaded anew, and
// after a print that it was printed. Everything works without it; it keeps nothing, so a reload loses nothing.
// It reads #live (data-refresh: this desk's address, data-stamp: which buttons it shows, data-poll and data-stream: the
// line's state) and replaces what has an id "live-…".

const EVERY = 10000; // ms, also beside the stream: minutes pass without an event
const AFTER_PRINT = [1500, 4000, 9000];
const PARTS = ["live-help", "live-line", "live-queues", "live-today", "live-on", "live-called", "live-idle", "live-prints"];
const desk = document.getElementById("live");
let busy = false;

async function renew(names) {
  if (busy) return;
  busy = true;
  try {
    // X-Quiet: this is not a person, so it must not keep the session alive.
    const answer = await fetch(desk.dataset.refresh, { headers: { "X-Quiet": "1" }, credentials: "same-origin" });
    if (answer.redirected) return location.reload();
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"), names);
  } catch {
    // the line is down; the next round tries again
  } finally {
    busy = false;
  }
}

function show(fresh, names) {
  const young = fresh.getElementById("live");
  if (young && young.dataset.stamp !== desk.dataset.stamp && !atWork()) return location.replace(desk.dataset.refresh);
  for (const name of names) {
    const [old, other] = [document.getElementById(name), fresh.getElementById(name)];
    if (!old || !other || old.contains(document.activeElement) || said(old) === said(other)) continue;
    if (still(old) === still(other)) tick(old, other);
    else old.replaceChildren(...other.childNodes);
  }
}

// Minutes that have passed are renewed where they stand: a strip is read out when it comes, not every minute.
function tick(old, other) {
  const young = other.querySelectorAll("[data-ticks]");
  old.querySelectorAll("[data-ticks]").forEach((minutes, at) => { minutes.textContent = young[at].textContent; });
}

function still(part) {
  const copy = part.cloneNode(true);
  for (const minutes of copy.querySelectorAll("[data-ticks]")) minutes.textContent = "";
  return said(copy);
}

// What a part shows; the tokens of its forms are others every time.
function said(part) { return part.innerHTML.replace(/value="[^"]{40,}"/g, ""); }

// Somebody is typing, or a step is on its way.
function atWork() {
  const box = document.activeElement;
  return Boolean(document.querySelector("[aria-disabled='true']") || (box?.matches("input, textarea, select") && box.value && box.type !== "hidden"));
}

function told(stale, since) {
  const place = document.getElementById("live-line-state");
  const time = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hourCycle: "h23" }).format(since);
  place.textContent = stale ? place.dataset.cut.replace("{time}", time) : "";
  place.classList.toggle("error", stale);
}

async function listen() {
  if (!desk.dataset.poll) return;
  const { follow } = await import(desk.dataset.live);
  let version = Number(desk.dataset.version);
  follow({
    poll: desk.dataset.poll,
    stream: desk.dataset.stream || "",
    onState(state) {
      if (state.version === version) return;
      version = state.version;
      renew(PARTS);
    },
    onStale: told,
  });
}

setInterval(() => { if (!document.hidden) renew(PARTS); }, EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(PARTS); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-print]")) return;
  // The paper opens in its own tab; here the scanner is next.
  setTimeout(() => document.querySelector("[data-scan]")?.focus({ preventScroll: true }), 0);
  for (const delay of AFTER_PRINT) setTimeout(() => renew(["live-read", "live-history", ...PARTS]), delay);
});
listen();
