"""Times for bookings are proposed from the log, their effect is shown, and they lead to the change of slots."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.settings import Settings
from models.core.transaction import act
from models.queries.offices import office
from models.tables import DayForecast
from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, browser, words
from tests.web.manager.test_what_if import clock, week

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/slots"
SPAN = f"from={MONDAY}&to={MONDAY + timedelta(4)}"
LINK = re.compile(r'href="(/admin/slots/preview[^"]+)"')


def crowded() -> None:
    """More work than the only counter has time for: forty a day for twenty minutes each."""
    for day in range(5):
        line = ((540 + 10 * n, 541 + 21 * n) for n in range(40))
        past(
            MONDAY + timedelta(day),
            *(f"{clock(came)} {clock(at)} - {clock(at + 20)}" for came, at in line if at < 23 * 60),
        )


def test_times_are_proposed_with_the_waits_before_and_after(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}")
    text = words(page)
    assert page.status_code == 200
    for said in (
        "予約を受ける時刻の提案",
        "番号札の人の待ち（9割）",
        "予約の時刻の前後2分に呼ばれる人",
        "1日（いま公開）",
    ):
        assert said in text
    assert "予約の時刻だけでは待ち時間は減りません" not in text
    rows = manager.get(f"{PAGE}.csv?{SPAN}").data.decode("utf-8-sig").split()
    minutes = [int(row.split(",")[1].split(":")[1]) for row in rows[1:]]
    assert minutes
    assert all(minute % 5 == 0 for minute in minutes)
    assert any(minute % 15 for minute in minutes), "they are staggered"
    shorter = re.search(r"全員の待ち時間（平均） ([\d.]+) 分 いまは ([\d.]+)分", text)
    assert shorter
    assert float(shorter[1]) < float(shorter[2]) / 2


def test_booking_alone_cannot_help_where_there_is_more_work_than_time(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(crowded)
    assert "予約の時刻だけでは待ち時間は減りません" in words(manager.get(f"{PAGE}?{SPAN}"))


@act
def foreseen(db: Session, people: float, weekday: int = 0, code: str = "honcho") -> None:
    """So many people of the queue are expected on that weekday of the weeks ahead, a quarter more or fewer."""
    for ahead in range(2, 30):
        db.add(
            DayForecast(
                office_id=office(code).id,
                queue="A",
                day=MONDAY + timedelta(days=weekday, weeks=ahead),
                p10=people * 0.75,
                p50=people,
                p90=people * 1.25,
                method="recent",
                shares=[[600, 1.0]],
                week_before=None,
                made_at=now(),
            )
        )


def places(manager: FlaskClient, weekday: str) -> int:
    rows = manager.get(f"{PAGE}.csv?{SPAN}&booked=50").data.decode("utf-8-sig").split()
    return sum(int(row.split(",")[2]) for row in rows[1:] if row.startswith(weekday))


def test_the_days_ahead_have_as_many_people_as_are_expected_and_it_is_said(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(week)
    assert "記録の日と同じ人数で計算しました" in words(manager.get(f"{PAGE}?{SPAN}"))
    before = {name: places(manager, name) for name in ("月曜日", "火曜日")}
    fill(lambda: foreseen(40.0))
    text = words(manager.get(f"{PAGE}?{SPAN}"))
    assert "月曜日 40 30〜50" in text
    assert "いまの予約のままなら" in text
    assert "記録の日と同じ人数で計算しました" not in text
    assert places(manager, "月曜日") == pytest.approx(2 * before["月曜日"], abs=2)
    assert places(manager, "火曜日") == pytest.approx(before["火曜日"], abs=1), (
        "nothing is expected on Tuesdays"
    )


def test_the_more_are_expected_the_longer_they_wait(manager: FlaskClient, fill: Fill) -> None:
    fill(week)

    def waits() -> float:
        found = re.search(
            r"全員の待ち時間（平均） ([\d.]+) 分", words(manager.get(f"{PAGE}?{SPAN}&booked=50"))
        )
        assert found
        return float(found[1])

    few = waits()
    for weekday in range(5):
        fill(partial(foreseen, 60.0, weekday))
    assert waits() > 2 * few


def test_another_offices_forecast_is_not_taken(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    fill(lambda: foreseen(40.0, code="higashi"))
    assert "記録の日と同じ人数で計算しました" in words(manager.get(f"{PAGE}?{SPAN}"))


@pytest.mark.parametrize(
    ("asked", "status"), [("booked=30", 200), ("booked=", 200), ("booked=96", 422), ("booked=x", 422)]
)
def test_the_share_that_books_can_be_asked(manager: FlaskClient, fill: Fill, asked: str, status: int) -> None:
    fill(week)
    assert manager.get(f"{PAGE}?{SPAN}&{asked}").status_code == status


def test_without_visits_it_says_where_to_look(manager: FlaskClient) -> None:
    assert manager.get(f"{PAGE}?{SPAN}").status_code == 200
    assert manager.get(f"{PAGE}.csv?{SPAN}").status_code == 404


def test_only_an_administrator_is_led_to_the_published_slots(
    app: Flask, settings: Settings, manager: FlaskClient, fill: Fill
) -> None:
    fill(week)
    assert not LINK.search(manager.get(f"{PAGE}?{SPAN}").text)
    administrator = browser(app, settings, "administrator")
    found = LINK.search(administrator.get(f"{PAGE}?{SPAN}").text)
    assert found
    preview = words(administrator.get(unescape(found[1])))
    for said in (
        "予約を受ける時刻を変える",
        "これから公開する日にも続く",
        "別の管理者の確認が必要です",
        "なくなる枠",
    ):
        assert said in preview
