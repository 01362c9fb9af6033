"""窓口のシミュレーション: many days of a hall at once: people, counters with duty and skills, bookings before the line.

Every array has a row for each replication (a day that might be) and a column for each person or counter; minutes on one
scale. Two engines: `line_waits` for one line in the order of arrival with counters that change by slot, and `Hall` for
everything. Both are held against formulas: Erlang C, Pollaczek-Khinchine, Cobham.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
FIRST = -1e9
"""Added to the place of those who go before everybody in the line."""
LAST = 1e12
"""Added to the place of those who are only helped."""


def poisson_arrivals(
    random: np.random.Generator, expected: Minutes, slot_minutes: float, begins: float = 0.0
) -> Minutes:
    """Arrivals in order, for people `expected` by replication and slot; inf where a replication has fewer."""
    counts = random.poisson(expected)
    totals = counts.sum(axis=1)
    rows, slots = expected.shape
    found = np.full((rows, int(totals.max(initial=0))), np.inf)
    starts = np.tile(begins + np.arange(slots) * slot_minutes, rows)
    times = np.repeat(starts, counts.ravel()) + slot_minutes * random.random(int(totals.sum()))
    found[np.arange(found.shape[1]) < totals[:, None]] = times
    found.sort(axis=1)
    return found


def lognormal(
    random: np.random.Generator, mean: Minutes | float, variation: float, size: tuple[int, ...]
) -> Minutes:
    """Handling minutes with this mean and coefficient of variation."""
    spread = np.log1p(variation**2)
    found: Minutes = mean * np.exp(random.standard_normal(size) * np.sqrt(spread) - spread / 2)
    return found


def line_waits(arrivals: Minutes, handling: Minutes, counters: Sequence[int], slot_minutes: float) -> Minutes:
    """The wait of everybody in one line, nan for who does not come; slots begin at 0, the last lasts to the end.

    Counter k is on duty in the slots that have more than k counters; whoever it has when it goes off, it finishes.
    """
    team = np.asarray(counters, dtype=np.int64)
    slots, most = len(team), max(int(team.max(initial=0)), 1)
    next_on = np.full((slots + 1, most), np.inf)
    for slot in range(slots - 1, -1, -1):
        next_on[slot] = np.where(team[slot] > np.arange(most), slot * float(slot_minutes), next_on[slot + 1])
    free = np.zeros((len(arrivals), most))
    waits = np.full(arrivals.shape, np.nan)
    rows, columns = np.arange(len(arrivals)), np.arange(most)
    for person in range(arrivals.shape[1]):
        there = np.isfinite(arrivals[:, person])
        here = np.where(there, arrivals[:, person], 0.0)
        starts = np.maximum(free, here[:, None])
        place: Whole = np.minimum(starts // slot_minutes, slots - 1).astype(np.int64)
        np.maximum(starts, next_on[place, columns], out=starts)
        counter = starts.argmin(axis=1)
        start = starts[rows, counter]
        np.subtract(start, here, out=waits[:, person], where=there)
        free[rows, counter] = np.where(there, start + handling[:, person], free[rows, counter])
    return waits


@dataclass(frozen=True)
class People:
    """Who comes, by replication and person. `ready`: when somebody can be called (inf: never comes).

    `since` is when the wait begins (arrival, or the booked time), `key` the place in the order of calls, `procedure`
    which skill is asked for, `booked_for` nan for walk-ins.
    """

    ready: Minutes
    since: Minutes
    key: Minutes
    handling: Minutes
    procedure: Whole
    booked_for: Minutes


@dataclass(frozen=True)
class Counter:
    """A counter: its spans of duty in minutes, inf for until the hall is empty; its procedures, None for all."""

    duty: tuple[tuple[float, float], ...]
    procedures: frozenset[int] | None = None


def walk_ins(arrivals: Minutes, handling: Minutes, procedure: Whole) -> People:
    """People in the order of arrival."""
    return People(arrivals, arrivals, arrivals, handling, procedure, np.full(arrivals.shape, np.nan))


@dataclass(frozen=True)
class Manner:
    """How bookings are called: from `early` minutes before their time, with a `head_start` in minutes (inf: first).

    Who comes more than `grace` minutes late is a walk-in.
    """

    early: float = 2.0
    head_start: float = np.inf
    grace: float = 10.0


def booked(
    booked_for: Minutes, comes: Minutes, handling: Minutes, procedure: Whole, manner: Manner
) -> People:
    """People with a booked time who come at `comes` (inf: not at all)."""
    late = comes > booked_for + manner.grace
    ready = np.where(late, comes, np.maximum(comes, booked_for - manner.early))
    ahead = booked_for + FIRST if np.isinf(manner.head_start) else booked_for - manner.head_start
    key = np.where(late, comes, ahead)
    return People(ready, np.where(late, comes, booked_for), key, handling, procedure, booked_for)


def together(*people: People) -> People:
    """All of them in one hall."""
    parts = ("ready", "since", "key", "handling", "procedure", "booked_for")
    return People(*(np.concatenate([getattr(one, part) for one in people], axis=1) for part in parts))


class Hall:
    """The engine: in every step each replication calls the next person to the first counter that can take one."""

    def __init__(self, counters: Sequence[Counter]) -> None:
        """Counters with the fewest skills take first where several are free."""
        order = sorted(
            counters, key=lambda one: len(one.procedures) if one.procedures is not None else 1_000_000
        )
        self._kinds = list(dict.fromkeys(one.procedures for one in order))
        self._kind_of = np.array([self._kinds.index(one.procedures) for one in order])
        longest = max(len(one.duty) for one in order)
        self._help = np.inf
        self._on = np.full((longest, len(order)), np.inf)
        self._off = np.full((longest, len(order)), np.inf)
        for row, one in enumerate(order):
            for span, (begins, ends) in enumerate(sorted(one.duty)):
                self._on[span, row], self._off[span, row] = begins, ends

    @classmethod
    def by_day(
        cls, skills: Sequence[frozenset[int]], on: Minutes, off: Minutes, help_after: float = np.inf
    ) -> Hall:
        """A hall whose counters differ from day to day: spans by layer, replication and counter, inf for none.

        A counter with nobody of its own waiting takes others who could have been called for `help_after` minutes.
        """
        hall = cls.__new__(cls)
        order = sorted(range(len(skills)), key=lambda one: len(skills[one]))
        hall._kinds = list(dict.fromkeys(skills[one] for one in order))
        hall._kind_of = np.array([hall._kinds.index(skills[one]) for one in order])
        hall._on, hall._off, hall._help = on[:, :, order], off[:, :, order], help_after
        return hall

    def calls(self, people: People) -> Minutes:
        """When everybody is called; inf for who never comes or whom no counter takes."""
        rows = np.arange(len(people.ready))
        ready, called = people.ready.copy(), np.full(people.ready.shape, np.inf)
        knows = [self._knows(kind, people.procedure) for kind in self._kinds]
        free = np.zeros((len(rows), len(self._kind_of)))
        for _ in range(people.ready.shape[1]):
            first = np.array([self._first(one, ready) for one in knows])
            starts = self._on_duty(np.maximum(free, first[self._kind_of].T))
            counter = starts.argmin(axis=1)
            start = starts[rows, counter]
            going = np.isfinite(start)
            if not going.any():
                break
            person = self._key(knows, counter, ready, start, people.key).argmin(axis=1)
            at = (rows[going], person[going])
            called[at] = start[going]
            free[rows[going], counter[going]] = start[going] + people.handling[at]
            ready[at] = np.inf
        return called

    def _first(self, own: Flags, ready: Minutes) -> Minutes:
        """From when on somebody is there for a kind of counter."""
        found: Minutes = np.where(own, ready, ready + self._help).min(axis=1)
        return found

    def _key(
        self, knows: Sequence[Flags], counter: Whole, ready: Minutes, start: Minutes, key: Minutes
    ) -> Minutes:
        """The place in the order of calls for the counter of each row: its own, then those it helps."""
        own = self._may(knows, counter)
        found = np.where((ready <= start[:, None]) & own, key, np.inf)
        if np.isinf(self._help):
            return found
        helped = ~own & (ready + self._help <= start[:, None])
        return np.where(helped, key + LAST, found)

    def _on_duty(self, times: Minutes) -> Minutes:
        """The first minute from each time on at which the counter is on."""
        found = np.full(times.shape, np.inf)
        for begins, ends in zip(self._on[::-1], self._off[::-1], strict=True):
            found = np.where(times < ends, np.maximum(times, begins), found)
        return found

    def _may(self, knows: Sequence[Flags], counter: Whole) -> Flags:
        if len(knows) == 1:
            return knows[0]
        found: Flags = np.stack(knows)[self._kind_of[counter], np.arange(len(counter))]
        return found

    @staticmethod
    def _knows(kind: frozenset[int] | None, procedure: Whole) -> Flags:
        if kind is None:
            return np.ones(procedure.shape, dtype=np.bool_)
        return np.isin(procedure, list(kind))


def interval(values: Minutes) -> tuple[float, float]:
    """The mean of replications and half the width of its 95 % confidence interval."""
    kept = values[np.isfinite(values)]
    if len(kept) < 2:
        return float(kept.mean()) if len(kept) else 0.0, float("inf")
    return float(kept.mean()), float(1.96 * kept.std(ddof=1) / np.sqrt(len(kept)))
