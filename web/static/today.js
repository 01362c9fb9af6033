// Keeps the manager's page of today as the boards are: what moves a board makes this page ask for itself again.
// Without it the page refreshes itself. Reads #today[data-live][data-poll][data-stream]; shows #old while nothing answers.
const EVERY = 30000; // ms; minutes go on also where nothing happens

let asking = false;
let again = false;

async function renew() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.redirected) return location.reload(); // signed out
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("today"));
  } catch {
    // The next change or the next half minute asks again.
  } finally {
    asking = false;
    if (again) { again = false; setTimeout(renew, 1000); }
  }
}

function show(told) {
  const shown = document.getElementById("today");
  if (!told || shown.contains(document.activeElement)) return; // nobody loses the link under a finger
  shown.innerHTML = told.innerHTML;
}

const { dataset } = document.getElementById("today");
const { follow } = await import(dataset.live);
let version = null;
follow({
  poll: dataset.poll,
  stream: dataset.stream || "",
  every: 5000,
  onState(state) {
    if (version !== null && state.version !== version) renew();
    version = state.version;
  },
  onStale(stale) { document.getElementById("old").hidden = !stale; },
});
setInterval(() => { if (!document.hidden) renew(); }, EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
