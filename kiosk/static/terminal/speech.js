// Reads the whole screen aloud with the browser's own voice, where it has one for the language.

const LANGUAGES = { "ja-easy": "ja", "zh-Hans": "zh", tl: "fil" };

function voice(language) {
  const wanted = LANGUAGES[language] || language;
  return (self.speechSynthesis?.getVoices() || []).find((one) => one.lang.toLowerCase().startsWith(wanted.toLowerCase()));
}

export const canRead = (language) => Boolean(voice(language));

export const quiet = () => self.speechSynthesis?.cancel();

// What is on a screen, in reading order, without the readings over the letters.
export function text(screen) {
  const copy = screen.cloneNode(true);
  copy.querySelectorAll("rt, rp, [hidden], [aria-hidden='true'], .where, .settings, .keyboard, svg, template").forEach((one) => one.remove());
  copy.querySelectorAll("[data-said]").forEach((one) => { one.textContent = one.dataset.said; });
  copy.querySelectorAll("h1, p, b, small, li, button, a, dt, dd, label, span").forEach((one) => one.append("。"));
  return copy.textContent.replace(/\s+/g, " ").replace(/(?:\s*。)+/g, "。").trim();
}

export function read(screen, language) {
  const chosen = voice(language);
  if (!chosen) return;
  quiet();
  const said = new SpeechSynthesisUtterance(text(screen));
  said.voice = chosen;
  said.lang = chosen.lang;
  said.rate = 0.9;
  speechSynthesis.speak(said);
}
