"""勤務表の計算: shifts that cover a week's counters and skills, with the least missing, then with the least hours.

People of whom everything is the same are one team, so that nobody's name decides anything. One who can serve several
queues stands at one counter at a time: of every set of queues, at least as many people are on who can serve one of
them as its counters are busy (Hall 1935). A set of several queues is looked at once a cover breaks it. What is missing
in a slot are its counters, and the fewest people who, could they serve everything, would let every queue be served.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from scipy.optimize import OptimizeResult

from models.rules.planning.roster_rows import Rows, solving
from models.rules.planning.staffing_tuning import Cancelled, Progress

TINY = 1e-6
LOOKS_SECONDS = 0.5
LEAST_SECONDS = 0.2
FEW = 0.05
"""A queue with fewer busy counters than this needs nobody of its own."""
EVERYBODY: frozenset[str] = frozenset()
"""The set of queues of a need that anybody at a counter fills."""


@dataclass(frozen=True)
class Shape:
    """One way to work one day: at a counter in which slots, and its hours without lunch; the rest is said to people.

    `starts`, `ends` and `lunch` (from, to) are minutes after midnight.
    """

    kind: str
    on: tuple[bool, ...]
    hours: float
    starts: int = 0
    ends: int = 0
    lunch: tuple[int, int] | None = None


Need = tuple[int, int, frozenset[str]]
"""A day, a slot of it, and the queues of which somebody is needed."""
Column = tuple[int, int, Shape]
Placed = tuple[int, int, Shape, int]


@dataclass(frozen=True)
class Team:
    """So many people who are all alike: what they serve (None: every queue), their shapes by day, most days a week."""

    people: int
    shapes: tuple[tuple[Shape, ...], ...]
    most_days: int
    queues: frozenset[str] | None = None

    def serves(self, queues: frozenset[str]) -> bool:
        """Whether one of them can serve one of these queues; `EVERYBODY` is served by all."""
        return not queues or self.queues is None or bool(self.queues & queues)


@dataclass(frozen=True)
class DayNeed:
    """Counters by slot, busy counters of each queue by slot, and how long the slots are in hours."""

    counters: tuple[int, ...]
    slot_hours: tuple[float, ...]
    busy: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def of(self, queues: frozenset[str], slot: int) -> int:
        """People needed who can serve one of these queues; of `EVERYBODY`, the counters."""
        if not queues:
            return self.counters[slot]
        busy = sum(one for queue in queues if (one := self.busy[queue][slot]) >= FEW)
        return math.ceil(busy - TINY)


@dataclass(frozen=True)
class RosterCase:
    """A week: its days, its teams, at most `most_hours` over all and `most_people` on each day."""

    days: tuple[DayNeed, ...]
    teams: tuple[Team, ...]
    most_hours: float | None = None
    most_people: int | None = None


@dataclass(frozen=True)
class Missing:
    """So many people fewer than needed in a slot, of whom can serve `queues` (`EVERYBODY`: counters)."""

    day: int
    slot: int
    queues: frozenset[str]
    count: int


@dataclass(frozen=True)
class Solved:
    """Shifts as (day, team, shape, how many); `least_hours` is proven to be needed for as little missing.

    `needs` are those that were looked at: all others are kept where these are.
    """

    shifts: tuple[Placed, ...]
    hours: float
    least_hours: float
    missing: tuple[Missing, ...]
    missing_proven: bool
    needs: tuple[Need, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether nothing leaves less missing, and nothing as good has fewer hours."""
        return self.missing_proven and self.hours - self.least_hours < TINY * max(1.0, self.hours)

    @property
    def gap(self) -> float:
        """What part of the hours might still be saved; 0.0 where the optimum is proven."""
        return max(0.0, self.hours - self.least_hours) / self.hours if self.hours and not self.proven else 0.0


class OutOfTime(Exception):
    """Nothing was found in the time that was given."""


def solve(case: RosterCase, seconds: float, told: Progress = lambda part: True) -> Solved:
    """The shifts with the least missing and, of those, the least hours; the same every time where it is proven.

    `OutOfTime` where nothing was found; `Cancelled` where `told` says no.
    """
    until = time.monotonic() + seconds
    looked = _Looked(until, seconds, told)
    needs = _single_needs(case)
    while True:
        found = _solve(case, needs, looked)
        known = set(needs)
        broken = [need for need in broken_needs(case, found) if need not in known]
        if not broken:
            return replace(found, needs=tuple(needs))
        needs += broken
        if time.monotonic() >= until:
            short = missing(case, found.shifts, needs)
            return replace(found, missing=short, missing_proven=False, needs=tuple(needs))


def on_duty(case: RosterCase, shifts: Sequence[Placed], need: Need) -> int:
    """People at a counter in a need's slot who can serve one of its queues."""
    day, slot, queues = need
    return sum(
        count
        for at, team, shape, count in shifts
        if at == day and shape.on[slot] and case.teams[team].serves(queues)
    )


@dataclass(frozen=True)
class _Looked:
    """When the time is over, and who is told how much of it has passed."""

    until: float
    seconds: float
    told: Progress

    def run(self, work: Callable[[float], OptimizeResult], share: float = 1.0) -> OptimizeResult:
        """Let a solver work beside us for a share of what is left.

        Whoever is told may cancel; the solver then ends with its own time.
        """
        answers: list[OptimizeResult] = []
        left = max(LEAST_SECONDS, share * (self.until - time.monotonic()))
        thread = threading.Thread(target=lambda: answers.append(work(left)), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(LOOKS_SECONDS)
            part = 1 - max(0.0, self.until - time.monotonic()) / self.seconds
            if not self.told(min(0.99, part)):
                raise Cancelled
        if not answers:
            raise OutOfTime
        return answers[0]


def _single_needs(case: RosterCase) -> list[Need]:
    """The counters of every slot, and every single queue that is busy in it."""
    return [
        (day, slot, queues)
        for day, need in enumerate(case.days)
        for slot in range(len(need.counters))
        for queues in (EVERYBODY, *(frozenset({queue}) for queue in sorted(need.busy)))
        if need.of(queues, slot) > 0
    ]


def broken_needs(case: RosterCase, found: Solved) -> list[Need]:
    """Sets of queues that lack more people in some slot than is known, each of the worst, for the whole week."""
    known: dict[tuple[int, int], int] = {}
    for one in found.missing:
        if one.queues:
            known[one.day, one.slot] = max(one.count, known.get((one.day, one.slot), 0))
    worst = {queues for day in range(len(case.days)) for queues in _worst_sets(case, found, day, known)}
    return [
        (day, slot, queues)
        for queues in sorted(worst, key=sorted)
        for day, need in enumerate(case.days)
        for slot in range(len(need.counters))
        if queues <= set(need.busy) and need.of(queues, slot) > 0
    ]


def _worst_sets(
    case: RosterCase, found: Solved, day: int, known: Mapping[tuple[int, int], int]
) -> set[frozenset[str]]:
    need = case.days[day]
    slots = range(len(need.counters))
    sets = [
        frozenset(chosen)
        for size in range(2, len(need.busy) + 1)
        for chosen in combinations(sorted(need.busy), size)
    ]
    if not sets:
        return set()
    on = np.zeros((len(case.teams), len(slots)))
    for at, team, shape, count in found.shifts:
        if at == day:
            on[team] += count * np.array(shape.on, dtype=np.float64)
    serving = np.array([[team.serves(queues) for team in case.teams] for queues in sets], dtype=np.float64)
    wanted = np.array([[need.of(queues, slot) for slot in slots] for queues in sets])
    short = wanted - serving @ on
    worst = short.argmax(axis=0)
    return {
        sets[worst[slot]] for slot in slots if short[worst[slot], slot] > known.get((day, slot), 0) + TINY
    }


def _solve(case: RosterCase, needs: Sequence[Need], looked: _Looked) -> Solved:
    columns = [
        (day, place, shape)
        for place, team in enumerate(case.teams)
        for day in range(len(case.days))
        for shape in team.shapes[day]
    ]
    if not columns or not needs:
        return Solved((), 0.0, 0.0, missing(case, (), needs), True)
    slots = {slot: len(columns) + at for at, slot in enumerate(dict.fromkeys(map(_slack, needs)))}
    rows = Rows(len(columns) + len(slots))
    _limit(rows, case, columns)
    for need in needs:
        day, slot, queues = need
        on = dict.fromkeys(_on(case, columns, need), 1.0)
        rows.add({**on, slots[_slack(need)]: 1.0}, case.days[day].of(queues, slot), np.inf)
    hours = np.array([shape.hours for _, _, shape in columns] + [0.0] * len(slots))
    lacking = np.array([0.0] * len(columns) + [case.days[day].slot_hours[slot] for day, slot, _ in slots])
    least = looked.run(solving(rows, lacking), 0.5)
    if least.x is None:
        raise OutOfTime
    rows.add(dict(enumerate(lacking)), 0.0, float(least.fun) + TINY)
    best = looked.run(solving(rows, hours))
    answer = best if best.x is not None else least
    counts = np.rint(answer.x[: len(columns)]).astype(int)
    shifts = tuple((*column, int(n)) for column, n in zip(columns, counts, strict=True) if n)
    spent = sum(shape.hours * count for _, _, shape, count in shifts)
    bound = spent if best.status == 0 else max(0.0, float(best.mip_dual_bound or 0.0))
    return Solved(shifts, spent, min(spent, bound), missing(case, shifts, needs), least.status == 0)


def _slack(need: Need) -> tuple[int, int, bool]:
    """What counts together as missing: the counters of a slot, or whatever its queues lack."""
    return need[0], need[1], bool(need[2])


def missing(case: RosterCase, shifts: Sequence[Placed], needs: Sequence[Need]) -> tuple[Missing, ...]:
    """What of the needs is not there."""
    found = []
    for need in needs:
        day, slot, queues = need
        short = case.days[day].of(queues, slot) - on_duty(case, shifts, need)
        if short > 0:
            found.append(Missing(day, slot, queues, short))
    return tuple(found)


def _limit(rows: Rows, case: RosterCase, columns: Sequence[Column]) -> None:
    """What people and the office can do."""
    for place, team in enumerate(case.teams):
        mine = [at for at, column in enumerate(columns) if column[1] == place]
        rows.add(dict.fromkeys(mine, 1.0), 0.0, team.people * team.most_days)
        for day in range(len(case.days)):
            rows.add(dict.fromkeys((at for at in mine if columns[at][0] == day), 1.0), 0.0, team.people)
    if case.most_hours is not None:
        rows.add({at: column[2].hours for at, column in enumerate(columns)}, 0.0, case.most_hours + TINY)
    if case.most_people is not None:
        for day in range(len(case.days)):
            rows.add(
                {at: 1.0 for at, column in enumerate(columns) if column[0] == day}, 0.0, case.most_people
            )


def _on(case: RosterCase, columns: Sequence[Column], need: Need) -> list[int]:
    day, slot, queues = need
    return [
        at
        for at, (of, team, shape) in enumerate(columns)
        if of == day and shape.on[slot] and case.teams[team].serves(queues)
    ]
