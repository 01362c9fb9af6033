// The keyboards on the screen: <input data-keys="kana|number|alnum|block"> is typed into by the <div data-keyboard> of the
// same screen. The last key sends the form; its word is the keyboard's data-enter.

const KANA = ["アイウエオ", "カキクケコ", "サシスセソ", "タチツテト", "ナニヌネノ", "ハヒフヘホ", "マミムメモ", "ヤ ユ ヨ", "ラリルレロ", "ワ ヲ ン"];
const NUMBER = ["147 ", "2580", "369 "];
const ALNUM = ["2BN", "3CP", "4DQ", "5FR", "6GS", "7HT", "8JV", "9KW", " LX", " MY", "  Z"];
const LAYOUTS = { kana: KANA, number: NUMBER, alnum: ALNUM, block: NUMBER };
const MARKS = {
  "゛": ["カキクケコサシスセソタチツテトハヒフヘホウ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"],
  "゜": ["ハヒフヘホ", "パピプペポ"],
  "小": ["アイウエオツヤユヨワ", "ァィゥェォッャュョヮ"],
};
const EXTRA = { kana: ["゛", "゜", "小", "ー", "　"], number: [], alnum: [], block: ["-", "丁目", "番地", "番", "号"] };
const WORDS = { "　": "space" };

// A mark changes the last letter, and pressed again changes it back.
function marked(text, mark) {
  const [plain, changed] = MARKS[mark];
  const last = text.slice(-1);
  for (const [from, to] of [[plain, changed], [changed, plain]]) {
    const place = [...from].indexOf(last);
    if (place >= 0) return text.slice(0, -1) + [...to][place];
  }
  const bare = Object.values(MARKS).map(([p, c]) => [...p][[...c].indexOf(last)]).find(Boolean);
  return bare ? marked(text.slice(0, -1) + bare, mark) : text;
}

function key(label, act, name = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `key ${name}`;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function build(board, inputs) {
  let input = inputs[0];
  inputs.forEach((one) => one.addEventListener("focus", () => {
    if (input.dataset.keys !== one.dataset.keys) { input = one; draw(); }
    input = one;
  }));
  const changed = () => input.dispatchEvent(new Event("input", { bubbles: true }));
  const type = (letter) => {
    if (MARKS[letter]) input.value = marked(input.value, letter);
    else if (!input.maxLength || input.maxLength < 0 || input.value.length < input.maxLength) input.value += letter;
    changed();
  };
  const draw = () => {
    const kind = input.dataset.keys;
    const letters = document.createElement("div");
    letters.className = `letters ${kind}`;
    for (const column of LAYOUTS[kind]) {
      for (const letter of column) {
        if (letter === " ") letters.append(document.createElement("i"));
        else letters.append(key(letter, () => type(letter)));
      }
    }
    const doing = document.createElement("div");
    doing.className = "doing";
    for (const letter of EXTRA[kind]) doing.append(key(WORDS[letter] ? board.dataset.space : letter, () => type(letter), "mark"));
    doing.append(key(board.dataset.erase, () => { input.value = input.value.slice(0, -1); changed(); }, "erase"));
    doing.append(key(board.dataset.clear, () => { input.value = ""; changed(); }, "erase"));
    if (board.dataset.enter) doing.append(key(board.dataset.enter, () => input.form.requestSubmit(), "enter"));
    board.className = `keyboard of-${kind}`;
    board.replaceChildren(letters, doing);
  };
  draw();
}

export function keyboards(screen) {
  const board = screen.querySelector("[data-keyboard]");
  const inputs = [...screen.querySelectorAll("input[data-keys]")];
  if (!board || !inputs.length || board.childElementCount) return;
  for (const one of inputs) {
    one.setAttribute("inputmode", "none");
    one.setAttribute("autocomplete", "off");
    one.setAttribute("spellcheck", "false");
  }
  build(board, inputs);
}
