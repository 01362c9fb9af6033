"""Wait estimates: how near the truth, beside somebody who knows the true distributions, and what a hall costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from models.rules.planning.handling_times import Learned, learn, lognormal
from models.rules.planning.waits import Found, Manners, Person, Station, WaitEstimate, estimate
from tests.rules.planning import simulated_hall as simulated
from tests.rules.planning.simulated_hall import MIXED, POOL, Day, Plan, Visitor

LOG_DAYS, DAYS, EVERY = 40, 20, 3
LEAST_WAIT = 1.0
"""Minutes: whoever is called at once needs no estimate."""
ROUNDS = 15
Teller = Callable[[Day, Visitor], tuple[float, float]]


def main() -> None:
    """Print both tables."""
    print(f"{'minutes':46}{'MAE':>8}{'to best':>9}{'bias':>8}{'in P80':>9}   (mean wait, people)")
    for name, plan in (("pool of 8, walk-ins", POOL), ("skills, 35 % booked", MIXED)):
        _accuracy(name, plan)
    print(f"\n{'one hall':46}{'ms':>8}{'least ms':>9}")
    for name, people, stations in _halls():
        _cost(name, people, stations)


def _accuracy(name: str, plan: Plan) -> None:
    days = [simulated.play(plan, seed) for seed in range(LOG_DAYS)]
    prior = simulated.prior(plan)
    tellers: dict[str, Teller] = {
        "true distributions (best)": _by(simulated.truth(plan)),
        f"learned from {LOG_DAYS} days": _by(learn(simulated.log(days), prior)),
        "catalogue only, first day": _by(learn([], prior)),
        "catalogue 40 % too short": _by(learn([], simulated.prior(plan, 0.6))),
        "position x mean / counters": lambda day, one: (simulated.naive(day, one),) * 2,
    }
    asked = [
        (day, one)
        for day in (simulated.play(plan, seed) for seed in range(1000, 1000 + DAYS))
        for one in day.visitors[::EVERY]
        if one.called is not None and one.called - one.arrives >= LEAST_WAIT
    ]
    waited = np.array([(one.called or 0.0) - one.arrives for _, one in asked])
    best = 0.0
    for teller, tell in tellers.items():
        told = np.array([tell(day, one) for day, one in asked])
        distance = float(np.abs(told[:, 0] - waited).mean())
        best = best or distance
        in_time = float((waited <= told[:, 1]).mean())
        bias = float((told[:, 0] - waited).mean())
        print(
            f"{name + ': ' + teller if teller.startswith('true') else '  ' + teller:46.46}"
            f"{distance:>8.2f}{distance / best:>9.2f}{bias:>+8.2f}{in_time:>9.0%}"
            f"   ({waited.mean():.1f}, {len(asked)})",
            flush=True,
        )


def _by(learned: Learned) -> Teller:
    def tell(day: Day, one: Visitor) -> tuple[float, float]:
        known = simulated.known(day, one.arrives, learned)
        answer: Found = estimate(known.people, known.stations, known.manners, known.flows)
        found: WaitEstimate = answer.tickets[one.id]
        return found.p50, found.p80

    return tell


def _halls() -> Sequence[tuple[str, list[Person], list[Station]]]:
    skills = [
        ("A", "B"),
        ("B", "C", "A"),
        ("C", "B", "A"),
        ("D", "A"),
        ("F", "G"),
        ("H", "G", "F"),
        ("K", "A"),
        ("S",),
    ]
    pool = [("A",)] * len(skills)
    return [
        ("60 waiting, pool of 8", _people(60, "A"), _stations(pool)),
        ("60 waiting, 8 counters, 9 queues", _people(60, "ABCDFGHKS"), _stations(skills)),
        ("the same with 15 booked", [*_people(60, "ABCDFGHKS"), *_booked(15)], _stations(skills)),
        ("15 waiting, 15 booked", [*_people(15, "ABCDFGHKS"), *_booked(15)], _stations(skills)),
        ("400 waiting, pool of 8", _people(400, "A"), _stations(pool)),
    ]


def _people(count: int, queues: str) -> list[Person]:
    takes = lognormal(15, 0.6)
    return [
        Person(n, queues[n % len(queues)], takes, order=-40 + n / 20, since=-40 + n / 20)
        for n in range(1, count + 1)
    ]


def _booked(count: int) -> list[Person]:
    takes, arrives = lognormal(15, 0.6), np.arange(-10.0, 10.0)
    return [
        Person(0, "BCDFGHK"[n % 7], takes, due=6.0 * n, arrives=arrives + 6.0 * n, comes=0.9)
        for n in range(count)
    ]


def _stations(skills: Sequence[tuple[str, ...]]) -> list[Station]:
    firsts = {queues[0] for queues in skills}
    return [
        Station(queues, frozenset((queues[0], *(set(queues) - firsts))), lognormal(8, 0.6), 1000 + number)
        for number, queues in enumerate(skills)
    ]


def _cost(name: str, people: list[Person], stations: list[Station]) -> None:
    manners = Manners(dict.fromkeys("ABCDFGHKS", 15.0), 45.0, 2, {})
    took = []
    for _ in range(ROUNDS):
        begins = time.process_time()
        estimate(people, stations, manners)
        took.append((time.process_time() - begins) * 1000)
    print(f"{name:46}{median(took):>8.1f}{min(took):>9.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
