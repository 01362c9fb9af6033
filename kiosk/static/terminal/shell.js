// The shell of the terminal: screens are fragments that come into #screen, the address never changes, the history
// stays one entry, and what a person typed lives in this page's memory only. After a person the page is replaced.

import { camera } from "./camera.js";
import { guard } from "./guard.js";
import { idle } from "./idle.js";
import { keyboards } from "./keys.js";
import { Cut, ask, speak } from "./line.js";
import { Offline } from "./offline.js";
import { scanner } from "./scanner.js";
import { canRead, quiet, read } from "./speech.js";
import { forget } from "./store.js";

const root = document.documentElement;
const main = document.getElementById("screen");
const BASE = document.body.dataset.base;
const HOME = `${BASE}screens/home`;
const FIRST = "ja";
const SMALLEST = 0.5;
const PARTS = ".upper, .lower, .do, .show, .choice, .way, .setting, .keyboard";
const LETTERS = 6; // pixels by which a letter may stand out of its line
const PULSE = 30000;
const SOON = 5000;

let stack = [];
let language = FIRST;
let reading = false;
let low = false;
let busy = false;
let followed = [];
let watching = null;

const top = () => stack[stack.length - 1];
const busyAfter = (milliseconds) => setTimeout(() => root.classList.add("busy"), milliseconds);

// ---- showing --------------------------------------------------------------------------------------------------------

// Letters are as large as was asked for, or as large as the screen can hold without scrolling.
function fit() {
  const screen = main.firstElementChild;
  if (!screen) return;
  const parts = [screen, ...screen.querySelectorAll(PARTS)];
  const overfull = () => parts.some((one) => one.scrollHeight > one.clientHeight + LETTERS || one.scrollWidth > one.clientWidth + 1);
  for (let scale = 1; scale >= SMALLEST; scale -= 0.04) {
    screen.style.setProperty("--fit", scale.toFixed(2));
    if (!overfull()) break;
  }
}

function show(screen) {
  followed.forEach(clearTimeout);
  followed = [];
  watching?.stop();
  watching = null;
  quiet();
  main.replaceChildren(screen);
  root.lang = screen.lang || "ja";
  screen.querySelector("[data-back]").classList.toggle("nowhere", stack.length < 2 || screen.hasAttribute("data-first"));
  screen.querySelector("[data-stop]").classList.toggle("nowhere", screen.hasAttribute("data-first"));
  settings();
  keyboards(screen);
  watching = camera(screen, BASE, open);
  screen.querySelectorAll("[data-follow]").forEach(follow);
  fit();
  (screen.querySelector("[data-keys]") || screen.querySelector("h1"))?.focus({ preventScroll: true });
  if (reading) read(screen, language);
  idle.turn(screen);
}

function settings() {
  const screen = main.firstElementChild;
  const pressed = (one, on) => one.setAttribute("aria-pressed", String(on));
  screen.querySelectorAll("[data-set-size]").forEach((one) => pressed(one, one.dataset.setSize === root.dataset.size));
  screen.querySelectorAll("[data-set-low]").forEach((one) => pressed(one, low));
  screen.querySelectorAll("[data-read]").forEach((one) => { one.hidden = !canRead(language); });
  root.toggleAttribute("data-low", low);
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector(".screen");
}

// A part of a screen that is fetched again and again: how a print goes.
function follow(part) {
  const seconds = Number(part.dataset.every || 2);
  const again = async () => {
    try {
      const answer = await ask("GET", part.dataset.follow);
      if (answer.ok && part.isConnected) {
        part.innerHTML = await answer.text();
        if (!reading) fit();
      }
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
    }
    if (part.isConnected && !part.querySelector("[data-settled]")) followed.push(setTimeout(again, seconds * 1000));
  };
  followed.push(setTimeout(again, seconds * 1000));
}

// ---- going ----------------------------------------------------------------------------------------------------------

// Fetch a screen and show it; `instead` puts it in the place of the present one (another language of the same).
export async function open(address, { method = "GET", body = "", instead = false } = {}) {
  if (busy) return;
  busy = true;
  const slow = busyAfter(400);
  try {
    const answer = await ask(method, address, { body });
    if (answer.status === 401 || answer.status === 403) return gone();
    const screen = parsed(await answer.text());
    if (!screen) return offline.unclear();
    const kept = instead ? typed() : null;
    if (screen.hasAttribute("data-first")) stack = [];
    else if (screen.hasAttribute("data-finished")) stack = stack.slice(0, 0);
    else if (instead) stack.pop();
    stack.push({ address, method, body, screen });
    show(screen);
    if (kept) retype(kept);
    offline.heard();
  } catch (problem) {
    if (!(problem instanceof Cut)) throw problem;
    offline.cut(true);
  } finally {
    clearTimeout(slow);
    root.classList.remove("busy");
    busy = false;
  }
}

// Fetch the first screen anew while nobody is there. A hand that comes meanwhile is not kept waiting: it goes first.
async function refresh() {
  try {
    const answer = await ask("GET", HOME);
    if (answer.status === 401 || answer.status === 403) return gone();
    const screen = parsed(await answer.text());
    if (busy || !idle.fresh()) return;
    if (!screen) return offline.unclear();
    stack = [{ address: HOME, method: "GET", body: "", screen }];
    show(screen);
    offline.heard();
  } catch (problem) {
    if (!(problem instanceof Cut)) throw problem;
    if (!busy && idle.fresh()) offline.cut(true);
  }
}

// Show a screen that the page made itself.
export function put(screen) {
  if (screen.hasAttribute("data-first") || screen.hasAttribute("data-finished")) stack = [];
  stack.push({ address: "", method: "", body: "", screen });
  show(screen);
}

function back() {
  if (stack.length < 2) return;
  stack.pop();
  show(top().screen);
}

const typed = () => Object.fromEntries([...main.querySelectorAll("input:not([type=hidden])[name]")].map((one) => [one.name, one.value]));
const retype = (kept) => main.querySelectorAll("input:not([type=hidden])[name]").forEach((one) => { one.value = kept[one.name] ?? one.value; });

function send(form, button) {
  const fields = new FormData(form, button && button.form === form ? button : null);
  open(form.action, { method: "POST", body: new URLSearchParams(fields).toString() });
}

// ---- the end of a turn ----------------------------------------------------------------------------------------------

export async function wipe() {
  root.classList.add("busy");
  watching?.stop();
  quiet();
  stack = [];
  main.replaceChildren();
  await forget().catch(() => {});
  try {
    await ask("POST", `${BASE}wipe`, { patience: 4000 });
  } catch (problem) {
    if (!(problem instanceof Cut)) throw problem;
  }
  location.replace(BASE);
}

function gone() {
  stack = [];
  offline.closed();
}

// ---- hands ----------------------------------------------------------------------------------------------------------

function pressed(event) {
  const on = event.target.closest("button, a");
  if (!on || !main.contains(on)) return;
  idle.touched();
  if (on.matches("a")) {
    event.preventDefault();
    if (on.hasAttribute("data-screen")) open(on.getAttribute("href"));
  } else if (on.hasAttribute("data-back")) back();
  else if (on.hasAttribute("data-stop")) wipe();
  else if (on.hasAttribute("data-read")) { reading = true; read(main.firstElementChild, language); }
  else set(on);
}

function set(on) {
  if (on.dataset.setSize) root.dataset.size = on.dataset.setSize;
  else if (on.hasAttribute("data-set-low")) low = !low;
  else if (on.dataset.setLanguage) return spoken(on.dataset.setLanguage);
  else return;
  settings();
  fit();
}

function spoken(chosen) {
  language = chosen;
  speak(chosen);
  stack.pop();
  const { address = HOME, method = "GET", body = "" } = top() || {};
  offline.pieces(chosen);
  open(address || HOME, { method: method || "GET", body, instead: true });
}

async function pulse() {
  const quietHome = idle.fresh() && main.querySelector("[data-first]") && !offline.isCut;
  await offline.pulse(quietHome);
  if (quietHome && idle.fresh() && !busy && !offline.isCut) await refresh();
  setTimeout(pulse, offline.isCut ? SOON : PULSE);
}

const offline = new Offline({ base: BASE, put, open, gone, isIdle: () => idle.fresh(), main, home: HOME });

guard();
idle.start(document.getElementById("over"), wipe, () => offline.words("idle"));
scanner(main, send);
addEventListener("click", pressed);
addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches("[data-screen]")) { idle.touched(); send(event.target, event.submitter); }
});
addEventListener("resize", fit);
self.speechSynthesis?.addEventListener?.("voiceschanged", () => main.firstElementChild && settings());
history.replaceState(null, "", BASE);
document.fonts?.ready.then(fit);
navigator.serviceWorker?.register(`${BASE}service-worker.js`).catch(() => {});
await offline.start();
await open(HOME);
setTimeout(pulse, SOON);
