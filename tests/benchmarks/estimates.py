"""Wait estimates: how near the truth, beside somebody who knows the true distributions, and what a hall costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
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
NAIVE = "position x mean / counters"
BOOKED = replace(POOL, booked=0.35)
Teller = Callable[[Day, Visitor], WaitEstimate]


def main() -> None:
    """Print both tables."""
    print(
        f"{'minutes':46}{'MAE':>8}{'to best':>9}{'RMSE':>8}{'bias':>8}{'to P80':>8}{'P10-P90':>9}{'ms':>6}"
        "   (mean wait, people)"
    )
    for name, plan in (
        ("pool of 8, walk-ins", POOL),
        ("pool of 8, 35 % booked", BOOKED),
        ("skills, 35 % booked", MIXED),
    ):
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
        NAIVE: lambda day, one: WaitEstimate(*[simulated.naive(day, one)] * 4),
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
        begun = time.perf_counter()
        told = [tell(day, one) for day, one in asked]
        spent = 1000 * (time.perf_counter() - begun) / len(asked)
        apart = np.array([one.p50 for one in told]) - waited
        distance = float(np.abs(apart).mean())
        best = best or distance
        pairs = list(zip(told, waited, strict=True))
        in_time = np.mean([wait <= one.p80 for one, wait in pairs])
        inside = np.mean([one.p10 <= wait <= one.p90 for one, wait in pairs])
        covered = f"{in_time:>8.0%}{inside:>9.0%}" if teller != NAIVE else f"{'-':>8}{'-':>9}"
        print(
            f"{name + ': ' + teller if teller.startswith('true') else '  ' + teller:46.46}"
            f"{distance:>8.2f}{distance / best:>9.2f}{float((apart**2).mean()) ** 0.5:>8.2f}{apart.mean():>+8.2f}"
            f"{covered}{spent:>6.1f}   ({waited.mean():.1f}, {len(asked)})",
            flush=True,
        )


def _by(learned: Learned) -> Teller:
    def tell(day: Day, one: Visitor) -> WaitEstimate:
        known = simulated.known(day, one.arrives, learned)
        answer: Found = estimate(known.people, known.stations, known.manners, known.flows)
        return answer.tickets[one.id]

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
