// How the print of a slip goes, in words, on the screen that shows the number: <div data-print> with one
// <p data-state="..."> a state. The number and its code stay on the screen whatever the printer does.

import { paired, printSlip, status } from "./agent.js";
import { idle } from "../terminal/idle.js";
import { Cut, ask } from "../terminal/line.js";

const BASE = document.body.dataset.base;
const HERE_EVERY = 20000;
const RETRY = [1000, 4000, 10000];

// ---- what the house is told -------------------------------------------------------------------------------------------

async function post(address, fields) {
  const answer = await ask("POST", address, { body: new URLSearchParams(fields).toString(), patience: 8000 });
  return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
}

// Tell the house; what it answers, or null while the line is cut (it is told later, the paper does not wait).
async function tell(print, state, problem = "", tries = RETRY) {
  if (!print.job) return null;
  try {
    return await post(`${BASE}slips/${print.job}/report`, { state, problem });
  } catch (cut) {
    if (!(cut instanceof Cut)) throw cut;
    if (tries.length) setTimeout(() => tell(print, state, problem, tries.slice(1)), tries[0]);
    return null;
  }
}

// What stands on the slip: from the house, or, for a number that was given out while the line was cut, from the page.
async function asked(part) {
  if (part.dataset.blanks) return filled(part);
  const fields = part.dataset.booking ? { booking: part.dataset.booking } : { ticket: part.dataset.ticket };
  try {
    const { ok, body } = await post(`${BASE}slips`, fields);
    return ok ? { ...body } : null;
  } catch (cut) {
    if (!(cut instanceof Cut)) throw cut;
    return null;
  }
}

function filled(part) {
  const number = part.closest(".screen").querySelector("[data-number]").textContent;
  const blank = JSON.parse(part.dataset.blanks)[number[0]];
  if (!number || !blank || !part.dataset.token) return null;
  const japan = new Date(Date.now() + 9 * 3600000).toISOString().slice(0, 16);
  const slip = { ...blank, headline: number, at: `${japan}+09:00`, qr: blank.qr + part.dataset.token };
  return { job: null, key: `cut-${japan.slice(0, 10)}-${number}`, state: "asked", slip };
}

// ---- what the person sees ---------------------------------------------------------------------------------------------

function say(part, state) {
  part.dataset.printState = state;
  const words = [...part.querySelectorAll("[data-state]")];
  const chosen = words.some((one) => one.dataset.state === state) ? state : "offline";
  words.forEach((one) => { one.hidden = one.dataset.state !== chosen; });
  const trouble = !["none", "printing", "printed"].includes(chosen);
  part.classList.toggle("trouble", trouble);
  part.querySelector("[data-print-again]").hidden = !trouble || ["left", "not_drawn"].includes(chosen);
  if (trouble) stay(part);
  dispatchEvent(new Event("resize")); // letters have to fit anew
}

// Somebody whose slip did not come out is not sent away after twenty seconds.
function stay(part) {
  const screen = part.closest(".screen");
  if (!screen?.hasAttribute("data-finished")) return;
  screen.removeAttribute("data-finished");
  idle.turn(screen);
}

async function run(part, print, again) {
  say(part, "printing");
  const claimed = again ? null : await tell(print, "printing");
  if (claimed && claimed.status === 409) return say(part, claimed.body.state === "printed" ? "printed" : "left");
  const { state, problem } = await printSlip(print.key, print.slip, again);
  print.settled = state === "printed";
  tell(print, state, problem);
  return say(part, state === "failed" ? problem || "offline" : state);
}

async function begin(part) {
  if (!(await paired())) return;
  say(part, "printing");
  if ((await status()).problem === "no_printer") { say(part, "none"); return; }
  const print = await asked(part);
  if (!print) { say(part, "none"); return; }
  if (print.state === "printed") { say(part, "printed"); return; }
  part.querySelector("[data-print-again]").addEventListener("click", () => once(part, print));
  part.closest(".screen").addEventListener("pointerdown", () => here(print));
  await run(part, print, false);
}

// One press, one try.
async function once(part, print) {
  if (print.busy || print.settled) return;
  print.busy = true;
  try {
    const answer = await tell(print, "again", "", []);
    if (answer && answer.status === 409 && answer.body.state !== "asked") { say(part, answer.body.state === "printed" ? "printed" : "left"); return; }
    await tell(print, "printing", "", []);
    await run(part, print, true);
  } finally {
    print.busy = false;
  }
}

// A touch after a failure says that the person is still there.
function here(print) {
  if (print.settled || print.busy || Date.now() - (print.here || 0) < HERE_EVERY) return;
  print.here = Date.now();
  tell(print, "here", "", []);
}

new MutationObserver(() => {
  document.querySelectorAll("[data-print]:not([data-print-begun])").forEach((part) => {
    part.setAttribute("data-print-begun", "");
    begin(part);
  });
}).observe(document.getElementById("screen"), { childList: true, subtree: true });
