"""What a screen reader says of ten pages, kept as text, so that a change of what is heard is seen in review.

`HEARD=keep pytest tests/web/pages/test_heard.py` writes the texts anew; read them as somebody who sees nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import START
from tests.web.pages.conftest import House

pytestmark = pytest.mark.browser
HEARD = Path(__file__).parent / "heard"
KEEP = os.environ.get("HEARD") == "keep"
ADDRESS = re.compile(r"^ *- /url: .*\n", re.MULTILINE)
REFERENCE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
OPEN_TO_ALL = {
    "home": "/",
    "question": "/guide/questions?event=shomei",
    "times": "/book/?procedure=JUM-01",
}
CONTACT = "/book/contact?procedure=JUM-01&starts_at=2026-11-25T10:00"


def still(tab: tuple[Page, list[str]]) -> Page:
    """A page whose clock stands where the house's does."""
    tab[0].clock.set_fixed_time(START)
    return tab[0]


def said(page: Page, part: str = "body") -> str:
    """What is heard, without addresses and what is drawn by lot."""
    text = ADDRESS.sub("", page.locator(part).aria_snapshot() + "\n")
    return REFERENCE.sub("ABCD-2345", text)


def same(name: str, text: str) -> None:
    """It is what was kept."""
    file = HEARD / f"{name}.txt"
    if KEEP:
        HEARD.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"what is heard on {name} has changed"


def test_what_is_heard_by_who_books(house: House, opened: Callable[..., Any]) -> None:
    page = still(opened())
    for name, path in OPEN_TO_ALL.items():
        page.goto(path)
        same(name, said(page))
    page.goto(CONTACT)
    page.get_by_label("電話番号").fill("09")
    page.get_by_role("button", name="内容の確認へ進む").click()
    expect(page.locator("#errors")).to_be_focused()
    same("contact-with-errors", said(page, "main"))
    page.get_by_label("お名前のフリガナ").fill("ヤマダ　ハナコ")
    page.get_by_label("電話番号").fill("090-1234-5678")
    page.get_by_role("button", name="内容の確認へ進む").click()
    expect(page.get_by_role("heading", name="この内容でよろしいですか")).to_be_visible()
    same("confirm", said(page, "main"))
    page.get_by_role("button", name="この内容で予約する").click()
    expect(page.get_by_role("heading", name="予約ができました")).to_be_visible()
    same("booking", said(page, "main"))
    page.goto(f"/bookings/{house.world.here.mine.booking}/forms/F02/todoke")
    page.locator("[name=d_tel]").fill("")
    page.get_by_role("button", name="次へ進む").click()
    expect(page.locator("#errors")).to_be_focused()
    same("form-with-an-error", said(page, "main").replace(house.world.here.word, "桜"))


def test_what_is_heard_in_the_hall(house: House, opened: Callable[..., Any]) -> None:
    page = still(opened("concierge"))
    page.goto(f"/tickets/{house.world.here.ticket}")
    same("number", said(page, "main"))
    page.goto("/kiosk/")
    expect(page.locator("#screen h1")).to_be_visible()
    same("kiosk", said(page))
    page.goto("/board/honcho")
    page.wait_for_selector("body[data-answered]", state="attached")
    same("board", said(page))
