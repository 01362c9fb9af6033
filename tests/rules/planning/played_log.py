"""A hall played by the call rule of `rules.planning.log_waits`, one visit after the other: logs, questions and answers.

Independent of the estimate, which plays all futures at once. Minutes after midnight.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from models.rules.planning.log_waits import GRACE, LEAD, Duty, Question, Serving, Visit, Waiting

OPENS, CLOSES = 510.0, 1020.0
EARLY, EARLY_SPREAD = 6.0, 5.0
NO_SHOW = 0.07


@dataclass(frozen=True)
class Hall:
    """Procedures with mean minutes and share of visits; counters with what they know (empty: everything)."""

    means: Mapping[str, tuple[float, float]]
    counters: Sequence[frozenset[str]]
    visitors: float = 165.0
    booked: float = 0.0
    variation: float = 0.6

    def duties(self) -> list[Duty]:
        """Lunch by turns from 11:30."""
        return [
            Duty(str(number), ((OPENS, lunch), (lunch + 60, math.inf)), knows)
            for number, knows in enumerate(self.counters, start=1)
            for lunch in (690.0 + 60 * (number % 3),)
        ]


PROCEDURES = {
    "koseki": (8.0, 0.38), "tax": (17.0, 0.15), "insurance": (24.0, 0.17), "move": (37.0, 0.16),
    "number": (20.0, 0.14),
}  # fmt: skip
POOL = Hall(PROCEDURES, (frozenset(),) * 8)
BOOKED = Hall(PROCEDURES, (frozenset(),) * 8, booked=0.35)
SKILLS = Hall(
    PROCEDURES,
    (
        frozenset({"koseki"}), frozenset({"koseki", "tax"}), frozenset({"koseki", "tax"}),
        frozenset({"insurance", "number"}), frozenset({"insurance", "move"}), frozenset({"move", "number"}),
        frozenset({"move", "insurance", "koseki"}), frozenset(),
    ),
    booked=0.35,
    visitors=160.0,
)  # fmt: skip


def play(hall: Hall, seed: int) -> list[Visit]:
    """One day until the hall is empty; who booked and never came has no `arrived`."""
    random = Random(seed)
    people = _people(hall, random)
    missing = [one for one in people if one.arrived is None]
    came = sorted((one for one in people if one.arrived is not None), key=lambda one: one.arrived or 0.0)
    spread = math.log(1 + hall.variation**2)
    takes = [
        random.lognormvariate(math.log(hall.means[one.procedure][0]) - spread / 2, math.sqrt(spread))
        for one in came
    ]
    duties, done = hall.duties(), list(came)
    free, waiting = [OPENS] * len(duties), set[int]()
    moments = [one.arrived or 0.0 for one in came]
    moments += [one.booked - LEAD for one in came if one.booked is not None]
    moments += [edge for duty in duties for span in duty.spans for edge in span if edge < math.inf]
    heapq.heapify(moments)
    coming = 0
    while moments:
        at = heapq.heappop(moments)
        while coming < len(came) and (came[coming].arrived or 0.0) <= at:
            waiting.add(coming)
            coming += 1
        for row in sorted(waiting, key=lambda row: _turn(came[row])):
            one = came[row]
            if goes_first(one) and at < (one.booked or 0.0) - LEAD:
                continue
            idle = [
                number
                for number, duty in enumerate(duties)
                if free[number] <= at
                and any(begins <= at < ends for begins, ends in duty.spans)
                and (not duty.knows or one.procedure in duty.knows)
            ]
            if idle:
                chosen = min(idle, key=lambda number: (len(duties[number].knows) or 99, free[number]))
                free[chosen] = at + takes[row]
                heapq.heappush(moments, free[chosen])
                done[row] = Visit(
                    one.procedure, one.arrived, one.booked, at, free[chosen], duties[chosen].counter
                )
                waiting.discard(row)
    return [*done, *missing]


def goes_first(one: Visit) -> bool:
    return one.booked is not None and (one.arrived or 0.0) - one.booked <= GRACE


def _turn(one: Visit) -> tuple[int, float]:
    return (0, one.booked or 0.0) if goes_first(one) else (1, one.arrived or 0.0)


def _people(hall: Hall, random: Random) -> list[Visit]:
    names, shares = list(hall.means), [share for _, share in hall.means.values()]
    found = []
    for _ in range(round(random.gauss(hall.visitors, hall.visitors * 0.08))):
        at = min(CLOSES - 1, max(OPENS, random.gauss(690, 110)))
        name = random.choices(names, shares)[0]
        if random.random() >= hall.booked:
            found.append(Visit(name, at, None, None, None))
            continue
        booked = at // 15 * 15
        here = (
            None if random.random() < NO_SHOW else max(OPENS - 5, booked + random.gauss(-EARLY, EARLY_SPREAD))
        )
        found.append(Visit(name, here, booked, None, None))
    return found


def asked(hall: Hall, day: Sequence[Visit], every: int = 1) -> Iterator[tuple[Question, float, float]]:
    """What an office knows when each visitor arrives who must wait, with the minutes that it took and when that was."""
    came = [one for one in day if one.arrived is not None and one.called is not None]
    for one in came[::every]:
        now = one.arrived or 0.0
        if (one.called or 0.0) - now < 0.5:
            continue
        yield (
            Question(
                _seen(one, now),
                [
                    _seen(other, now)
                    for other in came
                    if other is not one and (other.arrived or 0.0) <= now < (other.called or 0.0)
                ],
                [
                    Serving(other.procedure, other.counter, (other.called or 0.0) - now)
                    for other in came
                    if (other.called or 0.0) <= now < (other.finished or 0.0)
                ],
                [
                    Waiting(other.procedure, 0.0, other.booked - now)
                    for other in day
                    if other.booked is not None
                    and other.booked > now - 60
                    and (other.arrived is None or other.arrived > now)
                ],
                [
                    Duty(duty.counter, tuple((on - now, off - now) for on, off in duty.spans), duty.knows)
                    for duty in hall.duties()
                ],
            ),
            (one.called or 0.0) - now,
            now,
        )


def _seen(one: Visit, now: float) -> Waiting:
    booked = None if one.booked is None else one.booked - now
    return Waiting(one.procedure, (one.arrived or 0.0) - now, booked)
