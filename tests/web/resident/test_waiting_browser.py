"""The phone in a real browser: told in time, on a bad line, small and large; nothing of a person is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from playwright.sync_api import Page, expect

from models.core.settings import Settings
from models.operations import arrivals, calling, counters, hall
from models.operations.arrivals import Issued
from models.queries.offices import office
from tests.chromium import emptied, launched, served
from tests.conftest import inside
from tests.web.pages.sound import SMALL_TARGETS, axe

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
LISTEN = """() => {
  window.heard = [];
  new MutationObserver(([change]) => window.heard.push(change.target.textContent.trim()))
    .observe(document.getElementById("said"), { childList: true });
}"""
AGAIN = "dispatchEvent(new Event('online'))"
KEPT = """async () => {
  const names = await caches.keys();
  const shells = await Promise.all(names.map((name) => caches.open(name)));
  const kept = await Promise.all(shells.map((shell) => shell.keys()));
  return kept.flat().map((one) => one.url);
}"""

CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise((done) => {
  navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
})"""


@pytest.fixture
def line(settings: Settings, clock: FrozenDateTimeFactory) -> list[Issued]:
    """Eight people, one counter on; the first of them is called."""
    with inside(settings):
        place = office("honcho")
        counters.open_counter(place, "1", "ben")
        hall.set_policy(place, {"from_home": True}, "test")
        found = [arrivals.issue(place, ["JUM-01"], "kiosk") for _ in range(8)]
        calling.call_next(place, "1", "ben")
    return found


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found_at:
        yield found_at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    with emptied(chromium) as running:
        yield running


def opened(browser: Any, width: int = 390, **options: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="ja-JP", **options)
    page: Page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def pages(line: list[Issued]) -> list[str]:
    turn, near, far = (f"/tickets/{line[place].token}" for place in (0, 1, 7))
    return [turn, near, far, f"{far}/leave"]


def sound(page: Page, address: str, path: str) -> None:
    """Nothing for axe to find, and on the smallest phone with large letters nothing sideways and no small target."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + path)
    assert [(path, *one) for one in axe(page)] == []
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}{path}?text=large")
    assert page.evaluate("document.documentElement.scrollWidth") == 320, path
    assert page.evaluate(SMALL_TARGETS) == [], path


def test_axe_finds_nothing_and_the_smallest_phone_never_scrolls_sideways(
    address: str, browser: Any, line: list[Issued], settings: Settings
) -> None:
    page, problems = opened(browser), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    for path in pages(line):
        sound(page, address, path)
    with inside(settings):
        calling.step(office("honcho"), line[0].number, "start", "ben", "1")
        calling.step(office("honcho"), line[0].number, "finish", "ben", "1")
    asked = pages(line)[0]
    sound(page, address, asked)
    page.get_by_role("button", name="8").click()
    expect(page.get_by_text("8 と答えました")).to_be_visible()
    sound(page, address, asked)
    assert problems == []


def test_the_phone_is_told_when_it_is_its_turn(
    address: str, browser: Any, line: list[Issued], settings: Settings
) -> None:
    page = opened(browser)
    page.goto(f"{address}/tickets/{line[1].token}")
    expect(page.get_by_text("まもなくお呼びします")).to_be_visible()
    expect(page).to_have_title("あと0人 · 受付番号 A002 · 前庭市")
    page.get_by_role("button", name="音でも知らせる").click()
    expect(page.get_by_role("button", name="音を止める")).to_have_attribute("aria-pressed", "true")
    page.evaluate("() => { navigator.vibrate = () => { window.felt = (window.felt || 0) + 1; }; }")
    page.evaluate(LISTEN)
    with inside(settings):
        calling.step(office("honcho"), "A001", "start", "ben", "1")
        calling.step(office("honcho"), "A001", "finish", "ben", "1")
        calling.call_next(office("honcho"), "1", "ben")
    page.evaluate(AGAIN)
    expect(page.get_by_role("heading", name="あなたの番です")).to_be_visible()
    expect(page).to_have_title("1番窓口へ · 受付番号 A002 · 前庭市")
    expect(page.locator("#said")).to_have_text("あなたの番です。1番窓口へお越しください。")
    assert page.evaluate("window.felt") == 1
    with inside(settings):
        calling.step(office("honcho"), "A002", "recall", "ben")
    page.evaluate(AGAIN)
    expect(page.locator("#now [data-calls]")).to_have_attribute("data-calls", "2")
    assert page.evaluate("window.felt") == 2
    assert page.evaluate("window.heard") == ["あなたの番です。1番窓口へお越しください。"] * 2


def test_minutes_alone_are_not_read_out(address: str, browser: Any, line: list[Issued]) -> None:
    page = opened(browser)
    page.goto(f"{address}/tickets/{line[3].token}")
    page.evaluate(LISTEN)
    now = page.locator("#now").inner_html()
    page.route("**/tickets/*/now", lambda route: route.fulfill(body=now))
    for before, after in (("目安は、", "目安はおよそ、"), ("2人", "1人")):
        assert before in now
        now = now.replace(before, after)
        with page.expect_response("**/tickets/*/now"):
            page.evaluate(AGAIN)
    expect(page).to_have_title(re.compile("^あと1人"))
    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert heard[0].startswith("前に1人います。")


def test_on_a_bad_line_it_says_how_old_it_is_and_heals(
    address: str, browser: Any, line: list[Issued]
) -> None:
    page = opened(browser)
    page.clock.install()
    page.goto(f"{address}/tickets/{line[7].token}")
    expect(page.locator("[data-age]")).to_contain_text("0秒前")
    page.context.set_offline(True)
    page.clock.fast_forward(45_000)
    expect(page.get_by_text("通信が切れています。")).to_be_visible()
    expect(page.locator("[data-age]")).to_contain_text("秒前")
    assert "A008" in page.locator("#now").inner_text()
    page.context.set_offline(False)
    page.evaluate(AGAIN)
    expect(page.get_by_text("通信が切れています。")).to_be_hidden()


def test_without_a_line_a_page_of_the_frame_stands_in_and_nothing_of_a_person_was_kept(
    address: str, browser: Any, line: list[Issued]
) -> None:
    page = opened(browser)
    token = line[7].token
    page.goto(f"{address}/tickets/{token}")
    page.evaluate(CONTROLLED)
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="通信が切れています")).to_be_visible()
    expect(page.locator("[data-last]")).to_contain_text("最後に確かめたのは")
    kept = page.evaluate(KEPT)
    assert any(one.endswith("/offline") for one in kept)
    assert not any(token in one or "/tickets/" in one or "/api/" in one for one in kept)
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert token not in stored
    assert "A008" not in stored
    page.context.set_offline(False)
    expect(page.get_by_text("受付番号").first).to_be_visible(timeout=30_000)
    expect(page.locator(".held-number b")).to_have_text("A008")


def test_without_scripts_it_is_true_and_refreshes_itself(
    address: str, browser: Any, line: list[Issued]
) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{address}/tickets/{line[7].token}")
    expect(page.get_by_text("20秒ごとに新しくなります。")).to_be_visible()
    expect(page.locator(".held-facts")).to_contain_text("6人")
    assert page.locator("[data-sound]").is_hidden()
    page.get_by_role("link", name="番号を取り消して帰る").click()
    page.get_by_role("button", name="取り消して帰る").click()
    expect(page.get_by_text("この番号は取り消しました")).to_be_visible()
