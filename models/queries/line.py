"""今日の列: the tickets of a business day as staff see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select

from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.rules.statistics import HandledTicket
from models.rules.ticket_states import ASIDE, AT_COUNTER, AWAY, OVER
from models.tables import Ticket, TicketEvent, Visit


@dataclass(frozen=True)
class TicketView:
    """受付番号 with its instants (UTC)."""

    id: int
    visit_id: int | None
    number: str
    queue: str
    procedures: tuple[str, ...]
    source: str
    prefilled: bool
    state: str
    counter: str | None
    booked_for: datetime | None
    arrived_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    scanned_at: datetime | None
    printed_at: datetime | None
    finished_at: datetime | None
    order_at: datetime
    due_at: datetime | None
    priority: bool
    calls: int
    leg: int
    seat: str | None
    language: str
    day: date


@dataclass(frozen=True)
class EventView:
    """One line of a ticket's history; `before` and `after` are None where the state stayed as it was."""

    at: datetime
    kind: str
    counter: str | None
    before: str | None = None
    after: str | None = None
    detail: str = ""
    leg: int = 1


@dataclass(frozen=True)
class AtDesk:
    """What a desk sees of a day's line: its own ticket, what it put aside (oldest first), who waits, who is away."""

    mine: TicketView | None
    beside: tuple[TicketView, ...]
    waiting: tuple[TicketView, ...]
    away: tuple[TicketView, ...]


@dataclass(frozen=True)
class Stay:
    """A ticket with every ticket of its visit in their order, and what happened in all of them, oldest first."""

    ticket: TicketView
    legs: tuple[TicketView, ...]
    history: tuple[EventView, ...]

    def events_of(self, leg: int) -> list[EventView]:
        """What happened to one of the tickets."""
        return [one for one in self.history if one.leg == leg]

    @property
    def events(self) -> list[EventView]:
        """What happened to this ticket."""
        return self.events_of(self.ticket.leg)


TICKETS = select(
    Ticket.id, Ticket.visit_id, Ticket.number, Ticket.external_id, Ticket.queue, Ticket.procedures, Ticket.source,
    Ticket.prefilled, Ticket.state, Ticket.counter, Ticket.booked_for, Ticket.arrived_at, Ticket.called_at,
    Ticket.started_at, Ticket.scanned_at, Ticket.printed_at, Ticket.finished_at, Ticket.order_at, Ticket.due_at,
    Ticket.priority, Ticket.calls, Ticket.leg, Visit.seat, Ticket.language, Ticket.day,
).outerjoin(Visit, Visit.id == Ticket.visit_id)  # fmt: skip
"""The statements that every desk, board and phone lives on are built once, and read as rows: none is ever changed."""
OF_DAY = TICKETS.where(Ticket.office_id == bindparam("place"), Ticket.day == bindparam("day"))
LINE = OF_DAY.where(Ticket.state.in_(bindparam("states", expanding=True))).order_by(
    Ticket.order_at, Ticket.id
)
OF_QUEUES = LINE.where(Ticket.queue.in_(bindparam("queues", expanding=True)))
OF_COUNTER = OF_DAY.where(
    Ticket.counter == bindparam("counter"), Ticket.state.in_(bindparam("states", expanding=True))
).order_by(Ticket.called_at.desc(), Ticket.id)
AT_DESK = OF_DAY.where(
    or_(
        and_(
            Ticket.state.in_(bindparam("line", expanding=True)),
            Ticket.queue.in_(bindparam("queues", expanding=True)),
        ),
        and_(Ticket.state.in_(bindparam("begun", expanding=True)), Ticket.counter == bindparam("counter")),
    )
).order_by(Ticket.order_at, Ticket.id)
DONE = select(
    Ticket.arrived_at, Ticket.booked_for, Ticket.called_at, Ticket.started_at, Ticket.finished_at,
    Ticket.queue, Ticket.procedure, Ticket.counter, Ticket.source, Ticket.prefilled,
).where(Ticket.office_id == bindparam("place"), Ticket.day == bindparam("day"), Ticket.state == "done")  # fmt: skip
DONE_AT = DONE.where(Ticket.counter == bindparam("counter"))
NUMBERED = OF_DAY.where(Ticket.number == bindparam("number"))
OF_VISIT = TICKETS.where(Visit.id == bindparam("visit")).order_by(Ticket.leg)
OF_BOOKING = TICKETS.where(Visit.booking_id == bindparam("booking"))
BY_ROW = TICKETS.where(Ticket.id == bindparam("ticket"))
EVENTS = (
    select(
        TicketEvent.at, TicketEvent.kind, TicketEvent.counter, TicketEvent.before, TicketEvent.after,
        TicketEvent.detail, Ticket.leg, TicketEvent.ticket_id,
    )
    .join(Ticket, Ticket.id == TicketEvent.ticket_id)
    .order_by(TicketEvent.id)
)  # fmt: skip
OF_TICKETS = EVENTS.where(TicketEvent.ticket_id.in_(bindparam("tickets", expanding=True)))
OF_STAY = EVENTS.where(Ticket.visit_id == bindparam("visit"))


def line(
    place: OfficeView, day: date, states: Sequence[str] = ("waiting",), queues: Sequence[str] = ()
) -> list[TicketView]:
    """The day's tickets in these states, by arrival; `queries.call_order` knows the order of the calls."""
    asked = {"place": place.id, "day": day, "states": states}
    return _seen(OF_QUEUES, {**asked, "queues": queues}) if queues else _seen(LINE, asked)


def at_desk(place: OfficeView, day: date, counter: str | None, queues: Sequence[str]) -> AtDesk:
    """What a counter (none: the reception) sees of these queues, by arrival, in one statement."""
    found = _seen(
        AT_DESK,
        {
            "place": place.id, "day": day, "counter": counter, "queues": queues,
            "line": ("waiting", *AWAY), "begun": (*AT_COUNTER, *ASIDE),
        },
    )  # fmt: skip
    begun = sorted((one for one in found if one.state in (*AT_COUNTER, *ASIDE)), key=_called)
    return AtDesk(
        mine=next((one for one in reversed(begun) if one.state in AT_COUNTER), None),
        beside=tuple(one for one in begun if one.state in ASIDE),
        waiting=tuple(one for one in found if one.state == "waiting"),
        away=tuple(one for one in found if one.state in AWAY),
    )


def served(place: OfficeView, day: date, counter: str | None) -> list[HandledTicket]:
    """The day's tickets that are done, as measures see them: those of a counter, or (None) of the office."""
    asked = {"place": place.id, "day": day}
    chosen = DONE if counter is None else DONE_AT
    rows = session().execute(chosen, asked if counter is None else {**asked, "counter": counter})
    return [HandledTicket(*row[:10], "finished") for row in rows]


def by_number(place: OfficeView, day: date, number: str) -> TicketView:
    """Today's ticket with this number: of a visit with several, the one whose turn it is; `NotFound` otherwise."""
    found = _seen(NUMBERED, {"place": place.id, "day": day, "number": number})
    if not found:
        raise NotFound
    return whose_turn(found)


def of_visit(visit_id: int) -> list[TicketView]:
    """Every ticket of a visit, in their order."""
    return _seen(OF_VISIT, {"visit": visit_id})


def at_counter(place: OfficeView, day: date, counter: str) -> TicketView | None:
    """The ticket that a counter has called or is serving."""
    found = _seen(OF_COUNTER, {"place": place.id, "day": day, "counter": counter, "states": AT_COUNTER})
    return found[0] if found else None


def of_booking(booking_id: int) -> TicketView | None:
    """The ticket that a booking became at check-in, the one whose turn it is."""
    found = _seen(OF_BOOKING, {"booking": booking_id})
    return whose_turn(found) if found else None


def events(ticket: TicketView) -> list[EventView]:
    """A ticket's history, oldest first."""
    return events_of([ticket.id])[ticket.id]


def events_of(tickets: Sequence[int]) -> dict[int, list[EventView]]:
    """The histories of several tickets by their rows, each oldest first."""
    found: dict[int, list[EventView]] = {ticket: [] for ticket in tickets}
    rows = session().execute(OF_TICKETS, {"tickets": list(found)}) if found else ()
    for row in rows:
        found[row.ticket_id].append(EventView(*row[:-1]))
    return found


def stay_of(ticket: TicketView) -> Stay:
    """The whole stay of a ticket's visitor; where no visit is known, the ticket alone."""
    if ticket.visit_id is None:
        return Stay(ticket, (ticket,), tuple(events(ticket)))
    rows = session().execute(OF_STAY, {"visit": ticket.visit_id})
    return Stay(ticket, tuple(of_visit(ticket.visit_id)), tuple(EventView(*row[:-1]) for row in rows))


def one(ticket_id: int) -> TicketView:
    """A ticket by its row, as it is in the database now; `NotFound` otherwise."""
    found = _seen(BY_ROW, {"ticket": ticket_id})
    if not found:
        raise NotFound
    return found[0]


def whose_turn(tickets: Sequence[TicketView]) -> TicketView:
    """Of a visit's tickets the one in the line or at a counter, else the last that was; one of them at least.

    At most one of them is in the line or at a counter; what is only planned was never in it, nor what was dropped.
    """
    ordered = sorted(tickets, key=lambda ticket: ticket.leg)
    standing = [ticket for ticket in ordered if ticket.state not in (*OVER, "planned")]
    entered = [ticket for ticket in ordered if ticket.arrived_at is not None]
    return (standing or entered[-1:] or ordered)[0]


def _seen(chosen: Select[*tuple[Any, ...]], asked: Mapping[str, Any]) -> list[TicketView]:
    return [_view(row) for row in session().execute(chosen, asked)]


def _view(row: Row[*tuple[Any, ...]]) -> TicketView:
    number, visit_id, shown, imported, queue, procedures, *others = tuple(row)
    return TicketView(number, visit_id, shown or imported or "", queue, tuple(procedures), *others)


def _called(ticket: TicketView) -> tuple[bool, datetime]:
    return (ticket.called_at is not None, ticket.called_at or ticket.order_at)
