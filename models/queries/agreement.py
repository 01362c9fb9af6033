"""食い違い: whether what is counted and kept beside the rows still agrees with them. Only looks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from models.core.db import session
from models.rules.ticket_history import Happened, Sum, add_up
from models.tables import (
    Booking,
    BookingSlot,
    FreedPlace,
    OfferedSlot,
    Office,
    Slot,
    Ticket,
    TicketEvent,
    Visit,
)

LOOKED_BACK = timedelta(days=7)
"""So many days of bookings are looked through; a night that was missed is made up for."""
NAMED = 20
"""So many rows are named; the rest is counted."""


@dataclass(frozen=True)
class Disagreement:
    """Rows by what they are: slots whose `taken` differs from their places, tickets that differ from their events,
    bookings whose state differs from their visit; and how many rows were looked at.
    """

    slots: tuple[int, ...]
    tickets: tuple[int, ...]
    bookings: tuple[int, ...]
    looked_at: int

    @property
    def found(self) -> bool:
        """Whether anything disagrees."""
        return bool(self.slots or self.tickets or self.bookings)

    def named(self) -> list[str]:
        """The first rows of each kind: slot 17."""
        kinds = (("slot", self.slots), ("ticket", self.tickets), ("booking", self.bookings))
        return [f"{kind} {number}" for kind, rows in kinds for number in rows[:NAMED]]


def disagreement(day: date) -> Disagreement:
    """Look through the slots from the day before on, the tickets of the day before, and the bookings of a week."""
    yesterday = day - timedelta(days=1)
    tickets, seen = _tickets(yesterday)
    slots = session().scalars(select(Slot.id).where(Slot.day >= yesterday, wrongly_taken()).order_by(Slot.id))
    bookings = session().scalars(_bookings(day - LOOKED_BACK, day))
    counted = session().scalar(select(func.count()).select_from(Slot).where(Slot.day >= yesterday)) or 0
    return Disagreement(tuple(slots), tickets, tuple(bookings), seen + counted)


def held() -> ColumnElement[int]:
    """The places of a slot that bookings, offers and freed places hold, as an expression over `Slot`."""
    return _held_by(BookingSlot.slot_id) + _held_by(OfferedSlot.slot_id) + _held_by(FreedPlace.slot_id)


def _held_by(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    return select(func.count()).where(column == Slot.id).correlate(Slot).scalar_subquery()


def wrongly_taken() -> ColumnElement[bool]:
    """Whether a slot's counter differs from what holds its places."""
    return Slot.taken != held()


def _tickets(day: date) -> tuple[tuple[int, ...], int]:
    """The tickets of a day that are not what their events add up to; and how many were looked at."""
    chosen = (
        select(TicketEvent)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(_here(Ticket.office_id), Ticket.day == day, TicketEvent.version.is_not(None))
        .order_by(TicketEvent.office_id, TicketEvent.version)
    )
    histories: dict[int, list[Happened]] = defaultdict(list)
    for one in session().scalars(chosen):
        histories[one.ticket_id].append(Happened(one.at, one.kind, one.before, one.after, one.counter))
    of_day = select(Ticket).where(_here(Ticket.office_id), Ticket.day == day).order_by(Ticket.id)
    rows = session().scalars(of_day).all()
    wrong = [row.id for row in rows if row.id in histories and _differs(row, histories[row.id])]
    return tuple(wrong), len(rows)


def _differs(row: Ticket, events: list[Happened]) -> bool:
    try:
        found = add_up(events)
    except ValueError:
        return True
    return any(getattr(row, one.name) != getattr(found, one.name) for one in fields(Sum))


def _bookings(first: date, last: date) -> Select[int]:
    """Bookings that arrived without a visit, or have one though nobody came."""
    came = exists().where(Visit.booking_id == Booking.id)
    wrong = or_(
        and_(Booking.state.in_(("arrived", "no_show")), ~came),
        and_(Booking.state.in_(("booked", "cancelled")), came),
    )
    days = (_here(Booking.office_id), Booking.day.between(first, last))
    return select(Booking.id).where(*days, wrong).order_by(Booking.id)


def _here(office: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Of any office: said so that a day is looked up in the indexes that begin with the office."""
    return office.in_(select(Office.id))
