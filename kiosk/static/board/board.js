// Keeps a board young: follows the hall, renews the pieces that changed, flashes and says new calls, says when it is
// stale, keeps the clock, and loads itself anew at night to take a new build. It reads everything from <body data-…>.

import { announcer } from "./announcer.js";

const { follow } = await import(document.body.dataset.live);
const { poll, stream, zone, voice, volume, quiet } = document.body.dataset;
const FLASH = 8000; // ms
const NIGHT = [2, 4]; // o'clock
const REST = 6 * 3600000; // a page younger than that is new enough
const GIVE_UP = 300000; // stale for so long, though the server answers: begin anew
const begun = performance.now();
const tonight = Math.floor(Math.random() * 120); // minutes after NIGHT[0]; not all boards at once
const pieces = new Map([...document.querySelectorAll("[data-piece]")].map((one) => [one.dataset.piece, one]));
const drawn = new Map();
const flashing = new Map(); // version → until
const due = new Map(); // calls that the stream told before the state that says how they are spoken
const stale = document.querySelector(".stale");
const button = document.querySelector(".sound");
let staleSince = null;
let last = null;

const sound = voice ? announcer({ volume: loudness, onBlocked: ask, onSaid: noted }) : null;
button.addEventListener("click", () => sound?.allow());

const line = follow({
  poll, stream, hints: true, onState: show, onCall: (call) => { due.set(call.version, call); told(last); }, onStale: say,
});

function show(state) {
  last = state;
  document.body.dataset.answered = state.version;
  for (const [name, html] of Object.entries(state.pieces)) {
    const piece = pieces.get(name);
    if (!piece || drawn.get(name) === html) continue;
    drawn.set(name, html);
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    piece.replaceChildren(fresh.content);
  }
  document.querySelector(".board").className = state.look;
  told(state);
  flash();
}

// Says and flashes what is due and known; what a state of that version does not have is another board's.
function told(state) {
  if (!state) return;
  for (const [version] of [...due].sort(([one], [other]) => one - other)) {
    const known = state.calls.find((one) => one.version === version);
    if (!known && version > state.version) continue;
    due.delete(version);
    if (!known) continue;
    flashing.set(version, performance.now() + FLASH);
    setTimeout(flash, FLASH + 50);
    sound?.add({ ...known, heard: Date.now() });
  }
  flash();
}

function flash() {
  const now = performance.now();
  for (const [version, until] of flashing) if (until <= now) flashing.delete(version);
  for (const one of document.querySelectorAll("[data-call]")) one.classList.toggle("flash", flashing.has(Number(one.dataset.call)));
}

function say(isStale, since) {
  staleSince = isStale ? performance.now() : null;
  document.body.classList.toggle("cut", isStale);
  const text = stale.querySelector("[data-text]");
  text.textContent = isStale ? text.dataset.text.replace("{time}", clock(since)) : "";
  stale.hidden = !isStale;
}

function loudness() {
  const now = clock(line.now()).padStart(5, "0");
  const low = quiet.split(",").some((span) => {
    const [begins, ends] = span.split("-");
    return begins && (begins <= ends ? begins <= now && now < ends : begins <= now || now < ends);
  });
  return (Number(volume) / 100) * (low ? 0.5 : 1);
}

function ask(blocked) {
  button.hidden = !blocked;
  document.body.classList.toggle("blocked", blocked);
}

function noted(call, what) { dispatchEvent(new CustomEvent("announced", { detail: { number: call.number, what } })); }

function clock(instant) {
  return new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(instant);
}

function tick() {
  const time = clock(line.now());
  for (const one of document.querySelectorAll("[data-board-clock]")) if (one.textContent !== time) one.textContent = time;
  const [hour, minute] = time.split(":").map(Number);
  const night = hour >= NIGHT[0] && hour < NIGHT[1] && (hour - NIGHT[0]) * 60 + minute >= tonight;
  const tired = staleSince !== null && performance.now() - staleSince > GIVE_UP;
  if ((night && performance.now() - begun > REST) || tired) anew();
  setTimeout(tick, 1000 - (Date.now() % 1000));
}

// Only where the server is there: a board that cannot be loaded would be a white screen.
let trying = 0;
async function anew() {
  if (performance.now() - trying < 60000 && trying) return;
  trying = performance.now();
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
    if (answer.ok) location.reload();
  } catch { /* the next minute tries again */ }
}

tick();
