"""今日の列: the tickets of a business day as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, select

from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.rules.ticket_states import ASIDE, AT_COUNTER, OVER
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


def line(
    place: OfficeView, day: date, states: Sequence[str] = ("waiting",), queues: Sequence[str] = ()
) -> list[TicketView]:
    """The day's tickets in these states, by arrival; `queries.call_order` knows the order of the calls."""
    chosen = _of_day(place, day).where(Ticket.state.in_(states))
    if queues:
        chosen = chosen.where(Ticket.queue.in_(queues))
    return [view(row) for row in session().execute(chosen.order_by(Ticket.order_at, Ticket.id))]


def by_number(place: OfficeView, day: date, number: str) -> TicketView:
    """Today's ticket with this number: of a visit with several, the one whose turn it is; `NotFound` otherwise."""
    return whose_turn([view(row) for row in _rows(_of_day(place, day).where(Ticket.number == number))])


def of_visit(visit_id: int) -> list[TicketView]:
    """Every ticket of a visit, in their order."""
    rows = session().execute(_with_visit().where(Visit.id == visit_id).order_by(Ticket.leg))
    return [view(row) for row in rows]


def at_counter(place: OfficeView, day: date, counter: str) -> TicketView | None:
    """The ticket that a counter has called or is serving."""
    chosen = _of_day(place, day).where(Ticket.counter == counter, Ticket.state.in_(AT_COUNTER))
    row = session().execute(chosen.order_by(Ticket.called_at.desc())).first()
    return None if row is None else view(row)


def beside(place: OfficeView, day: date, counter: str) -> list[TicketView]:
    """The tickets that a counter has put aside (held, in the back office), oldest first."""
    chosen = _of_day(place, day).where(Ticket.counter == counter, Ticket.state.in_(ASIDE))
    return [view(row) for row in session().execute(chosen.order_by(Ticket.called_at))]


def of_booking(booking_id: int) -> TicketView | None:
    """The ticket that a booking became at check-in, the one whose turn it is."""
    rows = session().execute(_with_visit().where(Visit.booking_id == booking_id)).all()
    return whose_turn([view(row) for row in rows]) if rows else None


def events(ticket: TicketView) -> list[EventView]:
    """A ticket's history, oldest first."""
    rows = session().scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    )
    return [_event(row, ticket.leg) for row in rows]


def history(visit_id: int) -> list[EventView]:
    """The history of a whole stay, oldest first."""
    rows = session().execute(
        select(TicketEvent, Ticket.leg)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.visit_id == visit_id)
        .order_by(TicketEvent.id)
    )
    return [_event(row, leg) for row, leg in rows]


def view(row: Row[Ticket, str | None]) -> TicketView:
    """A row of `_of_day` or `_with_visit` as staff see it."""
    ticket, seat = row
    return TicketView(
        ticket.id, ticket.visit_id, ticket.number or ticket.external_id or "", ticket.queue,
        tuple(ticket.procedures), ticket.source, ticket.prefilled, ticket.state, ticket.counter, ticket.booked_for,
        ticket.arrived_at, ticket.called_at, ticket.started_at, ticket.scanned_at, ticket.printed_at,
        ticket.finished_at, ticket.order_at, ticket.due_at, ticket.priority, ticket.calls, ticket.leg, seat,
        ticket.language, ticket.day,
    )  # fmt: skip


def one(ticket_id: int) -> TicketView:
    """A ticket by its row, as it is in the database now; `NotFound` otherwise."""
    row = (
        session()
        .execute(_with_visit().where(Ticket.id == ticket_id), execution_options={"populate_existing": True})
        .first()
    )
    if row is None:
        raise NotFound
    return view(row)


def whose_turn(tickets: Sequence[TicketView]) -> TicketView:
    """Of a visit's tickets the one in the line or at a counter, else the last that was; one of them at least.

    At most one of them is in the line or at a counter; what is only planned was never in it, nor what was dropped.
    """
    ordered = sorted(tickets, key=lambda ticket: ticket.leg)
    standing = [ticket for ticket in ordered if ticket.state not in (*OVER, "planned")]
    entered = [ticket for ticket in ordered if ticket.arrived_at is not None]
    return (standing or entered[-1:] or ordered)[0]


def _event(row: TicketEvent, leg: int) -> EventView:
    return EventView(row.at, row.kind, row.counter, row.before, row.after, row.detail, leg)


def _with_visit() -> Select[Ticket, str | None]:
    return select(Ticket, Visit.seat).outerjoin(Visit, Visit.id == Ticket.visit_id)


def _of_day(place: OfficeView, day: date) -> Select[Ticket, str | None]:
    return _with_visit().where(Ticket.office_id == place.id, Ticket.day == day)


def _rows(chosen: Select[Ticket, str | None]) -> Sequence[Row[Ticket, str | None]]:
    rows = session().execute(chosen).all()
    if not rows:
        raise NotFound
    return rows
