"""How busy counters are: serving by open minutes, half hour by half hour, of groups and never of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ticket_history import Happened
from models.rules.utilisation import LONGEST, Span, served, uses

JAPAN = ZoneInfo("Asia/Tokyo")
NINE = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
GROUPS = {"1": "A", "2": "A", "3": "B"}


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def span(counter: str, begins: float, ends: float) -> Span:
    return Span(counter, at(begins), at(ends))


def test_serving_counts_in_the_half_hours_in_which_it_happened() -> None:
    found = uses([span("1", 0, 60)], [span("1", 20, 40)], GROUPS, JAPAN)
    assert [(one.group, one.half_hour, one.open_minutes, one.serving_minutes) for one in found] == [
        ("A", "09:00", 30, 10),
        ("A", "09:30", 30, 10),
    ]


def test_counters_with_one_main_queue_are_added_up_and_others_stand_apart() -> None:
    found = uses([span("1", 0, 30), span("2", 0, 15), span("9", 0, 30)], [span("2", 0, 10)], GROUPS, JAPAN)
    assert [(one.group, one.open_minutes, one.serving_minutes) for one in found] == [
        ("-", 30, 0),
        ("A", 45, 10),
    ]


def test_nothing_is_served_at_a_counter_that_was_closed() -> None:
    (found,) = uses([span("1", 10, 20)], [span("1", 0, 30), span("3", 0, 30)], GROUPS, JAPAN)
    assert (found.open_minutes, found.serving_minutes) == (10, 10)


def test_without_shifts_a_counter_was_open_in_the_half_hours_in_which_it_served() -> None:
    found = uses([], [span("3", 25, 35)], GROUPS, JAPAN)
    assert [(one.half_hour, one.open_minutes, one.serving_minutes) for one in found] == [
        ("09:00", 30, 5),
        ("09:30", 30, 5),
    ]


HISTORY = [
    Happened(at(0), "arrive", None, "waiting"),
    Happened(at(5), "call", "waiting", "called", "1"),
    Happened(at(6), "start", "called", "serving", "1"),
    Happened(at(10), "hold", "serving", "held", "1"),
    Happened(at(12), "resume", "held", "serving", "2"),
    Happened(at(20), "back_office", "serving", "back_office", "2"),
    Happened(at(50), "deliver", "back_office", "recalled", "3"),
    Happened(at(51), "start", "recalled", "serving", "3"),
    Happened(at(53), "finish", "serving", "done", "3"),
]


def test_a_history_is_served_where_and_when_it_stood_at_a_counter() -> None:
    assert served(HISTORY, at(100)) == [span("1", 6, 10), span("2", 12, 20), span("3", 51, 53)]
    assert served(HISTORY[:5], at(14)) == [span("1", 6, 10), span("2", 12, 14)]


def test_an_undone_start_served_nobody_and_a_forgotten_finish_counts_four_hours() -> None:
    assert served([*HISTORY[:3], Happened(at(7), "undo", "serving", "called")], at(60)) == []
    (forgotten,) = served(HISTORY[:3], at(900))
    assert forgotten.ends_at - forgotten.begins_at == LONGEST


SPANS = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(0, 500), st.integers(1, 90)).map(
        lambda one: span(one[0], one[1], one[1] + one[2])
    ),
    max_size=8,
)


def test_no_minute_counts_twice_where_two_tickets_overlap() -> None:
    (found,) = uses(
        [span("1", 0, 20), span("1", 10, 30)], [span("1", 0, 10), span("1", 5, 15)], GROUPS, JAPAN
    )
    assert (found.open_minutes, found.serving_minutes) == (30, 15)


@given(SPANS, SPANS)
def test_open_minutes_add_up_and_a_group_never_serves_longer_than_it_is_open_and_busy(
    opened: list[Span], busy: list[Span]
) -> None:
    one_each = {one.counter: one for one in opened}.values()
    found = uses(one_each, busy, GROUPS, JAPAN)
    if opened:
        total = sum((one.ends_at - one.begins_at).total_seconds() / 60 for one in one_each)
        assert sum(one.open_minutes for one in found) == pytest.approx(total)
    assert all(0 <= one.serving_minutes <= one.open_minutes + 1e-6 for one in found)
    assert all(one.open_minutes > 0 for one in found)
    asked = sum((one.ends_at - one.begins_at).total_seconds() / 60 for one in busy)
    assert sum(one.serving_minutes for one in found) <= asked + 1e-6
