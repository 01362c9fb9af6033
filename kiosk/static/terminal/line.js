// The line to the house: every question goes out one after the other, what changes something is signed.

import { signature } from "./store.js";

export class Cut extends Error {}

let last = Promise.resolve();
let speaking = "ja";
export const speak = (language) => { speaking = language; };

// Ask; `body` is urlencoded text or bytes. Throws Cut where nobody answers within `patience` milliseconds.
export function ask(method, address, { body = "", type = "application/x-www-form-urlencoded", patience = 20000 } = {}) {
  const turn = async () => {
    const url = new URL(address, location.href);
    const headers = { "X-Kiosk": "1", "Accept-Language": speaking };
    if (method !== "GET") {
      headers["Content-Type"] = type;
      headers["X-Device-Signature"] = await signature(method, url.pathname + url.search, body);
    }
    try {
      const options = { method, headers, cache: "no-store", credentials: "same-origin", redirect: "error" };
      if (method !== "GET") options.body = body;
      const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(patience) });
      if (answer.status === 502 || answer.status === 504) throw new Cut();
      return answer;
    } catch (problem) {
      throw problem instanceof Cut ? problem : new Cut(String(problem));
    }
  };
  const mine = method === "GET" ? turn() : last.then(turn, turn);
  if (method !== "GET") last = mine.catch(() => {});
  return mine;
}
