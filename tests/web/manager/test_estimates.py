"""The score of told waits: a sentence that can be checked, a chart with its table, and what to do where it is bad."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.transaction import act
from models.queries.offices import office
from models.tables import Estimate, Ticket
from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE, CSV = "/manager/estimates", "/manager/estimates.csv"


@act
def told(session: Session, p50: float, p80: float, shown_on: str = "slip") -> None:
    """Every ticket of the log was told so much at its arrival."""
    for ticket in session.scalars(select(Ticket).where(Ticket.arrived_at.is_not(None))):
        session.add(
            Estimate(
                office_id=office("honcho").id, day=ticket.day, ticket_id=ticket.id, at=ticket.arrived_at,
                shown_on=shown_on, p10=0.0, p50=p50, p80=p80, p90=p80 + 5,
            )
        )  # fmt: skip


def test_eight_of_ten_called_in_time_is_said_and_counted(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:10 9:10 9:20"] * 8, *["9:00 9:30 9:30 9:40"] * 2))
    fill(lambda: past(MONDAY + timedelta(1), *["9:00 9:12 9:12 9:20"] * 5, queue="B"))
    fill(lambda: told(10, 20))
    text = words(manager.get(PAGE))
    assert "案内した時間までに呼ばれた人 9 人／10人" in text
    assert "10人中9人が" not in text, "the tile has said it"
    assert "くらべた目安 15 件" in text
    assert f"{MONDAY} 10 14.0 4.0 −4.0 80%" in text
    assert "番号札をとったとき 15" in text
    only_b = words(manager.get(PAGE, query_string={"queue": "B"}))
    assert "10人中10人が" in only_b
    assert "くらべた目安 5 件" in only_b


def test_too_short_estimates_say_what_to_look_at(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:30 9:30 9:40"] * 10))
    fill(lambda: told(5, 10, "screen"))
    text = words(manager.get(PAGE))
    assert "10人中0人が" in text
    assert "目安が短すぎます" in text
    assert "画面（表示板・スマホ） 10" in text


def test_the_band_is_measured_by_week_and_queue_and_saved(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:10 9:10 9:20"] * 4, "9:00 9:40 9:40 9:50"))
    fill(lambda: past(MONDAY + timedelta(8), "9:00 9:12 9:12 9:20", queue="B"))
    fill(lambda: told(10, 20))
    fill(lambda: told(30, 90, "screen"))
    asked = {"from": MONDAY.isoformat(), "to": (MONDAY + timedelta(13)).isoformat()}
    page = manager.get(PAGE, query_string=asked)
    assert "目安の幅の間に呼ばれた人 92%" in words(page), "what screens showed counts too"
    week = f"{MONDAY.month}/{MONDAY.day}の週"
    assert re.search(rf"{week} \S+ 5 16.0 6.0 −6.0 80% 5 80%", words(page))
    rows = list(csv.reader(io.StringIO(manager.get(CSV, query_string=asked).data.decode("utf-8-sig"))))
    assert rows[0][-1] == "幅に入った人（％）"
    assert rows[1] == [MONDAY.isoformat(), "A", "5", "16.0", "6.0", "-6.0", "80.0", "5", "80.0"]
    assert rows[2][:3] == [(MONDAY + timedelta(7)).isoformat(), "B", "1"]
    assert len(rows) == 3
    assert "estimates.csv" in page.text


def test_without_any_it_says_when_there_will_be_some(manager: FlaskClient) -> None:
    assert "まだ待ち時間の目安を案内していません" in words(manager.get(PAGE))


def test_in_another_span_it_says_where_the_newest_is(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY - timedelta(weeks=20), "9:00 9:10 9:10 9:20"))
    fill(lambda: told(10, 20))
    page = manager.get(PAGE)
    assert "この期間に、案内した目安はありません" in words(page)
    assert f"to={MONDAY - timedelta(weeks=20)}" in page.text


def test_a_bad_date_is_told(manager: FlaskClient) -> None:
    assert manager.get(PAGE, query_string={"from": "soon"}).status_code == 422
