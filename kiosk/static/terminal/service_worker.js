// Keeps the page and its scripts for a reload while the line is cut. Nothing of any person: screens,
// answers and everything that is sent pass by.

const SHELF = "maeniwa-shell-1";
const BASE = new URL("./", location.href).pathname;
const FILES = [
  ...["screen.css", "writing.css", "shell.js", "camera.js", "guard.js", "idle.js", "keys.js", "line.js", "offline.js", "scanner.js", "speech.js", "store.js"].map((file) => `terminal/${file}`),
  "agent/screen.js", "agent/agent.js", "agent/card.js",
];
const KEPT = `${BASE}static/`;

const ours = (url) => url.origin === location.origin
  && (url.pathname === BASE || url.pathname.startsWith(KEPT) || /\/static\/(theme\.css|sign\.svg|icon-32\.png)$/.test(url.pathname));

async function answer(request) {
  const shelf = await caches.open(SHELF);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await shelf.put(request.url, fresh.clone());
    return fresh;
  } catch (problem) {
    const kept = await shelf.match(request.url) || await shelf.match(request.url, { ignoreSearch: true });
    if (kept) return kept;
    throw problem;
  }
}

async function stock() {
  const shelf = await caches.open(SHELF);
  const files = [...FILES.map((file) => `${BASE}static/${file}`), `${BASE}../static/theme.css`];
  await Promise.all([BASE, ...files].map(async (address) => {
    const fresh = await fetch(address, { cache: "no-store" });
    if (fresh.ok && !fresh.redirected) await shelf.put(new URL(address, location.href).href, fresh);
  }));
}

addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(stock()); });
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && ours(new URL(event.request.url))) event.respondWith(answer(event.request));
});
