"""呼出の順番: which waiting ticket a counter calls next, and why. One pure function; all instants are UTC.

The rules, in the order in which they decide (numbers from `HallPolicy`; sources: queue rules `booked_call`, `priority`,
`order`, `fairness`, `multi_skill`, `recall`):

1. *Whose line.* A counter calls from its own queues: its first one, and any it lists for which no counter that is on
   has it first. Another queue that it lists is helped when its head has waited longer than that queue's target while
   the own heads have not, or when nobody waits in the own ones.
2. *Bound.* After `ahead_in_a_row` calls in a row that went ahead of the line, the first walk-in who has waited longer
   than `walk_in_bound` goes next.
3. *Due.* Whoever is due goes before walk-ins, the earliest due first: a booked visitor from `lead` before the booked
   time (unless later than `grace`), somebody back after absence at once.
4. *Line.* Then by arrival; priority is a head start in time. A transfer keeps its arrival, so it keeps its place.
5. *Early.* A booked visitor who is not due yet is called only when nobody else waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.rules.hall_policy import HallPolicy

Reason = Literal["due", "returned", "bound", "line", "priority", "early"]
Help = Literal["own", "overdue", "idle"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One waiting ticket as the order sees it; `due_at` is None for whoever stands in the line as a walk-in."""

    id: int
    queue: str
    arrived_at: datetime
    order_at: datetime
    due_at: datetime | None = None
    booked: bool = False
    priority: bool = False


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

    `targets` are minutes by queue. `ahead` counts, by queue, the latest calls in a row that went ahead of the line.
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
        return self.reason in ("due", "returned", "priority")


def next_for(desk: Desk, waiting: Sequence[Standing], hall: Hall, now: datetime) -> Choice | None:
    """Whom this counter calls at `now`; None when nobody waits in its queues."""
    heads = {queue: choice for queue in desk.queues if (choice := _head(queue, waiting, hall, now))}
    own = [choice for queue, choice in heads.items() if queue in desk.own]
    helped = [choice for queue, choice in heads.items() if queue not in desk.own]
    best = _first(own, hall, now)
    overdue = [choice for choice in helped if _overdue(choice.ticket, hall, now)]
    waits_well = best is None or (
        best.reason not in ("due", "returned") and not any(_overdue(one.ticket, hall, now) for one in own)
    )
    if overdue and waits_well:
        return _as(overdue[0], "overdue")
    if best is not None:
        return best
    return _as(helped[0], "idle") if helped else None


def order(desk: Desk, waiting: Sequence[Standing], hall: Hall, now: datetime) -> list[Choice]:
    """The order in which this counter would call everybody at `now`, each with its reason."""
    left = {one.id: one for one in waiting if one.queue in desk.queues}
    ahead = dict(hall.ahead)
    found: list[Choice] = []
    while left:
        choice = next_for(desk, list(left.values()), Hall(hall.policy, hall.targets, ahead), now)
        if choice is None:
            break
        found.append(choice)
        queue = choice.ticket.queue
        ahead[queue] = ahead.get(queue, 0) + 1 if choice.goes_ahead else 0
        del left[choice.ticket.id]
    return found


def key(ticket: Standing, policy: HallPolicy, now: datetime) -> tuple[int, datetime, int]:
    """A ticket's place within its queue without the bound: smaller goes first."""
    if ticket.due_at is None:
        bonus = policy.head_start if ticket.priority else timedelta()
        return (1, ticket.order_at - bonus, ticket.id)
    return (0 if ticket.due_at <= now else 2, ticket.due_at, ticket.id)


def _head(queue: str, waiting: Sequence[Standing], hall: Hall, now: datetime) -> Choice | None:
    """Who is next within one queue."""
    mine = sorted((one for one in waiting if one.queue == queue), key=lambda one: key(one, hall.policy, now))
    if not mine:
        return None
    if hall.ahead.get(queue, 0) >= hall.policy.ahead_in_a_row:
        bound = hall.policy.walk_in_bound
        for one in sorted(mine, key=lambda one: (one.order_at, one.id)):
            if one.due_at is None and not one.priority and now - one.arrived_at > bound:
                return Choice(one, "bound")
    first = mine[0]
    return Choice(first, _reason(first, mine, now))


def _reason(first: Standing, mine: Sequence[Standing], now: datetime) -> Reason:
    if first.due_at is not None:
        if first.due_at > now:
            return "early"
        return "due" if first.booked else "returned"
    earlier = any(one.due_at is None and (one.order_at, one.id) < (first.order_at, first.id) for one in mine)
    return "priority" if first.priority and earlier else "line"


def _first(own: Sequence[Choice], hall: Hall, now: datetime) -> Choice | None:
    """The first among the heads of the own queues, as if they were one line; a bound walk-in goes before all."""
    return min(
        own,
        key=lambda choice: ((choice.reason != "bound",), key(choice.ticket, hall.policy, now)),
        default=None,
    )


def _overdue(ticket: Standing, hall: Hall, now: datetime) -> bool:
    since = ticket.arrived_at if ticket.due_at is None else max(ticket.arrived_at, ticket.due_at)
    return (now - since).total_seconds() / 60 > hall.targets.get(ticket.queue, float("inf"))


def _as(choice: Choice, help_: Help) -> Choice:
    return Choice(choice.ticket, choice.reason, help_)
