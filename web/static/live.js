// Follows an office's line: `follow({ poll, stream, every, hints, onState, onCall, onStale })`.
// `poll` answers the state with an ETag; `stream` sends events as soon as something happens and may be "". With `hints`
// the states of the stream are no answers, because the poll tells more: they only make it ask at once.
// onState(state): whenever the state is another one; never one that is older than the last (unless the server has had
// nothing newer for a minute: then its data was restored).
// onCall(call): once for each call that came after the page began, oldest first; a recall is a call of its own.
// onStale(stale, since): `stale` from 15 s without an answer on, false when one comes again; `since` is the last answer.
// Gives back { now(), ask(), stop() }; now() is the server's clock, ask() polls at once.

const STALE = 15000; // ms
const PATIENCE = 8000; // a request that has not answered by then is given up
const BESIDE_STREAM = 6000; // a stream cannot be told from a dead one, so the poll goes on slowly beside it
const SLOWEST = 8000;
const REOPEN = 20000;
const REMEMBERED = 200; // calls
const RESTORED = 60000;
const EVENTS = ["called", "recalled", "queue", "closed", "snapshot"];

export function follow({ poll, stream = "", every = 2000, hints = false, onState = () => {}, onCall = () => {}, onStale = () => {} }) {
  let shown = null;
  let tag = "";
  let answered = Date.now();
  let stale = false;
  let ahead = 0; // server clock minus ours, ms
  let failures = 0;
  let behind = 0; // since when the server tells what is older than what was shown
  let source = null;
  let asking = false;
  let again = false;
  let stopped = false;
  let nextPoll, nextLook, nextOpening;
  const calls = heard();

  function now() { return new Date(Date.now() + ahead); }

  function look() {
    clearTimeout(nextLook);
    if (stopped) return;
    const left = answered + STALE - Date.now();
    say(left <= 0);
    if (left > 0) nextLook = setTimeout(look, left + 5);
  }

  function say(isStale) {
    if (isStale === stale) return;
    stale = isStale;
    onStale(stale, new Date(answered + ahead));
  }

  function fresh() {
    answered = Date.now();
    failures = 0;
    look();
  }

  function take(state) {
    if (shown && older(state, shown)) {
      behind ||= Date.now();
      if (Date.now() - behind < RESTORED) return false;
      calls.forget();
      shown = null;
    }
    behind = 0;
    if (shown && state.version === shown.version && Date.parse(state.as_of) < Date.parse(shown.as_of)) return true;
    const first = shown === null;
    shown = state;
    const news = calls.fresh(state.calls || [], first ? state.version : null);
    onState(state);
    for (const call of news) onCall(call);
    return true;
  }

  async function ask() {
    if (stopped) return;
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    clearTimeout(nextPoll);
    const pause = await once();
    asking = false;
    if (!stopped) nextPoll = setTimeout(ask, again ? 50 : pause);
  }

  // One question; gives the pause until the next.
  async function once() {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    try {
      const headers = { Accept: "application/json", "X-Quiet": "1", ...(tag && { "If-None-Match": tag }) };
      const answer = await fetch(poll, { headers, cache: "no-store", credentials: "same-origin", signal: giveUp.signal });
      keepTime(answer);
      if (answer.status === 304) { fresh(); return usual(); }
      if (!answer.ok) return tired(Number(answer.headers.get("Retry-After")) * 1000);
      const state = await answer.json();
      if (stopped) return 0;
      if (!take(state)) return tired(0);
      tag = answer.headers.get("ETag") || "";
      fresh();
      return usual();
    } catch {
      return tired(0);
    } finally {
      clearTimeout(timer);
    }
  }

  function usual() { return spread(source?.readyState === EventSource.OPEN ? Math.max(every, BESIDE_STREAM) : every); }

  function tired(asked) {
    failures += 1;
    return Math.max(spread(Math.min(every * 2 ** Math.min(failures - 1, 6), Math.max(every, SLOWEST))), Math.min(asked || 0, 60000));
  }

  function keepTime(answer) {
    const theirs = Date.parse(answer.headers.get("Date") || "");
    // The header has whole seconds: smaller differences are noise.
    if (theirs && Math.abs(theirs + 500 - Date.now()) > 1500) ahead = theirs + 500 - Date.now();
    else if (theirs) ahead = 0;
  }

  function open() {
    if (stopped || !stream) return;
    source = new EventSource(stream);
    source.onopen = ask; // what happened until now
    source.onerror = () => {
      ask();
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      clearTimeout(nextOpening);
      nextOpening = setTimeout(open, spread(REOPEN));
    };
    for (const name of EVENTS) source.addEventListener(name, (event) => happened(name, event.data));
  }

  function happened(name, data) {
    const told = read(data);
    if (told?.queues && told.calls && !hints) { if (take(told)) fresh(); return; }
    // Before the first state nobody knows which calls are new; the answer that is on its way tells.
    if (told?.number && shown) for (const call of calls.fresh([{ kind: name === "recalled" ? "recall" : "call", ...told }])) onCall(call);
    ask();
  }

  function wake() { if (!document.hidden) ask(); }

  function stop() {
    stopped = true;
    source?.close();
    for (const timer of [nextPoll, nextLook, nextOpening]) clearTimeout(timer);
    removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
  }

  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  look();
  ask();
  open();
  return { now, ask, stop };
}

// Which calls have been told already: those up to a version, and single ones after it.
function heard() {
  let upTo = 0;
  const known = new Map();

  function remember(call) {
    known.set(`${call.version} ${call.number}`, call.version);
    if (known.size <= REMEMBERED) return;
    const [key, version] = known.entries().next().value;
    known.delete(key);
    upTo = Math.max(upTo, version);
  }

  return {
    forget() { known.clear(); upTo = 0; },
    // Of `list` those that were not told yet, oldest first; with `begin`, what is there already is not told.
    fresh(list, begin = null) {
      if (begin !== null) upTo = begin;
      const found = list.filter((call) => call.version > upTo && !known.has(`${call.version} ${call.number}`));
      found.sort((one, other) => one.version - other.version);
      found.forEach(remember);
      return found;
    },
  };
}

// An answer may overtake another on its way. Days are ISO dates, which compare as text.
function older(state, shown) {
  if (state.day && shown.day && state.day !== shown.day) return state.day < shown.day;
  return state.version < shown.version;
}

function read(data) {
  try { return JSON.parse(data); } catch { return null; }
}

// Many pages that lost the line together must not come back together.
function spread(milliseconds) { return milliseconds * (0.9 + Math.random() * 0.2); }
