"""Periods as text, when a job is due, and what was missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.rules import periods
from models.rules.periods import DAY, HOUR, LENGTHS, MONTH, WEEK
from models.rules.timetable import DONE, FAILED, MOST_MISSED, OFTEN, TIMETABLE, Entry

INSTANTS = some.integers(0, 40 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("length", "period"),
    [(HOUR, "2026-12-31T23"), (DAY, "2026-12-31"), (WEEK, "2026-W53"), (MONTH, "2026-12")],
)
def test_the_last_hour_of_a_year_in_japan(length: str, period: str) -> None:
    assert periods.at(length, datetime(2026, 12, 31, 14, 59, tzinfo=UTC)) == period
    assert periods.length_of(period) == length


def test_a_week_begins_on_its_monday_and_a_month_on_its_first_day() -> None:
    assert periods.day_of("2026-W53") == date(2026, 12, 28)
    assert periods.day_of("2026-12") == date(2026, 12, 1)
    assert periods.day_of("2026-12-03T14") == date(2026, 12, 3)
    assert periods.before("2027-W01") == "2026-W53"
    assert periods.before("2027-01") == "2026-12"
    assert periods.before("2028-03-01") == "2028-02-29"
    assert periods.before("2026-12-01T00") == "2026-11-30T23"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-02-30", "2026-W54", "2026-12-03T24", "often", "2026-12-03T1"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        periods.length_of(text)


@given(some.sampled_from(LENGTHS), INSTANTS)
def test_periods_sort_as_time_goes_and_the_one_before_ends_where_it_begins(length: str, at: datetime) -> None:
    period = periods.at(length, at)
    assert periods.begins(period) <= at
    assert periods.before(period) < period
    assert periods.at(length, periods.begins(period)) == period
    assert periods.length_of(period) == length


@given(some.sampled_from(LENGTHS), some.times(), INSTANTS)
def test_what_is_due_is_past_and_what_comes_next_is_right_after(
    length: str, clock: time, at: datetime
) -> None:
    entry = Entry("any", clock.replace(second=0, microsecond=0, tzinfo=None), "", length)
    last, following = entry.last_due(at), entry.next_due(at)
    assert entry.due_at(last) <= at < following
    assert entry.last_due(following - timedelta(seconds=1)) == last
    assert periods.before(entry.last_due(following)) == last


class TestMissed:
    NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    EACH = Entry("any", time(0, 5), "", each=True)
    NEWEST = Entry("any", time(0, 5), "")

    def test_nothing_where_the_newest_is_done(self) -> None:
        runs = {"2026-11-23": DONE, "2026-11-24": DONE}
        assert self.NEWEST.missed(self.NOW, runs) == self.EACH.missed(self.NOW, runs) == ()

    def test_the_newest_or_each_since_the_first(self) -> None:
        runs = {"2026-11-20": DONE, "2026-11-22": FAILED}
        assert self.NEWEST.missed(self.NOW, runs) == ("2026-11-24",)
        assert self.EACH.missed(self.NOW, runs) == ("2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24")
        assert self.EACH.missed(self.NOW, {}) == ("2026-11-24",)

    def test_a_house_that_slept_for_years_does_not_make_up_for_all_of_them(self) -> None:
        assert len(self.EACH.missed(self.NOW, {"2020-01-01": DONE})) == MOST_MISSED


def test_t3_nothing_is_due_between_the_midnights_of_japan_and_of_utc_by_another_zone() -> None:
    """The same instant is the same period whatever zone it is written in."""
    tokyo = datetime(2026, 11, 24, 0, 10, tzinfo=periods.ZONE)
    for entry in TIMETABLE:
        assert entry.last_due(tokyo) == entry.last_due(tokyo.astimezone(UTC))


def test_no_name_is_given_twice() -> None:
    names = [one.job for one in (*TIMETABLE, *OFTEN)]
    assert len(set(names)) == len(names)
