"""Forecasts two months ahead of made halls, beside the mean they were drawn from and beside naive forecasts.

A series is two years of a hall of about 170 people a day: weekdays, holidays, ends of months, the moving season, a
year's wave, a drift, a level that wanders, one rush that nobody announced, a chance of its own for every day, and
counting. The wave is smooth or each month has its own. Forecast are September and October from 17 months, and March and
April from 23. `python -m tests.benchmarks.forecast [SERIES]`.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from random import Random
from statistics import fmean, stdev

import numpy as np

from models.rules.planning.calendar_features import NAMES, Openings, features
from models.rules.planning.forecast import Expected, learn_days

FIRST, LENGTH = date(2023, 4, 3), 770
OPENINGS = Openings(frozenset(range(5)))
SEASONS = {
    "September and October": (date(2024, 9, 1), date(2024, 10, 31)),
    "March and April": (date(2025, 3, 1), date(2025, 4, 30)),
}
Counts = Mapping[date, float]
Teller = Callable[[date], Expected]


def main(series: int = 24) -> None:
    """Print the table."""
    made = [_made(seed, own_months=seed % 2 == 1) for seed in range(series)]
    print(f"{'WAPE, %':34}{'mean':>8}{'+- of it':>10}{'a series':>10}{'P10-P90':>9}{'ms':>7}")
    for name, (begins, ends) in SEASONS.items():
        print(f"{name}, {series} series")
        for method, learn in METHODS.items():
            _row(method, [_scored(hall, learn, begins, ends) for hall in made])


def _row(method: str, found: list[tuple[float, float | None, float]]) -> None:
    errors = [100 * error for error, _, _ in found]
    inside = [share for _, share, _ in found if share is not None]
    covered = f"{fmean(inside):>9.0%}" if inside else f"{'-':>9}"
    spent, apart = fmean(spent for _, _, spent in found), stdev(errors)
    unsure = apart / math.sqrt(len(errors))
    print(
        f"  {method:32}{fmean(errors):>8.1f}{unsure:>10.1f}{apart:>10.1f}{covered}{spent:>7.1f}", flush=True
    )


def _scored(
    hall: tuple[Counts, Counts], learn: Callable[[Counts, Counts], Teller], begins: date, ends: date
) -> tuple[float, float | None, float]:
    """WAPE, the share of days in the band (None: the method has none), milliseconds."""
    came, means = hall
    begun = time.perf_counter()
    tell = learn({day: count for day, count in came.items() if day < begins}, means)
    days = [day for day in came if begins <= day <= ends]
    told = [tell(day) for day in days]
    spent = 1000 * (time.perf_counter() - begun)
    true = [came[day] for day in days]
    error = sum(abs(one.p50 - count) for one, count in zip(told, true, strict=True)) / sum(true)
    inside = [one.p10 <= count <= one.p90 for one, count in zip(told, true, strict=True)]
    return error, fmean(inside) if told[0].p10 < told[0].p90 else None, spent


def _same(middle: float) -> Expected:
    return Expected(middle, middle, middle)


def _mean_of_four(came: Counts, _: Counts) -> Teller:
    return lambda day: _same(
        fmean([came[one] for one in sorted(came) if one.weekday() == day.weekday()][-4:])
    )


def _last_week(came: Counts, _: Counts) -> Teller:
    return lambda day: _same([came[one] for one in sorted(came) if one.weekday() == day.weekday()][-1])


def _last_year(came: Counts, _: Counts) -> Teller:
    """The day 364 days before (a neighbouring week's where that was closed), times the change of the last 8 weeks."""
    last = max(came)
    newest = [(came[day], came.get(day - timedelta(364))) for day in came if day > last - timedelta(56)]
    pairs = [(now, then) for now, then in newest if then]
    level = sum(now for now, _ in pairs) / sum(then for _, then in pairs) if pairs else 1.0

    def tell(day: date) -> Expected:
        then = (came.get(day - timedelta(away)) for away in (364, 371, 357))
        return _same(level * next((count for count in then if count), 0.0))

    return tell


METHODS: Mapping[str, Callable[[Counts, Counts], Teller]] = {
    "the mean it was drawn from (best)": lambda _, means: lambda day: _same(means[day]),
    "maeniwa study forecast": lambda came, _: learn_days(came).on,
    "a year before x level": _last_year,
    "mean of the last 4 weekdays": _mean_of_four,
    "the weekday of the last week": _last_week,
}


def _made(seed: int, *, own_months: bool) -> tuple[Counts, Counts]:
    """What came on each open day, and what was expected of it by somebody who knows everything but chance."""
    random, counting = Random(7 * seed + 1), np.random.default_rng(seed)
    weekdays = [random.uniform(low, low + 0.2) for low in (1.1, 0.9, 0.82, 0.88, 0.98)]
    wave = [random.uniform(0, 2 * math.pi), random.uniform(0, 2 * math.pi)]
    months = [random.uniform(-0.08, 0.08) for _ in range(12)]
    effects = _effects(random)
    base, noise, drift = random.uniform(150, 200), random.uniform(0.05, 0.07), random.uniform(-0.12, 0.06)
    rush, height = random.randrange(30, 730), random.uniform(0.15, 0.35)
    level = swing = 0.0
    came, means = {}, {}
    for number in range(LENGTH):
        day = FIRST + timedelta(days=number)
        level += random.gauss(0, 0.006)
        swing = random.gauss(0, 0.04) if number % 21 == 0 else swing
        if not OPENINGS.open_on(day):
            continue
        turn = 2 * math.pi * day.timetuple().tm_yday / 365
        smooth = 0.06 * math.cos(turn + wave[0]) + 0.04 * math.cos(2 * turn + wave[1])
        height_now = height if rush <= number < rush + 10 else 0.0
        known = sum(effects[name] * value for name, value in _named(day).items() if name in effects)
        log = math.log(weekdays[day.weekday()]) + (months[day.month - 1] if own_months else smooth)
        log += known + drift * number / 365 + level + swing + height_now
        means[day] = base * math.exp(log)
        came[day] = float(counting.poisson(means[day] * math.exp(random.gauss(0, noise))))
    return came, means


def _effects(random: Random) -> dict[str, float]:
    """The logarithms of what days of the calendar have over others."""
    moving, ends, after = random.uniform(0.35, 0.7), random.uniform(0.08, 0.25), random.uniform(0.08, 0.25)
    return {
        "before 30 March": moving, "after 30 March": moving, "last three days of the month": ends,
        "last day of the month": 0.3 * ends, "first two days of the month": random.uniform(0, 0.1),
        "after a holiday": after, "after days closed": 0.5 * after, "Obon": -0.1,
        "days before the year's end": 0.08,
    }  # fmt: skip


@cache
def _named(day: date) -> dict[str, float]:
    return dict(zip(NAMES, features(day, OPENINGS), strict=True))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
