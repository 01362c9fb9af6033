// The line is cut: the shell goes on with numbers that were leased before, asks for nothing personal, and hands over
// what it gave out when the line is back. Each number is kept before it is shown, and kept until the house has it.

import { Cut, ask } from "./line.js";
import { get, put as keep } from "./store.js";

const KEPT = "offline";
const PIECES = "pieces";
const FIRST = "ja";
const PATIENCE = 5000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" });

// 160 bits from the system's source, as 32 letters.
function token() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => ALPHABET[byte & 31]).join("");
}

export class Offline {
  constructor(shell) {
    this.shell = shell;
    this.isCut = false;
    this.held = { day: "", leases: {}, given: [] };
    this.holder = document.createElement("template");
    addEventListener("click", (event) => this.pressed(event.target.closest("button")));
  }

  async start() {
    this.held = { ...this.held, ...((await get(KEPT).catch(() => null)) || {}) };
    await this.pieces();
  }

  // The sentences for when the line is cut, in the language that is spoken now; the first language is kept.
  async pieces(language = FIRST) {
    try {
      const answer = await ask("GET", `${this.shell.base}screens/pieces`);
      if (!answer.ok) return;
      this.holder.innerHTML = await answer.text();
      if (language === FIRST) await keep(PIECES, this.holder.innerHTML);
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
      if (!this.holder.innerHTML) this.holder.innerHTML = (await get(PIECES).catch(() => "")) || "";
    }
  }

  words(name) {
    const piece = this.holder.content.querySelector(`template[data-piece="${name}"]`);
    return piece ? document.importNode(piece.content.firstElementChild, true) : null;
  }

  say(name, first = false) {
    const screen = this.words(name);
    if (!screen) return;
    screen.toggleAttribute("data-first", first || screen.hasAttribute("data-first"));
    this.shell.put(screen);
  }

  closed() { this.say("closed", true); }
  unclear() { this.say("unclear"); }
  heard() { this.isCut = false; }

  // Somebody waits for an answer (`loud`), or nobody is there: then the first screen says that the line is cut.
  cut(loud) {
    this.isCut = true;
    const shown = this.shell.main.querySelector(".screen");
    if (!shown || loud || shown.hasAttribute("data-first")) {
      if (!shown?.matches(".cut")) this.say("cut", !shown || shown.hasAttribute("data-first"));
    }
  }

  // Hand over what was given out, then see that enough numbers are here. Says whether this device is still let in.
  async pulse() {
    try {
      await this.handOver();
      await this.stock();
      const back = this.isCut;
      this.isCut = false;
      const shown = this.shell.main.querySelector(".screen");
      if (back && (shown?.matches(".cut, .closed") || !shown) && this.shell.isIdle()) await this.shell.open(this.shell.home);
    } catch (problem) {
      if (!(problem instanceof Cut)) throw problem;
      this.cut(false);
    }
  }

  async handOver() {
    if (!this.held.given.length) return;
    const body = new URLSearchParams({ tickets: JSON.stringify(this.held.given) }).toString();
    const answer = await ask("POST", `${this.shell.base}given`, { body, patience: PATIENCE * 4 });
    if (this.shutOut(answer) || !answer.ok) return;
    const settled = new Set((await answer.json()).settled);
    this.held.given = this.held.given.filter((one) => !settled.has(one.number));
    await keep(KEPT, this.held);
  }

  // `again` asks once more for the pictures of the codes of numbers that have just come.
  async stock(again = true) {
    const tokens = Object.values(this.held.leases).flat().filter((one) => !one.code).map((one) => one.token);
    const body = new URLSearchParams({ tokens: JSON.stringify(tokens) }).toString();
    const answer = await ask("POST", `${this.shell.base}pulse`, { body, patience: PATIENCE });
    if (this.shutOut(answer) || !answer.ok) return;
    const { day, numbers, codes } = await answer.json();
    const given = new Set(this.held.given.map((one) => one.number));
    const known = new Map(Object.values(this.held.leases).flat().map((one) => [one.number, one]));
    const leases = {};
    for (const [letter, leased] of Object.entries(numbers)) {
      leases[letter] = leased.filter((number) => !given.has(number)).map((number) => {
        const one = this.held.day === day && known.get(number) ? known.get(number) : { number, token: token() };
        return codes[one.token] ? { ...one, code: codes[one.token] } : one;
      });
    }
    this.held = { ...this.held, day, leases };
    await keep(KEPT, this.held);
    if (again && Object.values(leases).flat().some((one) => !one.code)) await this.stock(false);
  }

  shutOut(answer) {
    if (answer.status !== 401 && answer.status !== 403) return false;
    this.shell.gone();
    return true;
  }

  async give(letter) {
    const left = this.held.day === today() ? this.held.leases[letter] || [] : [];
    const one = left.shift();
    if (!one) return this.say("none");
    this.held.given.push({ number: one.number, token: one.token, at: new Date().toISOString() });
    await keep(KEPT, this.held);
    const screen = this.words("number");
    screen.querySelector("[data-number]").textContent = one.number;
    screen.querySelector("[data-print]").dataset.token = one.token;
    if (one.code) screen.querySelector("[data-code]").innerHTML = one.code;
    else screen.querySelector("[data-code-part]").remove();
    this.shell.put(screen);
  }

  pressed(button) {
    if (!button) return;
    if (button.dataset.pieceNext) this.say(button.dataset.pieceNext);
    else if (button.dataset.give) this.give(button.dataset.give);
    else if (button.hasAttribute("data-retry")) this.retry();
  }

  async retry() {
    await this.pulse();
    if (!this.isCut) await this.shell.open(this.shell.home);
  }
}
