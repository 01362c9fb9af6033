"""今日の列: the tickets of a business day as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select

from models.core.db import session
from models.core.errors import NotFound
from models.core.tokens import fingerprint, is_token
from models.queries.offices import OfficeView, office_by_id
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


@dataclass(frozen=True)
class EventView:
    """One line of a ticket's history."""

    at: datetime
    kind: str
    counter: str | None


def line(
    place: OfficeView, day: date, states: Sequence[str] = ("waiting",), queues: Sequence[str] = ()
) -> list[TicketView]:
    """The day's tickets in these states, in the order in which they are called."""
    chosen = _of_day(place, day).where(Ticket.state.in_(states))
    if queues:
        chosen = chosen.where(Ticket.queue.in_(queues))
    return [view(row) for row in session().scalars(chosen.order_by(Ticket.order_at, Ticket.id))]


def by_number(place: OfficeView, day: date, number: str) -> TicketView:
    """Today's ticket with this number; `NotFound` otherwise."""
    row = session().scalar(_of_day(place, day).where(Ticket.number == number))
    if row is None:
        raise NotFound
    return view(row)


def by_token(place: OfficeView, token: str) -> TicketView:
    """The holder's ticket."""
    hashed = fingerprint(token) if is_token(token) else b""
    row = session().scalar(select(Ticket).where(Ticket.office_id == place.id, Ticket.token_hash == hashed))
    if row is None:
        raise NotFound
    return view(row)


def of_holder(token: str) -> tuple[OfficeView, TicketView]:
    """The ticket of whoever holds this token, with its office; one and the same `NotFound` for every other text."""
    row = (
        session().scalar(select(Ticket).where(Ticket.token_hash == fingerprint(token)))
        if is_token(token)
        else None
    )
    if row is None:
        raise NotFound
    return office_by_id(row.office_id), view(row)


def procedures_ahead(place: OfficeView, day: date, ticket: TicketView) -> list[tuple[str, ...]]:
    """The procedures of each waiting ticket of the same queue that is called before this one."""
    return [tuple(row.procedures) for row in session().scalars(_ahead(place, day, ticket))]


def at_counter(place: OfficeView, day: date, counter: str) -> TicketView | None:
    """The ticket that a counter has called or is serving."""
    chosen = _of_day(place, day).where(Ticket.counter == counter, Ticket.state.in_(("called", "serving")))
    row = session().scalar(chosen.order_by(Ticket.called_at.desc()))
    return None if row is None else view(row)


def of_booking(booking_id: int) -> TicketView | None:
    """The ticket that a booking became at check-in."""
    chosen = select(Ticket).join(Visit, Visit.id == Ticket.visit_id).where(Visit.booking_id == booking_id)
    row = session().scalar(chosen.order_by(Ticket.id))
    return None if row is None else view(row)


def ahead_of(place: OfficeView, day: date, ticket: TicketView) -> int:
    """How many waiting tickets of the same queue are called before this one."""
    waiting = _ahead(place, day, ticket).subquery()
    return int(session().scalar(select(func.count()).select_from(waiting)) or 0)


def events(ticket: TicketView) -> list[EventView]:
    """A ticket's history, oldest first."""
    rows = session().scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    )
    return [EventView(row.at, row.kind, row.counter) for row in rows]


def view(row: Ticket) -> TicketView:
    """A row as staff see it."""
    return TicketView(
        row.id, row.visit_id, row.number or row.external_id or "", row.queue, tuple(row.procedures), row.source,
        row.prefilled, row.state, row.counter, row.booked_for, row.arrived_at, row.called_at, row.started_at,
        row.scanned_at, row.printed_at, row.finished_at,
    )  # fmt: skip


def _of_day(place: OfficeView, day: date) -> Select[Ticket]:
    return select(Ticket).where(Ticket.office_id == place.id, Ticket.day == day)


def _ahead(place: OfficeView, day: date, ticket: TicketView) -> Select[Ticket]:
    """The order of `line`: who came at the same instant is called by who was noted first."""
    mine = select(Ticket.order_at).where(Ticket.id == ticket.id).scalar_subquery()
    before = or_(Ticket.order_at < mine, and_(Ticket.order_at == mine, Ticket.id < ticket.id))
    return _of_day(place, day).where(Ticket.queue == ticket.queue, Ticket.state == "waiting", before)
