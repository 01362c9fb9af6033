// A card instead of typing (docs/card-reader.md): [data-card-offer] is shown where the terminal has a reader;
// form[data-card] holds what stands on the card's face, and form[data-card-done] carries the four items on. What was
// typed is wiped before the card is asked, and no item is kept here.

import { paired, readCard, status } from "./agent.js";

async function offer(part) {
  if (!(await paired()) || !(await status()).card) return;
  part.hidden = false;
  dispatchEvent(new Event("resize")); // letters have to fit anew
}

function say(screen, word, tries) {
  const words = [...screen.querySelectorAll("[data-card-word]")];
  const chosen = words.find((one) => one.dataset.cardWord === word) || words.find((one) => one.dataset.cardWord === "unreadable");
  words.forEach((one) => { one.hidden = one !== chosen; });
  chosen.querySelectorAll("[data-tries]").forEach((one) => { one.textContent = tries ?? ""; });
  dispatchEvent(new Event("resize"));
}

// 照合番号B: the birthday as printed, the year of expiry, the security code. A short number is filled up with zeros.
function codeOf(form) {
  return [["year", 2], ["month", 2], ["day", 2], ["expires", 4], ["security", 4]]
    .map(([name, length]) => form.elements[name].value.trim().padStart(length, "0")).join("");
}

let reading = false;

async function read(form) {
  if (reading) return;
  reading = true;
  const screen = form.closest(".screen");
  const code = codeOf(form);
  form.elements.security.value = "";
  say(screen, "reading");
  try {
    const { items, error, tries } = await readCard("code_b", code);
    if (!screen.isConnected) return;
    if (error) { say(screen, error, tries); return; }
    const done = screen.querySelector("[data-card-done]");
    done.elements.card.value = JSON.stringify(items);
    done.requestSubmit();
  } finally {
    reading = false;
  }
}

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-card]")) return;
  event.preventDefault();
  read(event.target);
});

new MutationObserver(() => {
  document.querySelectorAll("[data-card-offer]:not([data-card-begun])").forEach((part) => {
    part.setAttribute("data-card-begun", "");
    offer(part);
  });
}).observe(document.getElementById("screen"), { childList: true, subtree: true });
