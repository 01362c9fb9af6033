"""Many possible futures of a hall at once: who is called when, by the rules of `call_order`, as arrays over the draws.

Times are minutes from now; each column of an array is one draw. Every queue has two lanes, each in the order of its
turns: the line, and those who go before it once they are due. A step lets, in every draw, the counter that is free
first take whom the rules say, or sleep until somebody comes. The ranks of `call_order` become one number: the rank in
millions plus the time that decides within it. Two things are simpler than there: of several who are due the one who
could be called first goes first, and the bound looks at the head of the line only.
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

RANK = 1e6
HALF = RANK / 2
BOUND, DUE, LINE, EARLY = 0 * RANK, 1 * RANK, 2 * RANK, 3 * RANK
NEVER = 1e12
AFTER_OWN = 100
UNSEEN = -1
Kind = TypeVar("Kind", bound=np.generic)


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

    Short lists are filled up with the number of queues, which is an empty one.
    """

    free: Minutes
    queues: Whole
    own: Truth
    away: Sequence[tuple[Minutes, Minutes]]


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
        self._away, self._asked, self._rules = counters.away, asked, rules
        self._called: Minutes = np.full((asked.rows + 1) * self._draws, np.inf)
        self._free = counters.free.T.copy()
        self._lay_out([*lines, *dues])
        self._read_counters(counters, len(lines))
        self._ahead: Whole = np.repeat([*rules.ahead, 0], self._draws)
        self._targets = np.append(rules.targets, np.inf)
        self._anybody_due = any(len(lane.key) for lane in dues)
        self._bounded = self._anybody_due or bool(self._priority.any()) or max(rules.ahead, default=0) > 0

    def _lay_out(self, lanes: Sequence[Lane]) -> None:
        """One long table of all people; each lane ends with a row of nobody, and so does the table for no queue."""
        half, draws = len(lanes) // 2, self._draws
        self._here = _table([lane.here for lane in lanes], half, np.full((1, draws), np.inf))
        self._ready = _table([lane.ready for lane in lanes], half, np.full((1, draws), np.inf))
        self._since = _table([lane.since for lane in lanes], half, np.full((1, draws), np.inf))
        self._key = _table([lane.key for lane in lanes], half, np.full((1, draws), NEVER))
        self._takes = _table([lane.takes for lane in lanes], half, np.zeros((1, draws)))
        self._seen: Whole = _table([lane.seen for lane in lanes], half, np.full((1, draws), UNSEEN))
        self._priority: Truth = _table(
            [lane.priority for lane in lanes], half, np.zeros((1, draws), np.bool_)
        )
        lengths = [len(lane.key) + 1 for lane in lanes]
        lengths.insert(half, 1)
        starts: Whole = np.concatenate(([0], np.cumsum(lengths)))
        self._at: Whole = (starts[:, None] * draws + self._columns).ravel()
        asked = self._seen >= 0
        self._left = int(np.isfinite(self._here[asked]).sum())

    def _read_counters(self, counters: Counters, queues: int) -> None:
        """For each counter the places of its lanes, its queues, own or not."""
        self._queues = np.ascontiguousarray(counters.queues.T)
        both = np.concatenate((self._queues, self._queues + queues + 1))
        self._lanes: Whole = both * self._draws
        self._own = np.ascontiguousarray(counters.own.T)
        self._helped = np.ascontiguousarray((~counters.own & (counters.queues < queues)).T)
        self._helps = bool(self._helped.any())
        self._listed = len(self._queues)

    def run(self) -> Minutes:
        """Play until everybody who is asked about was called in every draw, or nobody can be; the calls' minutes."""
        while self._left > 0:
            desk = self._free.argmin(axis=1)
            at = self._free[self._columns, desk]
            if not at.max() < np.inf:
                if not at.min() < np.inf:
                    break
                at[at == np.inf] = -np.inf
            if not self._sends_away(desk, at):
                self._step(desk, at)
        return self._called.reshape(-1, self._draws)[:-1]

    def _sends_away(self, desk: Whole, at: Minutes) -> bool:
        """A counter that is away comes back at the end of its window; whether that was so in any draw."""
        sent = False
        for begins, ends in self._away:
            gone = (at >= begins[desk]) & (at < ends[desk])
            if gone.any():
                columns = gone.nonzero()[0]
                self._free[columns, desk[columns]] = ends[desk[columns]]
                sent = True
        return sent

    def _step(self, desk: Whole, at: Minutes) -> None:
        lanes = self._lanes.take(desk, axis=1)
        lanes += self._columns
        people = self._at.take(lanes)
        keys = self._keys(people, at, desk)
        queue, best = self._own_choice(desk, keys, people, at)
        taken = best < NEVER
        if taken.all():
            self._take(desk, at, queue, best, keys, lanes, people)
            return
        self._sleep(desk, at, people, ~taken)
        columns = taken.nonzero()[0]
        if len(columns):
            chosen = (desk[columns], at[columns], queue[columns], best[columns])
            self._take(*chosen, keys[:, columns], lanes[:, columns], people[:, columns])

    def _keys(self, people: Whole, at: Minutes, desk: Whole) -> Minutes:
        """What decides, for the heads of all lanes of each draw's counter; `NEVER` where nobody may be called."""
        listed = self._listed
        ready = self._ready.take(people)
        keys: Minutes = np.where(ready <= at, self._key.take(people), NEVER)
        if self._bounded:
            long = (
                self._ahead.take(self._lanes[:listed].take(desk, axis=1) + self._columns)
                >= self._rules.in_a_row
            )
            if long.any():
                long &= at - self._since.take(people[:listed]) > self._rules.bound
                np.subtract(keys[:listed], LINE, out=keys[:listed], where=long & (keys[:listed] < NEVER))
        if self._anybody_due:
            early = (self._here.take(people[listed:]) <= at) & (ready[listed:] > at)
            if early.any():
                keys[listed:] = np.where(
                    early, self._key.take(people[listed:]) + (EARLY - DUE), keys[listed:]
                )
        return keys

    def _own_choice(self, desk: Whole, keys: Minutes, people: Whole, at: Minutes) -> tuple[Whole, Minutes]:
        """The position in the counter's list of the queue that it calls from, and the key of who is called."""
        heads = np.minimum(keys[: self._listed], keys[self._listed :])
        if not self._helps:
            queue = heads.argmin(axis=0)
            return queue, heads[queue, self._columns]
        helped = self._helped.take(desk, axis=1)
        own = np.where(helped, NEVER, heads)
        queue = own.argmin(axis=0)
        best = own[queue, self._columns]
        return self._with_help(desk, heads, helped, people, at, queue, best)

    def _with_help(
        self,
        desk: Whole,
        heads: Minutes,
        helped: Truth,
        people: Whole,
        at: Minutes,
        queue: Whole,
        best: Minutes,
    ) -> tuple[Whole, Minutes]:
        """Another counter's queue, where its head is overdue and the own ones wait well, or where nobody waits here."""
        waits = heads < NEVER
        candidates = waits & helped
        if not candidates.any():
            return queue, best
        overdue = self._overdue(desk, heads, waits, people, at)
        not_due = (best < HALF) | (best > LINE - HALF)
        waits_well = not_due & ~(overdue & ~helped).any(axis=0)
        candidates &= (overdue & waits_well) | (best >= NEVER)
        helps = candidates.any(axis=0)
        if not helps.any():
            return queue, best
        order = np.where(candidates & overdue, 0, AFTER_OWN) + np.where(candidates, 0, 2 * AFTER_OWN)
        other = order.argmin(axis=0)
        queue = np.where(helps, other, queue)
        return queue, np.where(helps, heads[other, self._columns], best)

    def _overdue(self, desk: Whole, heads: Minutes, waits: Truth, people: Whole, at: Minutes) -> Truth:
        """Whose wait, from the arrival or from when it was due, has passed the target of the queue."""
        since = np.where(
            (heads > HALF) & (heads < LINE - HALF) | (heads > EARLY - HALF),
            self._since.take(people[self._listed :]),
            self._since.take(people[: self._listed]),
        )
        targets = self._targets.take(self._queues.take(desk, axis=1))
        overdue: Truth = waits & (at - since > targets)
        return overdue

    def _sleep(self, desk: Whole, at: Minutes, people: Whole, idle: Truth) -> None:
        """Until the next person comes to a queue that the counter lists."""
        columns = (idle & (at > -np.inf)).nonzero()[0]
        if len(columns):
            self._free[columns, desk[columns]] = self._here.take(people[:, columns]).min(axis=0)

    def _take(
        self,
        desk: Whole,
        at: Minutes,
        queue: Whole,
        best: Minutes,
        keys: Minutes,
        lanes: Whole,
        people: Whole,
    ) -> None:
        """Call somebody in each of these draws."""
        own_column = self._columns[: len(queue)]
        row = queue + self._listed * (keys[queue, own_column] != best)
        person, lane = people[row, own_column], lanes[row, own_column]
        column = person % self._draws
        seen = self._seen.take(person)
        self._called[seen * self._draws + column] = at
        self._left -= int((seen >= 0).sum())
        self._free[column, desk] = at + self._takes.take(person)
        self._at[lane] = person + self._draws
        if self._bounded:
            line = lanes[queue, own_column]
            ahead = (best > HALF) & (best < LINE - HALF) | self._priority.take(person)
            stands = np.where(ahead, self._ahead[line] + 1, 0)
            self._ahead[line] = np.where(seen >= self._asked.ghosts, self._ahead[line], stands)


def _table(parts: Sequence[npt.NDArray[Kind]], half: int, nobody: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    """The parts of both kinds of lanes below one another, with a row of nobody after each and after each kind."""
    rows = []
    for number, part in enumerate(parts):
        if number == half:
            rows.append(nobody)
        rows += [part, nobody]
    rows.append(nobody)
    return np.concatenate(rows)
