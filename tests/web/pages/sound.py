"""What must be true of every page: one look at it, in every width, without asking the server again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import BrowserContext, Page

ONCE_A_LOOK = """(() => {
  const check = axe._audit.checks["color-contrast-enhanced"];
  const judge = check.evaluate;
  let passed, layers;
  axe.anew = () => { [passed, layers] = [new Set(), new WeakMap()]; };
  const under = (one) => {
    if (!one) return "";
    if (!layers.has(one)) {
      const style = getComputedStyle(one);
      layers.set(one, [style.backgroundColor, style.backgroundImage, style.opacity, style.mixBlendMode,
        style.filter, style.position].join() + under(one.parentElement));
    }
    return layers.get(one);
  };
  axe.configure({ checks: [{ id: check.id, evaluate(node, ...more) {
    const style = getComputedStyle(node);
    const look = [style.color, style.webkitTextFillColor, style.webkitTextStroke, style.textShadow, style.fontSize,
      style.fontWeight].join() + under(node);
    if (passed.has(look)) return true;
    const found = judge.call(this, node, ...more);
    if (found && !/absolute|fixed|sticky/.test(look)) passed.add(look);
    return found;
  } }] });
})();"""
"""Letters of one colour and size on the same layers have one contrast, which axe works out once a page and not again
for every cell of a table. What lies over something else by its position is looked at each time."""
AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8") + ONCE_A_LOOK
ASK = """async (options) => window.axe && (axe.anew(), await axe.run(options)).violations
  .map((rule) => [rule.id, rule.nodes[0].html.slice(0, 200), rule.nodes[0].any[0]?.message ?? ""])"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_WIDTH = ["target-size", "scrollable-region-focusable"]
"""Rules whose answer may change with the width of the screen."""
SMALL_PHONE = (320, 640)
"""What finds room here has room on every phone."""
OF_COLOURS = {"color-contrast-enhanced": {"enabled": True}, "color-contrast": {"enabled": False}}
FROM_NOTHING = {"contrastRatio": {"normal": {"minThreshold": 0}, "large": {"minThreshold": 0}}}
ONE_LOOK = {"color-contrast-enhanced": {"options": FROM_NOTHING}}
"""Letters keep to 7:1 (large ones to 4.5:1) on every page; usually axe leaves what is below 4.5:1 to another rule."""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter((control) => {
  const box = control.getBoundingClientRect();
  const inText = control.closest("p, li, dd, .choice, .tick, .visually-hidden, .skip");
  return box.height && box.height < 43.5 && !inText;
}).map((control) => control.outerHTML)"""
SMALLEST = """() => {
  document.documentElement.classList.add("letters-large");
  const usual = document.documentElement.scrollWidth;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const cut = [...document.querySelectorAll("main :not(input, textarea, select)")].filter((one) => {
    const { overflowX, overflowY } = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return box.width > 2 && ([overflowX, overflowY].some((how) => ["hidden", "clip"].includes(how)))
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
  }).map((one) => one.outerHTML.slice(0, 120));
  const wide = document.documentElement.scrollWidth;
  document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
  return [usual, wide, cut];
}"""
"""Large letters; then (WCAG 2.2, 1.4.12) a reader's own spacing of letters, words and lines: nothing is lost by it."""
FOCUS = """() => {
  const wrong = [];
  const reached = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  for (const one of document.querySelectorAll(reached)) {
    if (one.tabIndex > 0) wrong.push(["order", one.outerHTML.slice(0, 120)]);
    if (one.disabled || one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true })) continue;
    one.focus();
    if (document.activeElement !== one) { wrong.push(["refused", one.outerHTML.slice(0, 120)]); continue; }
    const shown = one.matches(".choice input, .tick input, .pick input, .visually-hidden")
      ? (one.closest("label") ?? one) : one;
    const ring = (what) => {
      const style = getComputedStyle(what);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    };
    if (![one, shown].some(ring)) wrong.push(["ring", one.outerHTML.slice(0, 120)]);
    const box = shown.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, Math.max(box.top, 0) + Math.min(box.height / 2, 20)];
    const top = document.elementFromPoint(x, y);
    const seen = top && (shown.contains(top) || top.contains(shown) || top.closest("label")?.control === one);
    if (box.width > 2 && !seen) wrong.push(["hidden", one.outerHTML.slice(0, 120), top?.outerHTML.slice(0, 80)]);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return wrong;
}"""
"""WCAG 2.2, 2.4.7 and 2.4.11: what has the focus shows it, and nothing lies over it; the order is that of the text."""
WIDTH = "document.documentElement.scrollWidth"
BROKEN = "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"


def with_axe(context: BrowserContext) -> BrowserContext:
    """Every page of it can be asked by axe."""
    context.add_init_script(AXE)
    return context


def axe(page: Page, *tags: str) -> list[list[str]]:
    """What axe has to say: the rule and the first element that breaks it."""
    return _asked(page, {"runOnly": [*RULES, *tags], "rules": OF_COLOURS, "checks": ONE_LOOK})


def axe_only(page: Page, rules: Iterable[str]) -> list[list[str]]:
    """The same of some rules."""
    return _asked(page, {"runOnly": {"type": "rule", "values": [*rules]}, "checks": ONE_LOOK})


def _asked(page: Page, options: dict[str, object]) -> list[list[str]]:
    asked = {**options, "resultTypes": ["violations"]}
    found = page.evaluate(ASK, asked)
    if found is None:
        page.evaluate(AXE)
        found = page.evaluate(ASK, asked)
    return list(found)


def on_a_terminal(page: Page) -> Iterator[object]:
    """Everything that is wrong with a screen of a terminal, whose colours keep to AAA."""
    yield from axe(page, "wcag2aaa")
    yield from _wide(page, 1080)


def sized(page: Page, width: int, height: int) -> None:
    """Turn to another screen; drawing a page anew that has this size already would take as long."""
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})


def on_a_phone(page: Page) -> Iterator[object]:
    """Everything that is wrong with a page whose readers have a phone in the hand."""
    yield from axe(page)
    yield from page.evaluate(FOCUS)
    for width in (640, 1366):
        sized(page, width, 768)
        yield from _wide(page, width)
    yield from smallest(page)
    yield from (("small", one) for one in page.evaluate(SMALL_TARGETS))


def at_a_desk(page: Page) -> Iterator[object]:
    """Everything that is wrong with a page whose readers sit at a desk, and now and then look on a phone."""
    yield from axe(page)
    yield from page.evaluate(FOCUS)
    yield from (("broken", one) for one in page.evaluate(BROKEN))
    yield from _wide(page, 1366)
    sized(page, *SMALL_PHONE)
    yield from axe_only(page, OF_WIDTH)
    yield from smallest(page)


def smallest(page: Page) -> Iterator[object]:
    """The smallest phone with large letters, then with a reader's own spacing."""
    sized(page, *SMALL_PHONE)
    usual, spaced, cut = page.evaluate(SMALLEST)
    if usual > SMALL_PHONE[0]:
        yield "sideways", SMALL_PHONE[0], usual
    if spaced > SMALL_PHONE[0] or cut:
        yield "spaced", spaced, cut


def _wide(page: Page, width: int) -> Iterator[object]:
    found = page.evaluate(WIDTH)
    if found > width:
        yield "sideways", width, found
