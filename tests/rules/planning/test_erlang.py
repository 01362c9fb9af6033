"""Erlang C against published and simulated numbers, and the promises that hold for every load."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.planning import erlang

rates = st.floats(0, 200)
minutes = st.floats(0.5, 60)
shares = st.floats(0.5, 0.99)
withins = st.floats(0, 30)


def test_nine_counters_with_a_load_of_seven_and_a_half() -> None:
    assert erlang.share_within(9, 30, 15, 10) == pytest.approx(0.813, abs=0.0005)
    assert erlang.mean_wait(9, 30, 15) == pytest.approx(5.09, abs=0.005)


def test_ten_counters_with_a_load_of_eight_and_a_half() -> None:
    assert erlang.share_within(10, 15, 34, 10) == pytest.approx(0.659, abs=0.0005)
    assert erlang.mean_wait(10, 15, 34) == pytest.approx(12.01, abs=0.005)


def test_one_counter_is_the_textbook_m_m_1() -> None:
    assert erlang.waiting_probability(1, 0.7) == pytest.approx(0.7)
    assert erlang.mean_wait(1, 7, 6) == pytest.approx(0.7 * 6 / 0.3)


def test_two_counters_have_the_closed_form() -> None:
    load = 1.2
    assert erlang.waiting_probability(2, load) == pytest.approx(load**2 / (2 + load))


@pytest.mark.parametrize(
    ("load", "handling", "within", "fewest", "share"), [(0.6, 5, 30, 1, 0.946), (2.6, 3, 20, 3, 0.947)]
)
def test_small_halls_get_the_true_minimum_where_rounding_the_load_up_gives_one_too_many(
    load: float, handling: float, within: float, fewest: int, share: float
) -> None:
    rate = load * 60 / handling
    assert erlang.counters_needed(rate, handling, 0.9, within) == fewest
    assert erlang.share_within(fewest, rate, handling, within) == pytest.approx(share, abs=0.0005)


@pytest.mark.parametrize(
    ("rate", "handling", "counters"),
    [(25.4, 12.5, 8), (25.4, 11.33, 7), (46.3, 12.5, 12), (46.3, 11.33, 11), (13.3, 12.5, 5)],
)
def test_the_citizen_desk_of_a_city_of_fifty_thousand(rate: float, handling: float, counters: int) -> None:
    assert erlang.counters_needed(rate, handling, 0.9, 10, max_utilisation=0.85) == counters


def test_the_ten_o_clock_desk_is_late_for_one_in_forty() -> None:
    assert 1 - erlang.share_within(8, 25.4, 12.5, 10) == pytest.approx(0.025, abs=0.001)


def test_nobody_needs_no_counter_and_an_overrun_line_has_no_expected_wait() -> None:
    assert erlang.counters_needed(0, 10, 0.9, 10) == 0
    assert erlang.share_within(3, 60, 10, 10) == 0.0
    assert erlang.mean_wait(3, 60, 10) == math.inf
    assert erlang.wait_percentile(3, 60, 10) == math.inf


@pytest.mark.parametrize(
    "arguments",
    [
        (-1, 5, 0.9, 10),
        (5, -1, 0.9, 10),
        (5, 5, 1.0, 10),
        (5, 5, 0.0, 10),
        (5, 5, 0.9, -1),
        (5, 5, 0.9, 1, 0),
    ],
)
def test_senseless_numbers_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError):
        erlang.counters_needed(*arguments)


def test_a_load_of_no_single_hall_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="one hall"):
        erlang.counters_needed(1e9, 60, 0.9, 10)


@given(rates, minutes, shares, withins)
def test_the_answer_keeps_the_target_and_one_counter_less_does_not(
    rate: float, handling: float, share: float, within: float
) -> None:
    counters = erlang.counters_needed(rate, handling, share, within)
    assert erlang.share_within(counters, rate, handling, within) >= share - 1e-9
    if counters:
        assert erlang.share_within(counters - 1, rate, handling, within) < share + 1e-9


@given(rates, st.floats(0, 50), minutes, shares, withins)
def test_more_people_never_need_fewer_counters(
    rate: float, more: float, handling: float, share: float, within: float
) -> None:
    few = erlang.counters_needed(rate, handling, share, within)
    assert erlang.counters_needed(rate + more, handling, share, within) >= few


@given(rates, minutes, st.floats(0.3, 1))
def test_no_counter_is_busier_than_allowed(rate: float, handling: float, busiest: float) -> None:
    counters = erlang.counters_needed(rate, handling, 0.9, 10, busiest)
    assert erlang.offered_load(rate, handling) <= busiest * counters + 1e-9


@given(st.integers(1, 60), rates, minutes, st.floats(0.05, 0.99))
def test_the_percentile_of_the_wait_is_the_inverse_of_the_share(
    counters: int, rate: float, handling: float, share: float
) -> None:
    wait = erlang.wait_percentile(counters, rate, handling, share)
    if 0 < wait < math.inf:
        assert erlang.share_within(counters, rate, handling, wait) == pytest.approx(share, abs=1e-6)
    elif wait == 0:
        assert erlang.share_within(counters, rate, handling, 0) >= share - 1e-9


@given(st.integers(0, 400), st.floats(0, 400))
def test_the_waiting_probability_is_a_probability(counters: int, load: float) -> None:
    assert 0 <= erlang.waiting_probability(counters, load) <= 1
