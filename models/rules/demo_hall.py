"""A hall played through for one day by the order of the calls: waits that are real consequences of the line.

Minutes after midnight. Counters call whom `call_order` says, the one that is free longest first, and stay until the
hall is empty.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from models.rules import call_order
from models.rules.call_order import Choice, Hall, Standing, counted, next_for
from models.rules.hall_policy import HallPolicy

MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the order asks for instants, minutes are counted from it."""
TO_CALL, TO_WALK, TO_WRITE_UP = (0.1, 1.5), (0.25, 1.0), (0.5, 3.0)
"""Minutes from … to: until a free counter calls, until the person sits, and for notes after the person has gone."""


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who comes: `slot` is the booked time; the rest is filled in as the day goes."""

    queue: str
    procedure: str
    arrives: float
    slot: float | None
    prefilled: bool
    handling: float
    called: float | None = None
    started: float | None = None
    finished: float | None = None
    counter: str | None = None


@dataclass(slots=True, eq=False)
class Desk:
    """A counter of the day: its queues, own queue first, the spans in which it takes somebody new, and its lunch.

    `away` is filled in: lunch begins at its turn, or once the visitor of that minute has left, and is a whole one.
    """

    number: str
    queues: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    lunch: tuple[float, float] | None = None
    busy_until: float = 0.0
    away: tuple[float, float] | None = None

    def begins(self) -> Iterator[float]:
        """The minutes at which it may come or go by itself."""
        yield from (on for on, _ in self.spans)
        if self.lunch is not None:
            yield self.lunch[0]

    def on(self, at: float) -> bool:
        """Whether it is on."""
        gone = self.away is not None and self.away[0] <= at < self.away[1]
        return not gone and any(begins <= at < ends for begins, ends in self.spans)

    def goes(self, at: float) -> tuple[float, float] | None:
        """From when to when it is at lunch, where it goes now: at its time, and once nobody is served."""
        if self.lunch is None or self.away is not None or at < max(self.lunch[0], self.busy_until):
            return None
        self.away = (at, at + self.lunch[1] - self.lunch[0])
        return self.away

    def beside(self, others: Iterable[Desk]) -> call_order.Desk:
        """The counter as the order sees it beside those that are on."""
        return call_order.Desk(self.queues, frozenset(one.queues[0] for one in others if one is not self))


@dataclass(frozen=True)
class Manners:
    """By what numbers the hall calls, its targets by queue and when people give up, in minutes; a rate is per ten."""

    policy: HallPolicy
    targets: Mapping[str, float]
    patience: float
    leaving_rate: float


def play(people: Sequence[Person], desks: Sequence[Desk], manners: Manners, random: Random) -> None:
    """Serve everybody: fills `called`, `started`, `finished` and `counter`; who gave up keeps None."""
    order, waiting = count(), dict[int, Standing]()
    ahead: Mapping[str, int] = {}
    events: list[tuple[float, int, int | None]] = [
        (at, next(order), None) for desk in desks for at in desk.begins()
    ]
    events += [(person.arrives, next(order), number) for number, person in enumerate(people)]
    heapq.heapify(events)
    while events:
        at, _, number = heapq.heappop(events)
        if number is not None:
            waiting[number] = _standing(number, people[number], manners.policy)
        for gone in filter(None, [desk.goes(at) for desk in desks]):
            heapq.heappush(events, (gone[1], next(order), None))
        on = [desk for desk in desks if desk.on(at)]
        for desk in sorted((one for one in on if one.busy_until <= at), key=lambda one: one.busy_until):
            seen, hall = desk.beside(on), Hall(manners.policy, manners.targets, ahead)
            while choice := _next(seen, waiting, hall, at):
                del waiting[choice.ticket.id]
                person = people[choice.ticket.id]
                if not (choice.ticket.in_line and _gave_up(at - person.arrives, manners, random)):
                    ahead = counted(ahead, seen.own, person.queue, choice.goes_ahead)
                    _serve(person, desk, at, random)
                    heapq.heappush(events, (desk.busy_until, next(order), None))
                    break


def _next(desk: call_order.Desk, waiting: Mapping[int, Standing], hall: Hall, at: float) -> Choice | None:
    mine = [one for one in waiting.values() if one.queue in desk.queues]
    return next_for(desk, mine, hall, _instant(at)) if mine else None


def _standing(number: int, person: Person, policy: HallPolicy) -> Standing:
    """Somebody who has come, as the order sees it; a booking keeps its right for the grace."""
    due = None
    if person.slot is not None and person.arrives <= person.slot + policy.grace_minutes:
        due = _instant(person.slot - policy.lead_minutes)
    arrived = _instant(person.arrives)
    return Standing(number, person.queue, arrived, arrived, due, person.slot is not None)


def _instant(minute: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def _gave_up(waited: float, manners: Manners, random: Random) -> bool:
    over = waited - manners.patience
    return over > 0 and random.random() > (1 - manners.leaving_rate) ** (over / 10)


def _serve(person: Person, desk: Desk, at: float, random: Random) -> None:
    """Called, walks up, is handled; then the counter writes up the case before it calls again."""
    person.called = at + random.uniform(*TO_CALL)
    person.started = person.called + random.uniform(*TO_WALK)
    person.finished = person.started + person.handling
    person.counter = desk.number
    desk.busy_until = person.finished + random.uniform(*TO_WRITE_UP)


def without(
    spans: Iterable[tuple[float, float]], window: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """Spans with a window cut out of them."""
    for on, off in spans:
        for start, end in ((on, min(off, window[0])), (max(on, window[1]), off)):
            if start < end:
                yield start, end


def lognormal(mean: float, cv: float) -> Callable[[Random], float]:
    """A draw of handling minutes with this mean and coefficient of variation."""
    sigma = math.sqrt(math.log(1 + cv * cv))
    middle = math.log(mean) - sigma * sigma / 2
    return lambda random: random.lognormvariate(middle, sigma)
