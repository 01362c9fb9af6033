"""Somebody who has a keyboard and nothing else: Tab, Enter, Space and arrows; every step is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

MOST = 90
"""So many presses of Tab reach anything on a page, or it is not reached."""
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const shown = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") ?? one : one;
  const box = shown.getBoundingClientRect();
  const middle = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
  const over = document.elementFromPoint(...middle);
  const ring = [one, shown].some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  });
  const text = (one.labels?.[0] ?? one).textContent || one.getAttribute("aria-label") || "";
  return { text: text.replace(/\\s+/g, " ").trim(), name: one.name ?? "", tag: one.tagName, ring,
    clear: box.width < 3 || shown.contains(over) || Boolean(over?.contains(shown)), top: box.top + scrollY,
    left: box.left };
}"""
BELOW = 400
"""Pixels by which the focus may go up a page on its way: no more than from a column's foot to the next one's head."""


@dataclass
class Keyboard:
    """One page under somebody's keys."""

    page: Page

    def tab(self) -> dict[str, object]:
        """One press of Tab: where the focus went, seen and not hidden, and not up the page."""
        before = self.page.evaluate(HERE)
        self.page.keyboard.press("Tab")
        here = self.page.evaluate(HERE)
        assert here, (self.page.url, before, "the focus left the page")
        assert here["ring"], (self.page.url, here, "nothing shows the focus")
        assert here["clear"], (self.page.url, here, "something lies over the focus")
        if before and before["tag"] != "MAIN":
            assert here["top"] > before["top"] - BELOW, (self.page.url, before, here, "the focus went up")
        return dict(here)

    def to(self, text: str = "", name: str = "") -> None:
        """Tab on until something shows this text or has this name."""
        for _ in range(MOST):
            here = self.tab()
            if (text and text in str(here["text"])) or (name and here["name"] == name):
                return
        raise AssertionError((self.page.url, text or name, "is not reached by Tab"))

    def go(self, text: str) -> None:
        """Tab to a link or button and press Enter; the next page has come."""
        self.to(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("load")

    def follow(self, text: str) -> None:
        """Tab to a link of the same page and press Enter; the focus stands where it leads."""
        self.to(text)
        leads = self.page.evaluate("document.activeElement.hash")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(leads)).to_be_focused()

    def choose(self, text: str) -> None:
        """Tab to a box that is ticked with Space."""
        self.to(text)
        self.page.keyboard.press("Space")

    def write(self, name: str, text: str) -> None:
        """Tab to a box and type."""
        self.to(name=name)
        self.page.keyboard.type(text)

    def fill(self, boxes: dict[str, str], chosen: tuple[str, ...], on: str) -> None:
        """One page of a form in one way down: type into boxes, choose, and go on with Enter on the last button."""
        for _ in range(MOST):
            here = self.tab()
            name, text = str(here["name"]), str(here["text"])
            if here["tag"] == "BUTTON" and on in text:
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                self.page.wait_for_load_state("load")
                return
            if self._is_radio() and not self._is_chosen():
                self._turn_to(chosen)
            elif name == "lookup":
                self.page.keyboard.press("Enter")
                expect(self.page.locator("[name$='.city']").first).not_to_have_value("")
            elif name in boxes:
                self.page.keyboard.press("ControlOrMeta+a")
                self.page.keyboard.type(boxes[name])
        raise AssertionError((self.page.url, on, "is not reached by Tab"))

    def _turn_to(self, chosen: tuple[str, ...]) -> None:
        for _ in range(12):
            self.page.keyboard.press("Space")
            if str(self.page.evaluate(HERE)["text"]) in chosen:
                return
            self.page.keyboard.press("ArrowDown")

    def _is_chosen(self) -> bool:
        return bool(self.page.evaluate("document.activeElement.checked"))

    def _is_radio(self) -> bool:
        return bool(self.page.evaluate("document.activeElement.type === 'radio'"))
