"""The shell in a real browser: one address, one history entry, way back, language, scanner, camera, keys (K4)."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.clock import now
from models.operations import devices
from models.papers import qr
from models.queries import devices as found
from models.queries import line
from models.queries.offices import office
from tests.conftest import START, inside
from tests.kiosk.terminal.conftest import HOME, watched
from tests.papers.keyboards import faults
from tests.web.counter.conftest import TODAY, Hall

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
CAMERA = """(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 480;
  const paint = canvas.getContext('2d');
  const code = new Image();
  setInterval(() => {
    paint.fillStyle = '#999';
    paint.fillRect(0, 0, 640, 480);
    if (window.shown) paint.drawImage(window.shown, 170, 90, 300, 300);
  }, 100);
  window.hold = (svg) => new Promise((done) => {
    code.onload = () => { window.shown = code; done(); };
    code.src = 'data:image/svg+xml,' + encodeURIComponent(svg);
  });
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
})();"""


def title(tab: Any, text: str) -> None:
    expect(tab.locator("h1")).to_contain_text(text)


def press(tab: Any, text: str) -> None:
    tab.locator(".screen").get_by_text(text, exact=True).first.click()


ASKED_AGAIN = 3000
"""Milliseconds after which a waiting terminal has asked whether it was let in."""


def test_a_browser_that_types_the_code_waits_with_its_word_until_an_administrator_lets_it_in(
    browser, address, settings
):
    with inside(settings):
        code = devices.new_code("kiosk", "honcho", "aya", "正面玄関")
    tab = watched(browser.new_page(locale="ja-JP", base_url=address))
    tab.clock.install(time=START)
    tab.goto("/kiosk/")
    tab.locator("#code").fill(code)
    tab.get_by_role("button", name="登録する").click()
    tab.get_by_text("管理者の許可を待っています").wait_for()
    with inside(settings):
        waiting = found.everything()[0]
        assert tab.locator("[data-word]").inner_text() == waiting.word
        devices.approve(waiting.id, "aya")
    tab.clock.run_for(ASKED_AGAIN)
    tab.get_by_text(HOME).wait_for(timeout=40000)
    assert tab.problems == []
    tab.context.close()


def test_a_number_in_five_touches_on_one_page_with_one_history_entry(kiosk, settings):
    tab = kiosk()
    before = tab.evaluate("history.length")
    press(tab, "番号札をとる")
    title(tab, "どの用件ですか")
    press(tab, "証明書")
    title(tab, "どの手続きですか")
    press(tab, "住民票の写しの交付")
    press(tab, "はい、次へ")
    title(tab, "番号札を とりますか")
    press(tab, "番号札をとる")
    title(tab, "受付しました")
    assert tab.locator(".big").inner_text() == "A001"
    assert tab.url.endswith("/kiosk/")
    assert tab.evaluate("history.length") == before
    with inside(settings):
        assert line.by_number(office("honcho"), office("honcho").day_of(now()), "A001").state == "waiting"


def test_a_touch_goes_before_the_quiet_refresh_of_the_first_screen(kiosk):
    tab = kiosk()
    held = []
    tab.route("**/kiosk/screens/home", lambda route: held.append(route), times=1)
    tab.clock.fast_forward(60_000)
    for _ in range(100):
        if held:
            break
        tab.wait_for_timeout(50)
    press(tab, "番号札をとる")
    title(tab, "どの用件ですか")
    held[0].continue_()
    tab.wait_for_timeout(300)
    title(tab, "どの用件ですか")


def test_back_shows_what_was_typed_and_stop_ends_it(kiosk):
    tab = kiosk()
    press(tab, "QRコードで受付")
    press(tab, "8文字の番号を入力する")
    for letter in "K7FX":
        tab.locator(".key", has_text=letter).first.click()
    expect(tab.locator("#code")).to_have_value("K7FX")
    press(tab, "職員を呼ぶ")
    title(tab, "職員を呼びました")
    press(tab, "戻る")
    expect(tab.locator("#code")).to_have_value("K7FX")
    press(tab, "1字消す")
    expect(tab.locator("#code")).to_have_value("K7F")
    press(tab, "やめる")
    title(tab, HOME)
    assert tab.locator("#code").count() == 0


def test_another_language_shows_the_same_screen_and_home_is_japanese_again(kiosk):
    tab = kiosk()
    press(tab, "番号札をとる")
    title(tab, "どの用件ですか")
    press(tab, "Language")
    press(tab, "English")
    expect(tab.locator("html")).to_have_attribute("lang", "en")
    expect(tab.locator(".choice").first).to_contain_text("Certificates")
    tab.locator("[data-stop]").click()
    title(tab, HOME)
    expect(tab.locator("html")).to_have_attribute("lang", "ja")


@pytest.fixture
def hall(app, settings):
    return Hall(app, settings)


def test_a_scanner_that_types_checks_in_from_the_first_screen(kiosk, hall):
    visitor = hall.book(TODAY)
    tab = kiosk()
    tab.keyboard.type(visitor.code)
    tab.keyboard.press("Enter")
    title(tab, "受付しました")
    assert tab.locator(".big").inner_text() == "R001"


def test_a_scanner_with_faults_checks_the_right_person_in_or_is_told_so(kiosk, hall):
    visitor, other = hall.book(TODAY), hall.book(TODAY)
    tab = kiosk()
    keys = {name: one for name, one in faults(visitor.code, other.code).items() if not _controls(one[0])}
    for name, (typed, right) in keys.items():
        tab.goto("/kiosk/")
        expect(tab.get_by_text(HOME)).to_be_visible()
        tab.keyboard.type(typed)
        if "\r" not in typed:
            tab.keyboard.press("Enter")
        expect(tab.locator(".screen")).to_contain_text("R001" if right else "見つかりませんでした")
        assert (name, "R002" in tab.locator(".screen").inner_text()) == (name, False)
    assert tab.problems == []


def _controls(typed: str) -> bool:
    """Whether a box would have to take letters that no key of a keyboard gives."""
    return not typed.rstrip("\r\n").isprintable()


def test_a_code_held_before_the_camera_checks_in(kiosk, hall):
    visitor = hall.book(TODAY)
    tab = kiosk(script=CAMERA)
    press(tab, "QRコードで受付")
    expect(tab.locator("[data-camera-state=on]")).to_be_visible()
    tab.evaluate("(svg) => hold(svg)", qr.svg(visitor.code))
    expect(tab.locator("h1")).to_contain_text("受付しました", timeout=15000)


def test_a_revoked_terminal_says_so_within_its_next_pulse(kiosk, settings):
    tab = kiosk()
    with inside(settings):
        devices.revoke(found.everything()[0].id, "aya")
    tab.clock.fast_forward(31_000)
    title(tab, "この端末は使えません")


def test_k2_the_copied_cookie_in_another_browser_opens_no_terminal(kiosk, browser, address, settings):
    tab = kiosk()
    other = browser.new_context(base_url=address)
    other.add_cookies(tab.context.cookies())
    stolen = other.new_page()
    stolen.goto("/kiosk/")
    stolen.wait_for_selector(".screen")
    stolen.get_by_role("button", name="職員を呼ぶ").click()
    expect(stolen.locator("h1")).to_contain_text("この端末は使えません")
    with inside(settings):
        assert found.everything()[0].alarm_at is not None
    other.close()


def test_k2_the_key_cannot_leave_its_browser(kiosk):
    tab = kiosk()
    said = tab.evaluate("""async () => {
      const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
      const db = await answer(indexedDB.open('maeniwa-kiosk'));
      const key = await answer(db.transaction('kept').objectStore('kept').get('key'));
      for (const format of ['jwk', 'pkcs8']) {
        try { await crypto.subtle.exportKey(format, key); return 'left'; } catch (problem) { /* as it should be */ }
      }
      return [key.type, key.extractable, key.algorithm.namedCurve];
    }""")
    assert said == ["private", False, "P-256"]


DESK_KEYS = (
    "F12", "Control+N", "Control+P", "Control+S", "Control+Shift+I", "F1", "F5", "Alt+ArrowLeft", "Control+U",
)  # fmt: skip


REFUSED = """
window.refused = [];
const refuse = Event.prototype.preventDefault;
Event.prototype.preventDefault = function () { refused.push(this.key); refuse.call(this); };
"""


def test_k4_keys_of_a_desk_do_nothing(kiosk):
    tab = kiosk(script=REFUSED)
    pages = len(tab.context.pages)
    for keys in DESK_KEYS:
        tab.evaluate("refused.length = 0")
        tab.keyboard.press(keys)
        assert keys.split("+")[-1].lower() in [key.lower() for key in tab.evaluate("refused")], keys
        assert len(tab.context.pages) == pages
    title(tab, HOME)


def test_k4_no_menu_no_selection_no_print_no_window_no_dialog(kiosk):
    tab = kiosk()
    shown = tab.evaluate("""() => {
      const event = (name) => new Event(name, { bubbles: true, cancelable: true });
      const stopped = (name) => !document.querySelector('h1').dispatchEvent(event(name));
      const swallowed = ['contextmenu', 'selectstart', 'dragstart'].map(stopped);
      return [...swallowed, window.open('/'), window.confirm('?'), getComputedStyle(document.body).userSelect];
    }""")
    assert shown == [True, True, True, None, None, "none"]
    tab.evaluate("window.print()")
    assert tab.problems == []


VOICE = """
  window.said = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const voice = {
    getVoices: () => [{ lang: 'ja-JP' }], speak: (one) => said.push(one.text), cancel() {}, addEventListener() {},
  };
  Object.defineProperty(window, 'speechSynthesis', { value: voice });
"""


def test_the_whole_screen_is_read_aloud_and_the_next_one_by_itself(kiosk):
    tab = kiosk(script=VOICE)
    press(tab, "読み上げ")
    press(tab, "読み上げ")
    press(tab, "番号札をとる")
    title(tab, "どの用件ですか")
    first, again, following = tab.evaluate("window.said")
    assert first == again
    assert first.startswith("ご用件を押してください。")
    assert "番号札をとる。予約がない人。" in first
    assert "職員を呼ぶ" in first
    assert "証明書" in following


def test_where_there_is_no_voice_there_is_no_key_for_it(kiosk):
    expect(kiosk().get_by_text("読み上げ")).to_be_hidden()
