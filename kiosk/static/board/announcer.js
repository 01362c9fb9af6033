// Says calls one after the other, so that no two are heard at once: chime, then each line, by a voice of this machine
// where it has one for the language, otherwise the recorded sound. A call that waited long is shown only.

const OLD = 120000; // ms; only while others wait behind it
const MOST = 12;
const SPEED = 0.9;
const LATEST = 9000; // a voice that has not ended by then is taken for silent
const WAKING = 15000; // ms; a busy machine takes long to open its sound after the press that allows it
const RECORDED = 1.7; // brings the recorded voice to the loudness of the others
const CHIME = [[659.26, 0], [523.25, 0.38]]; // Hz, s: two falling tones, 0.8 s in all

export function announcer({ volume, onBlocked = () => {}, onSaid = () => {} }) {
  const context = typeof AudioContext === "undefined" ? null : new AudioContext();
  const waiting = [];
  const sounds = new Map();
  let busy = false;
  let awake = null; // the sound is on its way: what is called meanwhile is said once it is there

  function blocked() { return context !== null && context.state !== "running"; }

  async function allow() {
    awake = Promise.race([context?.resume(), pause(WAKING)]).catch(() => {});
    await Promise.race([awake, pause(300)]);
    onBlocked(blocked());
  }

  function add(call) {
    const at = waiting.findIndex((one) => one.number === call.number);
    if (at >= 0) waiting.splice(at, 1); // a recall says it again; the first is not needed any more
    waiting.push(call);
    if (waiting.length > MOST) waiting.shift();
    work();
  }

  async function work() {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      if (blocked()) await awake;
      const call = waiting.shift();
      const late = waiting.length > 0 && Date.now() - call.heard > OLD;
      if (late) { onSaid(call, "late"); continue; }
      if (blocked()) { onSaid(call, "blocked"); continue; }
      onSaid(call, "begins");
      await chime();
      for (const line of call.say) await say(line);
      onSaid(call, "ends");
      await pause(600);
    }
    busy = false;
  }

  async function chime() {
    if (!context || volume() === 0) return;
    const begins = context.currentTime + 0.02;
    for (const [pitch, after] of CHIME) {
      const [tone, loudness] = [context.createOscillator(), context.createGain()];
      tone.type = "sine";
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, begins + after);
      loudness.gain.linearRampToValueAtTime(volume() * 0.5, begins + after + 0.01);
      loudness.gain.exponentialRampToValueAtTime(0.001, begins + after + 0.42);
      tone.connect(loudness).connect(context.destination);
      tone.start(begins + after);
      tone.stop(begins + after + 0.44);
    }
    await pause(900);
  }

  async function say(line) {
    if (volume() === 0) return;
    const voice = own(line.language);
    if (voice && await speak(line, voice)) return;
    await play(line.sound);
  }

  function speak(line, voice) {
    return new Promise((resolve) => {
      const told = new SpeechSynthesisUtterance(line.text);
      Object.assign(told, { voice, lang: voice.lang, rate: SPEED, volume: volume() });
      const timer = setTimeout(() => end(false), LATEST + line.text.length * 120);
      const end = (heard) => { clearTimeout(timer); if (!heard) speechSynthesis.cancel(); resolve(heard); };
      told.onend = () => end(true);
      told.onerror = () => end(false);
      speechSynthesis.speak(told);
    });
  }

  async function play(address) {
    const sound = await recorded(address);
    if (!sound) return;
    const [source, loudness] = [context.createBufferSource(), context.createGain()];
    source.buffer = sound;
    loudness.gain.value = volume() * RECORDED;
    source.connect(loudness).connect(context.destination);
    const ended = new Promise((resolve) => { source.onended = resolve; });
    source.start();
    await Promise.race([ended, pause(sound.duration * 1000 + 2000)]);
  }

  async function recorded(address) {
    if (!context || !address) return null;
    try {
      if (!sounds.has(address)) {
        const answer = await fetch(address, { credentials: "same-origin" });
        if (!answer.ok) return null;
        sounds.set(address, await context.decodeAudioData(await answer.arrayBuffer()));
        if (sounds.size > 8) sounds.delete(sounds.keys().next().value);
      }
      return sounds.get(address);
    } catch {
      return null;
    }
  }

  context?.addEventListener("statechange", () => onBlocked(blocked()));
  onBlocked(blocked());
  return { add, allow, waiting: () => waiting.length };
}

// A voice of this machine: one that sends what it says to somebody's server is not used.
function own(language) {
  if (typeof speechSynthesis === "undefined") return null;
  return speechSynthesis.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(language)) || null;
}

function pause(milliseconds) { return new Promise((resolve) => setTimeout(resolve, milliseconds)); }
