"""Staffing: hours, service in played days and time, of plans by formulas and by playing, from a log of 8 weeks.

`python -m tests.benchmarks.staffing [VISITS.csv.gz]`: people x mean handling / 30 minutes, pyworkforce (where it can be
imported; it is no dependency), Erlang C from the first stable number, modified offered load, the same with the
uncertainty of the rates (the manager's page), and tuned. A played log is judged with the rates it was drawn from, a
file (`arrived_at,handling_min`) with the rates it shows.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from models.rules.planning import erlang
from models.rules.planning.offered_load import formula_plan
from models.rules.planning.simulation import lognormal
from models.rules.planning.staffing_tuning import Goal, played_days, tune
from models.rules.planning.visit_rates import Rates, Seen, learn_rates
from models.rules.planning.week_load import Piece, Wanted, counters_needed, day_loads
from scheduler.commands.studying.counters import read_visits

WEEK = (240.0, 180.0, 170.0, 190.0, 220.0)
SHAPE = np.array([3, 5, 6, 7, 8, 7, 6, 5, 5, 5, 6, 7, 6, 6, 5, 5, 4, 2], dtype=np.float64)
GOAL = Goal(0.9, 10.0)
SLOT = 30
JUDGED = 2000
Planner = Callable[[int], Sequence[int]]


def main(visits: Path | None = None) -> None:
    """Print the table."""
    if visits is None:
        truth, seen = _played_log()
        rates = learn_rates(seen)
    else:
        seen = read_visits(visits)
        rates = learn_rates(seen)
        truth = replace(rates, day_cv=0.0, slot_cv=0.0)
    erlang_c = _pyworkforce()
    if erlang_c is None:
        print("pyworkforce is not installed: its row is left out (pip install pyworkforce, elsewhere)")
    planners: dict[str, Planner] = {
        "people x mean handling / 30, rounded up": lambda day: _divided(rates, day, seen)
    }
    if erlang_c is not None:
        planners["pyworkforce ErlangC by slot"] = lambda day: _theirs(erlang_c, rates, day, seen)
    planners |= {
        "Erlang C by slot, from floor(load) + 1": lambda day: _by_slot(rates, day, seen),
        "modified offered load": lambda day: _formula(rates, day, seen),
        "the same, rates uncertain (the page's)": lambda day: _week_load(rates, day, seen),
        "tuned by playing": lambda day: tune(
            played_days(rates, day, seen.handling, SLOT, GOAL), _formula(rates, day, seen)
        ),
    }
    print(f"{'':42}{'hours':>8}{'in time':>9}{'worst':>8}{'mean wait':>11}{'s':>9}")
    for name, planner in planners.items():
        begun = time.perf_counter()
        plans = {day: planner(day) for day in rates.expected}
        _judge(name, plans, truth, seen, time.perf_counter() - begun)


def _judge(name: str, plans: dict[int, Sequence[int]], truth: Rates, seen: Seen, spent: float) -> None:
    played = {day: played_days(truth, day, seen.handling, SLOT, GOAL, JUDGED) for day in plans}
    waits = np.concatenate([played[day].waits(plan).ravel() for day, plan in plans.items()])
    waits = waits[np.isfinite(waits)]
    worst = min(float(played[day].shares(plan).min()) for day, plan in plans.items())
    hours = sum(map(sum, plans.values())) * SLOT / 60
    inside = float((waits <= GOAL.within).mean())
    print(f"{name:42}{hours:>8.1f}{inside:>9.3f}{worst:>8.3f}{waits.mean():>11.2f}{spent:>9.3f}", flush=True)


def _played_log() -> tuple[Rates, Seen]:
    """The rates of a week, and a log of eight weeks drawn from them."""
    random = np.random.default_rng(11)
    truth = Rates({day: count * SHAPE / SHAPE.sum() for day, count in enumerate(WEEK)}, 0.0, 0.0, 40)
    days = {
        date(2026, 9, 7) + timedelta(weeks=week, days=day): random.poisson(truth.expected[day]).tolist()
        for week in range(8)
        for day in range(5)
    }
    return truth, Seen(days, lognormal(random, 18.0, 0.8, (8000,)), 510)


def _pyworkforce() -> Any:
    """The library's ErlangC; None where it is not installed."""
    try:
        return import_module("pyworkforce.queuing").ErlangC
    except ImportError:
        return None


def _theirs(erlang_c: Any, rates: Rates, day: int, seen: Seen) -> list[int]:
    mean = float(seen.handling.mean())
    return [
        int(
            erlang_c(transactions=float(people), asa=GOAL.within, aht=mean, interval=SLOT).required_positions(
                service_level=GOAL.share
            )["positions"]
        )
        for people in rates.expected[day]
    ]


def _divided(rates: Rates, day: int, seen: Seen) -> list[int]:
    mean = float(seen.handling.mean())
    return [max(1, math.ceil(float(people) * mean / SLOT)) for people in rates.expected[day]]


def _formula(rates: Rates, day: int, seen: Seen) -> list[int]:
    return formula_plan(rates.expected[day] / SLOT, SLOT, seen.handling, GOAL.share, GOAL.within)


def _week_load(rates: Rates, day: int, seen: Seen) -> list[int]:
    mean = float(seen.handling.mean())
    shape = seen.handling / mean
    wanted = Wanted(GOAL.share, GOAL.within, float(shape.var()), math.hypot(rates.day_cv, rates.slot_cv))
    pieces = [
        Piece(at * SLOT, (at + 1) * SLOT, float(people), mean)
        for at, people in enumerate(rates.expected[day])
    ]
    return [max(1, counters_needed(load.whole, mean, wanted)) for load in day_loads(pieces, shape)]


def _by_slot(rates: Rates, day: int, seen: Seen) -> list[int]:
    mean = float(seen.handling.mean())
    return [
        max(1, erlang.counters_needed(60 * float(people) / SLOT, mean, GOAL.share, GOAL.within))
        for people in rates.expected[day]
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
