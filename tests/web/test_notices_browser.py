"""Messages in a real browser: the push button with a faked push service, the worker's answer, and axe on every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from playwright.sync_api import Page, expect

from models.core.db import session
from models.core.settings import Settings
from models.operations import accounts, arrivals, channels, retention, sending, subscriptions
from models.operations.booking import Request, book
from models.queries.offices import office
from models.queries.ways import push_key
from models.rules.message_languages import CODES as CODES_OF_WORDS
from tests.chromium import emptied, launched, served
from tests.conftest import inside
from tests.operations.test_line_codes import NEEDS
from tests.operations.test_messages import tomorrow
from tests.operations.test_waiting_list import CODES, free, somebody, two_slots, wait
from tests.web.pages import looks, sound
from tests.web.people import AYA, PASSWORD, employ, let_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
MAIL = {"url": "smtp://127.0.0.1:1", "sender": "a@city.example.jp"}
PICTURES = os.environ.get("MAENIWA_PICTURES", "")
FAKE = """(permission) => {
  const given = { endpoint: "https://push.example.jp/1", keys: { p256dh: "BA", auth: "AA" } };
  window.Notification = { permission: "default", requestPermission: async () => permission };
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (wanted) => {
    const key = btoa(String.fromCharCode(...wanted.applicationServerKey));
    sessionStorage.setItem("key", key.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
    return { toJSON: () => given };
  };
}"""
"""A push service in the page: headless Chromium has none."""
WORKER = """async (text) => {
  const root = location.origin;
  const heard = {}, shown = [], opened = [];
  const self = {
    addEventListener: (name, told) => { heard[name] = told; },
    registration: { scope: `${root}/tickets/`, showNotification: async (...all) => { shown.push(all); } },
    clients: { matchAll: async () => [], openWindow: async (address) => { opened.push(address); } },
  };
  new Function("self", text)(self);
  const push = async (told) => {
    let waiting;
    heard.push({ data: { json: () => JSON.parse(told) }, waitUntil: (one) => { waiting = one; } });
    await waiting;
    const [title, options] = shown.at(-1);
    heard.notificationclick({
      notification: { data: options.data, close: () => {} }, waitUntil: (one) => { waiting = one; },
    });
    await waiting;
    return { title, body: options.body };
  };
  const said = await push(JSON.stringify({ title: "あと3人", body: "A001", url: `${root}/tickets/AAA`, tag: "soon" }));
  await push(JSON.stringify({ title: "x", url: "https://evil.example/" }));
  await push(JSON.stringify({ title: "x", url: `${root}/staff/sign-out` }));
  await push(JSON.stringify({ title: "x", url: "javascript:alert(1)" }));
  return { said, opened: opened.map((one) => one.replace(root, "")) };
}"""


@dataclass(frozen=True)
class Told:
    """A city whose ways are open: a number's page, a booking's page, and a letter that was refused."""

    number: str
    booking: str
    letter: int


@pytest.fixture
def told(settings: Settings, clock: FrozenDateTimeFactory) -> Told:
    employ(settings, AYA)
    with inside(settings):
        channels.open_channel("email", MAIL, "test")
        channels.open_channel("push", {"contact": "it@city.example.jp"}, "test")
        channels.open_channel("line", NEEDS, "test")
        made = tomorrow()
        (letter,) = sending.claim("m", "email")
        sending.never(letter, "m", "550 unknown")
        number = arrivals.issue(office("honcho"), ["JUM-01"], "kiosk").token
    return Told(f"/tickets/{number}", f"/bookings/{made.token}", letter)


def decided(settings: Settings) -> None:
    """Two people wait for a place on a full day, a retention waits for a second person, a system has a token."""
    with inside(settings):
        two_slots()
        for one in free():
            book(Request(office("honcho"), CODES, one.starts_at, somebody(9)))
        wait(1)
        wait(2)
        retention.set_policy(office("honcho"), {"form": 2}, "miki")
        accounts.issue_token("manager", "honcho", "test", "統計のシステム")


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


def opened(browser: Any, width: int = 390, height: int = 844, **options: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **options)
    page: Page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def faked(browser: Any, permission: str) -> Page:
    page = opened(browser)
    page.add_init_script(f"({FAKE})('{permission}')")
    return page


def test_one_press_tells_this_phone_and_another_stops_it(
    address: str, browser: Any, told: Told, settings: Settings
) -> None:
    page = faked(browser, "granted")
    page.goto(address + told.number)
    page.get_by_role("link", name="呼ばれたら知らせる").click()
    page.get_by_role("button", name="この電話に知らせる").click()
    expect(page.get_by_text("ブラウザーの通知")).to_be_visible()
    with inside(settings):
        assert page.evaluate("sessionStorage.getItem('key')") == push_key()
        (way,) = subscriptions.ways_of(session(), visit_id=1)
        assert (way.channel, '"https://push.example.jp/1"' in way.address) == ("push", True)
    page.get_by_role("button", name="このお知らせを止める").click()
    expect(page.get_by_text("ブラウザーの通知")).to_have_count(0)


def test_who_refuses_is_told_what_it_means(address: str, browser: Any, told: Told) -> None:
    page = faked(browser, "denied")
    page.goto(f"{address}{told.number}/notices")
    page.get_by_role("button", name="この電話に知らせる").click()
    expect(page.get_by_text("通知が許可されていません")).to_be_visible()


def test_without_scripts_or_push_only_the_address_is_asked_for(
    address: str, browser: Any, told: Told
) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{address}{told.number}/notices")
    expect(page.get_by_role("button", name="この電話に知らせる")).to_be_hidden()
    page.get_by_label("メールアドレス").fill("hanako@example.jp")
    page.get_by_role("button", name="メールで知らせる").click()
    expect(page.get_by_text("h…@example.jp")).to_be_visible()


def test_the_worker_shows_what_it_hears_and_opens_only_pages_of_numbers(
    address: str, browser: Any, told: Told
) -> None:
    page = opened(browser)
    page.route(address + "/blank", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto(address + "/blank")
    text = page.request.get(address + "/sw.js").text()
    found = page.evaluate(WORKER, text)
    assert found == {"said": {"title": "あと3人", "body": "A001"}, "opened": ["/tickets/AAA"]}


def signed_in(page: Page, address: str) -> None:
    let_in(page.context, AYA, address=address)
    page.goto(address + "/admin/")


def test_a_word_comes_before_fifteen_idle_minutes_end_and_a_press_goes_on(
    address: str, browser: Any, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    employ(settings, AYA)
    page = opened(browser)
    page.clock.install()
    signed_in(page, address)
    said = page.locator("[data-idle] .notice")
    page.clock.fast_forward("12:50")
    expect(said).to_have_count(0)
    page.clock.fast_forward("00:20")
    expect(said).to_contain_text("まもなくサインアウトします")
    assert sound.axe(page) == []
    clock.tick(timedelta(minutes=14))
    said.get_by_role("button", name="このまま使う").click()
    expect(said).to_have_count(0)
    clock.tick(timedelta(minutes=14))
    page.goto(address + "/admin/")
    assert page.url.endswith("/admin/"), "the press counted as work"
    clock.tick(timedelta(minutes=16))
    page.clock.fast_forward("15:10")
    expect(said).to_contain_text("サインインし直してください")


def test_a_word_comes_before_twelve_hours_end_and_the_password_in_another_window_goes_on(
    address: str, browser: Any, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    employ(settings, AYA)
    page = opened(browser)
    page.clock.install()
    signed_in(page, address)
    for _ in range(12 * 6 - 1):
        clock.tick(timedelta(minutes=10))
        page.request.get(address + "/staff/here")
    page.goto(address + "/admin/")
    said = page.locator("[data-idle] .notice")
    page.clock.fast_forward("00:06")
    expect(said).to_contain_text("にサインアウトします")
    assert sound.axe(page) == []
    with page.expect_popup() as other:
        said.get_by_role("link", name="延ばす").click()
    other.value.locator("[name=password]").fill(PASSWORD)
    other.value.get_by_role("button", name="いまから12時間使う").click()
    expect(other.value.locator("main")).to_contain_text("延ばしました")
    assert sound.axe(other.value) == []
    other.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(said).to_have_count(0)


def flawless(page: Page, path: str) -> None:
    """Axe finds nothing on its readers' screen, nor what depends on the width on another; nothing scrolls sideways."""
    wide, narrow = (1366, 390) if path.startswith("/admin") else (390, 1366)
    for width in (wide, narrow):
        sound.sized(page, width, 800)
        found = sound.axe(page) if width == wide else sound.axe_only(page, sound.OF_WIDTH)
        assert [(path, width, *one) for one in found] == []
        assert page.evaluate(sound.WIDTH) == width, path


def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    address: str, browser: Any, told: Told, settings: Settings
) -> None:
    """Pages that look otherwise once ways are open and something waits; `tests.web.pages` looks at all as they are."""
    page, problems = opened(browser), []
    sound.with_axe(page.context)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    signed_in(page, address)
    home = "/admin/messages/"
    decided(settings)
    for path in (
        *(f"{home}texts/reminder/{code}" for code in (CODES_OF_WORDS if looks.FULL else CODES_OF_WORDS[1:3])),
        "/admin/", "/admin/places/", "/admin/retention/", "/admin/tokens/", "/admin/tokens/1",
        "/admin/doctor/mend?what=slots", f"{home}reminders/", home, f"{home}ways/", f"{home}undelivered/",
        f"{home}undelivered/{told.letter}", f"{told.number}/notices", told.number, told.booking,
        f"{told.number}/line", f"{told.booking}/line",
    ):  # fmt: skip
        page.goto(address + path)
        if path.endswith("/line"):
            page.get_by_role("button", name="コードを作る").click()
            expect(page.get_by_role("link", name="LINEを開いてコードを送る")).to_be_visible()
        flawless(page, path)
        if PICTURES:
            name = path.strip("/").replace(told.number.strip("/"), "number").partition("?")[0]
            name = name.replace(told.booking.strip("/"), "booking").replace("/", "-")[:40]
            page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert problems == []
