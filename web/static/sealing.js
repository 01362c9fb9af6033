// Seals the forms of a visit to the office's public key, as models/papers/sealed.py and models/core/sealing.py open them:
// JSON in raw deflate, HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, AES-128-GCM). Nothing here touches the page.

const text = new TextEncoder();
const KEM = join(text.encode("KEM"), [0, 0x20]);
const SUITE = join(text.encode("HPKE"), [0, 0x20, 0, 1, 0, 1]);
const VERSION = text.encode("HPKE-v1");
const NOTHING = new Uint8Array(0);
const KIND = 1;

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

async function hmac(key, data) {
  // An empty key and 32 zeros are the same to HMAC; only the latter may be imported everywhere.
  const bytes = key.length ? key : new Uint8Array(32);
  const made = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, data));
}

const extract = (suite, salt, label, value) => hmac(salt, join(VERSION, suite, text.encode(label), value));

// At most 32 bytes are ever asked for: one round of HKDF-Expand.
async function expand(suite, secret, label, about, length) {
  const info = join([0, length], VERSION, suite, text.encode(label), about);
  return (await hmac(secret, join(info, [1]))).slice(0, length);
}

async function agreed(publicKey) {
  const own = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  const shown = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const theirs = await crypto.subtle.importKey("raw", publicKey, { name: "X25519" }, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: theirs }, own.privateKey, 256));
  const secret = await extract(KEM, NOTHING, "eae_prk", shared);
  return { shown, secret: await expand(KEM, secret, "shared_secret", join(shown, publicKey), 32) };
}

async function hpke(publicKey, content, about) {
  const { shown, secret } = await agreed(publicKey);
  const named = await extract(SUITE, NOTHING, "psk_id_hash", NOTHING);
  const told = await extract(SUITE, NOTHING, "info_hash", about);
  const context = join([0], named, told);
  const root = await extract(SUITE, secret, "secret", NOTHING);
  const key = await expand(SUITE, root, "key", context, 16);
  const iv = await expand(SUITE, root, "base_nonce", context, 12);
  const cipher = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return join(shown, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, content)));
}

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const base64Of = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const hexBytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

function trimmed(values) {
  while (values.length && values.at(-1) === null) values.pop();
  return values;
}

const place = (values, value) => (values.includes(value) ? values.indexOf(value) : value);

function packedOne([, way, inner], value) {
  if (value === undefined || value === null) return null;
  if (way === "values") return Array.isArray(value) ? value.map((one) => place(inner, one)) : place(inner, value);
  if (way === "parts") return trimmed(inner.map((part) => value[part] || null));
  if (way === "rows") return value.map((row) => packed(inner, row));
  return value;
}

// The answers without their names, in the order of the plan (models/rules/forms/packing.py).
export function packed(plan, fields) {
  return trimmed(plan.map((entry) => packedOne(entry, fields[entry[0]])));
}

// Whether this browser can seal at all.
export async function able() {
  try {
    if (typeof CompressionStream === "undefined") return false;
    new CompressionStream("deflate-raw");
    await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

// The envelope in Base64; `forms` are [code, mark, packed answers], `to` is {key, mark, about, booking, most}.
// null where three QR codes do not hold it.
export async function sealed(to, forms) {
  const content = await deflated(text.encode(JSON.stringify([to.booking, forms])));
  const whole = join([KIND], hexBytes(to.mark), await hpke(bytesOf(to.key), content, text.encode(to.about)));
  return whole.length > to.most ? null : base64Of(whole);
}
