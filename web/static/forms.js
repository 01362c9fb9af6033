// Makes forms kinder: one sending only, a word before leaving unsaved work, katakana, the keyboard's short cuts.
// Everything works without it. It reads: form[data-once], form[data-unsaved], input[data-kana], [data-key], [data-focus].

const RESEND_AFTER = 8000; // ms; after that a second press is meant

function sendOnce(form) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    const now = event.timeStamp;
    if (sent && now - sent < RESEND_AFTER) {
      event.preventDefault();
      return;
    }
    sent = now;
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  // Coming back by the browser's own button finds the form ready again.
  addEventListener("pageshow", () => {
    sent = 0;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });
}

function warnUnsaved(form) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  for (const done of ["submit", "reset"]) form.addEventListener(done, () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

const HALF_WIDTH = /[\uff61-\uff9f]+/g;
const HIRAGANA = /[\u3041-\u3096]/g;

function toKatakana(text) {
  return text
    .replace(HALF_WIDTH, (found) => found.normalize("NFKC"))
    .replace(HIRAGANA, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))
    .replace(/[ \u3000]+/g, "\u3000");
}

function kana(input) {
  const told = document.createElement("p");
  told.className = "hint told";
  told.setAttribute("role", "status");
  input.after(told);
  input.addEventListener("change", () => {
    const converted = toKatakana(input.value.trim());
    told.textContent = converted === input.value ? "" : input.dataset.kana;
    input.value = converted;
  });
}

function shortcuts() {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button || button.getAttribute("aria-disabled")) return;
    event.preventDefault();
    button.click();
  });
}

document.querySelectorAll("form[data-once]").forEach(sendOnce);
document.querySelectorAll("form[data-unsaved]").forEach(warnUnsaved);
document.querySelectorAll("input[data-kana]").forEach(kana);
if (document.querySelector("[data-key]")) shortcuts();
document.querySelector("[data-focus]")?.focus();
if (document.querySelector("[data-address]")) import("./address.js");
