"""Slots follow from opening hours: inside them, whole, adjoining, never too many."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.opening import ExceptionalHours, Span, Week, at_minute, minute_of
from models.rules.slots import PlannedSlot, slots_needed, slots_of_day

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
LENGTHS = st.sampled_from([5, 10, 15, 20, 30, 60])


@st.composite
def hours(draw: st.DrawFn) -> tuple[Span, ...]:
    """One or two spans of a day that do not overlap."""
    marks = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=4, unique=True)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Span(at_minute(opens), at_minute(closes)) for opens, closes in pairs)


def planned(
    day: date, spans: tuple[Span, ...], length: int, counters: int, share: float
) -> list[PlannedSlot]:
    return list(slots_of_day(day, spans, length, counters, share, TOKYO))


@given(DAYS, hours(), LENGTHS, st.integers(1, 20), st.floats(0.01, 1.0))
def test_every_slot_is_whole_and_inside_the_hours(
    day: date, spans: tuple[Span, ...], length: int, counters: int, share: float
) -> None:
    for slot in planned(day, spans, length, counters, share):
        begins, ends = slot.starts_at.astimezone(TOKYO), slot.ends_at.astimezone(TOKYO)
        assert begins.date() == slot.day == day
        assert slot.ends_at - slot.starts_at == timedelta(minutes=length)
        assert any(
            minute_of(span.opens) <= minute_of(begins.time())
            and minute_of(ends.time()) <= minute_of(span.closes)
            for span in spans
        )
        assert 1 <= slot.capacity <= counters


@given(DAYS, hours(), LENGTHS, st.integers(1, 20), st.floats(0.01, 1.0))
def test_slots_do_not_overlap_and_fill_each_span(
    day: date, spans: tuple[Span, ...], length: int, counters: int, share: float
) -> None:
    slots = planned(day, spans, length, counters, share)
    assert all(one.ends_at <= other.starts_at for one, other in zip(slots, slots[1:], strict=False))
    assert len(slots) == sum(span.minutes // length for span in spans)


@given(DAYS, hours(), LENGTHS, st.integers(1, 12), st.floats(0.05, 0.95))
def test_more_counters_never_mean_fewer_places(
    day: date, spans: tuple[Span, ...], length: int, counters: int, share: float
) -> None:
    fewer = planned(day, spans, length, counters, share)
    more = planned(day, spans, length, counters + 1, share)
    assert all(one.capacity <= other.capacity for one, other in zip(fewer, more, strict=True))


@given(DAYS, hours(), LENGTHS)
def test_nobody_on_duty_means_no_slots(day: date, spans: tuple[Span, ...], length: int) -> None:
    assert planned(day, spans, length, 0, 0.5) == []
    assert planned(day, spans, length, 5, 0.0) == []


@given(st.integers(0, 600), LENGTHS)
def test_a_visit_takes_as_many_slots_as_hold_it(minutes: int, length: int) -> None:
    needed = slots_needed(minutes, length)
    assert needed >= 1
    assert needed * length >= minutes
    assert needed == 1 or (needed - 1) * length < minutes


OFFICE = tuple((Span(time(8, 30), time(17, 15)),) if weekday < 5 else () for weekday in range(7))


def week(*exceptions: ExceptionalHours) -> Week:
    return Week(OFFICE, exceptions)


CLOSED = ["2026-01-01", "2026-01-02", "2026-05-06", "2026-09-21", "2026-09-22", "2026-09-23", "2026-12-29",
          "2026-12-31", "2027-01-03", "2027-03-22"]  # fmt: skip
OPEN = ["2026-01-05", "2026-05-01", "2026-05-07", "2026-09-24", "2026-12-28", "2027-01-04"]


@pytest.mark.parametrize("day", CLOSED)
def test_the_city_is_closed_on_its_holidays_and_says_why(day: str) -> None:
    assert week().on(date.fromisoformat(day)) == ()
    assert week().why_closed(date.fromisoformat(day))


@pytest.mark.parametrize("day", OPEN)
def test_the_city_is_open_between_its_holidays(day: str) -> None:
    assert week().on(date.fromisoformat(day)) == OFFICE[0]
    assert week().why_closed(date.fromisoformat(day)) == ""


@given(DAYS)
def test_a_date_of_its_own_wins_over_weekday_and_holiday(day: date) -> None:
    special = Span(time(9, 0), time(12, 0))
    assert week(ExceptionalHours(day, special, "休日開庁")).on(day) == (special,)
    closed = week(ExceptionalHours(day, None, "台風"))
    assert closed.on(day) == ()
    assert closed.why_closed(day) == "台風"


@given(DAYS)
def test_weekends_are_closed_and_workdays_open_unless_there_is_a_reason(day: date) -> None:
    if day.weekday() >= 5:
        assert week().on(day) == ()
    assert bool(week().on(day)) is (week().why_closed(day) == "")


def test_lunch_keeps_six_tenths_of_the_counters() -> None:
    slots = planned(date(2026, 11, 25), OFFICE[0], 15, 10, 1.0)
    by_time = {slot.starts_at.astimezone(TOKYO).time(): slot.capacity for slot in slots}
    assert by_time[time(10, 0)] == 10
    assert by_time[time(12, 0)] == 6
    assert by_time[time(13, 30)] == 10


def test_an_instant_without_a_zone_is_never_made() -> None:
    slots = planned(date(2026, 11, 25), OFFICE[0], 30, 1, 1.0)
    assert slots[0].starts_at == datetime.fromisoformat("2026-11-25T08:30:00+09:00")
