// Running figures: time[data-clock-from=INSTANT] counts up from an instant (08:14, 1:02:14), time[data-clock-now=ZONE]
// shows the office's time. Without it both keep what the server wrote.

const two = (n) => String(n).padStart(2, "0");

function since(instant, now) {
  const seconds = Math.max(0, Math.floor((now - instant) / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("time[data-clock-from]")) {
    const text = since(Date.parse(clock.dataset.clockFrom), now);
    clock.textContent = text;
    clock.classList.toggle("long", text.length > 5);
  }
  for (const clock of document.querySelectorAll("time[data-clock-now]")) {
    clock.textContent = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.clockNow }).format(now);
  }
  setTimeout(tick, 1000 - (now % 1000));
}

tick();
