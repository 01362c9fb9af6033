// Reads the answers out of a page of fields, as models/rules/forms/posted.py and values.py read them, and says what is
// wrong with one. A field is [data-field] with data-kind, data-name, data-label, data-most, data-must, data-when.

const ERAS = { 令和: [2018, "2019-05-01", "9999-12-31"], 平成: [1988, "1989-01-08", "2019-04-30"],
  昭和: [1925, "1926-12-25", "1989-01-07"], 大正: [1911, "1912-07-30", "1926-12-24"], 明治: [1867, "1868-01-25", "1912-07-29"] };
const WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
const KANJI = "〇一二三四五六七八九";
const plain = (value) => value.normalize("NFKC").trim();
const two = (number) => String(number).padStart(2, "0");

export class Wrong extends Error {}

// Whether `value` fulfils a JSON Schema of the few words that conditions are written in.
export function fulfils(schema, value) {
  const object = value !== null && typeof value === "object" && !Array.isArray(value);
  const tests = {
    const: (want) => value === want,
    enum: (wants) => wants.includes(value),
    type: (want) => (want === "array" ? Array.isArray(value) : typeof value === want),
    not: (inner) => !fulfils(inner, value),
    allOf: (all) => all.every((one) => fulfils(one, value)),
    anyOf: (all) => all.some((one) => fulfils(one, value)),
    contains: (inner) => Array.isArray(value) && value.some((one) => fulfils(inner, one)),
    required: (names) => !object || names.every((name) => name in value),
    properties: (inner) => !object || Object.entries(inner).every(([name, one]) => !(name in value) || fulfils(one, value[name])),
  };
  return Object.entries(schema).every(([word, want]) => tests[word](want));
}

// Whether a text holds twelve digits whose last is a My Number's check digit, also in kanji or with signs between them.
export function holdsMyNumber(value) {
  const digits = value.normalize("NFKC").replace(/[〇一二三四五六七八九零]/g, (sign) => (sign === "零" ? 0 : KANJI.indexOf(sign)));
  for (const run of digits.match(/\d(?:[\s\-‐-―−ー_・.,，、。/:|()+*#~]{0,3}\d){11,}/g) || []) {
    const all = run.replace(/\D/g, "");
    for (let at = 0; at + 12 <= all.length; at += 1) if (isMyNumber(all.slice(at, at + 12))) return true;
  }
  return false;
}

function isMyNumber(digits) {
  const rest = WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11;
  return Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}

function strange(value) {
  return value.match(/[\p{Co}\p{Cs}\p{Cn}]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]|(?![\n\t])\p{Cc}|(?![0-9#*©®])\p{Extended_Pictographic}/u)?.[0];
}

function dated(get, partial) {
  const [era, year, month, day] = ["era", "year", "month", "day"].map((part) => plain(get(part)));
  if (!year && !month && !day) return null;
  const first = year === "元" ? 1 : Number(year);
  if (!Number.isInteger(first) || first < 1) throw new Wrong("date");
  const western = ERAS[era] ? ERAS[era][0] + first : first;
  if (western < 1868 || western > 2200) throw new Wrong("date");
  if (partial && get("month_unknown")) return String(western);
  const known = Number(month);
  if (!Number.isInteger(known) || known < 1 || known > 12) throw new Wrong("date");
  if (partial && get("day_unknown")) return `${western}-${two(known)}`;
  return whole(era, western, known, Number(day));
}

function whole(era, year, month, day) {
  const found = new Date(Date.UTC(year, month - 1, day));
  const iso = `${year}-${two(month)}-${two(day)}`;
  const real = Number.isInteger(day) && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
  if (!real || (ERAS[era] && (iso < ERAS[era][1] || iso > ERAS[era][2]))) throw new Wrong("date");
  return iso;
}

function katakana(value) {
  const found = value.trim()
    .replace(/[\uff61-\uff9f]+/g, (one) => one.normalize("NFKC"))
    .replace(/[\u3041-\u3096]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0x60))
    .replace(/[ \u3000]+/g, "\u3000");
  if (found && !/^[ァ-ヺーヽヾ\u3000]+$/.test(found)) throw new Wrong("kana");
  return found;
}

function number(value) {
  const found = plain(value);
  if (!found) return null;
  if (!/^\d{1,4}$/.test(found)) throw new Wrong("number");
  return Number(found);
}

function named(get, change = (value) => value.trim()) {
  if (get("one")) return get("whole").trim() || null;
  const halves = [change(get("family")), change(get("given"))];
  if (halves.filter(Boolean).length === 1) throw new Wrong("halves");
  return halves[0] ? halves.join("\u3000") : null;
}

function address(get) {
  const found = {};
  for (const part of ["zip", "pref", "city", "town", "block", "katagaki"]) if (get(part).trim()) found[part] = get(part);
  if (!Object.keys(found).length) return null;
  if (found.zip) found.zip = zip(found.zip);
  if (!found.pref || !found.city || (found.pref !== "国外" && !found.town && !found.block)) throw new Wrong("address");
  return found;
}

function zip(value) {
  const digits = plain(value).replace(/\D/g, "");
  if (digits.length !== 7) throw new Wrong("zip");
  return digits;
}

function telephone(value) {
  const found = plain(value).replace(/[‐-―−ー－ ()]/g, "-").replace(/-+/g, "-").replace(/^-|-$/g, "");
  if (found && (!/^\+?\d+(-\d+)*$/.test(found) || found.replace(/\D/g, "").length < 9)) throw new Wrong("telephone");
  return found || null;
}

function copies(get, field, chosen) {
  const found = {};
  JSON.parse(field.dataset.kinds).forEach((kind, at) => {
    const count = number(get(String(at + 1)));
    if (chosen.includes(kind) && count !== null) found[kind] = count;
  });
  if (chosen.length && Object.keys(found).length && Object.keys(found).length < chosen.length) throw new Wrong("missing");
  return Object.keys(found).length ? found : null;
}

const READ = {
  name: (get) => named(get),
  name_kana: (get) => named(get, katakana),
  kana: (get) => katakana(get("")) || null,
  date: (get, field) => dated(get, "partial" in field.dataset),
  address: (get) => address(get),
  number: (get) => number(get("")),
  tel: (get) => telephone(get("")),
  zip: (get) => (get("").trim() ? zip(get("")) : null),
  yes_no: (get) => ({ true: true, false: false })[get("")] ?? null,
};

// The answer in one field, null where it is blank; `chosen` is what was ticked of the kinds to copy. Throws `Wrong`.
export function answerOf(field, data, chosen = []) {
  const { name, kind } = field.dataset;
  const get = (part) => String(data.get(part ? `${name}.${part}` : name) ?? "");
  if (kind === "checkboxes") return data.getAll(name).length ? data.getAll(name).map(String) : null;
  if (kind === "copies") return copies(get, field, chosen);
  const found = kind in READ ? READ[kind](get, field) : get("").trim() || null;
  return found === null ? null : proper(found, Number(field.dataset.most), kind);
}

function proper(value, most, kind) {
  const texts = typeof value === "string" ? [value] : typeof value === "object" ? Object.values(value) : [];
  for (const one of texts) {
    if (kind !== "tel" && holdsMyNumber(one)) throw new Wrong("my_number");
    const letter = strange(one);
    if (letter) throw Object.assign(new Wrong("letter"), { letter });
    const length = [...new Intl.Segmenter("ja").segment(one)].length;
    if (typeof value === "string" && length > most) throw Object.assign(new Wrong("long"), { most });
  }
  return value;
}
