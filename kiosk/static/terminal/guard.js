// Keys and gestures that belong to a desk, not to a kiosk, do nothing where a page can stop them.

const EDITING = new Set(["Backspace", "Delete", "ArrowLeft", "ArrowRight", "Home", "End"]);
const DESK = new Set(["ContextMenu", "PrintScreen", "BrowserBack", "BrowserForward", "BrowserHome", "BrowserSearch", "Meta"]);

function swallowed(event) {
  if (event.ctrlKey || event.metaKey || (event.altKey && event.key.length !== 1)) return true;
  if (/^F\d+$/.test(event.key) || DESK.has(event.key)) return true;
  return EDITING.has(event.key) && !event.target.matches?.("input, textarea");
}

const stop = (event) => event.preventDefault();

export function guard() {
  addEventListener("keydown", (event) => { if (swallowed(event)) { stop(event); event.stopImmediatePropagation(); } }, true);
  for (const name of ["contextmenu", "dragstart", "drop", "dragover", "gesturestart", "auxclick"]) addEventListener(name, stop, true);
  addEventListener("selectstart", (event) => { if (!event.target.matches?.("input, textarea")) stop(event); }, true);
  addEventListener("wheel", (event) => { if (event.ctrlKey) stop(event); }, { passive: false, capture: true });
  addEventListener("touchmove", (event) => { if (event.touches.length > 1) stop(event); }, { passive: false, capture: true });
  window.print = () => {};
  window.open = () => null;
  window.alert = window.confirm = window.prompt = () => null;
}
