"""Days as they are expected: as many people as the band says, in the shape that the log has."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from models.rules.planning.expected_days import APART, LEVELS, at_level
from models.rules.planning.forecast import Expected
from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.own_day import weekdays
from tests.rules.planning.test_own_day import line, own

MONDAY = date(2026, 11, 16)
LOW, MIDDLE, HIGH = 14.0, 20.0, 29.0
EXPECTED = Expected(LOW, MIDDLE, HIGH)


def logged() -> LoggedDays:
    """Two queues on two weekdays of two weeks: twenty a day at A, some of them booked, and six at B."""
    recorded = []
    for day in (MONDAY + timedelta(weeks=week, days=n) for week in range(2) for n in range(2)):
        recorded += line(day, 540, 15)
        recorded += line(day, 660, 5, booked=660)
        recorded += line(day, 600, 6, counter="2", queue="B")
    found = own(recorded)
    assert found is not None
    return found.logged


def counts(days: LoggedDays, weekday: int, queue: str) -> list[int]:
    return days.of(queue).sum(axis=1)[weekdays(days.days)[weekday]].tolist()


def test_a_weekday_has_the_low_the_middle_and_the_high_of_its_band_in_their_shares() -> None:
    days = at_level(logged(), {"A": {0: [EXPECTED]}})
    found = Counter(counts(days, 0, "A"))
    assert found == {LOW: 3, MIDDLE: 4, HIGH: 3}
    assert len(days.days) == 2 * len(LEVELS)


@pytest.mark.parametrize(("weekday", "queue", "count"), [(0, "B", 6), (1, "A", 20), (1, "B", 6)])
def test_where_nothing_is_expected_a_day_stays_as_it_was(weekday: int, queue: str, count: int) -> None:
    days = at_level(logged(), {"A": {0: [EXPECTED]}})
    assert set(counts(days, weekday, queue)) == {count}


def test_days_ahead_take_turns_and_broken_numbers_are_met_on_average() -> None:
    days = at_level(
        logged(), {"A": {0: [Expected(8, 8, 8), Expected(30, 30, 30)], 1: [Expected(10.5, 10.5, 10.5)]}}
    )
    assert Counter(counts(days, 0, "A")) == {8: 5, 30: 5}
    assert set(counts(days, 1, "A")) == {10, 11}


def test_who_is_added_comes_near_somebody_who_came_within_the_hours() -> None:
    before = logged()
    days = at_level(before, {"A": {0: [Expected(60, 60, 60)]}})
    for row in weekdays(days.days)[0]:
        mine = days.of("A")[row]
        came, real = days.arrives[row][mine], before.arrives[0][before.of("A")[0]]
        assert len(came) == 60
        assert np.abs(came[:, None] - real).min(axis=1).max() <= APART
        assert ((came >= min(real.min(), days.opens[row])) & (came <= days.closes[row])).all()
        booked = days.booked_for[row][mine & np.isfinite(days.booked_for[row])]
        assert len(booked) > 5, "some of those who are added have a booking"
        assert (booked % 5 == 0).all()
    assert (days.handling[days.of("A")] == 9).all()


def test_who_stays_away_is_taken_by_lot_from_those_who_came() -> None:
    before = logged()
    days = at_level(before, {"A": {0: [Expected(7, 7, 7)]}})
    chosen = [tuple(days.arrives[row][days.of("A")[row]]) for row in weekdays(days.days)[0]]
    real = set(before.arrives[0][before.of("A")[0]])
    assert all(len(one) == 7 and set(one) <= real for one in chosen)
    assert len(set(chosen)) > 5, "not always the same"


def test_it_is_the_same_every_time() -> None:
    one, other = (at_level(logged(), {"A": {0: [EXPECTED]}}) for _ in range(2))
    assert np.array_equal(one.arrives, other.arrives)
