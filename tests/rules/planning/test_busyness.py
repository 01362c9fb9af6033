"""How busy a day is: more people are never a lower level, and nothing is said that the forecast did not see."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.planning.busyness import (
    AFTER_HOLIDAY,
    FEWEST_DAYS,
    LAST_DAY,
    LEVELS,
    MONTH_ENDS,
    MOST_REASONS,
    WEEK_BEGINS,
    level,
    reasons,
    usual_day,
)

WEEKDAYS = range(5)
PEOPLE = st.floats(0, 10_000)


@given(PEOPLE, PEOPLE, st.floats(1, 10_000))
def test_more_people_are_never_a_lower_level(one: float, other: float, usual: float) -> None:
    low, high = (LEVELS.index(level(people, usual)) for people in sorted((one, other)))
    assert low <= high


def test_a_usual_day_is_usual_and_where_nobody_comes_nothing_can_be_said() -> None:
    assert level(100, 100) == "usual"
    assert (level(0, 100), level(500, 100)) == (LEVELS[0], LEVELS[-1])
    with pytest.raises(ValueError, match="nobody"):
        level(1, 0)


def test_a_usual_day_needs_four_weeks_with_visitors() -> None:
    assert usual_day([10.0] * (FEWEST_DAYS - 1) + [0.0] * 100) is None
    assert usual_day([10.0] * FEWEST_DAYS + [0.0] * 100) == 10


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_reasons_are_few_and_none_is_said_twice(day: date) -> None:
    found = reasons(day, WEEKDAYS)
    assert len(found) == len(set(found)) <= MOST_REASONS
    assert not {LAST_DAY, MONTH_ENDS} <= set(found)
    assert set(reasons(day, WEEKDAYS, seasons=False)) <= {AFTER_HOLIDAY, WEEK_BEGINS}


def test_the_calendar_is_told_in_its_strongest_words() -> None:
    assert reasons(date(2026, 11, 30), WEEKDAYS) == (LAST_DAY, WEEK_BEGINS)
    assert reasons(date(2026, 11, 24), WEEKDAYS) == (AFTER_HOLIDAY,)
    assert reasons(date(2026, 11, 18), WEEKDAYS) == ()
