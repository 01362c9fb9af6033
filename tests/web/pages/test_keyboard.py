"""A whole visit arranged without a mouse: the questions, a time, the form written at home, and giving all of it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.pages.keyboard import Keyboard

pytestmark = pytest.mark.browser
WRITTEN = {
    "t_name.family": "山田",
    "t_name.given": "花子",
    "t_birth.year": "3",
    "t_birth.month": "11",
    "t_birth.day": "5",
    "t_addr.zip": "410-1118",
    "t_addr.block": "1-1",
    "r_tel": "090-1234-5678",
    "copies": "1",
}
CHOSEN = ("はい", "平成", "本人")


def test_a_booking_is_made_written_for_and_cancelled_by_keys_alone(opened: Callable[..., Any]) -> None:
    page, problems = opened()
    keys = Keyboard(page)
    page.goto("/")
    assert keys.tab()["text"] == "本文へ進む"
    page.keyboard.press("Enter")
    for link in ("手続きをさがす", "証明書がほしい"):
        keys.go(link)
    keys.choose("印鑑登録証明書")
    for press in ("次の質問へ", "本人", "来る日時を選ぶ", "10:00", "内容の確認へ進む"):
        keys.go(press)
    expect(page.locator("#errors")).to_be_focused()
    keys.follow("お名前をカタカナで")
    page.keyboard.type("ヤマダ　ハナコ")
    keys.write("phone", "090-1234-5678")
    keys.go("内容の確認へ進む")
    expect(page.get_by_role("heading", name="この内容でよろしいですか")).to_be_visible()
    keys.go("この内容で予約する")
    expect(page.get_by_role("heading", name="予約ができました")).to_be_visible()
    keys.go("家で申請書を書いておく")
    while not page.url.endswith("/check"):
        keys.fill(WRITTEN, CHOSEN, "次へ進む")
        assert page.locator("#errors").count() == 0, page.locator("#errors").inner_text()
    keys.go("この内容で")
    expect(page.get_by_role("status")).to_contain_text("ができました")
    keys.go("予約を取り消す")
    keys.go("取り消す")
    expect(page.get_by_role("heading", level=1)).to_contain_text("取り消し")
    assert [one for one in problems if "422" not in one] == []
