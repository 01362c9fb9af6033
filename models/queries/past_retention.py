"""保存期間を過ぎたもの: which rows the purge meets, as conditions, and how many rows of each kind can be read now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from models.core.clock import now
from models.core.db import session
from models.queries.offices import OfficeView
from models.rules.retention import Retention
from models.tables import Application, Booking, Message, OfferedSlot, PrintJob, Ticket, WaitingEntry
from models.tables.paper import LEFT_THE_HOUSE

SEALED = or_(Booking.contact.is_not(None), Booking.notes.is_not(None))
ENDED = ("booked", "expired", "left")
"""Waiting entries that nothing can come of any more."""


@dataclass(frozen=True)
class Kept:
    """How much of a kind can be read now, how much of it is past its days, and the last day of the oldest of the rest.

    `until` is a day of the office: the purge of the night after it takes the row. None where nothing is left.
    """

    held: int
    overdue: int
    until: date | None


def forms_due(today: date) -> ColumnElement[bool]:
    """Forms that are due, or printed for a visit that is over."""
    printed = exists().where(PrintJob.application_id == Application.id, PrintJob.state.in_(LEFT_THE_HOUSE))
    over = exists().where(Ticket.id == Application.ticket_id, Ticket.state == "done", Ticket.day < today)
    return and_(Application.fields.is_not(None), or_(Application.due < today, and_(printed, over)))


def contacts_due(office: int, days: Retention, today: date) -> ColumnElement[bool]:
    """Bookings of an office whose contact and notes are due."""
    due = or_(
        Booking.day < today - timedelta(days=max(days.contact, days.no_show)),
        and_(Booking.state == "no_show", Booking.day < today - timedelta(days=days.no_show)),
        and_(Booking.state != "no_show", Booking.day < today - timedelta(days=days.contact)),
        Booking.state == "cancelled",
    )
    return and_(Booking.office_id == office, SEALED, due)


def persons_due(today: date) -> ColumnElement[bool]:
    """Bookings of which nobody needs to know any more whose they are: nothing counts them for anybody."""
    given_up = and_(Booking.state == "cancelled", Booking.ended_at < now() - timedelta(days=1))
    return or_(Booking.day < today, Booking.state.in_(("arrived", "no_show")), given_up)


def waiting_over() -> ColumnElement[bool]:
    """Waiting entries that ended, and hold no place any more."""
    return and_(WaitingEntry.state.in_(ENDED), ~exists().where(OfferedSlot.entry_id == WaitingEntry.id))


def waiting_due(office: int, days: Retention, today: date) -> ColumnElement[bool]:
    """Waiting entries of an office that ended, or can still be read, after the days that they are kept."""
    late = and_(
        WaitingEntry.office_id == office, WaitingEntry.last_day < today - timedelta(days=days.waiting)
    )
    return and_(late, or_(waiting_over(), WaitingEntry.contact.is_not(None)))


def messages_due(office: int | None, days: int) -> ColumnElement[bool]:
    """Messages of an office (None: of none) that ended so many days ago."""
    return and_(Message.office_id == office, Message.ended_at < now() - timedelta(days=days))


def kept(place: OfficeView, days: Retention) -> Mapping[str, Kept]:
    """What an office keeps now, by the names of `Retention`; costs as much as can be read, however long the history."""
    today = place.day_of(now())
    mine = and_(Application.office_id == place.id, Application.fields.is_not(None))
    form = forms_due(today)
    held, came = and_(Booking.office_id == place.id, SEALED), Booking.state != "no_show"
    visit = contacts_due(place.id, days, today)
    entry = and_(WaitingEntry.office_id == place.id, WaitingEntry.contact.is_not(None))
    return {
        "form": _counted(and_(mine, Application.booking_id.is_not(None)), form, Application.due, 0),
        "form_alone": _counted(and_(mine, Application.booking_id.is_(None)), form, Application.due, 0),
        "contact": _counted(and_(held, came), visit, Booking.day, days.contact),
        "no_show": _counted(and_(held, ~came), visit, Booking.day, days.no_show),
        "waiting": _counted(entry, waiting_due(place.id, days, today), WaitingEntry.last_day, days.waiting),
        "message": _messages(place, days.message),
    }


def _counted(held: ColumnElement[bool], due: ColumnElement[bool], day: Any, days: int) -> Kept:
    """What is held, what of it is due, and until when the oldest of the rest stays."""
    count, overdue, first = _found(held, due, day)
    return Kept(count, overdue, first + timedelta(days=days) if first else None)


def _messages(place: OfficeView, days: int) -> Kept:
    """The same for messages, which are kept by the instant at which they ended."""
    ended = and_(Message.office_id == place.id, Message.ended_at.is_not(None))
    count, overdue, first = _found(ended, messages_due(place.id, days), Message.ended_at)
    return Kept(count, overdue, place.day_of(first + timedelta(days=days)) if first else None)


def _found(held: ColumnElement[bool], due: ColumnElement[bool], when: Any) -> tuple[int, int, Any]:
    rest = case((due, None), else_=when)
    asked = select(func.count(), func.count(case((due, 1))), func.min(rest)).where(held)
    count, overdue, first = session().execute(asked).one()
    return count, overdue, first
