// The button 「この電話に知らせる」: asks the browser for a push subscription and gives it to the city.
// Shown only where the browser can. It reads [data-push] (the city's public key) and what stands in it.

const frame = document.querySelector("[data-push]");
const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function keyOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscription() {
  const { worker, scope, push } = frame.dataset;
  await navigator.serviceWorker.register(worker, { scope });
  const registered = await navigator.serviceWorker.getRegistration(scope);
  const ready = registered.active ? registered : await activated(registered);
  const old = await ready.pushManager.getSubscription();
  if (old) return old;
  return ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyOf(push) });
}

function activated(registered) {
  const coming = registered.installing || registered.waiting;
  return new Promise((done) => {
    coming.addEventListener("statechange", () => { if (coming.state === "activated") done(registered); });
  });
}

async function ask(form, button, said) {
  button.disabled = true;
  said.textContent = "";
  try {
    if (await Notification.requestPermission() !== "granted") { said.textContent = said.dataset.denied; return; }
    const body = new FormData(form);
    body.set("way", "push");
    body.set("address", JSON.stringify(await subscription()));
    const answer = await fetch(frame.dataset.ask, { method: "POST", body: new URLSearchParams(body) });
    if (answer.status === 204) { location.reload(); return; }
    const plain = answer.headers.get("Content-Type")?.startsWith("text/plain");
    said.textContent = plain ? await answer.text() : said.dataset.failed;
  } catch {
    said.textContent = said.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

if (frame && can) {
  const form = frame.querySelector("[data-push-form]");
  const button = frame.querySelector("[data-push-button]");
  const said = frame.querySelector("[data-push-said]");
  frame.hidden = false;
  if (Notification.permission === "denied") said.textContent = said.dataset.denied;
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(form, button, said); });
}
