"""Minutes of counters in the facts: as the shifts and the histories say, over any span, and of nobody by name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import text

from models.core.db import session
from models.operations import calling, counters, facts
from models.queries import counter_use, measures
from models.queries import facts as read
from models.rules.statistics import full_minutes, handling_minutes
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import serving, taken, today
from tests.operations.test_booking import honcho
from tests.past_visits import MONDAY, past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def morning(clock: FrozenDateTimeFactory) -> date:
    """Counter 1 is open for fifty minutes, serves for ten, and gives ten more of work to the back office."""
    day = today()
    number = taken()
    counters.open_counter(honcho(), "1", "aya")
    serving(number, "1")
    clock.tick(timedelta(minutes=10))
    calling.step(honcho(), number, "back_office", "aya", "1")
    clock.tick(timedelta(minutes=10))
    calling.step(honcho(), number, "finish", "aya", "1")
    clock.tick(timedelta(minutes=30))
    counters.close_counter(honcho(), "1", "aya")
    return day


@BOTH
def test_a_days_minutes_are_those_of_shifts_and_histories(clock: FrozenDateTimeFactory) -> None:
    day = morning(clock)
    groups = {counter_use.main_queues(honcho())["1"]}
    found = counter_use.of_day(honcho(), day)
    assert {one.group for one in found} == groups
    assert sum(one.open_minutes for one in found) == pytest.approx(50)
    assert sum(one.serving_minutes for one in found) == pytest.approx(10)


def test_handling_ends_at_the_counter_and_the_full_time_with_the_back_office(
    clock: FrozenDateTimeFactory,
) -> None:
    day = morning(clock)
    (ticket,) = measures.handled(honcho(), day, day)
    assert handling_minutes(ticket) == pytest.approx(10)
    assert full_minutes(ticket) == pytest.approx(20)


def test_facts_give_the_same_share_however_they_are_cut(clock: FrozenDateTimeFactory) -> None:
    day = morning(clock)
    for week in range(5):
        past(MONDAY - timedelta(weeks=week), "9:00 9:05 9:05 9:25", "10:00 10:10 10:10 10:25", counter="1")
    clock.tick(timedelta(days=1))
    facts.make_all()
    first = MONDAY - timedelta(weeks=6)
    (whole,) = read.utilisation([honcho()], first, day)
    assert whole.open_minutes == pytest.approx(5 * 60 + 50)
    assert whole.serving_minutes == pytest.approx(5 * 35 + 10)
    assert whole.share == pytest.approx(185 / 350)
    for by in (("queue",), ("weekday", "half_hour"), ("month",), ("day",), ("hour",), ("queue", "half_hour")):
        parts = read.utilisation([honcho()], first, day, by)
        assert sum(one.open_minutes for one in parts) == pytest.approx(whole.open_minutes), by
        assert sum(one.serving_minutes for one in parts) == pytest.approx(whole.serving_minutes), by
    with pytest.raises(ValueError, match="counter"):
        read.utilisation([honcho()], first, day, ("counter",))


@BOTH
def test_the_view_has_the_minutes_and_no_day_has_people_of_them(clock: FrozenDateTimeFactory) -> None:
    past(MONDAY, "9:00 9:05 9:05 9:25", counter="1")
    facts.make_all()
    session().rollback()
    rows = session().execute(text("SELECT half_hour, open_minutes, serving_minutes FROM star_counters"))
    assert [tuple(row) for row in rows] == [("09:00", 30, 20)]
    assert session().execute(text("SELECT sum(visits) FROM star_visits")).scalar() == 1
