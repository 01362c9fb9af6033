"""The simulator says what formulas say where there are formulas: Erlang C, Pollaczek-Khinchine, Cobham."""

import math

import numpy as np
import pytest

from models.rules.planning import erlang
from models.rules.planning.simulation import (
    Counter,
    Hall,
    Manner,
    People,
    booked,
    interval,
    line_waits,
    lognormal,
    poisson_arrivals,
    together,
    walk_ins,
)

ALWAYS = ((0.0, math.inf),)


def steady(seed, load, counters, people, rows, mean=10.0):
    """A line that has run for long: arrivals and exponential handling."""
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(mean / load, (rows, people)), axis=1)
    return arrivals, random.exponential(mean, (rows, people)), counters


def agrees(values, truth, slack=1.3):
    """Whether a mean of replications lies within its confidence of the truth."""
    mean, width = interval(values)
    assert abs(mean - truth) < slack * width, (mean, width, truth)
    assert width < 0.12 * truth


@pytest.mark.parametrize(("load", "counters"), [(3.0, 4), (7.5, 9)])
def test_one_line_waits_as_erlang_says(load, counters):
    arrivals, handling, _ = steady(3, load, counters, 3000, 200)
    waits = line_waits(arrivals, handling, [counters], 1.0)[:, 600:]
    agrees(waits.mean(axis=1), erlang.mean_wait(counters, 60 * load / 10, 10.0))
    within = erlang.share_within(counters, 60 * load / 10, 10.0, 10.0)
    agrees((waits <= 10).mean(axis=1), within)


def test_varying_handling_waits_as_pollaczek_and_khinchine_say():
    random = np.random.default_rng(5)
    arrivals = np.cumsum(random.exponential(10 / 0.7, (300, 2500)), axis=1)
    handling = lognormal(random, 10.0, 0.8, arrivals.shape)
    waits = line_waits(arrivals, handling, [1], 1.0)[:, 500:]
    agrees(waits.mean(axis=1), 0.7 / 0.3 * 10.0 * (1 + 0.8**2) / 2)


def test_those_who_go_first_wait_as_cobham_says():
    random = np.random.default_rng(7)
    arrivals, handling, counters = steady(7, 3.0, 4, 1200, 60)
    first = random.random(arrivals.shape) < 0.4
    people = People(
        arrivals, arrivals, np.where(first, arrivals - 1e6, arrivals), handling,
        np.zeros(arrivals.shape, np.int64), np.full(arrivals.shape, np.nan),
    )  # fmt: skip
    waits = (Hall([Counter(ALWAYS)] * counters).calls(people) - arrivals)[:, 200:]
    base = erlang.waiting_probability(4, 3.0) * 10 / 4
    of = first[:, 200:]
    before, behind = 1 - 0.4 * 0.75, 1 - 0.75
    agrees(np.array([row[one].mean() for row, one in zip(waits, of, strict=True)]), base / before)
    agrees(
        np.array([row[~one].mean() for row, one in zip(waits, of, strict=True)]),
        base / (before * behind),
        1.6,
    )


def test_both_engines_play_the_same_day():
    random = np.random.default_rng(9)
    arrivals = poisson_arrivals(random, np.full((40, 4), 12.0), 30.0)
    handling = lognormal(random, 14.0, 0.5, arrivals.shape)
    line = line_waits(arrivals, handling, [6], 30.0)
    hall = Hall([Counter(ALWAYS)] * 6).calls(walk_ins(arrivals, handling, np.zeros(arrivals.shape, np.int64)))
    here = np.isfinite(arrivals)
    assert np.allclose(line[here], (hall[here] - arrivals[here]))


def test_a_counter_that_goes_off_duty_finishes_first_and_no_counter_takes_nobody():
    waits = line_waits(
        np.array([[0.0, 1.0, 31.0, 70.0]]), np.array([[35.0, 100.0, 5.0, 5.0]]), [2, 1, 0, 1], 30.0
    )
    assert waits.tolist() == [[0.0, 0.0, 4.0, 20.0]]


def test_who_waits_is_taken_by_the_counters_of_the_call_and_not_of_the_arrival():
    people, handling = np.array([[0.0, 1.0]]), np.array([[35.0, 5.0]])
    assert line_waits(people, handling, [1, 0, 1], 30.0).tolist() == [[0.0, 59.0]], (
        "nobody is on when one is free"
    )
    assert line_waits(people, handling, [1, 2, 2], 30.0).tolist() == [[0.0, 29.0]], (
        "the second comes at thirty"
    )


def test_who_booked_goes_first_from_shortly_before_the_time_and_not_when_late():
    none = np.zeros((1, 1), np.int64)
    hall = Hall([Counter(((0.0, math.inf),))])
    line = walk_ins(np.array([[0.0, 1.0, 2.0]]), np.full((1, 3), 10.0), np.zeros((1, 3), np.int64))

    def call_of(comes, **manner):
        one = booked(np.array([[12.0]]), np.array([[comes]]), np.full((1, 1), 5.0), none, Manner(**manner))
        return hall.calls(together(line, one))[0].tolist()

    assert call_of(3.0) == [0.0, 15.0, 25.0, 10.0]
    assert call_of(3.0, early=1.0) == [0.0, 10.0, 25.0, 20.0]
    assert call_of(3.0, head_start=0.0) == [0.0, 10.0, 20.0, 30.0]
    assert call_of(14.0) == [0.0, 10.0, 25.0, 20.0]
    assert call_of(14.0, grace=1.0) == [0.0, 10.0, 20.0, 30.0]
    assert call_of(math.inf) == [0.0, 10.0, 20.0, math.inf]


def test_a_counter_takes_only_what_it_knows_and_rests_when_off_duty():
    people = walk_ins(np.array([[0.0, 0.0, 1.0]]), np.full((1, 3), 10.0), np.array([[0, 1, 0]]))
    hall = Hall([Counter(((0.0, 5.0), (40.0, math.inf)), frozenset({0})), Counter(ALWAYS, frozenset({1}))])
    assert hall.calls(people).tolist() == [[0.0, 0.0, 40.0]]
