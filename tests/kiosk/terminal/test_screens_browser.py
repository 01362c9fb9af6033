"""Every screen in a real browser: five choices, targets of 20 mm, nothing scrolls, letters of 28 px and more, AAA."""

from __future__ import annotations

from typing import Any

import pytest

from models.operations import arrivals
from models.queries.offices import office
from tests.conftest import inside
from tests.kiosk.terminal.conftest import ACROSS, HOME, UPRIGHT
from tests.web.pages import looks, sound
from web.reading import BY_CODE

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
MEASURE = """() => {
  const screen = document.querySelector('.screen');
  const seen = (one) => one.offsetParent && getComputedStyle(one).visibility !== 'hidden';
  const low = document.documentElement.hasAttribute('data-low');
  const wrong = [];
  const pressed = [...screen.querySelectorAll('button, a, input:not([type=hidden])')].filter(seen);
  for (const one of pressed) {
    const box = one.getBoundingClientRect();
    const name = one.className + ' ' + one.textContent.slice(0, 12);
    if (box.width < 76 || box.height < 76) wrong.push(['small', name, box.width, box.height]);
    const within = box.left >= 0 && box.top >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
    if (!within) wrong.push(['outside', name]);
    if (low && one.matches('button, a') && box.top < innerHeight / 2 - 1) wrong.push(['high', name, box.top]);
    for (const other of pressed) {
      if (other === one || one.contains(other) || other.contains(one)) continue;
      const near = other.getBoundingClientRect();
      const across = Math.max(near.left - box.right, box.left - near.right);
      const down = Math.max(near.top - box.bottom, box.top - near.bottom);
      if (Math.max(across, down) < (low ? 11.5 : 14.5)) wrong.push(['near', name, other.className, across, down]);
    }
  }
  const parts = '.screen, .upper, .lower, .do, .show, .choice, .way, .setting, .keyboard, .waits';
  for (const one of document.querySelectorAll(parts)) {
    const over = one.scrollHeight > one.clientHeight + 8 || one.scrollWidth > one.clientWidth + 1;
    if (over) wrong.push(['overfull', one.className]);
  }
  if (screen.querySelectorAll(':not(.tongues) > .choice').length > 5) wrong.push(['choices']);
  for (const one of screen.querySelectorAll('*')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const tiny = parseFloat(getComputedStyle(one).fontSize) < 27.9;
    if (own && tiny && seen(one) && !one.matches('rt, .unseen')) wrong.push(['letters', one.textContent.slice(0, 20)]);
  }
  const page = document.documentElement;
  if (page.scrollHeight > innerHeight || page.scrollWidth > innerWidth) wrong.push(['scrolls']);
  return wrong;
}"""


SIZES = [1, 2, 3, 4] if looks.FULL else [1, 4]
"""The sizes of letters that a visitor chooses from: between the smallest and the largest nothing else can happen."""
IN_EACH = f"""(sizes) => {{
  const found = {MEASURE};
  const low = document.querySelector("[data-set-low]");
  for (const size of sizes) {{
    document.querySelector(`[data-set-size='${{size}}']`).click();
    for (const again of [false, true]) {{
      low.click();
      const wrong = found();
      if (wrong.length) return [size, low.getAttribute("aria-pressed"), wrong];
    }}
  }}
  document.querySelector("[data-set-size='1']").click();
  return [];
}}"""


LOOKING = ".screen:not([data-camera-state]) video[data-camera]"
"""A camera of which it is not known yet whether it is there."""
SILENT = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"
"""A camera that never says whether it is there."""


def measured(tab: Any, name: str) -> None:
    """The present screen, once a camera has answered."""
    expect(tab.locator(LOOKING)).to_have_count(0)
    fits(tab, name)


def fits(tab: Any, name: str) -> None:
    """The present screen upright and across, in letters of these sizes, in both layouts."""
    for width, height in (ACROSS, UPRIGHT):
        sound.sized(tab, width, height)
        assert (name, width, tab.evaluate(IN_EACH, SIZES)) == (name, width, [])


def flawless(tab: Any, name: str) -> None:
    """axe has nothing to say about it."""
    assert [(name, one) for one in sound.axe(tab, "wcag2aaa")] == []
    assert tab.problems == []


def sound_in_both(tab: Any, name: str) -> None:
    """It fits however it is shown, and axe finds nothing upright, nor across what depends on the width."""
    measured(tab, name)
    flawless(tab, name)
    sound.sized(tab, *ACROSS)
    assert [(name, one) for one in sound.axe_only(tab, sound.OF_WIDTH)] == []


WAY = (
    ("番号札をとる", "どの用件ですか"),
    ("引っ越し・世帯", "どの手続きですか"),
    ("1", "この用件で よいですか"),
    ("用件を1つ加える", "ほかの用件は どれですか"),
    ("証明書", "どの手続きですか"),
    ("1", "この用件で よいですか"),
    ("はい、次へ", "番号札を とりますか"),
    ("番号札をとる", "受付しました"),
)
OTHERS = (
    ("待ち状況を見る", "いまの待ち状況"),
    ("戻る", HOME),
    ("QRコードで受付", "QRコードを かざしてください"),
    ("8文字の番号を入力する", "8文字の番号を 押してください"),
    ("次へ", "受付できませんでした"),
    ("職員を呼ぶ", "職員を呼びました"),
    ("戻る", "受付できませんでした"),
    ("Language", "Language"),
)
AND_OVER = ("終わる", HOME)
PRESSED = "#screen :is(button, a)"
PLACE = f"(one) => [...document.querySelectorAll('{PRESSED}')].indexOf(one.closest('button, a'))"


def key(tab: Any, press: str) -> Any:
    """What is pressed; `1` is the first choice."""
    if press == "1":
        return tab.locator(".choice").first
    return tab.locator(".screen").get_by_text(press, exact=True).first


def go(tab: Any, press: str, title: str) -> None:
    """One press."""
    key(tab, press).click()
    expect(tab.locator("h1")).to_contain_text(title)


def walk(tab: Any, look: Any) -> None:
    look(tab, HOME)
    for press, title in WAY:
        go(tab, press, title)
        look(tab, title)
    go(tab, *AND_OVER)
    for press, title in OTHERS:
        go(tab, press, title)
        look(tab, title)


def presses(tab: Any) -> list[int]:
    """The same walk as the places of what is pressed, which are the same in every language."""
    found = []
    for press, title in (*WAY, AND_OVER, *OTHERS):
        found.append(key(tab, press).evaluate(PLACE))
        go(tab, press, title)
    return found


def speak(tab: Any, language: str) -> None:
    """Choose a language as a visitor does."""
    go(tab, "Language", "Language")
    tab.locator(f"[data-set-language='{language}']").click()
    expect(tab.locator("html")).to_have_attribute("lang", BY_CODE[language].html)
    expect(tab.locator(".tongues")).to_have_count(0)


@pytest.fixture
def busy(settings: Any) -> None:
    """A line in which everybody waits."""
    with inside(settings):
        for codes in (["JUM-01"], ["IDO-01"], ["KOK-01"], ["JUM-01", "IDO-01"]):
            arrivals.issue(office("honcho"), codes, "test")


def test_a_press_chooses_the_size_of_letters_and_the_layout(kiosk):
    tab = kiosk()
    tab.locator("[data-set-size='3']").click()
    expect(tab.locator("html")).to_have_attribute("data-size", "3")
    tab.locator("[data-set-low]").click()
    expect(tab.locator("[data-set-low]")).to_have_attribute("aria-pressed", "true")


def test_every_screen_fits_in_every_size_letter_size_and_layout_and_axe_finds_nothing(kiosk, busy):
    walk(kiosk(), sound_in_both)


def test_the_screen_of_the_camera_fits_before_the_camera_has_answered(kiosk):
    tab = kiosk(script=SILENT)
    go(tab, *OTHERS[2])
    expect(tab.locator(LOOKING)).to_have_count(1)
    fits(tab, "a camera that is asked")


@pytest.mark.parametrize("language", looks.tongues(6, looks.RESIDENTS))
def test_every_screen_fits_in_another_language_too(kiosk, busy, language):
    tab = kiosk()
    places = presses(tab)
    tab.reload()
    expect(tab.locator("h1")).to_contain_text(HOME)
    speak(tab, language)
    measured(tab, f"home in {language}")
    for nth, place in enumerate(places):
        tab.locator(".screen").evaluate("(screen, nth) => { screen.dataset.before = nth; }", nth)
        tab.locator(PRESSED).nth(place).click()
        if nth == len(WAY):
            expect(tab.locator("h1")).to_contain_text(HOME)
            speak(tab, language)
            continue
        expect(tab.locator(f".screen:not([data-before='{nth}']) h1")).to_be_visible()
        assert (nth, language, tab.evaluate(MEASURE)) == (nth, language, [])
        assert tab.locator("html").get_attribute("lang") == BY_CODE[language].html
        if looks.FULL:
            flawless(tab, language)
