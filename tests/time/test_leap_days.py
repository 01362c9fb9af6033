"""T4: the 29th of February as a day to come, and as a birthday: an age is reached at the end of the day before it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.operations import arrivals, slots
from models.operations.booking import book
from models.queries import bookings
from models.rules import ages
from tests.operations.test_booking import asked, free, honcho

LEAP_DAY = date(2028, 2, 29)
BORN_ON_A_LEAP_DAY = date(1960, 2, 29)
REACHED = (
    *((BORN_ON_A_LEAP_DAY, year - 1960, date(year, 2, 28)) for year in range(2015, 2035)),
    (date(1960, 3, 1), 64, date(2024, 2, 29)),
    (date(1960, 3, 1), 65, date(2025, 2, 28)),
    (date(1960, 3, 1), 66, date(2026, 2, 28)),
    (date(1960, 3, 1), 68, date(2028, 2, 29)),
    (date(1960, 2, 28), 65, date(2025, 2, 27)),
    (date(1960, 2, 28), 68, date(2028, 2, 27)),
    (date(1961, 1, 1), 65, date(2025, 12, 31)),
    (date(1961, 1, 2), 65, date(2026, 1, 1)),
    (date(2008, 4, 1), 18, date(2026, 3, 31)),
    (date(2008, 4, 2), 18, date(2026, 4, 1)),
    (date(2008, 2, 29), 18, date(2026, 2, 28)),
    (date(2008, 2, 29), 20, date(2028, 2, 28)),
    (date(2011, 11, 25), 15, date(2026, 11, 24)),
    (date(1951, 12, 31), 75, date(2026, 12, 30)),
    (date(1952, 1, 1), 75, date(2026, 12, 31)),
    (date(2000, 2, 29), 100, date(2100, 2, 28)),
    (date(1900, 3, 1), 100, date(2000, 2, 29)),
    (date(1926, 12, 25), 100, date(2026, 12, 24)),
    (date(1989, 1, 8), 37, date(2026, 1, 7)),
    (date(2019, 5, 1), 7, date(2026, 4, 30)),
)


@pytest.mark.parametrize(("birth", "age", "day"), REACHED)
def test_t4_an_age_is_reached_at_the_end_of_the_day_before(birth: date, age: int, day: date) -> None:
    assert ages.reaches(birth, age) == day


def test_t4_the_table_is_as_long_as_was_agreed() -> None:
    assert len(REACHED) == 40


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("city")
def test_t4_a_leap_day_is_published_booked_and_visited_like_any_other(clock: FrozenDateTimeFactory) -> None:
    clock.move_to(datetime(2028, 2, 28, 0, 0, tzinfo=UTC))
    slots.publish(LEAP_DAY, LEAP_DAY)
    start = free(on=LEAP_DAY)[0]
    made = book(asked(start))
    assert bookings.by_token(made.token).day == LEAP_DAY
    clock.move_to(start)
    assert honcho().day_of(now()) == LEAP_DAY
    assert arrivals.check_in(honcho(), bookings.by_token(made.token), "test").on_time
