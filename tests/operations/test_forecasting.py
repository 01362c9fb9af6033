"""The days ahead: forecast from the facts each night, whole or not at all, and held later against what came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from models.core.db import plain, session
from models.core.transaction import act
from models.operations import forecasting, jobs
from models.queries import forecasts
from models.queries.offices import office
from models.rules import histograms
from models.rules.facts import COUNTS, SPREADS
from models.rules.holidays import holiday_name
from models.tables import DailyFact, DayForecast
from tests.conftest import BOTH, SQLITE

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
TODAY = date(2026, 11, 24)
EMPTY: dict[str, Any] = dict.fromkeys(COUNTS, 0) | {
    f"{name}_{part}": value
    for name in SPREADS
    for part, value in {"n": 0, "sum": 0.0, "max": None, "spread": histograms.pack(np.zeros(1))}.items()
}


@act
def came(session: Any, /, first: date, last: date, visitors: int = 40) -> None:
    """Facts of open days: `visitors` each, a third of them at nine, the others at two; Mondays twice as many."""
    place, rows = office("honcho"), []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() > 4 or holiday_name(day):
            continue
        whole = visitors * (2 if day.weekday() == 0 else 1)
        for cut, key, count in (
            ("all", "", whole),
            ("queue", "A", whole),
            ("half_hour", "09:00", whole // 3),
            ("half_hour", "14:00", whole - whole // 3),
            ("queue_half_hour", "A 09:00", whole // 3),
            ("queue_half_hour", "A 14:00", whole - whole // 3),
        ):
            rows.append({"office_id": place.id, "cut": cut, "day": day, "key": key, **EMPTY, "came": count})
    session.execute(insert(plain(DailyFact)), rows)


def kept() -> list[Any]:
    session().rollback()
    table = plain(DayForecast)
    return [tuple(row) for row in session().execute(select(table).order_by(*table.primary_key.columns))]


@BOTH
def test_weeks_of_days_forecast_the_open_days_ahead_by_half_hour() -> None:
    came(date(2026, 9, 1), TODAY - timedelta(days=1))
    assert jobs.run("forecast", "2026-11-24") == {"days": 2 * forecasting.AHEAD}
    found = {one.day: one for one in forecasts.expected(office("honcho"), TODAY, TODAY + timedelta(days=91))}
    closed = [one for day, one in found.items() if day.weekday() > 4 or holiday_name(day)]
    assert closed
    assert all(one.people.p50 == 0 and not one.shares for one in closed)
    tuesday, monday = found[date(2026, 12, 1)], found[date(2026, 12, 7)]
    assert tuesday.method == "recent"
    assert monday.people.p50 == pytest.approx(2 * tuesday.people.p50, rel=0.1)
    parts = tuesday.half_hours()
    assert sum(part.p50 for _, part in parts) == pytest.approx(tuesday.people.p50, abs=0.2)
    assert max(parts, key=lambda one: one[1].p50)[0] == 14 * 60
    assert forecasts.expected(office("honcho"), date(2026, 12, 1), date(2026, 12, 1), "A")
    assert not forecasts.expected(office("higashi"), TODAY, TODAY + timedelta(days=91))


def test_forecasting_again_changes_nothing() -> None:
    came(date(2026, 9, 1), TODAY - timedelta(days=1))
    forecasting.refresh_all(TODAY)
    before = kept()
    forecasting.refresh_all(TODAY)
    assert before
    assert kept() == before


def test_what_came_is_held_against_the_forecast_of_a_week_before() -> None:
    came(date(2026, 9, 1), TODAY - timedelta(days=1))
    place, day = office("honcho"), date(2026, 12, 1)
    forecasting.refresh_all(TODAY)
    assert forecasts.agreement(place, TODAY).days == 0
    came(TODAY, day - timedelta(days=1), visitors=400)
    forecasting.refresh_all(day)
    came(day, day, visitors=80)
    held = forecasts.agreement(place, day + timedelta(days=1))
    assert held.days == 1
    assert held.wape == pytest.approx(0.5, abs=0.1)
    assert held.covered == 0


def test_a_few_days_forecast_nothing() -> None:
    came(date(2026, 11, 2), TODAY - timedelta(days=1))
    assert forecasting.refresh_all(TODAY) == {"days": 0}
    assert not kept()
    assert forecasts.usual(office("honcho"), TODAY) is None


def test_days_past_are_kept_400_days_to_be_held_against_what_came() -> None:
    came(date(2026, 9, 1), TODAY - timedelta(days=1))
    forecasting.refresh_all(TODAY)
    forecasting.refresh_all(TODAY + timedelta(days=410))
    session().rollback()
    assert session().scalar(select(func.min(DayForecast.day))) == TODAY + timedelta(days=10)
