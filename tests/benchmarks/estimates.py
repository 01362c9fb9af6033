"""Wait estimates: how near the truth, beside somebody who knows the true distributions, and what a hall costs.

With the word `logs`: how much the log matters from which it was learned.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from models.rules.planning.handling_times import Learned, learn, lognormal
from models.rules.planning.waits import Found, Manners, Person, Station, WaitEstimate, estimate
from tests.rules.planning import simulated_hall as simulated
from tests.rules.planning.simulated_hall import MIXED, POOL, Day, Plan, Visitor

LOG_DAYS, DAYS, EVERY = 40, 60, 3
LOGS = (0, 200, 400)
ROUNDS = 15
LEAST_BAND = 1.0
"""Minutes: whose 90th percentile is below it is not asked."""
NAIVE = "position x mean / counters"
BOOKED = replace(POOL, booked=0.35)
Teller = Callable[[Day, Visitor], WaitEstimate]
Asked = Sequence[tuple[Day, Visitor]]
Told = Sequence[WaitEstimate]
HALLS = (("pool of 8, walk-ins", POOL), ("pool of 8, 35 % booked", BOOKED), ("skills, 35 % booked", MIXED))
BEST = "true distributions (best)"


def main(words: Sequence[str] = ()) -> None:
    """Print both tables, or the one of several logs."""
    print(
        f"{'minutes':46}{'MAE':>8}{'to best':>9}{'RMSE':>8}{'bias':>8}{'to P80':>13}{'P10-P90':>13}{'ms':>6}"
        "   (mean wait, people)"
    )
    for name, plan in HALLS:
        for first in LOGS if "logs" in words else LOGS[:1]:
            _accuracy(name, plan, first, few="logs" in words)
    if "logs" in words:
        return
    print(f"\n{'one hall':46}{'ms':>8}{'least ms':>9}")
    for name, people, stations in _halls():
        _cost(name, people, stations)


def _accuracy(name: str, plan: Plan, first: int, few: bool) -> None:
    days = [simulated.play(plan, first + day) for day in range(LOG_DAYS)]
    prior = simulated.prior(plan)
    tellers: dict[str, Teller] = {f"learned from {LOG_DAYS} days": _by(learn(simulated.log(days), prior))}
    if not few:
        tellers["catalogue only, first day"] = _by(learn([], prior))
        tellers["catalogue 40 % too short"] = _by(learn([], simulated.prior(plan, 0.6)))
        tellers[NAIVE] = lambda day, one: WaitEstimate(*[simulated.naive(day, one)] * 4)
    asked, at_best, spent = _asked(plan, 1000 + 5 * first)
    best = _row(f"{name}: {BEST}", asked, at_best, spent, None)
    for teller, tell in tellers.items():
        begun = time.process_time()
        told = [tell(day, one) for day, one in asked]
        _row(f"  {teller}", asked, told, 1000 * (time.process_time() - begun) / len(asked), best)


def _asked(plan: Plan, first: int) -> tuple[Asked, Told, float]:
    """Who is told a wait by somebody who knows the distributions (never chosen by how long it took), what, and ms."""
    tell = _by(simulated.truth(plan))
    came = [
        (day, one)
        for day in (simulated.play(plan, seed) for seed in range(first, first + DAYS))
        for one in day.visitors[::EVERY]
        if one.called is not None and one.called > one.arrives
    ]
    begun = time.process_time()
    told = [tell(day, one) for day, one in came]
    spent = 1000 * (time.process_time() - begun) / len(came)
    banded = [place for place, one in enumerate(told) if one.p90 >= LEAST_BAND]
    return [came[place] for place in banded], [told[place] for place in banded], spent


def _row(name: str, asked: Asked, told: Told, spent: float, best: float | None) -> float:
    """Print one teller's row; its mean distance."""
    waited = np.array([(one.called or 0.0) - one.arrives for _, one in asked])
    days = [id(day) for day, _ in asked]
    apart = np.array([one.p50 for one in told]) - waited
    distance = float(np.abs(apart).mean())
    pairs = list(zip(told, waited, strict=True))
    in_time = _share(days, [wait <= one.p80 for one, wait in pairs])
    inside = _share(days, [one.p10 <= wait <= one.p90 for one, wait in pairs])
    covered = f"{'-':>13}{'-':>13}" if NAIVE in name else f"{in_time:>13}{inside:>13}"
    print(
        f"{name:46.46}{distance:>8.2f}{distance / (best or distance):>9.2f}{float((apart**2).mean()) ** 0.5:>8.2f}"
        f"{apart.mean():>+8.2f}{covered}{spent:>6.1f}   ({waited.mean():.1f}, {len(asked)})",
        flush=True,
    )
    return distance


def _share(days: Sequence[int], hits: Sequence[bool]) -> str:
    """A share in per cent with its standard error: people of one day share the day, so days are what is counted."""
    share = float(np.mean(hits))
    sums: dict[int, float] = defaultdict(float)
    for day, hit in zip(days, hits, strict=True):
        sums[day] += hit - share
    error = sum(one * one for one in sums.values()) ** 0.5 / len(hits)
    return f"{share:.1%} +-{100 * error:.1f}"


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
    sys.exit(main(sys.argv[1:]))
