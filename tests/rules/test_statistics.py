"""Measures for managers: exact definitions of waits, handling, percentiles and rates."""

from __future__ import annotations

import dataclasses
import statistics
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.statistics import (
    CUTS,
    HandledTicket,
    handling_minutes,
    percentile,
    slot_gap_minutes,
    summarise,
    wait_minutes,
)

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY_NINE = datetime(2026, 11, 2, 9, 0, tzinfo=TOKYO).astimezone(UTC)
WALK_IN = HandledTicket(
    arrived_at=MONDAY_NINE,
    booked_for=None,
    called_at=MONDAY_NINE + timedelta(minutes=8),
    started_at=MONDAY_NINE + timedelta(minutes=9),
    finished_at=MONDAY_NINE + timedelta(minutes=21),
    queue="A",
    procedure="JUM-01",
    counter="1",
    source="walk_in",
    prefilled=False,
    outcome="finished",
)
NO_SHOW = dataclasses.replace(
    WALK_IN,
    arrived_at=None,
    booked_for=MONDAY_NINE,
    called_at=None,
    started_at=None,
    finished_at=None,
    counter=None,
    source="web",
    outcome="no_show",
)


def after(minutes: float) -> datetime:
    return MONDAY_NINE + timedelta(minutes=minutes)


def booked(slot: float, arrived: float, called: float) -> HandledTicket:
    return dataclasses.replace(
        WALK_IN,
        booked_for=after(slot),
        arrived_at=after(arrived),
        called_at=after(called),
        started_at=after(called),
        finished_at=after(called + 12),
        source="web",
    )


def waited(minutes: float) -> HandledTicket:
    return dataclasses.replace(
        WALK_IN, called_at=after(minutes), started_at=after(minutes), finished_at=after(minutes + 10)
    )


def test_a_walk_in_waits_from_arrival_to_call() -> None:
    assert wait_minutes(WALK_IN) == 8
    assert slot_gap_minutes(WALK_IN) is None


@pytest.mark.parametrize(
    ("slot", "arrived", "called", "wait", "gap"),
    [
        (30, 20, 34, 4, 4),  # came early: the wait begins at the booked time
        (30, 36, 41, 5, 11),  # came late: the wait begins at check-in
        (30, 20, 28, 0, -2),  # called early: no wait, a negative gap
    ],
)
def test_a_booking_waits_from_the_later_of_booked_time_and_check_in(
    slot: float, arrived: float, called: float, wait: float, gap: float
) -> None:
    ticket = booked(slot, arrived, called)
    assert wait_minutes(ticket) == wait
    assert slot_gap_minutes(ticket) == gap


def test_handling_runs_from_start_to_finish() -> None:
    assert handling_minutes(WALK_IN) == 12


def test_an_imported_ticket_without_start_is_handled_from_its_call() -> None:
    assert handling_minutes(dataclasses.replace(WALK_IN, started_at=None)) == 13


def test_a_forgotten_finish_counts_four_hours() -> None:
    assert handling_minutes(dataclasses.replace(WALK_IN, finished_at=after(600))) == 240


def test_handling_against_the_order_of_time_is_left_out() -> None:
    assert handling_minutes(dataclasses.replace(WALK_IN, finished_at=after(1))) is None


def test_who_left_while_waiting_came_but_has_no_wait_and_no_handling() -> None:
    gone = dataclasses.replace(
        WALK_IN, called_at=None, started_at=None, finished_at=None, outcome="abandoned"
    )
    (line,) = summarise([gone, WALK_IN], [], TOKYO)
    assert (line.visits, line.served, line.abandoned) == (2, 1, 1)
    assert (line.wait_mean, line.handling_mean) == (8, 12)


def test_a_no_show_is_no_visit_and_has_no_wait() -> None:
    called_in_vain = dataclasses.replace(NO_SHOW, called_at=after(5))
    (line,) = summarise([NO_SHOW, called_in_vain, booked(30, 20, 30), WALK_IN], [], TOKYO)
    assert (line.visits, line.booked, line.no_shows) == (2, 1, 2)
    assert line.no_show_rate == pytest.approx(2 / 3)
    assert line.wait_mean == 4
    assert line.called_minus_booked_mean == 0


def test_rates_are_parts_of_what_their_definition_says() -> None:
    rows = [
        dataclasses.replace(booked(30, 20, 30), prefilled=True),
        dataclasses.replace(WALK_IN, prefilled=True),
        WALK_IN,
        dataclasses.replace(WALK_IN, procedure="SOD-01"),
    ]
    (line,) = summarise(rows, [], TOKYO, prefillable={"JUM-01"})
    assert line.prefilled == 2
    assert line.prefill_rate == pytest.approx(2 / 3)
    assert line.booking_rate == pytest.approx(1 / 4)


def test_percentiles_need_ten_values() -> None:
    nine, ten = (summarise([waited(n) for n in range(count)], [], TOKYO)[0] for count in (9, 10))
    assert (nine.wait_p50, nine.wait_p90) == (None, None)
    assert ten.wait_p50 == 4.5
    assert ten.wait_p90 == pytest.approx(8.1)
    assert nine.wait_mean == 4


def test_weekday_and_hour_are_those_of_the_office() -> None:
    """Nine in Tokyo on Monday is midnight in UTC; eight is still Sunday there."""
    early = dataclasses.replace(WALK_IN, arrived_at=after(-60))
    lines = summarise([WALK_IN, early], ["weekday", "hour"], TOKYO)
    assert [line.keys for line in lines] == [{"weekday": 0, "hour": 8}, {"weekday": 0, "hour": 9}]


def test_a_no_show_counts_at_its_booked_time() -> None:
    (line,) = summarise([NO_SHOW], ["weekday", "half_hour"], TOKYO)
    assert line.keys == {"weekday": 0, "half_hour": "09:00"}


def test_counters_come_in_the_order_of_their_numbers() -> None:
    rows = [dataclasses.replace(WALK_IN, counter=counter) for counter in ("10", "2", None, "受付")]
    assert [line.keys["counter"] for line in summarise(rows, ["counter"], TOKYO)] == ["2", "10", "受付", None]


def test_every_cut_can_be_asked_for_and_an_unknown_one_is_named() -> None:
    for cut in CUTS:
        (line,) = summarise([WALK_IN], [cut], TOKYO)
        assert list(line.keys) == [cut]
    with pytest.raises(ValueError, match="colour"):
        summarise([WALK_IN], ["colour"], TOKYO)


def test_an_empty_span_gives_one_empty_line_or_none() -> None:
    (line,) = summarise([], [], TOKYO)
    assert (line.visits, line.wait_mean, line.no_show_rate) == (0, None, None)
    assert summarise([], ["weekday"], TOKYO) == []


@given(st.lists(st.floats(0, 1e4), min_size=10, max_size=80), st.floats(0, 1))
def test_percentiles_interpolate_like_numpy(values: list[float], share: float) -> None:
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, share * 100)), abs=1e-6)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60), st.sampled_from(["weekday", "hour", "queue"]))
def test_the_parts_add_up_to_the_whole(waits: list[int], cut: str) -> None:
    rows = [waited(minutes) for minutes in waits]
    (whole,) = summarise(rows, [], TOKYO)
    assert sum(line.visits for line in summarise(rows, [cut], TOKYO)) == whole.visits == len(waits)
    assert whole.wait_mean == pytest.approx(statistics.fmean(waits))
