"""Month by month out of the facts: what is shown, of whom, and the same as a table."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import facts
from tests.past_visits import come_late, nights_begin, past
from tests.web.manager.conftest import Fill, browser, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/trend"
TEN = ["9:00 9:10 9:11 9:30"] * 10


def two_years() -> None:
    nights_begin("honcho", "higashi")
    october = date(2026, 10, 5)
    past(date(2025, 10, 6), *["9:00 9:40 9:41 10:15"] * 10)
    past(date(2026, 9, 7), *TEN)
    past(october, *TEN, "9:00 9:10 9:11 9:30 9:05")
    past(october, *TEN, code="higashi")
    come_late(date(2025, 10, 6), date(2026, 9, 7), october)
    come_late(october, code="higashi")
    facts.make_all()


def table(client: FlaskClient, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(f"{PAGE}.csv{address}").data.decode("utf-8-sig"))))


def test_months_that_are_over_are_shown_and_this_one_is_not(manager: FlaskClient, fill: Fill) -> None:
    fill(two_years)
    rows = table(manager, "")
    assert [row[0] for row in rows[1:]] == ["2026-09", "2026-10"]
    assert [row[0] for row in table(manager, "?years=2")[1:]] == ["2025-10", "2026-09", "2026-10"]
    newest = dict(zip(rows[0], rows[-1], strict=True))
    assert (newest["来庁"], newest["予約"], newest["待ち時間平均（分）"]) == ("11", "1", "9.5")
    assert newest["目標内率（％）"] == "100.0"


def test_the_newest_month_stands_beside_the_same_month_of_the_year_before(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(two_years)
    text = words(manager.get(f"{PAGE}?years=2"))
    assert "2026/10の手続時間（平均） 19.0 分 前の年の同じ月は 34.0分" in text
    assert "前の年の同じ月" not in words(manager.get(PAGE))


def test_every_office_can_be_added_up_where_a_manager_may_see_all(
    manager: FlaskClient, fill: Fill, app: Flask, settings: Settings
) -> None:
    fill(two_years)
    assert [row[1] for row in table(manager, "?of=all")[1:]] == ["10", "21"]
    theirs = browser(app, settings, office="higashi")
    assert [row[1] for row in table(theirs, "?of=all")[1:]] == ["10"]
    assert theirs.get(f"{PAGE}?office=honcho").status_code == 403


def test_before_the_first_night_the_page_says_when_it_comes(manager: FlaskClient) -> None:
    assert "集計は毎晩作ります" in words(manager.get(PAGE))
