// A number's page: asks for news with a tag, more often when it is nearly one's turn; says how old the news are;
// vibrates, sounds and changes the title when it is one's turn. Without it the page refreshes itself.
// It reads #now[data-poll] and, inside, [data-state][data-calls][data-again][data-title][data-say].

const LAST = "maeniwa.last"; // when news last came: a time and nothing else
const SOUND = "maeniwa.sound";
const PATIENCE = 10000; // ms; a request that has not answered by then is given up
const SLOWEST = 30000;
const LATE = 12000; // so long after news were due they are called old
const VIBRATION = [300, 150, 300, 150, 600];

const frame = document.getElementById("now");
const age = document.querySelector("[data-age]");
const cut = document.querySelector("[data-cut]");
const spoken = document.getElementById("said");
const plainTitle = document.title;

let tag = frame.dataset.tag || "";
let answered = Date.now();
let failures = 0;
let timer;
let asking = false;
let over = false;
let audio = null;
let lock = null;
let last = shown();

function shown() {
  const inner = frame.querySelector("[data-state]");
  return inner ? { ...inner.dataset } : {};
}

async function ask() {
  if (asking || over) return;
  asking = true;
  clearTimeout(timer);
  const giveUp = new AbortController();
  const limit = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(frame.dataset.poll, { headers, cache: "no-store", signal: giveUp.signal });
    if (answer.status === 410 || answer.status === 404) { over = true; location.reload(); return; }
    if (answer.status === 200) take(await answer.text(), answer.headers.get("ETag") || "");
    else if (answer.status !== 304) throw new Error(String(answer.status));
    fresh();
  } catch {
    failures += 1;
  } finally {
    clearTimeout(limit);
    asking = false;
    tick();
    timer = setTimeout(ask, pause());
  }
}

function pause() {
  const usual = Number(last.again || 20) * 1000;
  const asked = failures ? Math.min(SLOWEST, 2000 * 2 ** Math.min(failures, 4)) : usual;
  return asked * (0.9 + Math.random() * 0.2); // phones that lost the line together must not come back together
}

function fresh() {
  answered = Date.now();
  failures = 0;
  try { localStorage.setItem(LAST, String(answered)); } catch { /* closed: only the offline page says less */ }
}

function take(html, newTag) {
  const focused = document.activeElement?.id;
  frame.innerHTML = html;
  tag = newTag;
  const before = last;
  last = shown();
  if (focused) document.getElementById(focused)?.focus();
  tell(before);
  // Minutes alone change too often to be read out; a second call is heard though its words are the first's.
  if (another(before) || last.title !== before.title) say(last.say || "");
}

function another(before) {
  return last.state !== before.state || last.calls !== before.calls || last.counter !== before.counter;
}

function tell(before) {
  document.title = last.title ? `${last.title} · ${plainTitle}` : plainTitle;
  const turn = last.state === "called" || last.state === "recalled";
  if (turn && another(before)) {
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(VIBRATION);
    chime();
    scrollTo({ top: 0 });
  }
}

function say(words) {
  spoken.textContent = words && words === spoken.textContent ? `${words}\u00a0` : words;
}

function tick() {
  const seconds = Math.round((Date.now() - answered) / 1000);
  const at = new Date(answered);
  const clock = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  const isOld = Date.now() - answered > Number(last.again || 20) * 1000 + LATE;
  if (age) {
    const few = seconds < 60;
    age.textContent = (few ? age.dataset.age : age.dataset.ageMinutes)
      .replace("{time}", clock).replace("{n}", String(few ? seconds : Math.round(seconds / 60)));
  }
  if (cut && cut.hidden === isOld) {
    cut.querySelector("[data-text]").textContent = cut.dataset.cut.replace("{time}", clock);
    cut.hidden = !isOld;
    frame.classList.toggle("old", isOld);
  }
}

// Sound: asked for once, kept on this phone. A browser lets it sound only after the page was touched.
function chime() {
  if (!audio || audio.state !== "running") return;
  [[880, 0], [660, 0.35], [880, 0.9], [660, 1.25]].forEach(([pitch, after]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.4, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.6);
  });
}

function wantsSound() {
  try { return localStorage.getItem(SOUND) === "on"; } catch { return false; }
}

function soundButton(button) {
  const draw = (on) => {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("[data-word]").textContent = on ? button.dataset.on : button.dataset.off;
  };
  const start = () => {
    audio ??= new AudioContext();
    audio.resume();
  };
  draw(wantsSound());
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    try { localStorage.setItem(SOUND, on ? "on" : "off"); } catch { /* for this visit only */ }
    draw(on);
    if (!on) { audio?.suspend(); return; }
    start();
    chime();
  });
  // Wished for earlier: the first touch of the page gives the browser's leave.
  addEventListener("pointerdown", () => { if (button.getAttribute("aria-pressed") === "true") start(); }, { once: true });
}

function lockButton(button) {
  const draw = () => {
    button.setAttribute("aria-pressed", String(lock !== null));
    button.querySelector("[data-word]").textContent = lock ? button.dataset.on : button.dataset.off;
  };
  const hold = async () => {
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { if (!document.hidden) { lock = null; draw(); } });
    } catch { lock = null; }
    draw();
  };
  draw();
  button.addEventListener("click", () => {
    if (!lock) { hold(); return; }
    const held = lock;
    lock = null;
    held.release();
    draw();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && lock) hold(); });
}

const sound = document.querySelector("[data-sound]");
if (sound && "AudioContext" in window) soundButton(sound);
else if (sound) sound.hidden = true;
const awake = document.querySelector("[data-awake]");
if (awake && "wakeLock" in navigator) lockButton(awake);
else if (awake) awake.hidden = true;
if ("serviceWorker" in navigator && frame.dataset.worker) {
  navigator.serviceWorker.register(frame.dataset.worker, { scope: frame.dataset.scope }).catch(() => {});
}

fresh();
tell({ ...last, state: "" });
timer = setTimeout(ask, pause());
setInterval(tick, 1000);
tick();
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
