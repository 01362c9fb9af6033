// Nobody there: a warning after 60 seconds, the end after 90; after a finished screen 20. Home alone, untouched, waits.

const WARN = 60000;
const WIPE = 90000;
const DONE = 20000;

let over = null;
let wipe = () => {};
let warning = () => null;
let timers = [];
let used = false;
let finished = false;

function clear() {
  timers.forEach(clearTimeout);
  timers = [];
  over.replaceChildren();
}

function warn() {
  const shown = warning();
  if (!shown) return;
  over.replaceChildren(shown);
  shown.querySelector("button").addEventListener("click", () => idle.touched());
  shown.querySelector("button").focus();
}

function wait() {
  clear();
  if (!used) return;
  if (finished) timers = [setTimeout(wipe, DONE)];
  else timers = [setTimeout(warn, WARN), setTimeout(wipe, WIPE)];
}

export const idle = {
  start(place, end, words) {
    over = place;
    wipe = () => { clear(); end(); };
    warning = words;
    // While it asks, only its own key goes on: a touch must not fall through to what lies below.
    const hand = () => { if (!over.childElementCount) idle.touched(); };
    for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, hand, true);
  },
  // A new screen came; only somebody's hand starts the clock.
  turn(screen) {
    finished = screen.hasAttribute("data-finished");
    wait();
  },
  touched() {
    used = true;
    wait();
  },
  fresh: () => !used,
};
