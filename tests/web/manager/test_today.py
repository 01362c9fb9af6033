"""The manager's day so far and the tickets behind every number: right numbers, nobody's name, nobody else's office."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory
from playwright.sync_api import expect

from models.core.clock import now
from models.core.settings import Settings
from models.operations import accounts, arrivals, calling, counters, facts, forecasting
from models.queries.offices import office
from tests.chromium import launched, served
from tests.conftest import inside
from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, browser, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/today"
WEEK = f"from={MONDAY}&to={MONDAY}"


def morning(clock: FrozenDateTimeFactory) -> None:
    """Three numbers: one is called after five minutes and served, two wait."""
    place = office("honcho")
    numbers = [arrivals.issue(place, ("JUM-01",), "kiosk").number for _ in range(3)]
    counters.open_counter(place, "1", "aya")
    clock.tick(timedelta(minutes=5))
    for action in ("call", "start"):
        calling.step(place, numbers[0], action, "aya", "1")
    clock.tick(timedelta(minutes=10))


def test_the_day_so_far_is_who_waits_who_was_called_and_what_was_open(
    manager: FlaskClient, fill: Fill, clock: FrozenDateTimeFactory
) -> None:
    assert "開いている窓口も、待っている人もありません" in words(manager.get(PAGE))
    fill(lambda: morning(clock))
    text = words(manager.get(PAGE))
    assert "いま待っている人 2 人 開いている窓口 1" in text
    assert "きょう来た人 3 人" in text
    assert "窓口稼働率 67 %" in text
    assert re.search(r"予約なしで来た人 1 5\.0 — — 5\.0", text)
    assert re.search(r"予約して来た人 0 — — — —", text)
    assert re.search(r"2 15 ", text), "two wait, the longest for a quarter of an hour"
    assert "しるしの付いた待ちは、業務の目標の時間を過ぎています。" in text, "the target is ten minutes"
    assert "開いていません" not in text


def test_a_line_that_no_counter_serves_is_marked_and_one_within_its_target_is_not(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(lambda: arrivals.issue(office("honcho"), ("JUM-01",), "kiosk"))
    page = manager.get(PAGE)
    assert len(re.findall(r'class="state warning"', page.text)) == 1
    assert re.search(r"証明書 1 0 \S+ 開いていません", words(page))
    assert "しるしの付いた待ち" not in words(page)


def test_the_forecast_stands_beside_what_came(manager: FlaskClient, fill: Fill) -> None:
    def weeks() -> None:
        for week in range(8):
            for weekday in range(5):
                past(
                    MONDAY + timedelta(weekday - 7 * week),
                    *["9:00 9:10 9:11 9:30"] * 6,
                    "15:00 15:10 15:11 15:30",
                )
        facts.make_all()
        forecasting.refresh_all(office("honcho").day_of(now()))

    fill(weeks)
    text = words(manager.get(PAGE))
    assert re.search(r"これから来る見込み \d+ 人 \d+〜\d+人", text)


def test_behind_a_number_are_its_tickets_and_no_other(manager: FlaskClient, fill: Fill) -> None:
    def day() -> None:
        past(MONDAY, "9:00 9:40 9:41 9:50", "9:10 9:20 9:21 9:30")
        past(MONDAY, "10:00 10:05 10:06 10:20 10:05", prefilled=True)
        past(MONDAY, "- - - - 11:00")
        past(MONDAY, "9:00 9:05 9:06 9:20", code="higashi")

    fill(day)
    assert "4件を、長く待った順" in words(manager.get(f"/manager/tickets?{WEEK}"))
    nine = words(manager.get(f"/manager/tickets?{WEEK}&by=weekday&key=0&by=half_hour&key=09:00"))
    assert "月曜日 ／ 09:00" in nine
    assert nine.index("40.0") < nine.index("10.0 9.0")
    assert "2件を" in nine
    assert "1件を" in words(manager.get(f"/manager/tickets?{WEEK}&by=prefilled&key=true"))
    assert "1件を" in words(manager.get(f"/manager/tickets?{WEEK}&by=source&key=booked&outcome=finished"))
    assert "1件を" in words(manager.get(f"/manager/tickets?{WEEK}&outcome=no_show"))
    assert "受付番号はありません" in words(manager.get(f"/manager/tickets?{WEEK}&by=counter&key=77"))


def test_many_tickets_are_turned_page_by_page(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:10 9:11 9:30"] * 51))
    page = manager.get(f"/manager/tickets?{WEEK}&by=weekday&key=0&by=hour&key=9")
    assert "51件のうち、長く待った順に1件目から50件目まで" in words(page)
    (after,) = re.findall(r'href="([^"]+)"[^>]*>\s*次の50件', page.text)
    assert after.startswith("?"), "also below another address, as that of one city of many"
    last = manager.get("/manager/tickets" + after.replace("&amp;", "&"))
    assert "51件目から51件目まで" in words(last)
    assert "月曜日 ／ 9時台" in words(last)
    assert "前の50件" in words(last)
    assert "次の50件" not in words(last)
    for odd in ("0", "x", "9999", "-1", "٣"):
        assert "51件のうち" in words(manager.get(f"/manager/tickets?{WEEK}&page={odd}"))


def test_every_line_of_the_report_leads_to_as_many_tickets_as_it_counts(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:10 9:11 9:30"] * 12))
    page = manager.get(f"/manager/?by=procedure&{WEEK}").text
    links = re.findall(r'href="(/manager/tickets\?[^"]+)"', page)
    assert len(links) == 3, "the heat map, the table, and the whole span"
    for link in links:
        assert "12件を" in words(manager.get(link.replace("&amp;", "&")))


def test_only_managers_see_them_and_only_of_their_own_office(app: Flask, settings: Settings) -> None:
    for role in ("counter", "concierge"):
        theirs = browser(app, settings, role, "honcho")
        assert {theirs.get(page).status_code for page in (PAGE, "/manager/tickets")} == {403}
    theirs = browser(app, settings, office="higashi")
    assert {theirs.get(f"{page}?office=honcho").status_code for page in (PAGE, "/manager/tickets")} == {403}


@pytest.mark.browser
def test_the_page_follows_the_hall_without_being_loaded_again(app: Flask, settings: Settings) -> None:
    with inside(settings):
        token = accounts.issue_token("manager", None, "test")
    with served(app) as found_at, launched() as running:
        headers = {"Authorization": f"Bearer {token}"}
        tab = running.new_context(locale="ja-JP", extra_http_headers=headers).new_page()
        tab.goto(f"{found_at}{PAGE}")
        waiting = tab.locator(".tile-number").first
        expect(waiting).to_have_text("0人")
        tab.evaluate("window.same = true")
        with inside(settings):
            arrivals.issue(office("honcho"), ("JUM-01",), "kiosk")
        expect(waiting).to_have_text("1人", timeout=60_000)
        assert tab.evaluate("window.same")
