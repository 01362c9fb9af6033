// What this device keeps: its own key (which cannot leave the browser), the last stamp it signed, leased numbers and
// numbers that were given out while the line was cut. Nothing of any person.

const NAME = "maeniwa-kiosk";
const SHELF = "kept";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function at(mode, act) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const change = db.transaction(SHELF, mode);
      const asked = act(change.objectStore(SHELF));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
    });
  } finally {
    db.close();
  }
}

export const get = (name) => at("readonly", (shelf) => shelf.get(name));
export const put = (name, value) => at("readwrite", (shelf) => shelf.put(value, name));

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");

// A new key of this device; what may be known of it is given back.
export async function newKey() {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const open = await crypto.subtle.exportKey("raw", pair.publicKey);
  await put("key", pair.privateKey);
  await put("stamp", 0);
  return base64(open);
}

let key = null;
let stamp = 0;

// The header that proves this device: over method, address, body and a stamp that only grows.
export async function signature(method, address, body) {
  key = key || (await get("key"));
  if (!key) return "";
  stamp = Math.max(Date.now(), stamp + 1, ((await get("stamp")) || 0) + 1);
  await put("stamp", stamp);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const digest = hex(await crypto.subtle.digest("SHA-256", bytes));
  const said = new TextEncoder().encode(["maeniwa", method, address, digest, stamp].join("\n"));
  return `${stamp}.${base64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, said))}`;
}

// Everything that a page may have kept, but not what belongs to the device.
export async function forget() {
  localStorage.clear();
  sessionStorage.clear();
  for (const one of await indexedDB.databases()) if (one.name !== NAME) indexedDB.deleteDatabase(one.name);
  if (self.caches) for (const name of await caches.keys()) if (!name.startsWith("maeniwa-shell")) await caches.delete(name);
  for (const one of document.cookie.split(";")) {
    for (const path of ["", "; path=/"]) document.cookie = `${one.split("=")[0].trim()}=; max-age=0${path}`;
  }
}
