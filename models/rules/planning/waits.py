"""待ち時間の目安: minutes until the call for everybody who waits, and for somebody who takes a number now.

A small Monte-Carlo over the true order of the calls: in each of `DRAWS` futures everybody's handling is drawn from the
log, bookings come, come late or not at all, and the counters call by the rules of `call_order`. One run answers for
the whole hall. The draws are fixed and belong to tickets, so that the same hall always gives the same answer, on every
screen, and a ticket's estimate moves only when something happened.
Method: Monte-Carlo over the log's distributions; compared with delay-history and queue-length formulas in the manner
of R. Ibrahim and W. Whitt, "Real-time delay estimation based on delay history" (2009), it is the nearest to the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.rules.planning.hall_draws import (
    DUE,
    LINE,
    RETURNED,
    UNSEEN,
    Asked,
    Counters,
    Futures,
    Lane,
    Minutes,
    Rules,
    Whole,
)  # fmt: skip

DRAWS = 100
"""As many as the answer needs: the median of 100 draws has a standard error of an eighth of the wait's own spread, and
less since everybody's draws are spread evenly; that adds under 1 % to the mean miss. Twice as many cost half as much
again.
"""
COLUMNS = 509
LONGEST = 480.0
"""Minutes: what is said where nobody would ever be called."""
HORIZON = 90.0
"""Minutes for which people who will come are played."""
AT_THE_END = 0.001
"""Minutes: who takes a number now stands behind everybody who took one just now."""
MOST_PLAYED = 150
"""Of a queue so many people are played out; behind them the line is taken to move as it did until there."""
SHOWN_STEP = 5
"""Minutes: people are told multiples of it."""
AT_ONCE = SHOWN_STEP / 2
"""Minutes: who is called within them in four futures of five is told to be called at once."""


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """Minutes until the call: nine in ten wait longer than `p10`, half longer than `p50`, one in five than `p80`."""

    p10: float
    p50: float
    p80: float
    p90: float


NEVER_CALLED = WaitEstimate(LONGEST, LONGEST, LONGEST, LONGEST)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in the line or still to come; minutes from now.

    `ticket` is 0 for whoever has none yet. `takes` are samples of how long a counter is taken. `order` is the place in
    the line (a head start taken off), `since` the beginning of the wait, `due` from when on it goes before the line
    (somebody who has `returned` after absence: from the start).
    `arrives` are samples of when somebody with a `due` comes who is not here yet, `comes` the chance that it happens.
    """

    ticket: int
    queue: str
    takes: Minutes
    order: float = 0.0
    since: float = 0.0
    due: float | None = None
    priority: bool = False
    returned: bool = False
    arrives: Minutes | None = None
    comes: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """People who will take a number in a queue: so many a minute; they matter where counters help one another."""

    queue: str
    per_minute: float
    takes: Minutes


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """A counter: its queues, which of them are its own (`call_order`), samples of when it is free, when it is away.

    `lunch` is from when to when it should be away besides: it begins after whoever is served then, and is a whole one.
    """

    queues: tuple[str, ...]
    own: frozenset[str]
    free: Minutes | None = None
    ticket: int = 0
    away: tuple[tuple[float, float], ...] = ()
    lunch: tuple[float, float] | None = None

    def absences(self) -> Iterator[tuple[float, float, float]]:
        """Whenever it is away: when that begins and ends, and how long it is at least."""
        yield from ((begins, ends, 0.0) for begins, ends in self.away)
        if self.lunch is not None:
            yield *self.lunch, self.lunch[1] - self.lunch[0]


@dataclass(frozen=True)
class Manners:
    """How the hall calls: targets by queue, the bound's minutes and calls in a row, the calls ahead so far by queue."""

    targets: Mapping[str, float]
    bound: float
    in_a_row: int
    ahead: Mapping[str, int]


@dataclass(frozen=True)
class Found:
    """The estimates: by ticket, and by queue for somebody who takes a number now."""

    tickets: Mapping[int, WaitEstimate]
    queues: Mapping[str, WaitEstimate]


def estimate(
    people: Sequence[Person], stations: Sequence[Station], manners: Manners, flows: Sequence[Flow] = ()
) -> Found:
    """The estimates of everybody with a ticket, and of every queue that a station serves."""
    queues = tuple(dict.fromkeys(queue for one in stations for queue in one.queues))
    rows = {queue: row for row, queue in enumerate(queues)}
    lines, dues, beyond = _lanes_of(queues, people)
    asked = [one.ticket for lane in (*lines, *dues) for one in lane if one.ticket]
    seen = {ticket: row for row, ticket in enumerate(asked)}
    ghosts = len(asked)
    coming = {one.queue: one for one in flows if one.per_minute > 0}
    played = Futures(
        _lines(lines, seen, ghosts, [coming.get(queue) for queue in queues]),
        _dues(dues, seen),
        _counters(stations, rows),
        _rules(queues, manners),
        Asked(ghosts + len(queues), ghosts),
    ).run()
    found = _quantiles(played)
    tickets = dict(zip(asked, found[:ghosts], strict=True))
    by_queue = dict(zip(queues, found[ghosts:], strict=True))
    for queue, left in beyond.items():
        tickets |= {one.ticket: _longer(by_queue[queue], row) for row, one in enumerate(left, start=1)}
        by_queue[queue] = _longer(by_queue[queue], len(left) + 1)
    tickets |= {one.ticket: NEVER_CALLED for one in people if one.queue not in rows and one.ticket}
    return Found(tickets, by_queue)


def shown_range(found: WaitEstimate) -> tuple[int, int]:
    """What people are told: from the median to the 80th percentile in steps of 5 minutes; (0, 0) means at once."""
    low = round(found.p50 / SHOWN_STEP) * SHOWN_STEP
    high = -int(-found.p80 // SHOWN_STEP) * SHOWN_STEP
    return (0, 0) if found.p80 <= AT_ONCE else (low, max(low, high))


def drawn(samples: Minutes, key: int) -> Minutes:
    """One value of a distribution for each draw; the draws of a key are always the same and evenly spread."""
    places: Whole = (_spread()[key % COLUMNS] * len(samples)).astype(np.int64)
    values: Minutes = samples.take(places)
    return values


@lru_cache(maxsize=1)
def _spread() -> Minutes:
    """For each key a permutation of the draws, as even steps between 0 and 1."""
    random = np.random.default_rng(20261124)
    steps = np.repeat(((np.arange(DRAWS) + 0.5) / DRAWS)[None], COLUMNS, axis=0)
    return random.permuted(steps, axis=1)


def _lanes_of(
    queues: Sequence[str], people: Iterable[Person]
) -> tuple[list[list[Person]], list[list[Person]], dict[str, list[Person]]]:
    """For each queue its line and those who go before it, and what of the line is too far behind to be played."""
    lines: dict[str, list[Person]] = {queue: [] for queue in queues}
    dues: dict[str, list[Person]] = {queue: [] for queue in queues}
    for one in people:
        if one.queue in lines:
            (lines if one.due is None else dues)[one.queue].append(one)
    for line in lines.values():
        line.sort(key=lambda one: (one.order, one.ticket))
    beyond = {queue: line[MOST_PLAYED:] for queue, line in lines.items() if len(line) > MOST_PLAYED}
    return [line[:MOST_PLAYED] for line in lines.values()], list(dues.values()), beyond


def _lines(
    lines: Sequence[Sequence[Person]], seen: Mapping[int, int], ghosts: int, flows: Sequence[Flow | None]
) -> list[Lane]:
    """For each queue its line, one who takes a number now and takes nobody's time, and those who will come."""
    everybody = [one for line in lines for one in (*line, _NOW)]
    ends = np.cumsum([len(line) + 1 for line in lines]).tolist()
    rows = np.array([seen.get(one.ticket, 0) for one in everybody])[:, None] + np.zeros(DRAWS, np.int64)
    rows[[end - 1 for end in ends]] = ghosts + np.arange(len(lines))[:, None]
    order = np.array([min(one.order, 0.0) for one in everybody])[:, None] + np.zeros(DRAWS)
    since = np.array([one.since for one in everybody])[:, None] + np.zeros(DRAWS)
    takes = np.array([drawn(one.takes, one.ticket) for one in everybody])
    priority = np.array([one.priority for one in everybody])[:, None] | np.zeros(DRAWS, np.bool_)
    key = LINE + order
    key[[end - 1 for end in ends]] += AT_THE_END
    parts = [slice(end - len(line) - 1, end) for line, end in zip(lines, ends, strict=True)]
    lanes = [
        Lane(order[at], order[at], since[at], key[at], takes[at], rows[at], priority[at]) for at in parts
    ]
    return [lane if flow is None else _followed(lane, flow) for lane, flow in zip(lanes, flows, strict=True)]


_NOW = Person(0, "", np.zeros(1))


def _followed(lane: Lane, flow: Flow) -> Lane:
    """A lane with those behind it who will come."""
    arrives = _arrivals(flow)
    order, since = np.concatenate((lane.ready, arrives)), np.concatenate((lane.since, arrives))
    drawings = [drawn(flow.takes, 401 + row) for row in range(len(arrives))]
    return Lane(
        order,
        order,
        since,
        np.concatenate((lane.key, LINE + arrives)),
        np.concatenate((lane.takes, drawings)),
        np.concatenate((lane.seen, np.full(arrives.shape, UNSEEN))),
        np.concatenate((lane.priority, np.zeros(arrives.shape, np.bool_))),
    )


def _arrivals(flow: Flow) -> Minutes:
    """When people will come, as a Poisson process over the horizon."""
    length = max(1, round(flow.per_minute * HORIZON))
    steps = np.array([-np.log(1 - drawn(_PART, 31 * ord(flow.queue[:1]) + row)) for row in range(length)])
    times: Minutes = np.cumsum(steps / flow.per_minute, axis=0)
    return times


def _dues(dues: Sequence[Sequence[Person]], seen: Mapping[int, int]) -> list[Lane]:
    """For each queue those who go before its line, in the order in which they can be called."""
    ends = np.cumsum([len(lane) for lane in dues]).tolist()
    here, due, key, takes = np.zeros((4, ends[-1] if ends else 0, DRAWS))
    rows, (queue, ticket) = np.full(here.shape, UNSEEN), np.zeros((2, *here.shape), np.int64)
    everybody = ((number, at, one) for number, lane in enumerate(dues) for at, one in enumerate(lane))
    for row, (number, at, one) in enumerate(everybody):
        drawing = one.ticket or 211 + at
        takes[row], due[row] = drawn(one.takes, drawing), one.due
        rows[row], queue[row], ticket[row] = seen.get(one.ticket, UNSEEN), number, one.ticket
        key[row] = RETURNED + one.order if one.returned else DUE + due[row]
        if one.arrives is not None:
            comes = drawn(_PART, drawing + 101) < one.comes
            here[row] = np.where(comes, drawn(one.arrives, drawing + 307), np.inf)
    ready = np.maximum(here, due)
    order = np.lexsort((ticket, key, ready, queue), axis=0) * DRAWS + np.arange(DRAWS)
    here, ready, key, takes, rows = (one.take(order) for one in (here, ready, key, takes, rows))
    nobody_ahead = np.zeros(here.shape, np.bool_)
    parts = [slice(end - len(lane), end) for lane, end in zip(dues, ends, strict=True)]
    return [
        Lane(here[at], ready[at], ready[at], key[at], takes[at], rows[at], nobody_ahead[at]) for at in parts
    ]


_PART: Minutes = (np.arange(1000) + 0.5) / 1000


def _counters(stations: Sequence[Station], rows: Mapping[str, int]) -> Counters:
    longest = max((len(one.queues) for one in stations), default=1)
    queues, own = np.full((len(stations), longest), len(rows)), np.zeros((len(stations), longest), np.bool_)
    free = np.zeros((len(stations), DRAWS))
    absences = [list(one.absences()) for one in stations]
    most = max(map(len, absences), default=0)
    begins, ends, least = (np.full((most, len(stations)), np.inf) for _ in range(3))
    for row, one in enumerate(stations):
        queues[row, : len(one.queues)] = [rows[queue] for queue in one.queues]
        own[row, : len(one.queues)] = [queue in one.own for queue in one.queues]
        if one.free is not None:
            free[row] = drawn(one.free, one.ticket or 17 + row)
        for place, absence in enumerate(absences[row]):
            begins[place, row], ends[place, row], least[place, row] = absence
    return Counters(free, queues, own, list(zip(begins, ends, least, strict=True)))


def _rules(queues: Sequence[str], manners: Manners) -> Rules:
    targets = np.array([manners.targets.get(queue, np.inf) for queue in queues], dtype=np.float64)
    ahead = np.array([manners.ahead.get(queue, 0) for queue in queues], dtype=np.int64)
    return Rules(targets, manners.bound, manners.in_a_row, ahead)


def _quantiles(called: Minutes) -> list[WaitEstimate]:
    """The draws stand for the middles of equal shares; between two of them the way is straight."""
    ordered = np.minimum(np.sort(called, axis=1), LONGEST)
    places = np.array((0.1, 0.5, 0.8, 0.9)) * DRAWS - 0.5
    below = places.astype(np.int64)
    found = ordered[:, below] * (below + 1 - places) + ordered[:, below + 1] * (places - below)
    return [WaitEstimate(*row) for row in found.tolist()]


def _longer(found: WaitEstimate, behind: int) -> WaitEstimate:
    """So many places behind the part that is played out: the line goes on as it went until there."""
    factor = 1 + behind / MOST_PLAYED
    values = (found.p10, found.p50, found.p80, found.p90)
    return WaitEstimate(*(min(LONGEST, value * factor) for value in values))
