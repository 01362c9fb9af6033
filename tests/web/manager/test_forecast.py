"""What a manager reads of the days ahead: people, their band and reasons, how forecasts held, or that it is early."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.settings import Settings
from models.core.transaction import act
from models.operations import accounts, forecasting
from models.tables import DayForecast
from tests.conftest import inside
from tests.operations.test_forecasting import TODAY, came

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def manager(app: Flask, settings: Settings) -> FlaskClient:
    with inside(settings):
        token = accounts.issue_token("manager", None, "test")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def weeks(settings: Settings) -> None:
    with inside(settings):
        came(date(2026, 9, 1), TODAY - timedelta(days=1))
        forecasting.refresh_all(TODAY)


def words(answer: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.text))


def test_days_have_people_a_band_and_a_reason(manager: FlaskClient, weeks: None) -> None:
    text = words(manager.get("/manager/forecast"))
    assert re.search(r"11月30日（月）\d+\d+〜\d+週の初め", text)
    assert "1年に満たない" in text
    assert "見込みを出して1週間たつと" in text


def test_the_table_has_the_band_around_the_middle_and_the_calendar_the_colour_of_its_day(
    manager: FlaskClient, weeks: None
) -> None:
    page = re.sub(r"\s+", " ", manager.get("/manager/forecast").text)
    row = re.search(r"11月30日（月）</th><td[^>]*>(\d+)</td><td[^>]*>(\d+)〜(\d+)</td>", page)
    assert row
    middle, low, high = map(int, row.groups())
    assert low < middle < high
    week = re.search(
        r'11/30の週</th><td class="heat-(\d)"><span>(\d+)</span></td><td class="heat-(\d)">', page
    )
    assert week
    monday, tuesday = int(week[1]), int(week[3])
    assert (monday, int(week[2]), tuesday) == (4, middle, 2), "twice as many come on Mondays"


@act
def seven_expected(session: Session, queue: str) -> None:
    """Seven people are expected in a queue on every day."""
    session.execute(
        update(DayForecast).where(DayForecast.queue == queue, DayForecast.p50 > 0).values(p50=7.0)
    )


def test_a_queue_has_days_of_its_own(manager: FlaskClient, settings: Settings, weeks: None) -> None:
    with inside(settings):
        seven_expected("A")
    assert "いちばん多い日の見込み7人" in words(manager.get("/manager/forecast?queue=A"))
    assert "いちばん多い日の見込み7人" not in words(manager.get("/manager/forecast"))
    assert "まだ見込みを出せません" in words(manager.get("/manager/forecast?queue=B"))


def test_measured_days_are_shown_as_they_are(
    manager: FlaskClient, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    with inside(settings):
        came(date(2026, 9, 1), TODAY - timedelta(days=1))
        forecasting.refresh_all(TODAY)
        came(TODAY, TODAY + timedelta(days=7), visitors=80)
        clock.tick(timedelta(days=8))
        forecasting.refresh_all(TODAY + timedelta(days=8))
    text = words(manager.get("/manager/forecast"))
    assert re.search(r"1週間前の見込みのずれ5\d%", text)
    assert "1日で測定" in text
    assert "見込みの幅に入った日0%" in text


def test_the_table_opens_in_a_spreadsheet(manager: FlaskClient, weeks: None) -> None:
    rows = list(csv.reader(io.StringIO(manager.get("/manager/forecast.csv").data.decode("utf-8-sig"))))
    assert rows[0][0] == "日付"
    monday = next(row for row in rows if row[0] == "2026-12-07")
    assert monday[1] == "月"
    assert float(monday[3]) < float(monday[2]) < float(monday[4])
    assert not any(row[0] == "2026-12-05" for row in rows)


def test_the_chart_is_a_picture_without_scripts(manager: FlaskClient, weeks: None) -> None:
    answer = manager.get("/manager/charts/forecast.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "<script" not in answer.text
    assert "来庁の見込み" in answer.text
    assert answer.data == manager.get("/manager/charts/forecast.svg").data


def test_an_office_with_few_days_is_told_what_to_do(manager: FlaskClient) -> None:
    text = words(manager.get("/manager/forecast"))
    assert "まだ見込みを出せません" in text
    assert manager.get("/manager/charts/forecast.svg").status_code == 404
