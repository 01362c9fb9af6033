"""Many possible futures of a hall at once: who is called when, by the rules of `call_order`, as arrays over the draws.

Times are minutes from now; each column of an array is one draw. Every queue has two lanes, each in the order of its
turns: the line, and those who go before it once they are due. A step lets, in every draw, the counter that is free
first take whom the rules say, or sleep until somebody comes. The rules become one number for each lane's head, and the
smallest is called: the rank in millions, then for a helped queue its place in the counter's list with those who are due
before its line, then the time. A step costs by the number of arrays that it touches more than by their length: what it
compares is added up before the first one, and it moves through flat tables. Simpler than `call_order`: of several who
are due, who could be called first goes first; the bound looks at the head of the line only; of a counter's own queues
one past its target goes before one that is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Minutes = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
Kind = TypeVar("Kind", bound=np.generic)

RANK = 1e6
BOUND, RETURNED, DUE, OWN_OVERDUE, HELP_OVERDUE, LINE, EARLY, HELP_IDLE = (
    rank * RANK for rank in (0.5, 0.8, 1, 1.2, 1.5, 2, 3, 4)
)
PLACE = 10_000.0
"""Weight of a place in a counter's list, and twice that of standing in the line: more than any time in minutes."""
NEVER = 1e12
UNSEEN = -1


@dataclass(frozen=True)
class Lane:
    """People in the order of their turns, one row each: a column a draw.

    `here` is when somebody is in the hall, `ready` from when on the turn counts, `since` when the wait began, `key`
    the rank and time then. `seen` is the row of the answer, `UNSEEN` where nobody asks. Whoever has `priority` goes
    ahead of the line.
    """

    here: Minutes
    ready: Minutes
    since: Minutes
    key: Minutes
    takes: Minutes
    seen: Whole
    priority: Truth


@dataclass(frozen=True)
class Counters:
    """Counters: from when each is free (counter x draw), its queues in their order, which are its own, when it is away.

    Short lists are filled up with the number of queues, which is an empty one. Of being away there are, by counter,
    when it begins and ends, and the least minutes that it takes whoever is free only after it has begun.
    """

    free: Minutes
    queues: Whole
    own: Truth
    away: Sequence[tuple[Minutes, Minutes, Minutes]]


@dataclass(frozen=True)
class Rules:
    """What the order rests on: targets by queue, the bound, and the calls ahead of the line so far by queue."""

    targets: Minutes
    bound: float
    in_a_row: int
    ahead: Whole


@dataclass(frozen=True)
class Asked:
    """How many rows the answer has; from row `ghosts` on they are of nobody who takes a counter's time."""

    rows: int
    ghosts: int


class Futures:
    """The draws of one hall; `run` says for each row of the answer and each draw the minute of the call."""

    def __init__(
        self, lines: Sequence[Lane], dues: Sequence[Lane], counters: Counters, rules: Rules, asked: Asked
    ) -> None:
        """Lay out the lanes of all queues one after the other; both sequences have a lane for each queue."""
        self._draws = counters.free.shape[1]
        self._columns: Whole = np.arange(self._draws)
        self._away, self._rules = counters.away, rules
        self._until_away = min((float(begins.min()) for begins, _, _ in counters.away), default=np.inf)
        self._called: Minutes = np.full((asked.rows + 1) * self._draws, np.inf)
        self._free = counters.free.T.copy()
        self._rows: Whole = self._columns * len(counters.free)
        self._lay_out([*lines, *dues], asked)
        self._read_counters(counters, len(lines))
        self._ahead: Whole = np.repeat([*rules.ahead, 0], self._draws)
        self._bounded = (
            any(len(lane.key) for lane in dues)
            or any(lane.priority.any() for lane in lines)
            or max(rules.ahead, default=0) > 0
        )

    def _lay_out(self, lanes: Sequence[Lane], asked: Asked) -> None:
        """One long table of all people; each lane ends with a row of nobody, and so does the table for no queue."""
        half, draws = len(lanes) // 2, self._draws
        never = np.full((1, draws), np.inf)
        self._here = _table([lane.here for lane in lanes], half, never)
        self._ready = _table([lane.ready for lane in lanes], half, never)
        since, targets = [lane.since for lane in lanes], [*self._rules.targets.tolist()] * 2
        overdue = [one + target for one, target in zip(since, targets, strict=True)]
        self._overdue_from = _table(overdue, half, never)
        self._long_from = _table(since, half, never) + self._rules.bound
        self._key = _table([lane.key for lane in lanes], half, np.full((1, draws), NEVER))
        self._takes = _table([lane.takes for lane in lanes], half, np.zeros((1, draws)))
        seen = _table([lane.seen for lane in lanes], half, np.full((1, draws), UNSEEN))
        priority = _table([lane.priority for lane in lanes], half, np.zeros((1, draws), np.bool_))
        self._answer: Whole = np.where(seen < 0, asked.rows, seen) * draws + self._columns
        self._end = asked.rows * draws
        self._left = int(np.isfinite(self._here[seen >= 0]).sum())
        lengths = [len(lane.key) + 1 for lane in lanes]
        lengths.insert(half, 1)
        starts: Whole = np.concatenate(([0], np.cumsum(lengths)))
        self._at: Whole = (starts[:, None] * draws + self._columns).ravel()
        goes_ahead = priority | (np.arange(len(seen)) >= starts[half])[:, None]
        self._adds: Whole = goes_ahead.astype(np.int64)
        self._keeps: Whole = (goes_ahead | (seen >= asked.ghosts)).astype(np.int64)

    def _read_counters(self, counters: Counters, queues: int) -> None:
        """For each counter its lanes, the line's then the others', and what is added to their keys."""
        both = np.concatenate((counters.queues, counters.queues + queues + 1), axis=1)
        self._lanes: Whole = np.ascontiguousarray(both.T * self._draws)
        self._listed = listed = counters.queues.shape[1]
        self._half = (queues + 1) * self._draws
        own, place = counters.own.T, np.arange(listed)[:, None] * PLACE
        self._helps = bool((~own & (queues > counters.queues.T)).any())
        self._overdue: Minutes = np.concatenate(
            (
                np.where(own, OWN_OVERDUE - LINE, HELP_OVERDUE - LINE + place + PLACE / 2),
                np.where(own, 0.0, HELP_OVERDUE - DUE + place),
            )
        )
        self._in_time: Minutes = np.concatenate(
            (
                np.where(own, 0.0, HELP_IDLE - LINE + place + PLACE / 2),
                np.where(own, 0.0, HELP_IDLE - DUE + place),
            )
        )
        self._mine: Truth = np.ascontiguousarray(own)

    def run(self) -> Minutes:
        """Play until everybody who is asked about was called in every draw, or nobody can be; the calls' minutes."""
        while self._left > 0:
            desk = self._free.argmin(axis=1)
            at = self._free.take(self._rows + desk)
            latest = at[at.argmax()]
            if not latest < np.inf:
                if not at.min() < np.inf:
                    break
                at[at == np.inf] = -np.inf
            if latest < self._until_away or not self._sends_away(desk, at):
                self._step(desk, at)
        return self._called[: self._end].reshape(-1, self._draws)

    def _sends_away(self, desk: Whole, at: Minutes) -> bool:
        """A counter that is away comes back at its window's end, or after its least; whether one was in any draw."""
        sent = False
        for begins, ends, least in self._away:
            gone = (at >= begins[desk]) & (at < ends[desk])
            if gone.any():
                columns = gone.nonzero()[0]
                mine = desk[columns]
                self._free[columns, mine] = np.maximum(ends[mine], at[columns] + least[mine])
                sent = True
        return sent

    def _step(self, desk: Whole, at: Minutes) -> None:
        lanes = self._lanes.take(desk, axis=1)
        lanes += self._columns
        people = self._at.take(lanes)
        here = self._here.take(people)
        keys = self._keys(desk, at, lanes, people)
        np.putmask(keys, here > at, NEVER)
        first = keys.argmin(axis=0) * self._draws + self._columns
        taken = keys.take(first) < NEVER
        idle = None if np.count_nonzero(taken) == self._draws else ~taken
        person, lane = people.take(first), lanes.take(first)
        free = at + self._takes.take(person)
        if idle is not None:
            np.putmask(free, idle, here.min(axis=0))
            np.putmask(free, at == -np.inf, np.inf)
        self._free.put(self._rows + desk, free)
        self._call(at, person, lane, idle)

    def _keys(self, desk: Whole, at: Minutes, lanes: Whole, people: Whole) -> Minutes:
        """What decides, for the heads of all lanes of each draw's counter, wherever they may be."""
        keys = self._key.take(people)
        if self._helps:
            late = self._overdue_from.take(people) < at
            late = late[: self._listed] | late[self._listed :]
            overdue = np.concatenate((late, late))
            keys += np.where(overdue, self._overdue.take(desk, axis=1), self._in_time.take(desk, axis=1))
        if self._bounded:
            keys[self._listed :] += (self._ready.take(people[self._listed :]) > at) * (EARLY - DUE)
            long = self._long_from.take(people[: self._listed]) < at
            if np.count_nonzero(long):
                long &= self._ahead.take(lanes[: self._listed]) >= self._rules.in_a_row
                long &= self._mine.take(desk, axis=1)
                keys[: self._listed] -= long * (LINE - BOUND)
        return keys

    def _call(self, at: Minutes, person: Whole, lane: Whole, idle: Truth | None) -> None:
        """Call somebody in each draw, but in those where the counter is idle."""
        answer, following = self._answer.take(person), person + self._draws
        if idle is not None:
            np.putmask(answer, idle, self._end)
            np.putmask(following, idle, person)
        self._called[answer] = at
        self._left -= int(np.count_nonzero(answer < self._end))
        self._at[lane] = following
        if self._bounded:
            line = lane % self._half
            before = self._ahead.take(line)
            ahead = before * self._keeps.take(person) + self._adds.take(person)
            if idle is not None:
                np.putmask(ahead, idle, before)
            self._ahead[line] = ahead


def _table(parts: Sequence[npt.NDArray[Kind]], half: int, nobody: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    """The parts of both kinds of lanes below one another, with a row of nobody after each and after each kind."""
    rows: list[npt.NDArray[Kind]] = []
    for number, part in enumerate(parts):
        if number == half:
            rows.append(nobody)
        rows += [part, nobody]
    rows.append(nobody)
    return np.concatenate(rows)
