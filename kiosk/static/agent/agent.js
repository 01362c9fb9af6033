// The program beside this page that prints (docs/printing-slips.md): asked over loopback, with the secret that pairing
// gave. It prints a job once; `again` is only ever a person's press.

import { get, put } from "../terminal/store.js";

export const ADDRESS = "http://127.0.0.1:8631";
const SECRET = "agent";
const PATIENCE = 45000;
const NOT_SURE = { state: "unclear", problem: "" };
const AWAY = { state: "failed", problem: "offline" };

export class Away extends Error {}

async function ask(method, path, sent, patience) {
  const secret = (await get(SECRET)) || "";
  const headers = { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" };
  const body = sent === undefined ? undefined : JSON.stringify(sent);
  try {
    return await fetch(ADDRESS + path, { method, headers, body, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(patience) });
  } catch (problem) {
    throw new Away(String(problem));
  }
}

// Whether this terminal has a printer at all.
export const paired = async () => Boolean(await get(SECRET));

// Use the code that the agent shows; whether it was the right one.
export async function pair(code) {
  const answer = await ask("POST", "/pair", { code }, 5000);
  if (!answer.ok) return false;
  await put(SECRET, (await answer.json()).secret);
  return true;
}

// { ready, problem }; a problem "offline" where nobody answers.
export async function status() {
  try {
    const answer = await ask("GET", "/status", undefined, 10000);
    if (answer.ok) return await answer.json();
  } catch (problem) {
    if (!(problem instanceof Away)) throw problem;
  }
  return { ready: false, problem: "offline" };
}

// What the agent knows of a job; null where it knows nothing or does not answer.
async function known(job) {
  try {
    const answer = await ask("GET", `/jobs/${job}`, undefined, 5000);
    return answer.ok ? await answer.json() : null;
  } catch (problem) {
    if (!(problem instanceof Away)) throw problem;
    return null;
  }
}

// Print a slip and wait until it is known how that ended: { state: printed, failed or unclear, problem }.
export async function printSlip(job, slip, again = false) {
  let answer;
  let begun = false;
  try {
    await ask("GET", `/jobs/${job}`, undefined, 5000);
    begun = true;
    answer = await ask("POST", "/jobs", { job, slip, again }, PATIENCE);
  } catch (problem) {
    if (!(problem instanceof Away)) throw problem;
    if (!begun) return AWAY;
    const found = await known(job);
    return !found || found.state === "printing" || found.state === "asked" ? NOT_SURE : found;
  }
  if (answer.status === 422) return { state: "failed", problem: "not_drawn" };
  if (!answer.ok) return AWAY;
  const found = await answer.json();
  return found.state === "printing" || found.state === "asked" ? waited(job) : found;
}

// Another press of the same job is being printed.
async function waited(job) {
  for (let turn = 0; turn < 60; turn += 1) {
    await new Promise((done) => { setTimeout(done, 500); });
    const found = await known(job);
    if (!found) return NOT_SURE;
    if (found.state !== "printing" && found.state !== "asked") return found;
  }
  return NOT_SURE;
}

// Read the card on the reader, once: { items } or { error, tries }. An error "offline" where nobody answers.
export async function readCard(way, code) {
  const found = await asked("/card", { way, code });
  return found.error ? found : { items: found };
}

// How many wrong values the card still forgives: { tries } or { error, tries }. It costs none.
export function cardTries(way) {
  return asked("/card/tries", { way });
}

async function asked(path, sent) {
  try {
    return await (await ask("POST", path, sent, 20000)).json();
  } catch (problem) {
    if (!(problem instanceof Away)) throw problem;
    return { error: "offline" };
  }
}
