// A browser becomes a device: it makes a key that cannot leave it, sends the code with the key's open half, shows the
// word that the administrator compares (worked out from the key itself, not from the answer), and waits to be let in.

import { guard } from "./guard.js";
import { keyboards } from "./keys.js";
import { get, newKey, put } from "./store.js";

const BASE = document.body.dataset.base;
const LETTERS = "23456789BCDFGHJKLMNPQRSTVWXYZ";
const EVERY = 2000;
const step = (name) => document.querySelectorAll("[data-step]").forEach((one) => { one.hidden = one.dataset.step !== name; });
const form = document.getElementById("enrol");

async function wordOf(open) {
  const point = Uint8Array.from(atob(open.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", point));
  return [...digest.slice(0, 4)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

async function state() {
  const answer = await fetch(`${BASE}enrol/state`, { cache: "no-store" });
  return answer.json();
}

async function wait() {
  const { state: now, kind } = await state().catch(() => ({ state: "pending" }));
  if (now === "open") location.replace(kind === "board" ? document.body.dataset.board : BASE);
  else if (now === "pending") setTimeout(wait, EVERY);
  else step("code");
}

async function waiting() {
  document.querySelector("[data-word]").textContent = (await get("word")) || "";
  step("waiting");
  wait();
}

async function enrol(event) {
  event.preventDefault();
  const open = await newKey();
  const body = new URLSearchParams({ code: form.elements.code.value, key: open });
  const answer = await fetch(form.action, { method: "POST", body, cache: "no-store" });
  const said = await answer.json().catch(() => ({ problem: String(answer.status) }));
  if (answer.status === 201) {
    await put("word", await wordOf(open));
    await waiting();
    return;
  }
  const problem = document.querySelector(".problem");
  problem.textContent = said.problem;
  problem.hidden = false;
  form.elements.code.value = "";
}

guard();
form.addEventListener("submit", enrol);
keyboards(document.querySelector("[data-step=code]"));
const known = await state().catch(() => ({ state: "none" }));
if ((known.state === "pending" || known.state === "open") && (await get("key"))) waiting();
