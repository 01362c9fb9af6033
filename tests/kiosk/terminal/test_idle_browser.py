"""A person walks away: a warning after 60 seconds, the end after 90, and nothing is left anywhere (K3)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import SHELL, driver, found
from tests.conftest import START
from tests.kiosk.terminal.conftest import HOME, UPRIGHT, at, enrol, watched

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
expect = playwright.expect
MARK = "カエデマーク"
PLANT = """async (mark) => {
  localStorage.left = mark;
  sessionStorage.left = mark;
  document.cookie = 'left=' + encodeURIComponent(mark);
  window.left = mark;
  const shelf = await caches.open('other');
  await shelf.put('/left', new Response(mark));
  await new Promise((done) => {
    const asked = indexedDB.open('other');
    asked.onsuccess = () => { asked.result.close(); done(); };
  });
}"""
LEFT = """async () => ({
  window: window.left === undefined,
  page: document.documentElement.outerHTML,
  local: localStorage.length,
  session: sessionStorage.length,
  cookie: document.cookie,
  caches: await caches.keys(),
  databases: (await indexedDB.databases()).map((one) => one.name),
  history: history.length,
})"""


def press(tab: Any, text: str) -> None:
    tab.locator(".screen").get_by_text(text, exact=True).first.click()


@pytest.fixture
def profile(tmp_path: Path, address: str, settings: Any):
    """A kiosk whose browser keeps its profile on disk, as at home; gives its page and the folder."""
    folder = tmp_path / "profile"
    context = driver().chromium.launch_persistent_context(
        str(folder), executable_path=found(), args=SHELL, base_url=address, locale="ja-JP",
        viewport={"width": UPRIGHT[0], "height": UPRIGHT[1]},
    )  # fmt: skip
    tab = watched(context.pages[0])
    tab.clock.install(time=START)
    enrol(tab, address, settings)
    yield tab, folder
    context.close()


OF_CODE = "document.querySelector('.slip-code path:last-child').getAttribute('d').slice(400, 800)"
"""Several rows of it: the first one alone is now and then that of a number that is kept for when the line is cut."""


def typing(tab: Any) -> None:
    """Somebody types something personal."""
    press(tab, "QRコードで受付")
    press(tab, "8文字の番号を入力する")
    tab.locator("#code").fill(MARK)


def test_after_60_seconds_it_asks_and_one_press_goes_on_as_often_as_wanted(kiosk):
    tab = kiosk()
    typing(tab)
    tab.clock.pause_at(at(tab) + timedelta(seconds=1))
    tab.locator("#code").press("ArrowRight")
    for _ in range(3):
        tab.clock.fast_forward(59_000)
        assert tab.get_by_text("まだ お使いですか").count() == 0
        tab.clock.fast_forward(2_000)
        tab.get_by_text("続ける").click()
        assert tab.get_by_text("まだ お使いですか").count() == 0
    expect(tab.locator("#code")).to_have_value(MARK)


def test_a_finished_screen_ends_after_20_seconds(kiosk):
    tab = kiosk()
    for text in ("番号札をとる", "証明書", "住民票の写しの交付", "はい、次へ", "番号札をとる"):
        press(tab, text)
    expect(tab.locator("h1")).to_contain_text("受付しました")
    tab.clock.fast_forward(19_000)
    expect(tab.locator("h1")).to_contain_text("受付しました")
    tab.clock.fast_forward(2_000)
    expect(tab.locator("h1")).to_contain_text(HOME)


def test_k3_after_90_seconds_nothing_of_the_person_is_left(kiosk):
    tab = kiosk()
    typing(tab)
    tab.evaluate(PLANT, MARK)
    press(tab, "次へ")
    expect(tab.locator("h1")).to_contain_text("受付できませんでした")
    length = tab.evaluate("history.length")
    tab.clock.fast_forward(91_000)
    expect(tab.locator("h1")).to_contain_text(HOME)
    left = tab.evaluate(LEFT)
    assert left["window"]
    assert MARK not in left["page"]
    assert (left["local"], left["session"], left["cookie"]) == (0, 0, "")
    assert left["databases"] == ["maeniwa-kiosk"]
    assert [name for name in left["caches"] if not name.startswith("maeniwa-shell")] == []
    assert left["history"] == length
    tab.go_back()
    tab.wait_for_load_state()
    assert MARK not in tab.content()
    tab.goto("/kiosk/")
    expect(tab.locator("h1")).to_contain_text(HOME)
    tab.reload()
    expect(tab.locator("h1")).to_contain_text(HOME)
    press(tab, "QRコードで受付")
    press(tab, "8文字の番号を入力する")
    assert tab.locator("#code").get_attribute("autocomplete") == "off"
    expect(tab.locator("#code")).to_have_value("")


def test_k3_the_browsers_folder_holds_nothing_that_was_typed_or_shown(profile):
    tab, folder = profile
    for text in ("番号札をとる", "証明書", "住民票の写しの交付", "はい、次へ", "番号札をとる"):
        press(tab, text)
    expect(tab.locator("h1")).to_contain_text("受付しました")
    code = tab.evaluate(OF_CODE)
    assert len(code) == 400
    tab.clock.fast_forward(21_000)
    expect(tab.locator("h1")).to_contain_text(HOME)
    typing(tab)
    tab.clock.fast_forward(91_000)
    expect(tab.locator("h1")).to_contain_text(HOME)
    tab.context.close()
    marks = [
        text.encode(form) for text in (MARK, code, "住民票の写しの交付") for form in ("utf-8", "utf-16-le")
    ]
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert len(kept) > 20
    hits = [(path.name, mark) for path in kept for mark in marks if mark in path.read_bytes()]
    assert hits == []
