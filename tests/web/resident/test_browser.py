"""A booking in a real browser: the same with and without scripts, nicer with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.chromium import emptied, launched, served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]


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


def opened(browser: Any, width: int, **options: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="ja-JP", **options)
    page: Page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_booking_and_a_form_with_and_without_scripts(
    app: Flask, address: str, browser: Any, scripts: bool
) -> None:
    page = opened(browser, 390, java_script_enabled=scripts)
    page.goto(f"{address}/book/?procedure=IDO-01&office=honcho")
    page.locator("button.time").first.click()
    page.get_by_label("お名前のフリガナ").fill("カツラギ　ヨシヒコ")
    page.get_by_label("電話番号").fill("090-1234-5678")
    page.get_by_role("button", name="内容の確認へ進む").click()
    page.get_by_role("button", name="この内容で予約する").click()
    page.get_by_role("heading", name="予約ができました").wait_for()
    page.get_by_role("link", name="家で申請書を書いておく").click()
    page.get_by_role("radio", name="転入", exact=True).check()
    for part, text in (("year", "8"), ("month", "11"), ("day", "20")):
        page.locator(f"[name='ido_date.{part}']").fill(text)
    page.locator("[name='ido_date.day']").press("Enter")
    page.get_by_role("radio", name="転出証明書あり").check()
    page.get_by_role("button", name="次へ進む").click()
    page.locator("[name='d_name.family']").fill("葛\U000e0101城")
    page.locator("[name='d_name.given']").fill("𠮷彦")
    page.locator("[name='d_kana.family']").fill("かつらぎ")
    page.locator("[name='d_kana.given']").fill("よしひこ")
    page.get_by_role("radio", name="世帯主").check()
    page.locator("[name=d_tel]").fill("090-1234-5678")
    page.get_by_role("button", name="次へ進む").click()
    page.locator("[name='a_new.zip']").fill("410-1118")
    page.get_by_role("button", name="住所を出す").click()
    page.get_by_text("続きを書いてください").wait_for()
    assert page.locator("[name='a_new.city']").input_value() == "裾野市"
    assert page.locator("[name='a_new_head.family']").input_value() == "葛\U000e0101城"
