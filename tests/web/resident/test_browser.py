"""Residents' pages in a real browser: sound at every size, the same with and without scripts, nicer with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from tests.chromium import launched, served
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter((control) => {
  const box = control.getBoundingClientRect();
  const inText = control.closest("p, li, dd, .choice, .tick, .visually-hidden, .skip");
  return box.height && box.height < 43.5 && !inText;
}).map((control) => control.outerHTML)"""
OPEN_TO_ALL = (
    "/", "/offices", "/privacy", "/accessibility", "/guide/", "/guide/questions?event=shomei",
    "/guide/questions?event=tenkyo&moved=true&foreign=false", "/guide/questions?event=tenkyo&moved=false",
    "/guide/result?event=shomei&certs=koseki_other&certs=juminhyo&comer=agent", "/guide/search",
    "/guide/search?q=zzz", "/guide/procedures/IDO-01", "/book/?procedure=JUM-01",
    "/book/?procedure=JUM-01&month=2026-12", "/book/wait?procedure=JUM-01&office=honcho",
    "/book/?procedure=KOT-02&procedure=RMT-01", "/book/contact?procedure=JUM-01&starts_at=2026-11-25T10:00",
)  # fmt: skip
MINE = (
    "", "/change", "/change?month=2026-12", "/change/confirm?starts_at=2026-11-25T10:00", "/cancel", "/delete-forms",
    "/forms/F02/head", "/forms/F02/head?mend=1", "/forms/F02/todoke", "/forms/F02/addr", "/forms/F02/people-0",
    "/forms/F02/check", "/forms/F01/what",
)  # fmt: skip


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found_at:
        yield found_at


@pytest.fixture
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


def opened(browser: Any, width: int, **options: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="ja-JP", **options)
    page: Page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def pages(app: Flask) -> list[str]:
    mine = booked(Phone(app.test_client()), "IDO-01", "JUM-01")
    return [*OPEN_TO_ALL, *(f"{mine}{part}" for part in MINE)]


@pytest.mark.parametrize("width", [390, 1366])
def test_axe_finds_nothing_on_any_page(app: Flask, address: str, browser: Any, width: int) -> None:
    page = opened(browser, width)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    for path in pages(app):
        page.goto(address + path)
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(path, rule["id"], rule["nodes"][0]["html"]) for rule in violations] == []
    assert problems == []


def test_the_smallest_phone_with_large_letters_never_scrolls_sideways(
    app: Flask, address: str, browser: Any
) -> None:
    page = opened(browser, 320)
    page.goto(f"{address}/?text=large")
    for path in pages(app):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert page.evaluate(SMALL_TARGETS) == [], path


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
