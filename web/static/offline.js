// The page that stands in for a ticket while there is no connection: says when news last came, and comes back by itself.

const LAST = "maeniwa.last"; // only a time, never a number or an address
const RETRY = 10000;

const said = document.querySelector("[data-last]");
try {
  const last = new Date(Number(localStorage.getItem(LAST)));
  if (said && last.getTime()) {
    const clock = `${last.getHours()}:${String(last.getMinutes()).padStart(2, "0")}`;
    said.textContent = said.dataset.last.replace("{time}", clock);
    said.hidden = false;
  }
} catch { /* storage is closed: the page says less */ }

function again() { location.reload(); }

document.querySelector("[data-again]")?.addEventListener("click", again);
addEventListener("online", again);
setInterval(async () => {
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
    again();
  } catch { /* still no connection */ }
}, RETRY);
