// A card at the counter (docs/card-reader.md): pairs with the program beside this browser, asks it for the four items
// once, and sends them on with the form that was chosen. Nothing is kept here. It reads #card-face[data-agent].

const face = document.getElementById("card-face");
const pairing = document.getElementById("card-pair");
const done = document.getElementById("card-done");
const words = [...document.querySelectorAll("[data-card-word]")];
const agent = await import(face.dataset.agent);
let reading = false;

function say(word, tries = "") {
  const chosen = words.find((one) => one.dataset.cardWord === word) || words.find((one) => one.dataset.cardWord === "unreadable");
  words.forEach((one) => { one.hidden = one !== chosen; });
  chosen.querySelectorAll("[data-tries]").forEach((one) => { one.textContent = tries; });
}

async function show() {
  const { card, problem } = await agent.status();
  const unpaired = problem === "offline" && !(await agent.paired());
  pairing.hidden = !unpaired;
  face.hidden = !card;
  say(card ? "ready" : unpaired ? "code" : "none");
  if (card) face.elements.year.focus();
}

async function pair(event) {
  event.preventDefault();
  const right = await agent.pair(pairing.elements.code.value).catch(() => null);
  pairing.elements.code.value = "";
  if (right) await show();
  else say(right === null ? "none" : "code_wrong");
}

// 照合番号B: the birthday as printed, the year of expiry, the security code.
function code() {
  return [["year", 2], ["month", 2], ["day", 2], ["expires", 4], ["security", 4]]
    .map(([name, length]) => face.elements[name].value.trim().padStart(length, "0")).join("");
}

async function read(event) {
  event.preventDefault();
  if (reading) return;
  if (!done.elements.form.value) { say("form"); done.elements.form.focus(); return; }
  reading = true;
  const typed = code();
  face.elements.security.value = "";
  say("reading");
  try {
    const { items, error, tries } = await agent.readCard("code_b", typed);
    if (error) { say(error === "offline" ? "none" : error, tries); return; }
    done.elements.card.value = JSON.stringify(items);
    done.requestSubmit();
  } finally {
    reading = false;
  }
}

pairing.addEventListener("submit", pair);
face.addEventListener("submit", read);
await show();
