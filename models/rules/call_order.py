"""呼出の順番: which waiting ticket a counter calls next, and why. One pure function; all instants are UTC.

The rules, in the order in which they decide (numbers from `HallPolicy`; sources: queue rules `booked_call`, `priority`,
`order`, `fairness`, `multi_skill`, `recall`):

1. *Whose line.* A counter calls from its own queues as from one line: its first one, and any it lists for which no
   counter that is on has it first. Another queue that it lists is helped when somebody there has waited longer than
   that queue's target while nobody in its own has (and nobody in its own goes ahead), or when nobody waits in its own.
2. *Bound.* After `ahead_in_a_row` calls in a row that went ahead of a line, the walk-in of that line who came first and
   has waited longer than `walk_in_bound` goes next.
3. *Returned.* Somebody back after absence is next; of several the one who came first.
4. *Due.* Whoever is due goes before walk-ins, the earliest due first: a booked visitor from `lead` before the booked
   time (unless later than `grace`).
5. *Line.* Then by arrival; priority is a head start in time, here and in being due. A transfer keeps its arrival and
   its time, so it keeps its place.
6. *Early.* A booked visitor who is not due yet is called only when nobody else waits in the counter's own queues.

Of several queues that could be helped, the one that the counter lists first is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.rules.hall_policy import HallPolicy

Reason = Literal["due", "returned", "bound", "line", "priority", "early"]
Help = Literal["own", "overdue", "idle"]
AHEAD: tuple[Reason, ...] = ("due", "returned", "priority")
"""The reasons for which somebody passes by the line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One waiting ticket as the order sees it; `due_at` is None for whoever stands in the line as a walk-in.

    `returned`: was called before, was absent, and is back.
    """

    id: int
    queue: str
    arrived_at: datetime
    order_at: datetime
    due_at: datetime | None = None
    booked: bool = False
    priority: bool = False
    returned: bool = False

    @property
    def in_line(self) -> bool:
        """Whether it stands among the walk-ins."""
        return self.due_at is None and not self.returned

    def waited(self, now: datetime) -> timedelta:
        """The wait that counts: from arrival, but not before it was due (measures, `wait`)."""
        return now - (self.arrived_at if self.due_at is None else max(self.arrived_at, self.due_at))


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter: its queues, first one first, and which queues some counter that is on has first."""

    queues: tuple[str, ...]
    kept_elsewhere: frozenset[str] = frozenset()

    @property
    def own(self) -> frozenset[str]:
        """The queues it calls from without a condition."""
        return frozenset(
            queue for place, queue in enumerate(self.queues) if not place or queue not in self.kept_elsewhere
        )


@dataclass(frozen=True, slots=True)
class Hall:
    """What the order rests on besides the tickets.

    `targets` are minutes by queue. `ahead` counts, by queue, the latest calls in a row that went ahead of its line: the
    calls of those counters whose own queue it is.
    """

    policy: HallPolicy
    targets: Mapping[str, float]
    ahead: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket that is next, why, and whether that helps another counter's queue."""

    ticket: Standing
    reason: Reason
    help: Help = "own"

    @property
    def goes_ahead(self) -> bool:
        """Whether the call passes by the line (it counts for the bound)."""
        return self.reason in AHEAD


def next_for(desk: Desk, waiting: Sequence[Standing], hall: Hall, now: datetime) -> Choice | None:
    """Whom this counter calls at `now`; None when nobody waits in its queues."""
    return _choose(desk.own, _lanes(desk, waiting, hall, now), hall, now)


def order(desk: Desk, waiting: Sequence[Standing], hall: Hall, now: datetime) -> list[Choice]:
    """The order in which this counter would call everybody at `now`, each with its reason."""
    lanes, mine = _lanes(desk, waiting, hall, now), desk.own
    ahead: Mapping[str, int] = hall.ahead
    found: list[Choice] = []
    while choice := _choose(mine, lanes, Hall(hall.policy, hall.targets, ahead), now):
        found.append(choice)
        ahead = counted(ahead, mine, choice.ticket.queue, choice.goes_ahead)
        lanes[choice.ticket.queue].take(choice.ticket)
    return found


def counted(ahead: Mapping[str, int], own: frozenset[str], queue: str, goes_ahead: bool) -> dict[str, int]:
    """`ahead` after a call from `queue` by a counter with these own queues: it passed by all of them, or by none."""
    passed = own if queue in own else frozenset((queue,))
    return {**ahead, **{one: ahead.get(one, 0) + 1 if goes_ahead else 0 for one in passed}}


def passes_by(ticket: Standing, waiting: Iterable[Standing]) -> bool:
    """Whether calling this one, whoever is next, goes ahead of a line: a walk-in of the same queue came earlier."""
    return not ticket.in_line or any(
        one.queue == ticket.queue and one.in_line and _arrival(one) < _arrival(ticket) for one in waiting
    )


RETURNED, DUE, LINE, EARLY = range(4)


def key(ticket: Standing, policy: HallPolicy, now: datetime) -> tuple[int, datetime, int]:
    """A ticket's place within its queue without the bound: smaller goes first."""
    bonus = policy.head_start if ticket.priority else timedelta()
    if ticket.returned:
        return (RETURNED, ticket.order_at, ticket.id)
    if ticket.due_at is None:
        return (LINE, ticket.order_at - bonus, ticket.id)
    due = ticket.due_at - bonus
    return (DUE if due <= now else EARLY, due, ticket.id)


@dataclass(slots=True)
class _Lane:
    """One queue's waiting tickets, first one first, and how many of them have waited longer than its target."""

    waiting: list[Standing]
    overdue: set[int]

    def take(self, ticket: Standing) -> None:
        self.waiting.remove(ticket)
        self.overdue.discard(ticket.id)


def _lanes(desk: Desk, waiting: Sequence[Standing], hall: Hall, now: datetime) -> dict[str, _Lane]:
    found: dict[str, _Lane] = {}
    for queue in desk.queues:
        mine = sorted(
            (one for one in waiting if one.queue == queue), key=lambda one: key(one, hall.policy, now)
        )
        target = hall.targets.get(queue, float("inf"))
        overdue = {one.id for one in mine if one.waited(now).total_seconds() / 60 > target}
        found[queue] = _Lane(mine, overdue)
    return found


def _choose(mine: frozenset[str], lanes: Mapping[str, _Lane], hall: Hall, now: datetime) -> Choice | None:
    heads = {queue: _head(queue, lane, hall, now) for queue, lane in lanes.items() if lane.waiting}
    own, own_overdue = [heads[queue] for queue in heads if queue in mine], False
    best = _first(own, hall, now)
    if best is not None:
        own_overdue = best.reason in (*AHEAD, "bound") or any(lanes[one.ticket.queue].overdue for one in own)
    helped = [queue for queue in heads if queue not in mine]
    overdue = [queue for queue in helped if lanes[queue].overdue]
    if overdue and not own_overdue:
        return _helping(heads[overdue[0]], "overdue")
    if best is not None:
        return best
    if not helped:
        return None
    return _helping(min((heads[queue] for queue in helped), key=lambda one: one.reason == "early"), "idle")


def _head(queue: str, lane: _Lane, hall: Hall, now: datetime) -> Choice:
    """Who is next within one queue."""
    if hall.ahead.get(queue, 0) >= hall.policy.ahead_in_a_row:
        bound = hall.policy.walk_in_bound
        long = [one for one in lane.waiting if one.in_line and now - one.arrived_at > bound]
        if long:
            return Choice(min(long, key=_arrival), "bound")
    first = lane.waiting[0]
    return Choice(first, _reason(first, lane.waiting, now))


def _reason(first: Standing, mine: Sequence[Standing], now: datetime) -> Reason:
    if first.returned or (first.due_at is not None and not first.booked):
        return "returned"
    if first.due_at is not None:
        if first.due_at <= now:
            return "due"
        return "priority" if first.priority and any(one.in_line for one in mine) else "early"
    return "priority" if first.priority and passes_by(first, mine) else "line"


def _arrival(ticket: Standing) -> tuple[datetime, int]:
    return (ticket.order_at, ticket.id)


def _first(own: Sequence[Choice], hall: Hall, now: datetime) -> Choice | None:
    """The first among the heads of the own queues, as if they were one line; a bound walk-in goes before all."""
    return min(
        own,
        key=lambda choice: (choice.reason != "bound", key(choice.ticket, hall.policy, now)),
        default=None,
    )


def _helping(choice: Choice, why: Help) -> Choice:
    return Choice(choice.ticket, choice.reason, why)
