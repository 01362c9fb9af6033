// The terminal gets its printer: the code that the agent shows, typed once, and a slip to try it.

import { pair, paired, printSlip, status } from "./agent.js";
import { guard } from "../terminal/guard.js";
import { keyboards } from "../terminal/keys.js";

const form = document.getElementById("pair");
const problem = document.querySelector(".problem");
const say = (state) => document.querySelectorAll("[data-state]").forEach((one) => { one.hidden = one.dataset.state !== state; });
const step = (name) => document.querySelectorAll("[data-step]").forEach((one) => { one.hidden = one.dataset.step !== name; });

async function show() {
  step("ready");
  const { ready, problem: wrong } = await status();
  say(ready ? "ready" : wrong || "offline");
}

async function typed(event) {
  event.preventDefault();
  const right = await pair(form.elements.code.value).catch(() => null);
  form.elements.code.value = "";
  problem.querySelector("[data-away]").hidden = right !== null;
  problem.querySelector("[data-wrong]").hidden = right !== false;
  problem.hidden = right === true;
  if (right) await show();
}

async function tried() {
  say("printing");
  const { state, problem: wrong } = await printSlip(`trial-${Date.now()}`, JSON.parse(form.dataset.slip));
  say(state === "failed" ? wrong : state);
}

guard();
form.addEventListener("submit", typed);
document.querySelector("[data-try]").addEventListener("click", tried);
document.querySelector("[data-anew]").addEventListener("click", () => step("code"));
keyboards(document.querySelector("[data-step=code]"));
if (await paired()) show();
