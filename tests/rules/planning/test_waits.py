"""The wait estimate: exact where the answer is known, monotone, in the order of the calls, and near the truth."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.planning.handling_times import Learned, learn, lognormal
from models.rules.planning.waits import (
    DRAWS,
    LONGEST,
    MOST_PLAYED,
    Flow,
    Found,
    Manners,
    Person,
    Station,
    WaitEstimate,
    drawn,
    estimate,
    shown_range,
)
from tests.rules.planning import simulated_hall as simulated
from tests.rules.planning.simulated_hall import MIXED, POOL, Plan

TEN, LONG = np.array([10.0]), lognormal(15, 0.6)
MANNERS = Manners({"A": 15.0, "B": 15.0}, bound=45.0, in_a_row=2, ahead={})
NOISE = 1.5


def alone(*queues: str, free: float = 0.0, **more: object) -> Station:
    return Station(queues, frozenset(queues), np.array([free]), **more)  # type: ignore[arg-type]


def line(*takes: float, queue: str = "A") -> list[Person]:
    """People who came one after the other, the first one longest ago."""
    return [
        Person(number, queue, np.array([minutes]), order=-60.0 + number, since=-60.0 + number)
        for number, minutes in enumerate(takes, start=1)
    ]


def found(people: list[Person], *stations: Station, manners: Manners = MANNERS) -> Found:
    return estimate(people, stations, manners)


def medians(answer: Found) -> dict[int, float]:
    return {ticket: one.p50 for ticket, one in answer.tickets.items()}


class TestKnownAnswers:
    def test_an_empty_hall_with_a_free_counter_means_no_wait(self) -> None:
        assert found([], alone("A")).queues["A"] == WaitEstimate(0, 0, 0, 0)
        assert shown_range(found([], alone("A")).queues["A"]) == (0, 0)

    def test_one_counter_and_fixed_times_add_up(self) -> None:
        answer = found(line(10, 20, 5), alone("A", free=3))
        assert medians(answer) == {1: 3, 2: 13, 3: 33}
        assert answer.queues["A"].p50 == pytest.approx(38, abs=0.01)

    def test_two_counters_take_the_line_in_turns(self) -> None:
        answer = found(line(10, 10, 10, 10), alone("A"), alone("A", free=4))
        assert medians(answer) == {1: 0, 2: 4, 3: 10, 4: 14}

    def test_the_sum_of_random_times_has_the_mean_and_the_spread_of_the_sum(self) -> None:
        ahead = 20
        people = [Person(n, "A", LONG, order=-60.0 + n, since=-60.0 + n) for n in range(1, ahead + 2)]
        last = found(people, alone("A")).tickets[ahead + 1]
        mean, deviation = ahead * float(LONG.mean()), float(LONG.std()) * ahead**0.5
        assert last.p50 == pytest.approx(mean, rel=0.05)
        assert last.p90 - last.p10 == pytest.approx(2 * 1.2816 * deviation, rel=0.25)

    def test_a_queue_that_nobody_serves_is_never_called(self) -> None:
        answer = found(line(10, queue="B"), alone("A"))
        assert answer.tickets[1].p50 == LONGEST
        assert "B" not in answer.queues

    def test_lunch_puts_the_call_off(self) -> None:
        answer = found(line(10, 10), alone("A", away=((5.0, 65.0),)))
        assert medians(answer) == {1: 0, 2: 65}

    def test_a_lunch_begins_after_whoever_is_served_then_and_is_a_whole_one(self) -> None:
        assert medians(found(line(10, 10), alone("A", lunch=(5.0, 65.0)))) == {1: 0, 2: 70}
        assert medians(found(line(10, 10), alone("A", lunch=(10.0, 70.0)))) == {1: 0, 2: 70}

    def test_people_far_behind_are_told_the_pace_of_the_line(self) -> None:
        many = line(*[1.0] * (MOST_PLAYED + 100))
        answer = found(many, alone("A"))
        assert answer.tickets[MOST_PLAYED + 50].p50 == pytest.approx(MOST_PLAYED + 50, rel=0.02)
        assert answer.queues["A"].p50 == pytest.approx(MOST_PLAYED + 100, rel=0.02)


class TestTheOrderOfCalls:
    def test_a_booking_that_is_due_goes_first_and_one_that_comes_later_jumps_ahead(self) -> None:
        people = [*line(10, 10, 10), Person(9, "A", TEN, since=-5, due=-1.0), Person(0, "A", TEN, due=12.0)]
        answer = found(people, alone("A"))
        assert medians(answer) == {9: 0, 1: 10, 2: 30, 3: 40}

    def test_a_booking_that_may_not_come_counts_for_its_chance(self) -> None:
        surely = Person(0, "A", TEN, due=5.0, arrives=np.array([5.0]))
        with_it = found([*line(10, 10), surely], alone("A")).tickets[2]
        perhaps = found([*line(10, 10), replace(surely, comes=0.3)], alone("A")).tickets[2]
        assert (with_it.p50, perhaps.p50, perhaps.p80) == (20, 10, 20)

    def test_somebody_back_goes_before_who_is_due(self) -> None:
        people = [
            Person(1, "A", TEN, since=-5, due=-1.0),
            Person(2, "A", TEN, order=-3.0, since=-3.0, due=-3.0, returned=True),
        ]
        assert medians(found(people, alone("A"))) == {2: 0, 1: 10}

    def test_after_two_ahead_of_the_line_who_has_waited_long_goes_first(self) -> None:
        due = [Person(number, "A", TEN, since=-2, due=-1.0 + number / 100) for number in (11, 12, 13)]
        bound = medians(found([*line(10), *due], alone("A")))
        assert bound == {11: 0, 12: 10, 1: 20, 13: 30}

    def test_a_counter_helps_the_next_queue_when_nobody_waits_in_its_own(self) -> None:
        helper = Station(("B", "A"), frozenset("B"), np.zeros(1))
        answer = found(line(10, 10), alone("A"), helper)
        assert medians(answer) == {1: 0, 2: 0}

    def test_it_helps_when_the_other_queue_is_overdue_and_its_own_waits_well(self) -> None:
        helper = Station(("B", "A"), frozenset("B"), np.zeros(1))
        busy = alone("A", free=100)
        own = [Person(7, "B", TEN, order=-1.0, since=-1.0)]
        overdue = [Person(8, "A", TEN, order=-30.0, since=-30.0)]
        fresh = [Person(8, "A", TEN, order=-2.0, since=-2.0)]
        assert medians(found([*own, *overdue], busy, helper)) == {8: 0, 7: 10}
        assert medians(found([*own, *fresh], busy, helper)) == {7: 0, 8: 10}

    def test_it_helps_whoever_that_queue_would_call_first(self) -> None:
        helper = Station(("B", "A"), frozenset("B"), np.zeros(1))
        overdue = Person(8, "A", TEN, order=-30.0, since=-30.0)
        due = Person(9, "A", TEN, since=-5.0, due=-1.0)
        own = Person(7, "B", TEN, order=-1.0, since=-1.0)
        busy = alone("A", free=100)
        assert medians(found([overdue, due, own], busy, helper)) == {9: 0, 8: 10, 7: 20}
        fresh = replace(overdue, order=-9.0, since=-9.0)
        assert medians(found([fresh, due], busy, helper)) == {9: 0, 8: 10}

    def test_people_who_will_come_keep_a_helper_at_its_own_queue(self) -> None:
        stations = [alone("A", free=60), Station(("B", "A"), frozenset("B"), np.zeros(1))]
        people = [Person(n, "A", TEN, order=-1.0, since=-1.0) for n in (1, 2, 3)]
        quiet = estimate(people, stations, MANNERS)
        busy = estimate(people, stations, MANNERS, [Flow("B", 0.2, TEN)])
        assert busy.tickets[3].p50 > quiet.tickets[3].p50 + 5


hall = st.lists(st.floats(1, 60), min_size=0, max_size=20)


class TestWhatAlwaysHolds:
    @settings(max_examples=25, deadline=None)
    @given(hall, st.integers(1, 4), st.floats(1, 40))
    def test_one_more_ahead_never_shortens_anybodys_wait(
        self, takes: list[float], counters: int, more: float
    ) -> None:
        people = [
            Person(n + 2, "A", lognormal(t, 0.6), order=-40.0 + n, since=-40.0 + n)
            for n, t in enumerate(takes)
        ]
        stations = [alone("A") for _ in range(counters)]
        first = Person(1, "A", lognormal(more, 0.6), order=-50.0, since=-50.0)
        before, after = medians(found(people, *stations)), medians(found([first, *people], *stations))
        assert all(after[ticket] >= before[ticket] - NOISE for ticket in before)

    @settings(max_examples=25, deadline=None)
    @given(hall, st.integers(2, 5))
    def test_one_counter_fewer_never_shortens_anybodys_wait(self, takes: list[float], counters: int) -> None:
        people = [
            Person(n + 1, "A", lognormal(t, 0.6), order=-40.0 + n, since=-40.0 + n)
            for n, t in enumerate(takes)
        ]
        many = medians(found(people, *[alone("A")] * counters))
        few = medians(found(people, *[alone("A")] * (counters - 1)))
        assert all(few[ticket] >= many[ticket] - NOISE for ticket in many)

    @settings(max_examples=25, deadline=None)
    @given(hall, hall, st.integers(1, 3))
    def test_quantiles_are_ordered_and_a_line_is_called_in_its_order(
        self, first: list[float], second: list[float], counters: int
    ) -> None:
        people = [
            Person(n + 1, "AB"[n >= len(first)], lognormal(t, 0.6), order=-40.0 + n / 2, since=-40.0 + n / 2)
            for n, t in enumerate([*first, *second])
        ]
        answer = found(people, *[alone("A", "B")] * counters)
        for queue in "AB":
            mine = [answer.tickets[one.ticket] for one in people if one.queue == queue]
            mine.append(answer.queues[queue])
            for one, other in zip(mine, mine[1:], strict=False):
                assert (one.p10, one.p50, one.p80, one.p90) <= (other.p10, other.p50, other.p80, other.p90)
                assert one.p10 <= one.p50 <= one.p80 <= one.p90

    def test_the_same_hall_gives_the_same_answer(self) -> None:
        people = [Person(n, "A", LONG, order=-60.0 + n, since=-60.0 + n) for n in range(1, 30)]
        assert found(people, alone("A"), alone("A")) == found(people, alone("A"), alone("A"))

    def test_draws_are_evenly_spread_for_every_key(self) -> None:
        samples = np.arange(DRAWS, dtype=np.float64)
        assert sorted(drawn(samples, 7)) == list(samples) == sorted(drawn(samples, 8))
        assert list(drawn(samples, 7)) != list(drawn(samples, 8))


@st.composite
def mixed_halls(draw: st.DrawFn) -> list[Person]:
    """People of two queues: in line, booked, with a head start, back after absence, not here yet."""
    people = []
    for ticket in range(1, draw(st.integers(2, 15))):
        since, queue = draw(st.floats(-60, 0)), draw(st.sampled_from("AB"))
        one = Person(ticket, queue, lognormal(draw(st.floats(1, 40)), 0.6), order=since, since=since)
        kind = draw(st.sampled_from(["line", "line", "booked", "priority", "returned", "coming"]))
        if kind == "booked":
            one = replace(one, due=draw(st.floats(-20, 40)))
        elif kind == "priority":
            one = replace(one, order=since - 30, priority=True)
        elif kind == "returned":
            one = replace(one, due=since, returned=True)
        elif kind == "coming":
            one = replace(
                one, ticket=0, due=draw(st.floats(0, 40)), arrives=LONG, comes=draw(st.floats(0, 1))
            )
        people.append(one)
    return people


STATIONS = (
    alone("A", away=((20.0, 80.0),)),
    Station(("B", "A"), frozenset("B"), np.array([4.0])),
    alone("B", free=2),
)


class TestAnyHall:
    @settings(max_examples=40, deadline=None)
    @given(mixed_halls(), st.integers(1, 3))
    def test_everybody_with_a_ticket_is_told_ordered_times_within_bounds(
        self, people: list[Person], counters: int
    ) -> None:
        answer = found(people, *STATIONS[:counters])
        assert set(answer.tickets) == {one.ticket for one in people if one.ticket}
        for one in (*answer.tickets.values(), *answer.queues.values()):
            assert 0 <= one.p10 <= one.p50 <= one.p80 <= one.p90 <= LONGEST

    @settings(max_examples=40, deadline=None)
    @given(mixed_halls(), st.randoms())
    def test_the_order_in_which_people_are_read_changes_nothing(
        self, people: list[Person], random: Random
    ) -> None:
        here = [one for one in people if one.ticket]
        mixed = random.sample(here, len(here))
        assert found(mixed, *STATIONS) == found(here, *STATIONS)

    def test_of_two_who_came_back_to_the_same_place_the_lower_number_is_first(self) -> None:
        back = [
            Person(n, "A", lognormal(20, 0.6), order=0.0, since=0.0, due=0.0, returned=True) for n in (6, 7)
        ]
        answer = found(back[::-1], alone("A"))
        assert answer == found(back, alone("A"))
        assert answer.tickets[6].p50 < answer.tickets[7].p50

    @settings(max_examples=40, deadline=None)
    @given(mixed_halls(), st.floats(1, 30))
    def test_nobody_is_called_before_a_counter_is_free(self, people: list[Person], free: float) -> None:
        answer = found(people, alone("A", "B", free=free))
        assert all(one.p10 >= free for one in (*answer.tickets.values(), *answer.queues.values()))


def learned(plan: Plan) -> tuple[Learned, Learned]:
    """What eight days of log say, and the truth."""
    days = [simulated.play(plan, seed) for seed in range(8)]
    return learn(simulated.log(days), simulated.prior(plan)), simulated.truth(plan)


@pytest.mark.parametrize("plan", [POOL, MIXED], ids=["pool", "skills and bookings"])
def test_it_is_near_what_somebody_says_who_knows_the_true_distributions(plan: Plan) -> None:
    """Few days, so with room for a few bad ones; `tests.benchmarks.estimates` tells it more exactly."""
    ours, truth = learned(plan)
    told: list[Any] = []
    for seed in range(100, 112):
        day = simulated.play(plan, seed)
        for one in day.visitors[::12]:
            if one.called is None or one.called <= one.arrives:
                continue
            mine = _told(simulated.known(day, one.arrives, ours), one.id)
            best = _told(simulated.known(day, one.arrives, truth), one.id)
            told.append((one.called - one.arrives, mine, best, simulated.naive(day, one)))
    waited = np.array([one[0] for one in told])
    distance = {
        name: float(np.abs(np.array(values) - waited).mean())
        for name, values in {
            "ours": [one[1].p50 for one in told],
            "best": [one[2].p50 for one in told],
            "naive": [one[3] for one in told],
        }.items()
    }
    in_time, at_best = (
        float((waited <= np.array([one[column].p80 for one in told])).mean()) for column in (1, 2)
    )
    assert distance["ours"] <= 1.15 * distance["best"]
    assert distance["ours"] <= 0.85 * distance["naive"]
    assert 0.6 <= in_time <= 0.9
    assert abs(in_time - at_best) <= 0.08


def _told(known: simulated.Instant, ticket: int) -> WaitEstimate:
    return estimate(known.people, known.stations, known.manners, known.flows).tickets[ticket]


def test_people_are_told_steps_of_five_minutes_and_never_less_than_the_median() -> None:
    told = {WaitEstimate(0, a, b, 99): want for a, b, want in [
        (0, 0, (0, 0)), (1, 2.4, (0, 0)), (2, 4, (0, 5)), (3, 6, (5, 10)), (12, 21, (10, 25)), (14, 15, (15, 15)),
    ]}  # fmt: skip
    assert {one: shown_range(one) for one in told} == told
