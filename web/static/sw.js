// Keeps the frame of the tickets' pages: the page that is shown without a connection, its styles and scripts.
// Nothing of a person is kept: a ticket's own page and its news always come from the city.
// VERSION and ROOT stand before this text when it is served.

const SHELL = `shell-${VERSION}`;
const OFFLINE = `${ROOT}/offline`;
const PART = /(?:href|src)="([^"]*\/static\/[^"]+)"/g;

self.addEventListener("install", (event) => { event.waitUntil(keep().then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(forget().then(() => self.clients.claim())); });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (address.pathname.includes("/static/")) event.respondWith(kept(request));
});

async function keep() {
  const page = await fetch(OFFLINE, { credentials: "omit" });
  if (!page.ok) throw new Error("no offline page");
  const text = await page.clone().text();
  const shell = await caches.open(SHELL);
  const parts = [...text.matchAll(PART)].map((found) => found[1].replaceAll("&amp;", "&"));
  await shell.addAll([...new Set(parts)]); // a part that is named twice would be refused
  await shell.put(OFFLINE, page);
}

async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL).map((name) => caches.delete(name)));
}

async function kept(request) {
  return (await caches.match(request)) || fetch(request);
}

// What the city sends while the page is closed: a few words, and the number's page behind a press.
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* nothing that can be shown: the page itself says more */ }
  const options = { body: told.body || "", tag: told.tag || "", renotify: Boolean(told.tag), lang: "", data: own(told.url) };
  event.waitUntil(self.registration.showNotification(told.title || "", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(front(event.notification.data));
});

// A page of the tickets of this city and no other address, whatever was sent.
function own(text) {
  try {
    const address = new URL(text);
    return address.href.startsWith(self.registration.scope) ? address.href : "";
  } catch {
    return "";
  }
}

async function front(address) {
  if (!address) return;
  const open = await self.clients.matchAll({ type: "window" });
  const here = open.find((one) => one.url.split(/[?#]/)[0] === address);
  if (here) await here.focus();
  else await self.clients.openWindow(address);
}
