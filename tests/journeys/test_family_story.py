"""One family's whole way in a real browser: guide, booking, form at home, one QR, the counter's print, the figures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from models.core.settings import Settings
from models.papers.verification import page_texts
from tests.chromium import launched, served
from tests.conftest import START
from tests.web.people import BEN, CHIE, PASSWORD, Person, employ
from tests.web.resident.test_family import FAMILY, MOVE
from tests.web.resident.writing import form_of, typed

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
YES = re.compile("もう新しい家|高校生年代")
ANSWERS = {
    "これからの健康保険": "国民健康保険",
    "転出届を出しましたか": "オンライン",
    "窓口に来るのは": "本人",
}


@pytest.fixture
def address(app: Flask, settings: Settings) -> Iterator[str]:
    """The product, served to browsers at the frozen instant."""
    employ(settings, BEN, CHIE)
    with served(app) as found_at:
        yield found_at


@pytest.fixture
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


def window(browser: Browser, address: str, size: Any, scale: int = 1) -> Page:
    context = browser.new_context(viewport=size, locale="ja-JP", base_url=address, device_scale_factor=scale)
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def find_out(page: Page) -> None:
    """From the first page through the guide to the list of procedures."""
    page.goto("/")
    page.get_by_role("link", name="手続きをさがす").click()
    page.get_by_role("link", name="ほかの市区町村から引っ越してきた").click()
    while "/guide/questions" in page.url:
        asked = page.locator("h1").inner_text()
        if page.locator("main input:not([type=hidden])").count():
            page.locator("main input:not([type=hidden])").first.fill("4")
            page.get_by_role("button", name="次の質問へ").click()
            continue
        usual = "はい" if YES.search(asked) else "いいえ"
        wanted = next((answer for question, answer in ANSWERS.items() if question in asked), usual)
        page.locator("main a.choice-link, main a", has_text=wanted).first.click()


def book(page: Page) -> str:
    """Choose the move only, the first free time of today, and leave a name; the address of the booking."""
    for box in page.locator("main input[type=checkbox]").all():
        box.set_checked(box.get_attribute("value") == "IDO-01", force=True)
    page.get_by_role("button", name="来る日時を選ぶ").click()
    page.locator("main button", has_text="11:00").first.click()
    fill(page, {"name": ["カツラギ　ヨシヒコ"], "email": ["katsuragi@example.jp"]})
    page.locator("main button").last.click()
    page.get_by_role("button", name=re.compile("予約する")).click()
    expect(page.locator("main")).to_contain_text("予約ができました")
    return page.url


def fill(page: Page, boxes: dict[str, list[str]]) -> None:
    """Write into every box of this page that has an answer."""
    for control in page.locator("main input:not([type=hidden]), main select, main textarea").all():
        name, kind = control.get_attribute("name") or "", control.get_attribute("type") or "text"
        if name not in boxes or not control.is_enabled():
            continue
        values = boxes[name]
        if kind in ("radio", "checkbox"):
            if control.get_attribute("value") in values:
                control.check(force=True)
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(values[0])
        else:
            control.fill(values[0])


def write_at_home(page: Page, settings: Settings, people: list[dict[str, Any]]) -> None:
    """Fill in F02 page by page until it is ready."""
    boxes = typed(form_of(settings, "F02"), {**MOVE, "people": people})
    page.get_by_role("link", name=re.compile("申請書を書いておく")).click()
    while not page.url.endswith("/check"):
        fill(page, boxes)
        row = re.search(r"/people-(\d+)", page.url)
        wish = "もう1人書く" if row and int(row[1]) < len(people) - 1 else re.compile("この人で最後|次へ進む")
        page.get_by_role("button", name=wish).click()
        expect(page.locator(".error-summary")).to_have_count(0)
    page.get_by_role("button", name="この内容でできあがりにする").click()


def qr_of(page: Page, folder: Path) -> str:
    """What another library reads from a picture of the phone's screen."""
    picture = folder / "phone.png"
    page.screenshot(path=picture)
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.read_bytes())))
    assert len(codes) == 1, "exactly one code on the screen"
    return codes[0].text


def signed_in(browser: Browser, address: str, person: Person) -> Page:
    page = window(browser, address, DESK)
    page.goto("/staff/sign-in")
    page.get_by_label("利用者名").fill(person.username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    return page


def test_a_family_of_four_moves_in(
    browser: Browser, address: str, settings: Settings, clock: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    phone = window(browser, address, PHONE, scale=2)
    find_out(phone)
    mine = book(phone)
    write_at_home(phone, settings, FAMILY)
    phone.goto(mine)
    code = qr_of(phone, tmp_path)
    assert re.fullmatch("M1[A-Z2-7]{32}", code)

    clock.move_to(START + timedelta(minutes=115))
    desk = signed_in(browser, address, BEN)
    desk.get_by_label("2番　引っ越し・世帯").check()
    desk.get_by_role("button", name="ここで受け付ける").click()
    desk.locator("[data-scan]").fill(code)
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="受付する").click()
    clock.move_to(START + timedelta(minutes=121))
    desk.get_by_role("button", name="この窓口に呼ぶ").click()
    clock.move_to(START + timedelta(minutes=122))
    desk.get_by_role("button", name="はじめる").click()
    desk.get_by_role("button", name="申請書を開く").click()
    expect(desk.locator("main")).to_contain_text("葛󠄁城　𠮷彦")
    check_paper(print_from(desk))
    clock.move_to(START + timedelta(minutes=136))
    desk.get_by_role("link", name="終了…").click()
    desk.get_by_role("button", name="終了する").click()
    expect(desk.get_by_text("R001を終了しました。")).to_be_visible()

    manager = signed_in(browser, address, CHIE)
    today = date(2026, 11, 24)
    manager.goto(f"/manager/?office=honcho&from={today}&to={today}&by=weekday")
    row = manager.locator("tr", has_text="火曜日").last.inner_text().split()
    assert "1" in row
    assert "14.0" in row, "fourteen minutes of handling"
    assert "100%" in row, "booked and pre-filled"


def print_from(desk: Page) -> bytes:
    """Press 印刷する and keep what the browser was sent."""
    sent: list[bytes] = []

    def keep(route: Route) -> None:
        response = route.fetch()
        sent.append(response.body())
        route.fulfill(response=response)

    desk.context.route(re.compile("/print$"), keep)
    with desk.context.expect_event("response", lambda got: got.url.endswith("/print")):
        desk.get_by_role("button", name="印刷する").click()
    for page in desk.context.pages:
        if page is not desk:
            page.close()
    desk.bring_to_front()
    return sent[0]


def check_paper(pdf: bytes) -> None:
    """The paper says what was typed, letter by letter."""
    text = "".join(page_texts(pdf))
    for member in FAMILY:
        assert "".join(member["p_name"].split()) in text
        assert "".join(member["p_kana"].split()) in text
    for told in ("静岡県前庭市本町5番地の13", "グリーンハイツ201", "令和8年11月20日", "090-1234-5678"):
        assert told in text
