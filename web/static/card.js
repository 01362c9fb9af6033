// A card at the counter (docs/card-reader.md): pairs with the program beside this browser, asks it for the four items
// once, and sends them on with the form that was chosen. Nothing is kept here. It reads #card-face[data-agent], and
// #card-pin for the second way: how many tries are left is asked and said before a number is typed.

const face = document.getElementById("card-face");
const second = document.getElementById("card-second");
const pin = document.getElementById("card-pin");
const pairing = document.getElementById("card-pair");
const done = document.getElementById("card-done");
const words = [...document.querySelectorAll("[data-card-word]")];
const agent = await import(face.dataset.agent);
const PIN_WORDS = new Set(["wrong", "blocked", "last_try", "bad_code"]);
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
  face.hidden = second.hidden = !card;
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

async function read(event, way, takeOut) {
  event.preventDefault();
  if (reading) return;
  if (!done.elements.form.value) { say("form"); done.elements.form.focus(); return; }
  reading = true;
  const typed = takeOut();
  say("reading");
  try {
    const { items, error, tries } = await agent.readCard(way, typed);
    if (error) { trouble(error, tries, way); return; }
    done.elements.card.value = JSON.stringify(items);
    done.requestSubmit();
  } finally {
    reading = false;
  }
}

function trouble(error, tries, way) {
  if (error === "offline") return say("none");
  return say(way === "pin" && PIN_WORDS.has(error) ? `${error}_pin` : error, tries);
}

function fromFace() {
  const typed = code();
  face.elements.security.value = "";
  return typed;
}

function fromPin() {
  const typed = pin.elements.pin.value;
  pin.elements.pin.value = "";
  return typed;
}

async function opened() {
  if (!second.open || reading) return;
  reading = true;
  try {
    const { tries, error } = await agent.cardTries("pin");
    if (error) trouble(error, tries, "pin");
    else say(tries > 1 ? "ready_pin" : "last_try_pin", tries);
  } finally {
    reading = false;
  }
}

pairing.addEventListener("submit", pair);
face.addEventListener("submit", (event) => read(event, "code_b", fromFace));
pin.addEventListener("submit", (event) => read(event, "pin", fromPin));
second.addEventListener("toggle", opened);
await show();
