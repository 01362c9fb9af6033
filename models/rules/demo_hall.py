"""A hall played through for one day: waits that are real consequences of the line. Minutes after midnight.

Each counter takes the booked people who are due first, by their time; then whoever came first among its queues, with
a head start for the earlier ones of them. A counter with nobody waiting helps a queue whose wait has grown long.
Counters stay until the hall is empty.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

HEAD_START = 10.0
"""Minutes by which a counter prefers each of its queues to the next one in its order."""
HELP_AFTER = 30.0
"""Minutes of waiting after which any idle counter of the office helps out (応援)."""
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
    """A counter of the day: its queues, own queue first, and the spans in which it takes somebody new."""

    number: str
    queues: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    busy_until: float = 0.0

    def takes(self, at: float) -> bool:
        """Whether it can take somebody now."""
        return self.busy_until <= at and any(on <= at < off for on, off in self.spans)


@dataclass(frozen=True)
class Manners:
    """How bookings are called and when people give up, in minutes; a rate is per ten minutes."""

    lead: float
    grace: float
    patience: float
    leaving_rate: float


@dataclass(slots=True)
class _Line:
    due: list[tuple[float, int, Person]] = field(default_factory=list)
    walk_ins: deque[Person] = field(default_factory=deque)


def play(people: Iterable[Person], desks: Sequence[Desk], manners: Manners, random: Random) -> None:
    """Serve everybody: fills `called`, `started`, `finished` and `counter`; who gave up keeps None."""
    lines: dict[str, _Line] = {queue: _Line() for desk in desks for queue in desk.queues}
    order = count()
    events: list[tuple[float, int, Person | None]] = [
        (on, next(order), None) for desk in desks for on, _ in desk.spans
    ]
    for person in people:
        if person.queue in lines:
            at = _joins(person, manners)
            events.append((at, next(order), person))
    heapq.heapify(events)
    while events:
        at, _, joins = heapq.heappop(events)
        if joins is not None:
            _queue_up(lines[joins.queue], joins, at, next(order), manners)
        free = [desk for desk in desks if desk.takes(at)]
        for desk in sorted(free, key=lambda desk: (len(desk.queues), desk.busy_until)):
            taken = _next(desk, lines, at, manners, random)
            if taken is not None:
                _serve(taken, desk, at, random)
                heapq.heappush(events, (desk.busy_until, next(order), None))


def _joins(person: Person, manners: Manners) -> float:
    """When a person may first be called: a booking not before its time, less the lead."""
    if person.slot is None:
        return person.arrives
    return max(person.arrives, person.slot - manners.lead)


def _queue_up(line: _Line, person: Person, at: float, order: int, manners: Manners) -> None:
    """A booking keeps its right for the grace; later it is a walk-in."""
    if person.slot is not None and at <= person.slot + manners.grace:
        heapq.heappush(line.due, (person.slot, order, person))
    else:
        line.walk_ins.append(person)


def _next(
    desk: Desk, lines: Mapping[str, _Line], at: float, manners: Manners, random: Random
) -> Person | None:
    due = [lines[queue].due for queue in desk.queues if lines[queue].due]
    if due:
        return heapq.heappop(min(due))[2]
    while queue := _longest(desk, lines, at):
        person = lines[queue].walk_ins.popleft()
        if not _gave_up(at - person.arrives, manners, random):
            return person
    return None


def _longest(desk: Desk, lines: Mapping[str, _Line], at: float) -> str | None:
    """The queue that the desk calls from, its own before those it only helps; None when nobody waits for it."""
    heads = {queue: line.walk_ins[0] for queue, line in lines.items() if line.walk_ins}
    own = [queue for queue in desk.queues if queue in heads]
    if own:
        return min(own, key=lambda queue: _key(heads[queue], queue, desk))
    others = [queue for queue, head in heads.items() if at - head.arrives > HELP_AFTER]
    return min(others, key=lambda queue: heads[queue].arrives, default=None)


def _key(person: Person, queue: str, desk: Desk) -> float:
    return person.arrives + HEAD_START * desk.queues.index(queue)


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
