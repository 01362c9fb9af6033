"""公平な割り当て: who works which of a week's shifts, so that burdens are even over the weeks.

The shifts stand already, and every queue stays covered as it was. What somebody has of a burden costs its square by the
days on which they can work, so one more costs most for those who have most:

    least sum over people and burdens of WEIGHTS x (before + now)^2 / days

A square is laid out in pieces of one, each dearer than the one before it, so that the problem stays linear (HiGHS).
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from models.rules.planning.roster_model import (
    Need,
    Placed,
    RosterCase,
    Shape,
    Solved,
    broken_needs,
    missing,
)
from models.rules.planning.roster_rows import Rows, solving

SECONDS = 30.0
"""After so long the shifts go by turns within each team."""
GAP = 0.002
"""So much nearer to even, as a part of the cost, another way may be."""
WEIGHTS = (4.0, 2.0, 1.0, 4.0)
"""Of half days worked this week, late ends, lunches away from noon, and days at the weekend."""
HALF_DAY = 4.0
NOON = range(12 * 60, 13 * 60)
"""A lunch that begins then is the usual one."""
SATURDAY = 5


class Times(Protocol):
    """When a shift is, in minutes after midnight."""

    @property
    def starts(self) -> int:
        """Its begin."""

    @property
    def ends(self) -> int:
        """Its end."""

    @property
    def lunch(self) -> tuple[int, int] | None:
        """From when to when lunch is."""


@dataclass(frozen=True)
class Burden:
    """How often somebody had what should be even: an end later than usual, a lunch away from noon, a weekend's day."""

    late: int = 0
    lunch: int = 0
    weekend: int = 0

    def __add__(self, other: Burden) -> Burden:
        """Both together."""
        return Burden(self.late + other.late, self.lunch + other.lunch, self.weekend + other.weekend)


@dataclass(frozen=True)
class Hand:
    """Somebody by code: the place of the team, and the burden of the weeks before."""

    code: str
    team: int
    before: Burden = Burden()


@dataclass(frozen=True)
class Given:
    """A shift of somebody (empty code: of anybody) on a day, which is its place in the week."""

    code: str
    day: int
    shape: Shape


@dataclass(frozen=True)
class Shared:
    """The shifts as they were given to people, and the solution with their teams.

    Where it `is_even`, nothing else is more even by more than `GAP`.
    """

    solved: Solved
    given: tuple[Given, ...]
    is_even: bool


@dataclass(frozen=True)
class _Task:
    """So many people are to work a shape on a day; `amounts` of each burden."""

    day: int
    shape: Shape
    count: int
    amounts: tuple[float, ...]


def usual_end(shifts: Iterable[Times]) -> int:
    """When most of a week's shifts have ended: the lower median."""
    ends = sorted(shift.ends for shift in shifts)
    return ends[(len(ends) - 1) // 2] if ends else 0


def burden(shift: Times, weekday: int, usual: int) -> Burden:
    """What a shift adds, where `usual` is the usual end of its week."""
    odd_lunch = shift.lunch is not None and shift.lunch[0] not in NOON
    return Burden(int(shift.ends > usual), int(odd_lunch), int(weekday >= SATURDAY))


def shared(
    case: RosterCase, solved: Solved, hands: Sequence[Hand], weekdays: Sequence[int], seconds: float = SECONDS
) -> Shared:
    """The same shifts with the people between whom burdens are most even; by turns where that takes too long."""
    until = time.monotonic() + seconds
    tasks = _tasks(solved, weekdays)
    needs = list(solved.needs)
    while tasks and (left := until - time.monotonic()) > 0:
        pairs = _chosen(case, solved, hands, tasks, needs, left)
        if pairs is None:
            break
        found = _with_people(case, solved, hands, tasks, pairs, needs)
        broken = [need for need in broken_needs(case, found) if need not in set(needs)]
        if not broken:
            given = (Given(hands[at].code, tasks[of].day, tasks[of].shape) for at, of in pairs)
            return Shared(found, tuple(given), True)
        needs += broken
    members: list[list[str]] = [[] for _ in case.teams]
    for hand in hands:
        members[hand.team].append(hand.code)
    return by_turns(solved, members)


def by_turns(solved: Solved, members: Sequence[Sequence[str]]) -> Shared:
    """Every shift to somebody of its own team in turn: nobody of a team works two days more than another."""
    given = []
    turn = [0] * len(members)
    for day in sorted({day for day, *_ in solved.shifts}):
        for at, team, shape, count in solved.shifts:
            for _ in range(count if at == day else 0):
                codes = members[team]
                given.append(Given(codes[turn[team] % len(codes)] if codes else "", day, shape))
                turn[team] += 1
    return Shared(solved, tuple(given), False)


def _tasks(solved: Solved, weekdays: Sequence[int]) -> list[_Task]:
    """What is to be worked, whoever does it."""
    counts: Counter[tuple[int, Shape]] = Counter()
    for day, _, shape, count in solved.shifts:
        counts[day, shape] += count
    usual = usual_end(shape for (_, shape), count in counts.items() for _ in range(count))
    found = []
    for (day, shape), count in counts.items():
        own = burden(shape, weekdays[day], usual)
        amounts = (shape.hours / HALF_DAY, float(own.late), float(own.lunch), float(own.weekend))
        found.append(_Task(day, shape, count, amounts))
    return found


def _chosen(
    case: RosterCase,
    solved: Solved,
    hands: Sequence[Hand],
    tasks: Sequence[_Task],
    needs: Sequence[Need],
    seconds: float,
) -> list[tuple[int, int]] | None:
    """Who does what, as places in `hands` and `tasks`; None where that was not found out in time."""
    pairs = [
        (at, of)
        for at, hand in enumerate(hands)
        for of, task in enumerate(tasks)
        if task.shape in case.teams[hand.team].shapes[task.day]
    ]
    pieces, costs = _pieces(case, hands, tasks, pairs)
    rows = Rows(len(pairs) + len(pieces))
    _limit(rows, case, hands, tasks, pairs)
    _cover(rows, case, solved, hands, tasks, pairs, needs)
    for of in dict.fromkeys(pieces):
        hand, kind = of
        values = {column: tasks[task].amounts[kind] for column, (at, task) in enumerate(pairs) if at == hand}
        own = {len(pairs) + place: -1.0 for place, piece in enumerate(pieces) if piece == of}
        rows.add({**values, **own}, 0.0, 0.0)
    cost = np.array([0.0] * len(pairs) + costs)
    found = solving(rows, cost, parts=len(pieces), most=1.0, gap=GAP)(seconds)
    if found.status != 0:
        return None
    return [pair for pair, is_on in zip(pairs, np.rint(found.x[: len(pairs)]), strict=True) if is_on]


def _pieces(
    case: RosterCase, hands: Sequence[Hand], tasks: Sequence[_Task], pairs: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[float]]:
    """For each person and burden (its place in `WEIGHTS`) a piece for every unit, and what it costs."""
    most: dict[tuple[int, int], dict[int, float]] = {}
    for at, of in pairs:
        for kind, amount in enumerate(tasks[of].amounts):
            if amount:
                days = most.setdefault((at, kind), {})
                days[tasks[of].day] = max(amount, days.get(tasks[of].day, 0.0))
    found, costs = [], []
    for (at, kind), days in most.items():
        team = case.teams[hands[at].team]
        able = max(1, min(team.most_days, sum(map(bool, team.shapes))))
        own = hands[at].before
        before = (0, own.late, own.lunch, own.weekend)[kind]
        for unit in range(math.ceil(sum(days.values()))):
            found.append((at, kind))
            costs.append(WEIGHTS[kind] * (2 * (before + unit) + 1) / able)
    return found, costs


def _limit(
    rows: Rows,
    case: RosterCase,
    hands: Sequence[Hand],
    tasks: Sequence[_Task],
    pairs: Sequence[tuple[int, int]],
) -> None:
    """Every shift is worked; one a day, and no more days a week than somebody can."""
    for of, task in enumerate(tasks):
        everyone = {column: 1.0 for column, pair in enumerate(pairs) if pair[1] == of}
        rows.add(everyone, task.count, task.count)
    for at, hand in enumerate(hands):
        mine = {column: tasks[of].day for column, (who, of) in enumerate(pairs) if who == at}
        for day in set(mine.values()):
            rows.add({column: 1.0 for column, on in mine.items() if on == day}, 0.0, 1.0)
        rows.add(dict.fromkeys(mine, 1.0), 0.0, case.teams[hand.team].most_days)


def _cover(
    rows: Rows,
    case: RosterCase,
    solved: Solved,
    hands: Sequence[Hand],
    tasks: Sequence[_Task],
    pairs: Sequence[tuple[int, int]],
    needs: Sequence[Need],
) -> None:
    """No slot's queues lack more than they did."""
    lacking: dict[tuple[int, int], int] = {}
    for one in solved.missing:
        if one.queues:
            lacking[one.day, one.slot] = max(one.count, lacking.get((one.day, one.slot), 0))
    for day, slot, queues in needs:
        least = case.days[day].of(queues, slot) - lacking.get((day, slot), 0)
        if queues and least > 0:
            on = {
                column: 1.0
                for column, (at, of) in enumerate(pairs)
                if tasks[of].day == day
                and tasks[of].shape.on[slot]
                and case.teams[hands[at].team].serves(queues)
            }
            rows.add(on, least, np.inf)


def _with_people(
    case: RosterCase,
    solved: Solved,
    hands: Sequence[Hand],
    tasks: Sequence[_Task],
    pairs: Sequence[tuple[int, int]],
    needs: Sequence[Need],
) -> Solved:
    """The solution with the teams of those who do it."""
    placed = Counter((tasks[of].day, hands[at].team, tasks[of].shape) for at, of in pairs)
    shifts: tuple[Placed, ...] = tuple((*one, count) for one, count in placed.items())
    return replace(solved, shifts=shifts, missing=missing(case, shifts, needs), needs=tuple(needs))
