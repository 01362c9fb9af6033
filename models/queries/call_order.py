"""誰が次か: the waiting tickets and what the order rests on, read for one counter or for the whole hall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select

from models.core.db import session
from models.queries import catalogue, hall
from models.queries.hall import ShiftView
from models.queries.line import TicketView, line
from models.queries.offices import CounterView, OfficeView
from models.rules.call_order import AHEAD, Choice, Desk, Hall, Standing, counted, order
from models.tables import Ticket, TicketEvent

WENT_AHEAD = (*AHEAD, "passed")
"""What a call's history says where it went ahead of the line; `passed` is where staff chose whom to call."""
COLUMNS = (
    Ticket.id, Ticket.queue, Ticket.arrived_at, Ticket.order_at, Ticket.due_at, Ticket.booked_for, Ticket.source,
    Ticket.priority, Ticket.called_at,
)  # fmt: skip
LATEST_EVENTS = 300
"""So far back runs of calls are looked for: the latest events of an office, whatever the size of its history."""
LATEST = (
    select(
        TicketEvent.kind,
        TicketEvent.ticket_id,
        TicketEvent.detail,
        TicketEvent.counter,
        Ticket.queue,
        Ticket.day,
    )
    .join(Ticket, Ticket.id == TicketEvent.ticket_id)
    .where(TicketEvent.office_id == bindparam("place"))
    .order_by(TicketEvent.version.desc())
    .limit(LATEST_EVENTS)
)


def standing(ticket: TicketView) -> Standing:
    """A waiting (or absent) ticket as the order sees it; who was called before and waits again was absent."""
    return Standing(
        ticket.id, ticket.queue, ticket.arrived_at or ticket.order_at, ticket.order_at, ticket.due_at,
        ticket.booked_for is not None and ticket.source == "booked", ticket.priority, ticket.called_at is not None,
    )  # fmt: skip


def waiting(place: OfficeView, day: date, queues: Sequence[str]) -> list[Standing]:
    """The day's waiting tickets of these queues as the order sees them, and nothing else of them."""
    chosen = select(*COLUMNS).where(
        Ticket.office_id == place.id, Ticket.day == day, Ticket.state == "waiting", Ticket.queue.in_(queues)
    )
    return [
        Standing(
            row.id, row.queue, row.arrived_at or row.order_at, row.order_at, row.due_at,
            row.booked_for is not None and row.source == "booked", row.priority, row.called_at is not None,
        )
        for row in session().execute(chosen)
    ]  # fmt: skip


def seen_by(place: OfficeView, day: date, counter: CounterView) -> tuple[Desk, Hall]:
    """A counter and its hall as the order sees them."""
    on = hall.on_now(place, day)
    return Desk(counter.queues, hall.first_queues(on, but=counter.number)), _basis(place, day, on)


def desk_of(place: OfficeView, day: date, counter: CounterView) -> Desk:
    """A counter as the order sees it: which of its queues another counter that is on has first."""
    return Desk(counter.queues, hall.first_queues(hall.on_now(place, day), but=counter.number))


def basis(place: OfficeView, day: date) -> Hall:
    """Policy, targets and the latest calls of a day."""
    return _basis(place, day, hall.on_now(place, day))


def ahead_in_a_row(place: OfficeView, day: date) -> dict[str, int]:
    """By queue, how many of the latest calls in a row by the counters that have it as their own went ahead of its line.

    A call that was undone was none.
    """
    return _ahead_in_a_row(place, day, hall.on_now(place, day))


def _basis(place: OfficeView, day: date, on: Sequence[ShiftView]) -> Hall:
    targets = {code: queue.target_wait_minutes for code, queue in catalogue.current().queues.items()}
    return Hall(hall.policy_of(place), targets, _ahead_in_a_row(place, day, on))


def _ahead_in_a_row(place: OfficeView, day: date, on: Sequence[ShiftView]) -> dict[str, int]:
    own = {
        one.counter.number: Desk(one.counter.queues, hall.first_queues(on, but=one.counter.number)).own
        for one in on
    }
    found: dict[str, int] = {}
    for queue, counter, ahead in reversed(_calls(place, day)):
        found = counted(found, own.get(counter or "", frozenset()), queue, ahead)
    return found


def _calls(place: OfficeView, day: date) -> list[tuple[str, str | None, bool]]:
    """The latest calls that stand, latest first: whose queue, by which counter, whether ahead of the line."""
    rows = session().execute(LATEST, {"place": place.id})
    undone: Counter[int] = Counter()
    found = []
    for row in rows:
        if row.day != day:
            continue
        if row.kind == "undo" and row.detail.startswith("call "):
            undone[row.ticket_id] += 1
        elif row.kind == "call" and undone[row.ticket_id]:
            undone[row.ticket_id] -= 1
        elif row.kind == "call":
            found.append((row.queue, row.counter, row.detail in WENT_AHEAD))
    return found


def for_counter(
    place: OfficeView,
    day: date,
    counter: CounterView,
    now: datetime,
    waiting: Sequence[TicketView] | None = None,
) -> list[tuple[TicketView, Choice]]:
    """The order in which a counter would call everybody of its queues at `now`, each with its reason.

    `waiting` is who waits in them, where that was read already.
    """
    found = line(place, day, queues=counter.queues) if waiting is None else waiting
    return _ordered(found, *seen_by(place, day, counter), now)


def for_hall(
    place: OfficeView,
    day: date,
    now: datetime,
    queues: Iterable[str] = (),
    waiting: Sequence[TicketView] | None = None,
) -> list[tuple[TicketView, Choice]]:
    """The order in which the hall calls at `now`, as if its queues were one line; within a queue it is exact."""
    chosen = tuple(queues) or tuple(catalogue.current().queues)
    found = line(place, day, queues=chosen) if waiting is None else waiting
    return _ordered(found, Desk(chosen), basis(place, day), now)


def within_queue(place: OfficeView, day: date, queue: str, now: datetime) -> list[TicketView]:
    """The waiting tickets of one queue in the order of their calls."""
    return [ticket for ticket, _ in for_hall(place, day, now, (queue,))]


def ahead_of(place: OfficeView, day: date, ticket: TicketView, now: datetime) -> list[TicketView]:
    """The waiting tickets of its queue that are called before this one, in their order; empty unless it waits."""
    if ticket.state != "waiting":
        return []
    found = within_queue(place, day, ticket.queue, now)
    return found[: next((at for at, one in enumerate(found) if one.id == ticket.id), 0)]


def _ordered(
    waiting: Sequence[TicketView], desk: Desk, state: Hall, now: datetime
) -> list[tuple[TicketView, Choice]]:
    known = {ticket.id: ticket for ticket in waiting}
    chosen = order(desk, [standing(ticket) for ticket in waiting], state, now)
    return [(known[choice.ticket.id], choice) for choice in chosen]
