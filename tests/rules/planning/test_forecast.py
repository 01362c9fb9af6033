"""The forecast: never negative, nothing on closed days, the calendar learned from days made with one."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.holidays import holiday_name
from models.rules.planning.calendar_features import NAMES, Openings, features
from models.rules.planning.forecast import CLOSED, Expected, half_hours, learn_days, weekday_profile

FIRST = date(2024, 4, 1)
WEEKDAYS = Openings(frozenset(range(5)))


def made(length, level=200.0, seed=1, noise=0.06):
    """Days of a city hall: weekdays, a moving season, days after a holiday."""
    random, found = Random(seed), {}
    for number in range(length):
        day = FIRST + timedelta(days=number)
        if WEEKDAYS.open_on(day):
            found[day] = round(expected(day, level) * math.exp(random.gauss(0, noise)))
    return found


def expected(day, level=200.0):
    moving = max(0.0, 1 - abs((day - date(day.year, 3, 30)).days) / 20)
    after = 1.2 if not WEEKDAYS.open_on(day - timedelta(days=1)) and day.weekday() else 1.0
    return level * (1.25, 1, 0.9, 0.95, 1.1, 0, 0)[day.weekday()] * (1 + 0.8 * moving) * after


def wape(forecast, days, level=200.0):
    open_days = [day for day in days if WEEKDAYS.open_on(day)]
    wrong = sum(abs(forecast.on(day).p50 - expected(day, level)) for day in open_days)
    return wrong / sum(expected(day, level) for day in open_days)


def ahead(length, days=60):
    return [FIRST + timedelta(days=length + number) for number in range(days)]


def test_two_years_tell_the_moving_season_and_the_weekdays():
    assert wape(learn_days(made(700)), ahead(700)) < 0.1


def test_one_rush_nobody_announced_bends_neither_the_months_after_it_nor_its_season_a_year_later():
    days = made(700)
    rush = {
        day: count * (2 if date(2025, 11, 10) <= day <= date(2025, 11, 21) else 1)
        for day, count in days.items()
    }
    with_it, without = learn_days(rush), learn_days(days)
    assert wape(with_it, ahead(700)) < 0.1
    november = [date(2026, 11, day) for day in range(1, 31) if WEEKDAYS.open_on(date(2026, 11, day))]
    bent = sum(abs(with_it.on(day).p50 / without.on(day).p50 - 1) for day in november) / len(november)
    assert bent < 0.06


def test_a_new_level_goes_on():
    moved = {
        day: count * (0.8 if day > FIRST + timedelta(days=560) else 1) for day, count in made(700).items()
    }
    assert wape(learn_days(moved), ahead(700), level=160.0) < 0.12


def test_with_less_than_a_year_weekdays_are_told_apart():
    forecast = learn_days(made(90))
    assert wape(forecast, ahead(90)) < 0.12
    monday, wednesday = (forecast.on(date(2024, 7, day)) for day in (8, 10))
    assert monday.p50 > wednesday.p50 * 1.2


def test_with_less_than_a_year_only_the_day_after_a_holiday_has_more_than_its_weekday():
    forecast = learn_days(made(30))
    after, usual = forecast.on(date(2024, 5, 7)).p50, forecast.on(date(2024, 5, 14)).p50
    assert after == pytest.approx(1.15 * usual), "the sixth of May is a holiday"
    mondays = {forecast.on(date(2024, 5, 13) + timedelta(weeks=week)).p50 for week in range(3)}
    assert len(mondays) == 1, "a weekend is no holiday"


def test_one_day_is_enough_and_none_is_not():
    assert learn_days({FIRST: 10.0}).on(FIRST + timedelta(days=7)).p50 == 10
    with pytest.raises(ValueError):
        learn_days({FIRST: 0.0})


def test_closed_days_are_zero_and_a_hall_that_opens_on_holidays_is_not_closed():
    forecast = learn_days(made(400))
    closed = [day for day in ahead(400, 250) if day.weekday() > 4 or holiday_name(day)]
    assert {forecast.on(day) for day in closed} == {CLOSED}
    always = learn_days({FIRST + timedelta(days=number): 50.0 for number in range(400)})
    assert always.on(date(2026, 1, 1)).p50 > 0


def test_more_than_half_of_the_days_lie_between_the_percentiles():
    days = made(620, noise=0.1)
    last = FIRST + timedelta(days=550)
    forecast = learn_days({day: count for day, count in days.items() if day < last})
    later = [day for day in days if day >= last]
    inside = sum(forecast.on(day).p10 <= days[day] <= forecast.on(day).p90 for day in later)
    assert 0.65 <= inside / len(later) <= 1


def wandering(length, seed):
    """The same days where the level of a month is not that of the month before."""
    random, found, level = Random(seed), {}, 0.0
    for number in range(length):
        day = FIRST + timedelta(days=number)
        if day.day == 1:
            level = 0.5 * level + random.gauss(0, 0.07)
        if WEEKDAYS.open_on(day):
            found[day] = round(expected(day) * math.exp(level + random.gauss(0, 0.08)))
    return found


def test_eight_in_ten_of_the_days_ahead_lie_between_the_percentiles_where_levels_wander():
    last, inside = FIRST + timedelta(days=560), []
    for seed in range(10):
        days = wandering(620, seed)
        forecast = learn_days({day: count for day, count in days.items() if day < last})
        later = {day: forecast.on(day) for day in days if day >= last}
        inside += [one.p10 <= days[day] <= one.p90 for day, one in later.items()]
    assert 0.78 <= sum(inside) / len(inside) <= 0.88


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=40).filter(any),
    st.integers(0, 800),
    st.sampled_from([1, 11]),
)
def test_it_is_never_negative_and_its_percentiles_are_in_order(counts, distance, step):
    history = {FIRST + timedelta(days=step * number): float(count) for number, count in enumerate(counts)}
    found = learn_days(history).on(FIRST + timedelta(days=distance))
    assert 0 <= found.p10 <= found.p50 <= found.p90 < math.inf


def test_every_feature_has_a_name():
    for number in range(800):
        assert len(features(FIRST + timedelta(days=number), WEEKDAYS)) == len(NAMES)


def test_a_gap_is_a_weekday_that_was_closed_and_not_a_weekend():
    named = dict(zip(NAMES, features(date(2026, 11, 24), WEEKDAYS), strict=True))
    assert (named["after a holiday"], named["before a holiday"]) == (1, 0)
    named = dict(zip(NAMES, features(date(2026, 11, 30), WEEKDAYS), strict=True))
    assert (named["after a holiday"], named["last day of the month"]) == (0, 1)


class TestHalfHours:
    def test_they_add_up_to_the_day_and_are_less_certain_than_it(self):
        day = Expected(80, 100, 125)
        found = half_hours(day, [1, 3, 2, 0])
        assert sum(one.p50 for one in found) == pytest.approx(100)
        assert found[3].p50 == 0
        assert all(0 <= one.p10 <= one.p50 <= one.p90 for one in found)
        busiest = found[1]
        assert (busiest.p90 - busiest.p10) / busiest.p50 > (day.p90 - day.p10) / day.p50
        assert half_hours(CLOSED, [1, 2]) == [CLOSED, CLOSED]

    @pytest.mark.parametrize("share", [0.02, 0.2])
    def test_a_half_hour_is_never_surer_than_counting_and_its_own_share_allow(self, share):
        found = half_hours(Expected(100, 100, 100), [share, 1 - share])[0]
        counting, own = found.p50, (0.1 * found.p50) ** 2
        assert found.p50 == pytest.approx(100 * share)
        assert found.p90 - found.p50 >= 1.28 * math.sqrt(counting + own)
        assert found.p90 - found.p50 <= 1.5 * math.sqrt(counting + own)

    def test_a_profile_is_shares_of_one_and_leans_on_the_week(self):
        found = weekday_profile({0: [10, 30], 1: [0, 0], 2: [3, 1]})
        assert all(sum(row) == pytest.approx(1) for row in found.values())
        assert found[1][1] > found[1][0]
        assert all(one <= other for one, other in pairwise(sorted(found[0])))
        assert weekday_profile({}) == {}
