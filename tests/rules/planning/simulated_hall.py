"""A hall of a city that does not exist, played by `rules.call_order` itself: what estimates are held against.

Minutes since the doors opened. Visitors arrive, some with a booking; each counter that is free calls whom the rule
says. The estimate never sees how a hall was played, only its log and what a hall knows at an instant.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from random import Random

import numpy as np

from models.queries.hall_now import FARTHEST, NEAREST
from models.rules.call_order import Desk, Hall, Standing, counted, next_for
from models.rules.hall_policy import HallPolicy
from models.rules.planning.handling_times import (
    Learned,
    Minutes,
    Past,
    Prior,
    Usual,
    learn,
    mixture,
    remaining,
    still_comes,
)
from models.rules.planning.waits import Flow, Manners, Person, Station

ZERO = datetime(2026, 11, 24, tzinfo=UTC)
POLICY = HallPolicy()
ABSENT, GIVING_UP = 0.02, 2.5
NO_SHOW, EARLY, EARLY_SPREAD = 0.06, 6.0, 5.0
LAG, GAP = (0.2, 1.0), (0.5, 3.0)


def instant(minute: float) -> datetime:
    return ZERO + timedelta(minutes=minute)


@dataclass(frozen=True)
class Plan:
    """A hall: procedures (queue, minutes, share of visits), counters with their queues, visitors an hour."""

    procedures: Mapping[str, tuple[str, float, float]]
    counters: tuple[tuple[str, ...], ...]
    an_hour: float
    booked: float = 0.0
    minutes: float = 420.0
    variation: float = 0.6
    targets: float = 15.0
    speed: float = 0.1

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(queue for one in self.counters for queue in one))

    def desk(self, number: int) -> Desk:
        firsts = frozenset(one[0] for place, one in enumerate(self.counters) if place != number)
        return Desk(self.counters[number], firsts)


@dataclass(eq=False)
class Visitor:
    id: int
    procedure: str
    queue: str
    arrives: float
    slot: float | None
    handling: float
    called: float | None = None
    started: float | None = None
    finished: float | None = None
    counter: int | None = None
    freed: float = math.inf

    def standing(self) -> Standing:
        arrived = instant(self.arrives)
        late = self.slot is not None and self.arrives > self.slot + POLICY.grace_minutes
        due = None if self.slot is None or late else instant(self.slot - POLICY.lead_minutes)
        return Standing(self.id, self.queue, arrived, arrived, due, self.slot is not None)


@dataclass
class Day:
    """A played day: everybody, and who is booked and never came."""

    plan: Plan
    visitors: list[Visitor]
    missing: list[float]
    ahead: list[tuple[float, dict[str, int]]] = field(default_factory=list)


POOL = Plan(
    {
        "P1": ("A", 8, 0.3),
        "P2": ("A", 12, 0.25),
        "P3": ("A", 15, 0.2),
        "P4": ("A", 25, 0.15),
        "P5": ("A", 40, 0.1),
    },
    (("A",),) * 8,
    an_hour=30.0,
)
MIXED = Plan(
    {
        "P1": ("A", 8, 0.32), "P2": ("A", 12, 0.14), "P3": ("B", 25, 0.16), "P4": ("C", 30, 0.06),
        "P5": ("D", 20, 0.14), "P6": ("F", 15, 0.1), "P7": ("G", 25, 0.08),
    },
    (("A",), ("A", "B"), ("B", "C", "A"), ("C", "B", "A"), ("D", "A"), ("F", "G"), ("G", "F"), ("D", "F")),
    an_hour=27.0,
    booked=0.35,
)  # fmt: skip


def lognormal(mean: float, variation: float, random: Random) -> float:
    spread = math.log(1 + variation * variation)
    return random.lognormvariate(math.log(mean) - spread / 2, math.sqrt(spread))


def play(plan: Plan, seed: int) -> Day:
    """One day from the first visitor until the hall is empty."""
    random = Random(seed)
    visitors, missing = _people(plan, random)
    speed = [math.exp(random.gauss(0, plan.speed)) for _ in plan.counters]
    day = Day(plan, visitors, missing)
    waiting: dict[int, Visitor] = {}
    ahead: dict[str, int] = {}
    order = count()
    events: list[tuple[float, int, Visitor | None]] = [(one.arrives, next(order), one) for one in visitors]
    events += [(0.0, next(order), None)]
    heapq.heapify(events)
    free = [0.0] * len(plan.counters)
    while events:
        at, _, visitor = heapq.heappop(events)
        if visitor is not None:
            waiting[visitor.id] = visitor
        for number in sorted(range(len(free)), key=lambda one: free[one]):
            if free[number] > at:
                continue
            choice = next_for(
                plan.desk(number),
                [one.standing() for one in waiting.values()],
                Hall(POLICY, dict.fromkeys(plan.queues, plan.targets), ahead),
                instant(at),
            )
            if choice is None:
                continue
            ahead = counted(ahead, plan.desk(number).own, choice.ticket.queue, choice.goes_ahead)
            day.ahead.append((at, ahead))
            _serve(waiting.pop(choice.ticket.id), number, at, speed[number], random)
            free[number] = visitors[choice.ticket.id - 1].freed
            heapq.heappush(events, (free[number], next(order), None))
    return day


def _people(plan: Plan, random: Random) -> tuple[list[Visitor], list[float]]:
    codes = list(plan.procedures)
    shares = [plan.procedures[code][2] for code in codes]
    found: list[tuple[float, str, float | None]] = []
    missing: list[float] = []
    at = 0.0
    while (at := at + random.expovariate(plan.an_hour / 60)) < plan.minutes:
        code = random.choices(codes, shares)[0]
        slot = None
        if random.random() < plan.booked:
            slot = at // 10 * 10
            if random.random() < NO_SHOW:
                missing.append(slot)
                continue
        arrives = at if slot is None else max(0.0, slot + random.gauss(-EARLY, EARLY_SPREAD))
        found.append((arrives, code, slot))
    found.sort(key=lambda one: one[0])
    visitors = [
        Visitor(
            number, code, plan.procedures[code][0], arrives, slot,
            lognormal(plan.procedures[code][1], plan.variation, random),
        )
        for number, (arrives, code, slot) in enumerate(found, start=1)
    ]  # fmt: skip
    return visitors, missing


def _serve(one: Visitor, number: int, at: float, speed: float, random: Random) -> None:
    one.called, one.counter = at, number
    if random.random() < ABSENT:
        one.freed = at + GIVING_UP
        return
    one.started = at + random.uniform(*LAG)
    one.finished = one.started + one.handling * speed
    one.freed = one.finished + random.uniform(*GAP)


def log(days: Sequence[Day]) -> Iterator[Past]:
    """The days as an office's log has them."""
    for day in days:
        following = {
            before.id: after
            for number in range(len(day.plan.counters))
            for before, after in _pairs([one for one in day.visitors if one.counter == number])
        }
        for one in day.visitors:
            after = following.get(one.id)
            gap = None
            if after is not None and one.finished is not None and after.called is not None:
                due = max(after.arrives, after.slot or 0.0)
                gap = after.called - one.finished if due <= one.finished else None
            yield Past(
                one.procedure,
                False,
                handling=_between(one.started, one.finished),
                lag=_between(one.called, one.started),
                gap=gap,
                absent=one.called is not None and one.started is None,
                lateness=None if one.slot is None else one.arrives - one.slot,
            )
        for _ in day.missing:
            yield Past("P1", False, None, no_show=True)


def _between(begins: float | None, ends: float | None) -> float | None:
    return None if begins is None or ends is None else ends - begins


def _pairs(served: list[Visitor]) -> Iterator[tuple[Visitor, Visitor]]:
    ordered = sorted(served, key=lambda one: one.called or 0.0)
    yield from zip(ordered, ordered[1:], strict=False)


def prior(plan: Plan, factor: float = 1.0) -> Prior:
    """What a catalogue would say: the true means times `factor`."""
    usual = {
        code: Usual(queue, mean * factor, mean * factor) for code, (queue, mean, _) in plan.procedures.items()
    }
    return Prior(usual, plan.variation, NO_SHOW)


def truth(plan: Plan) -> Learned:
    """The distributions that the days are made from, finely."""
    random = Random(7)
    rows = [
        Past(
            code,
            False,
            handling=lognormal(mean, plan.variation, random) * math.exp(random.gauss(0, plan.speed)),
            lag=random.uniform(*LAG),
            gap=random.uniform(*GAP),
            lateness=random.gauss(-EARLY, EARLY_SPREAD),
        )
        for code, (_, mean, _) in plan.procedures.items()
        for _ in range(4000)
    ]
    found = learn(rows, prior(plan))
    return Learned(
        found.prior,
        found.handling,
        found.pace,
        found.lag,
        found.gap,
        found.answer,
        ABSENT,
        found.lateness,
        NO_SHOW,
        found.visits,
    )


@dataclass(frozen=True)
class Instant:
    """What is known of a day at a minute."""

    people: list[Person]
    stations: list[Station]
    manners: Manners
    flows: list[Flow]


def known(day: Day, at: float, learned: Learned) -> Instant:
    """What an office knows at minute `at`: the line, who is served since when, the bookings that are not here."""
    plan = day.plan
    takes: Callable[[str], Minutes] = partial(learned.takes, prefilled=False)
    people = []
    for one in day.visitors:
        if one.arrives <= at and (one.called is None or one.called > at):
            due = one.standing().due_at
            since = one.arrives - at
            minutes = None if due is None else (due - instant(at)).total_seconds() / 60
            people.append(Person(one.id, one.queue, takes(one.procedure), since, since, minutes))
    load = sum(float(one.takes.mean()) for one in people) / len(plan.counters)
    first, last = at - POLICY.grace_minutes, at + min(FARTHEST, max(NEAREST, 1.5 * load))
    for one in day.visitors:
        if one.slot is not None and one.arrives > at and first < one.slot < last:
            people.append(_expected(one.queue, one.slot, at, takes(one.procedure), learned))
    for slot in day.missing:
        if first < slot < last:
            people.append(_expected(plan.queues[0], slot, at, takes(next(iter(plan.procedures))), learned))
    ahead = next((one for when, one in reversed(day.ahead) if when <= at), {})
    manners = Manners(
        dict.fromkeys(plan.queues, plan.targets), POLICY.walk_in_bound_minutes, POLICY.ahead_in_a_row, ahead
    )
    stations = [_station(day, number, at, learned) for number in range(len(plan.counters))]
    helps = any(len(one.own) < len(one.queues) for one in stations)
    return Instant(people, stations, manners, list(_flows(plan, learned)) if helps else [])


def _expected(queue: str, slot: float, at: float, takes: Minutes, learned: Learned) -> Person:
    starts, grace = slot - at, POLICY.grace_minutes
    late = learned.lateness[(learned.lateness > -starts) & (learned.lateness <= grace)]
    beyond = max(1, int((learned.lateness > -starts).sum()))
    arrives = late + starts if len(late) else np.full(1, np.inf)
    comes = still_comes(learned, -starts) * len(late) / beyond
    return Person(0, queue, takes, due=starts - POLICY.lead_minutes, arrives=arrives, comes=comes)


def _station(day: Day, number: int, at: float, learned: Learned) -> Station:
    desk = day.plan.desk(number)
    mine = [
        one for one in day.visitors if one.counter == number and one.called is not None and one.called <= at
    ]
    free, ticket = np.zeros(1), 0
    if mine:
        last = max(mine, key=lambda one: one.called or 0.0)
        if last.started is not None and last.finished is not None and last.finished > at:
            free, ticket = learned.left(last.procedure, False, max(0.0, at - last.started)), last.id
        elif last.freed > at and last.finished is not None:
            free = remaining(learned.gap, at - last.finished)
    return Station(desk.queues, desk.own, free, ticket)


def _flows(plan: Plan, learned: Learned) -> Iterator[Flow]:
    for queue in plan.queues:
        mine = {code: share for code, (of, _, share) in plan.procedures.items() if of == queue}
        walk_ins = plan.an_hour / 60 * sum(mine.values()) * (1 - plan.booked)
        yield Flow(
            queue, walk_ins, mixture([(learned.takes(code, False), share) for code, share in mine.items()])
        )


def naive(day: Day, one: Visitor) -> float:
    """What most halls say: people ahead in the queue and oneself, times the mean, over its counters."""
    plan, at = day.plan, one.arrives
    ahead = [
        other
        for other in day.visitors
        if other.queue == one.queue and other.arrives <= at and (other.called is None or other.called > at)
    ]
    counters = max(1, sum(1 for queues in plan.counters if queues[0] == one.queue))
    mine = [(mean, share) for queue, mean, share in plan.procedures.values() if queue == one.queue]
    mean = sum(mean * share for mean, share in mine) / sum(share for _, share in mine)
    return len(ahead) * mean / counters
