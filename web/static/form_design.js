// The sheet follows what is typed: the boxes are sent a moment after the last key, and the answer is shown beside them.
// Without this the button 見本を描きなおす does the same.
const PAUSE = 500; // ms

const form = document.getElementById("boxes");
const sheet = document.getElementById("preview");
let waiting = 0;
let asked = null;

async function look() {
  asked?.abort();
  asked = new AbortController();
  sheet.classList.add("late");
  const sent = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: sent, signal: asked.signal });
    if (answer.ok && !answer.redirected) sheet.innerHTML = await answer.text();
    sheet.classList.remove("late");
  } catch (problem) {
    if (problem.name !== "AbortError") sheet.classList.remove("late");
  }
}

form?.addEventListener("input", (event) => {
  if (event.target.name.startsWith("new") || ["first_day", "reason"].includes(event.target.name)) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});
