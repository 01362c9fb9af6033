// Keeps the scan box ready for a scanner that types like a keyboard, and says at once what it read.
// It reads input[data-scan] with data-scan-pause (ms of silence that end a code without Enter), data-scan-least
// (letters that make a code) and data-scan-echo (the id of the line that repeats it; its data-read is the sentence).

const clean = (text) => text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
const TYPING = "input, textarea, select, button, a, summary, [contenteditable], [tabindex='0']";

function watch(box) {
  const pause = Number(box.dataset.scanPause || 150);
  const least = Number(box.dataset.scanLeast || 16);
  const echo = document.getElementById(box.dataset.scanEcho);
  let timer = 0;
  let started = 0;
  let before = box.value.length;

  const say = (code) => {
    if (echo) echo.textContent = echo.dataset.read.replace("{code}", code.length > 12 ? `${code.slice(0, 8)}…` : code);
  };
  const send = () => {
    clearTimeout(timer);
    if (!clean(box.value)) return;
    box.form.requestSubmit();
  };

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    const added = box.value.length - before;
    before = box.value.length;
    if (event.isComposing) return;
    if (before <= 1) started = event.timeStamp;
    // Nobody types four letters at once, nor 25 a second.
    const byMachine = added > 3 || (event.timeStamp - started) / before < 40;
    if (clean(box.value).length < least || !byMachine) return;
    say(clean(box.value));
    timer = setTimeout(send, pause);
  });
  box.form.addEventListener("submit", () => {
    clearTimeout(timer);
    box.value = clean(box.value);
    if (box.value) say(box.value);
  });

  // A scanner types wherever the focus is: bring it home unless a person is using another control.
  const home = () => { if (!document.activeElement?.matches(TYPING)) box.focus({ preventScroll: true }); };
  box.addEventListener("blur", () => setTimeout(home, 50));
  addEventListener("focus", home);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") box.focus();
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) home();
  });
  home();
}

document.querySelectorAll("input[data-scan]").forEach(watch);
