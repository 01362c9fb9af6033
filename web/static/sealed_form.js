// The page on which all forms of a visit are written and sealed. Without it, or where the browser cannot seal, the page
// is posted and the server seals. What is typed stays in the page: nothing is stored.

import { able, packed, sealed } from "./sealing.js";
import { Wrong, answerOf, fulfils } from "./answers.js";

const form = document.querySelector("form[data-sealing]");
const to = JSON.parse(form.dataset.sealing);
const sentences = JSON.parse(form.dataset.sentences);
const sheets = [...form.querySelectorAll("[data-form]")];
const say = (key, values = {}) => sentences[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const fieldsIn = (place) => [...place.querySelectorAll("[data-field]")];
const put = new Map(); // box → what the page itself wrote into it later
const byPage = (box) => put.get(box) ?? box.defaultValue ?? "";
const given = new Map(); // field → its boxes as the page gave them: a form in which there is nothing else was not begun

// One reading of a field: {value} or {wrong}.
function read(field, data, known) {
  try {
    return { value: answerOf(field, data, known[field.dataset.copies] || []) };
  } catch (problem) {
    if (problem instanceof Wrong) return { wrong: problem };
    throw problem;
  }
}

const boxesOf = (field) => JSON.stringify([...field.querySelectorAll("input, select, textarea")].map(({ value, checked }) => [value, checked]));
const give = (field) => given.set(field, boxesOf(field));

function write(box, value) {
  if (box.type === "radio") box.checked = true;
  else box.value = value;
  put.set(box, value);
  give(box.closest("[data-field]"));
}

const asked = (field, known) => !field.dataset.when || fulfils(JSON.parse(field.dataset.when), known);

// Read the fields of one place in order; answers that are no longer asked do not count.
function gathered(place, data, before) {
  const found = {};
  const wrong = [];
  for (const field of fieldsIn(place)) {
    const shown = asked(field, { ...before, ...found }) && (!field.dataset.copies || ({ ...before, ...found })[field.dataset.copies]);
    field.hidden = !shown;
    if (!shown) continue;
    const { value, wrong: problem } = read(field, data, { ...before, ...found });
    if (problem) wrong.push([field, problem.message, problem]);
    else if (value !== null) found[field.dataset.field] = value;
    else if ("must" in field.dataset && !("default" in field.dataset)) wrong.push([field, ["radio", "select", "yes_no", "checkboxes"].includes(field.dataset.kind) ? "choose" : "missing"]);
  }
  return { found, wrong };
}

// Everything one form says: its answers, what is wrong, and whether it was begun at all.
function sheetOf(sheet, data) {
  const singles = [...sheet.querySelectorAll("fieldset.sealed-part:not([data-rows])")];
  const fields = {};
  let wrong = [];
  let begun = false;
  // What decides about a field may stand in a later section: read twice.
  for (const _ of [1, 2]) {
    wrong = [];
    for (const part of singles) {
      const { found, wrong: here } = gathered(part, data, fields);
      for (const field of fieldsIn(part)) delete fields[field.dataset.field];
      Object.assign(fields, found);
      wrong.push(...here);
      part.hidden = fieldsIn(part).every((field) => field.hidden);
    }
  }
  const odd = new Set(wrong.filter(([, key]) => !["missing", "choose"].includes(key)).map(([field]) => field));
  begun = singles.flatMap(fieldsIn).some((field) => (field.dataset.field in fields || odd.has(field)) && given.get(field) !== boxesOf(field));
  for (const part of sheet.querySelectorAll("fieldset[data-rows]")) {
    const { found, wrong: here } = gathered(part, data, fields);
    const nobody = !fieldsIn(part).some((field) => !field.hidden);
    part.hidden = nobody || (part.dataset.row !== "0" && !("shown" in part.dataset) && !Object.keys(found).length);
    const blank = !Object.keys(found).length && here.every(([, key]) => ["missing", "choose"].includes(key));
    if (part.hidden || (blank && part.dataset.row !== "0")) continue;
    begun ||= !blank;
    wrong.push(...here);
    const rows = (fields[part.dataset.rows] ||= []);
    rows.push(fieldsIn(part).length === 1 && part.dataset.rows === fieldsIn(part)[0].dataset.field ? Object.values(found)[0] ?? "" : found);
  }
  for (const more of sheet.querySelectorAll("[data-more]")) {
    const rows = [...sheet.querySelectorAll(`fieldset[data-rows="${more.dataset.more}"]`)];
    more.hidden = rows.every((row) => !row.hidden) || rows[0].hidden;
  }
  return { fields, wrong, begun };
}

function look() {
  const data = new FormData(form);
  return sheets.map((sheet) => ({ sheet, ...sheetOf(sheet, data) }));
}

function clear() {
  document.getElementById("told").replaceChildren();
  for (const old of form.querySelectorAll(".field-error")) old.remove();
  for (const box of form.querySelectorAll("[aria-invalid]")) {
    box.removeAttribute("aria-invalid");
    describe(box, hintOf(box.closest(".field")));
  }
  for (const frame of form.querySelectorAll(".wrong")) frame.classList.remove("wrong");
}

const hintOf = (frame) => frame.querySelector(":scope > .hint[id]");

// What is read out beside a box: its hint, then what is wrong.
function describe(box, ...lines) {
  const ids = lines.filter(Boolean).map(({ id }) => id);
  if (ids.length) box.setAttribute("aria-describedby", ids.join(" "));
  else box.removeAttribute("aria-describedby");
}

function link(field, sentence) {
  const box = field.querySelector("input, select, textarea");
  const frame = field.firstElementChild;
  const line = Object.assign(document.createElement("p"), { className: "field-error", id: `${box.id}-error`, textContent: sentence });
  frame.classList.add("wrong");
  const hint = hintOf(frame);
  (hint || frame.querySelector("legend, label")).after(line);
  box.setAttribute("aria-invalid", "true");
  describe(box, hint, line);
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { href: `#${box.id}`, textContent: sentence }));
  return item;
}

// What is wrong in one form, under its name where there are several.
function linksOf({ sheet, wrong }) {
  const links = wrong.map(([field, key, values]) => link(field, say(key, { label: field.dataset.label, ...values })));
  if (!sheet.dataset.title || !links.length) return links;
  const item = document.createElement("li");
  const list = Object.assign(document.createElement("ul"), { className: "error-list" });
  list.append(...links);
  item.append(Object.assign(document.createElement("b"), { textContent: sheet.dataset.title }), list);
  return [item];
}

function tell(title, items = []) {
  const frame = Object.assign(document.createElement("div"), { className: "notice error", tabIndex: -1 });
  frame.setAttribute("role", "alert");
  const list = Object.assign(document.createElement("ul"), { className: "error-list" });
  list.append(...items);
  frame.append(Object.assign(document.createElement("h2"), { className: "notice-title", textContent: title }), list);
  document.getElementById("told").replaceChildren(frame);
  frame.focus();
  frame.scrollIntoView();
}

async function send(envelope) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, sealed: envelope });
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok || !answer.redirected) return tell(say("refused"));
    form.reset();
    location.replace(answer.url);
  } catch {
    tell(say("line"));
  }
}

async function seal(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  clear();
  const begun = look().filter((one) => one.begun);
  if (!begun.length) return tell(say("nothing"));
  const wrong = begun.flatMap((one) => one.wrong);
  if (wrong.length) return tell(say("errors", { n: wrong.length }), begun.flatMap(linksOf));
  const forms = begun.map(({ sheet, fields }) => [sheet.dataset.form, sheet.dataset.mark, packed(JSON.parse(sheet.dataset.plan), fields)]);
  const envelope = await sealed(to, forms);
  return envelope ? send(envelope) : tell(say("too_much"));
}

// Of whom a field says what, as "role:what". Who comes is proposed for somebody else until the answers say that they are two;
// what is written about somebody else (`written`) is about who comes only once the answers say so.
function about({ dataset }, fields, written = false) {
  const all = (dataset.about || `:${dataset.name.split(".").slice(1).join(".")}`).split(" ");
  if (!dataset.unless) return all;
  const apart = JSON.parse(dataset.unless);
  const told = apart.anyOf.every(({ required: [name] }) => name in fields);
  return fulfils(apart, fields) || (written && !told) ? all.slice(0, 1) : all;
}

// What was answered in one form stands in the next where it asks the same, unless somebody wrote another there.
function carry(box, seen) {
  const field = box.closest("[data-field]");
  const { kind, name } = field.dataset;
  if (kind === "copies" || box.type === "checkbox" || (box.type === "radio" && kind !== "date")) return;
  const own = seen.find(({ sheet }) => sheet.contains(field));
  const said = about(field, own.fields, true);
  for (const { sheet, fields } of seen) {
    if (sheet === own.sheet) continue;
    for (const other of fieldsIn(sheet)) {
      if (other.dataset.kind === kind && about(other, fields).some((one) => said.includes(one))) carryInto(other, other.dataset.name + box.name.slice(name.length), box);
    }
  }
}

function carryInto(field, name, box) {
  const others = [...field.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  if (others.some((one) => one.checked && !put.has(one))) return;
  const other = others.find((one) => one.type !== "radio" || one.value === box.value);
  if (other?.matches("input[type=radio]") || (other?.matches("input[type=text], input[type=tel], select") && other.value === byPage(other))) write(other, box.value);
}

// What the page wrote of who comes stands in no field about somebody else.
function apart({ sheet, fields }) {
  for (const field of sheet.querySelectorAll("[data-unless]")) {
    const others = fulfils(JSON.parse(field.dataset.unless), fields);
    for (const box of field.querySelectorAll("input[type=text], input[type=tel]")) {
      const proper = others ? "" : box.defaultValue || byPage(box);
      if (box.value !== proper && box.value === byPage(box)) write(box, proper);
    }
  }
}

function changed(event) {
  if (event.target.name && event.target.value) carry(event.target, look());
  look().forEach(apart);
  look();
}

if (await able()) {
  fieldsIn(form).forEach(give);
  document.getElementById("by-server").hidden = true;
  document.getElementById("by-phone").hidden = false;
  form.addEventListener("submit", seal, { capture: true });
  form.addEventListener("change", changed);
  for (const more of form.querySelectorAll("[data-more]")) {
    more.addEventListener("click", () => {
      const next = [...form.querySelectorAll(`fieldset[data-rows="${more.dataset.more}"]`)].find((row) => row.hidden);
      if (!next) return;
      next.dataset.shown = "";
      look();
      next.querySelector("input, select, textarea")?.focus();
    });
  }
  look();
}
