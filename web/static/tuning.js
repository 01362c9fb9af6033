// Follows a plan that is being computed: the page's own section is fetched again until it says that it has ended.
// A part that has not changed is left alone, so that nobody loses the button under a finger.
const EVERY = 2000; // ms

async function look() {
  const shown = document.getElementById("tuning");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      show(shown, page.getElementById("tuning"));
    }
  } catch {
    // The next look asks again.
  }
  if (document.getElementById("tuning").hasAttribute("data-running")) setTimeout(look, EVERY);
}

function show(shown, told) {
  if (!told) return;
  if (!told.hasAttribute("data-running")) return shown.replaceWith(told);
  shown.querySelector("label").textContent = told.querySelector("label").textContent;
  shown.querySelector("progress").value = told.querySelector("progress").value;
}

setTimeout(look, EVERY);
