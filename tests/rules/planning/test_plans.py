"""What plans promise whatever the numbers: never under the need, never over the hours, every booking once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.planning.offered_load import counters_needed, formula_plan
from models.rules.planning.shift_cover import CoverCase, Group, NoCover, cover, covered
from models.rules.planning.slot_fill import HIGH_LOAD, FillCase, fill
from models.rules.planning.staffing_tuning import Cancelled, Goal, PlayedDays, played_days, tune, tune_shifts
from models.rules.planning.susono import ASSUMPTIONS, example, scenes
from models.rules.planning.visit_rates import Rates
from models.rules.planning.weekday_split import OpenDay, TooFewHours, mean_wait, split
from models.rules.planning.weekday_table import read_weekday_table
from models.rules.planning.what_if import Scene, booked_count, fill_case, on_duty, play, with_slots
from tests.architecture.repository import ROOT, read

SHIFTS = {"whole": [1, 1, 0, 1, 1], "early": [1, 1, 1, 0, 0], "late": [0, 0, 1, 1, 1]}
NEEDS = st.lists(st.lists(st.integers(0, 9), min_size=5, max_size=5), min_size=1, max_size=3)
HANDLING = np.random.default_rng(1).lognormal(2.3, 0.6, 500)


@given(st.floats(0, 60), st.floats(0, 5), st.floats(0.2, 2))
def test_more_load_never_needs_fewer_counters(load, more, scv):
    fewest = counters_needed(load, 0.9, 10, 18, scv)
    assert counters_needed(load + more, 0.9, 10, 18, scv) >= fewest > load


@settings(deadline=None, max_examples=40)
@given(NEEDS)
def test_a_cover_is_never_under_what_is_required(required):
    case = CoverCase(0.5, required, SHIFTS)
    made = cover(case)
    assert (covered(case, made) >= np.array(required)).all()
    assert made.proven
    assert made.hours == 0.5 * covered(case, made).sum()


def test_limits_are_kept_and_a_cover_that_they_forbid_is_refused():
    case = CoverCase(1.0, [[2, 2, 2, 2, 2]], SHIFTS)
    free = cover(case)
    assert cover(replace(case, budget_hours=free.hours)).hours == free.hours
    part_timers = Group(["late"], max_per_day=1)
    assert cover(replace(case, groups=[part_timers])).counts[0].get("late", 0) <= 1
    trained = Group(["whole"], required=[[1, 0, 0, 0, 0]])
    assert cover(replace(case, groups=[trained])).counts[0]["whole"] >= 1
    for tight in (
        {"budget_hours": free.hours - 1},
        {"max_per_day": [2]},
        {"shifts": {"early": SHIFTS["early"]}},
    ):
        with pytest.raises(NoCover):
            cover(replace(case, **tight))


DAYS = st.lists(
    st.builds(OpenDay, st.integers(0, 900), st.sampled_from([240, 300, 390, 480])), min_size=1, max_size=5
)


@settings(deadline=None, max_examples=60)
@given(DAYS, st.floats(0, 200))
def test_a_split_is_never_over_the_hours_and_no_single_move_betters_it(days, more):
    try:
        found = split(days, 8.0, more)
    except TooFewHours as problem:
        found = split(days, 8.0, problem.hours)
        more = problem.hours
    assert found.hours <= more + 1e-6
    for place, day in enumerate(days):
        one_more = [count + (at == place) for at, count in enumerate(found.counters)]
        if found.hours + day.open_minutes / 60 <= more:
            assert mean_wait(days, one_more, 8.0) >= found.mean_wait - 1e-6


@pytest.mark.parametrize(
    ("hours", "counters"), [(1174, (27, 44, 6, 48, 28, 26)), (1209, (28, 44, 7, 50, 29, 26))]
)
def test_the_danish_week_comes_out_at_its_optimum(hours, counters):
    rows = read_weekday_table(read(str(ROOT / "tests/data/denmark_weekly.csv")))
    assert split([OpenDay(row.visits, row.open_minutes) for row in rows], 8.0, hours).counters == counters


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 60), st.floats(0, 1), st.integers(1, 6))
def test_every_booking_is_placed_exactly_once(bookings, weight, most):
    left = np.exp(-np.arange(120) / 15)
    case = FillCase(
        np.full(120, 0.1),
        np.full(120, 4.0),
        left,
        left,
        range(0, 100, 5),
        0.07,
        np.linspace(0, 1, 20).tolist(),
        weight,
        most,
    )
    if bookings > 20 * most:
        with pytest.raises(ValueError, match="do not fit"):
            fill(case, bookings)
        return
    starts = fill(case, bookings)
    assert sum(starts.values()) == bookings
    assert set(starts) <= set(case.starts)
    assert max(starts.values(), default=0) <= most


def test_who_does_not_come_takes_a_part_of_a_place():
    left = np.linspace(1, 0, 25)
    walk_ins = np.repeat([0.3, 0.1, 0.2, 0.0], 30)
    case = FillCase(walk_ins, np.full(145, 6.0), left, left, range(0, 100, 5), no_show=0.4)
    sure = replace(case, no_show=0.0, booked_left=0.6 * left)
    assert fill(case, 40) == fill(sure, 40)
    assert fill(case, 40) != fill(replace(case, no_show=0.0), 40)


def day(factor=1.0):
    rates = Rates({0: factor * np.array([6.0, 9.0, 8.0, 5.0, 3.0])}, 0.05, 0.1, 20)
    return rates, played_days(rates, 0, HANDLING, 30, Goal(0.9, 10), 200)


def test_tuned_counters_keep_every_half_hour_and_cost_no_more_than_the_formula_that_does():
    rates, days = day()
    start = formula_plan(rates.expected[0] / 30, 30, HANDLING, 0.9, 10)
    plan = tune(days, start)
    assert days.keeps(plan)
    assert sum(plan) <= sum(start) or not days.keeps(start)
    for slot, count in enumerate(plan):
        fewer = [one - (at == slot) for at, one in enumerate(plan)]
        assert count == 1 or not days.keeps(fewer)
    crowded, many = day(1.6)
    assert sum(tune(many, formula_plan(crowded.expected[0] / 30, 30, HANDLING, 0.9, 10))) >= sum(plan)


def test_two_counters_go_for_one_more_where_single_ones_cannot():
    rates = Rates({0: 1.3 * np.array([8.0, 2.0, 8.0, 2.0, 8.0])}, 0.05, 0.1, 20)
    days = played_days(rates, 0, HANDLING, 30, Goal(0.9, 10), 200)
    plan = tune(days, [5, 4, 5, 4, 5])
    assert not days.keeps([5, 3, 5, 4, 5])
    assert not days.keeps([5, 4, 5, 3, 5])
    assert days.keeps(plan)
    assert sum(plan) == 22


class Waited(PlayedDays):
    """Days on which everybody waits what stands for their handling, whatever the counters."""

    def waits(self, counters):
        return self.handling


@pytest.mark.parametrize(
    ("late", "keeps"),
    [((50, 50), True), ((84, 50), True), ((96, 50), False), ((50, 96), False), ((0, 110), False)],
)
def test_every_half_hour_keeps_its_share_and_not_by_luck_alone(late, keeps):
    """Of a thousand people in each half hour nine in ten are to be called: 85 late ones may be chance, 96 may not."""
    waits = np.concatenate([np.repeat([20.0, 0.0], (count, 1000 - count)) for count in late])
    days = Waited(np.repeat([1.0, 31.0], 1000)[None], waits[None], 30, 2, Goal(0.9, 10))
    assert days.keeps([1, 1]) == keeps


def test_played_days_differ_as_much_as_is_not_known_of_the_rates():
    def counts(day_cv, slot_cv):
        rates = Rates({0: np.array([60.0, 60.0])}, day_cv, slot_cv, 20)
        days = played_days(rates, 0, HANDLING, 30, Goal(0.9, 10), 2000)
        here = np.isfinite(days.arrivals)
        return np.array(
            [(here & (days.arrivals < 30)).sum(axis=1), (here & (days.arrivals >= 30)).sum(axis=1)]
        )

    known, days_differ, slots_differ = counts(0.0, 0.0), counts(0.3, 0.0), counts(0.0, 0.3)
    assert known[0].var() == pytest.approx(60, rel=0.15), "counting alone"
    for unsure in (days_differ, slots_differ):
        assert unsure.mean() == pytest.approx(60, rel=0.05)
        assert unsure[0].var() == pytest.approx(60 + (0.3 * 60) ** 2, rel=0.2)
    assert np.corrcoef(days_differ)[0, 1] > 0.7, "the whole day is crowded"
    assert abs(np.corrcoef(slots_differ)[0, 1]) < 0.1


def test_tuned_shifts_keep_every_half_hour_and_tuning_can_be_stopped():
    _, days = day()
    plan = tune(days, [4, 6, 6, 5, 4])
    made = tune_shifts(days, plan, SHIFTS)
    assert days.keeps([sum(count * SHIFTS[name][slot] for name, count in made.items()) for slot in range(5)])
    with pytest.raises(Cancelled):
        tune(days, [1, 1, 1, 1, 1], lambda part: False)


def test_half_booked_and_pre_filled_on_ten_counters_waits_as_measured_before():
    quarters = [1.8, 2.2, 2.7, 2.5, 1.8, 2.4, 2.3, 2.0, 1.5]
    profile = [one for one in quarters for _ in range(4)][:35]
    means = [48.071, 28.041, 40.059, 25.037, 16.024]
    scene = Scene(161, profile, [0.35, 0.15, 0.15, 0.15, 0.2], means, 10, 525.0, 0.5, 0.8)
    waits = play(with_slots(scene), 150)
    assert 3.0 < waits.mean < 5.5
    assert waits.walk_in.mean > 3 * waits.booked.mean
    assert 0.75 < waits.on_time < 0.86
    assert play(with_slots(replace(scene, counters=7)), 60).mean > waits.mean + 5


def test_the_example_of_susono_comes_out_with_its_assumptions():
    fewer = example("everybody_prefilled_fewer_counters", 150)
    assert 53 < fewer.before.mean < 66
    assert 1.1 < fewer.before.load < 1.25
    assert 13 < fewer.after.mean < 18
    part = example("booked_and_prefilled", 150).after
    assert 10 < part.mean < 15
    assert any(one.known for one in ASSUMPTIONS)
    assert not all(one.known for one in ASSUMPTIONS)


def test_booking_alone_waits_as_measured_before_while_the_last_time_leaves_time_to_work():
    """The measured day (28.6 minutes, walk-ins 82) ends its booked times twenty minutes before closing."""
    alone = example("booked_alone", 200).after
    assert abs(alone.mean - 28.6) < 1.3 * alone.every.within
    assert abs(alone.walk_in.mean - 82) < 1.3 * alone.walk_in.within
    assert alone.load > HIGH_LOAD
    scene = scenes()["booked_alone"]
    to_the_end = play(with_slots(replace(scene, starts=None, last_booking=0.0)), 200)
    assert to_the_end.mean + to_the_end.every.within < alone.mean


SCENES = st.builds(
    Scene,
    visitors=st.floats(20, 90),
    profile=st.just([1.0, 2.0, 3.0, 2.0] * 5),
    mix=st.just([0.6, 0.4]),
    means=st.just([12.0, 25.0]),
    counters=st.integers(2, 6),
    closes=st.just(300.0),
    booked=st.sampled_from([0.0, 0.3, 0.6]),
    prefilled_walk_in=st.sampled_from([0.0, 0.5]),
)


@settings(deadline=None, max_examples=15)
@given(SCENES)
def test_one_counter_more_never_makes_people_wait_longer(scene):
    starts = fill(fill_case(scene), booked_count(scene))
    few, more = (
        play(replace(scene, starts=starts, counters=count, team=[count] * 10), 20)
        for count in (scene.counters, scene.counters + 1)
    )
    assert more.mean <= few.mean
    assert more.walk_in.mean <= few.walk_in.mean
    assert more.booked.mean <= few.booked.mean + 0.5
    for one in (few.every, few.walk_in, few.booked):
        assert 0 <= one.p50 <= one.p90


def test_a_team_that_lunches_by_turns_is_the_same_hall_as_its_half_hours():
    scene = Scene(60, [1.0] * 20, [1.0], [15.0], 3, 300.0)
    with_team = replace(scene, team=[3, 3, 2, 1, 3, 3, 3, 3, 3, 3])
    assert [len(one.duty) for one in on_duty(with_team)] == [1, 2, 2]
    assert play(with_team, 20).mean > play(replace(scene, team=[3] * 10), 20).mean
