// Copies the text of a box with one key. Without it the box is there to be copied from by hand.
// It reads [data-copy=ID] (hidden until it works) around a button, and #copied with the words of what became of it.

const frame = document.querySelector("[data-copy]");
const box = document.getElementById(frame.dataset.copy);
const said = document.getElementById("copied");
const button = frame.querySelector("button");

async function copy() {
  said.textContent = "";
  let done = false;
  try {
    await navigator.clipboard.writeText(box.value);
    done = true;
  } catch {
    // no permission, or a page without https: the older way
    box.focus();
    box.select();
    done = document.execCommand("copy");
  }
  said.textContent = done ? said.dataset.done : said.dataset.failed;
  said.classList.toggle("error", !done);
}

button.addEventListener("click", copy);
frame.hidden = false;
button.focus();
