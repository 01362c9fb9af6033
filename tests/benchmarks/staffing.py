"""Staffing: hours, service in played days and time, of plans by formulas and by playing, from a played log of 8 weeks.

`python -m tests.benchmarks.staffing`: Erlang C by slot beginning at round(load + 1) as pyworkforce documents it, Erlang
C from the first stable number, modified offered load, and tuned. Judged with the rates the log was drawn from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from models.rules.planning import erlang
from models.rules.planning.offered_load import formula_plan
from models.rules.planning.simulation import lognormal
from models.rules.planning.staffing_tuning import Goal, played_days, tune
from models.rules.planning.visit_rates import Rates, Seen, learn_rates

WEEK = (240.0, 180.0, 170.0, 190.0, 220.0)
SHAPE = np.array([3, 5, 6, 7, 8, 7, 6, 5, 5, 5, 6, 7, 6, 6, 5, 5, 4, 2], dtype=np.float64)
GOAL = Goal(0.9, 10.0)
SLOT = 30
JUDGED = 2000
Planner = Callable[[int], Sequence[int]]


def main() -> None:
    """Print the table."""
    random = np.random.default_rng(11)
    truth = Rates({day: count * SHAPE / SHAPE.sum() for day, count in enumerate(WEEK)}, 0.0, 0.0, 40)
    days = {
        date(2026, 9, 7) + timedelta(weeks=week, days=day): random.poisson(truth.expected[day]).tolist()
        for week in range(8)
        for day in range(5)
    }
    handling = lognormal(random, 18.0, 0.8, (8000,))
    rates = learn_rates(Seen(days, handling, 510))

    def formula(day: int) -> list[int]:
        return formula_plan(rates.expected[day] / SLOT, SLOT, handling, GOAL.share, GOAL.within)

    planners: dict[str, Planner] = {
        "Erlang C by slot, from round(load + 1)": lambda day: _by_slot(rates, day, handling, _rounded),
        "Erlang C by slot, from floor(load) + 1": lambda day: _by_slot(rates, day, handling, _first_stable),
        "modified offered load": formula,
        "tuned by playing": lambda day: tune(played_days(rates, day, handling, SLOT, GOAL), formula(day)),
    }
    print(f"{'':42}{'hours':>8}{'in time':>9}{'worst':>8}{'mean wait':>11}{'s':>9}")
    for name, planner in planners.items():
        begun = time.perf_counter()
        plans = {day: planner(day) for day in range(5)}
        spent = time.perf_counter() - begun
        played = {day: played_days(truth, day, handling, SLOT, GOAL, JUDGED) for day in range(5)}
        waits = np.concatenate([played[day].waits(plans[day]).ravel() for day in range(5)])
        waits = waits[np.isfinite(waits)]
        worst = min(float(played[day].shares(plans[day]).min()) for day in range(5))
        hours = sum(map(sum, plans.values())) * SLOT / 60
        inside = float((waits <= GOAL.within).mean())
        print(
            f"{name:42}{hours:>8.1f}{inside:>9.3f}{worst:>8.3f}{waits.mean():>11.2f}{spent:>9.3f}", flush=True
        )


def _by_slot(rates: Rates, day: int, handling: np.ndarray, first: Callable[[float], int]) -> list[int]:
    mean = float(handling.mean())
    found = []
    for people in rates.expected[day]:
        per_hour = 60 * float(people) / SLOT
        count = first(erlang.offered_load(per_hour, mean))
        while erlang.share_within(count, per_hour, mean, GOAL.within) < GOAL.share:
            count += 1
        found.append(count)
    return found


def _rounded(load: float) -> int:
    return round(load + 1)


def _first_stable(load: float) -> int:
    return int(load) + 1


if __name__ == "__main__":
    main()
