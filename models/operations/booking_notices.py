"""予約のお知らせ: what the holder of a booking is told when it is made, moved or cancelled."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.keys import KeyDestroyed, Unreadable
from models.core.vault import unseal
from models.operations import subscriptions
from models.operations.messages import Notice, Recipient, Way, drop, tell
from models.operations.subscriptions import About
from models.queries import channels
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office_by_id
from models.tables import Booking


def booked(session: Session, row: Booking, place: OfficeView, contact: Contact, token: str) -> None:
    """Inside the act: confirm a new booking, and keep where to tell its holder of what comes."""
    if not _reachable(contact):
        return
    notice = _notice(row, place, "booked", f"booked/{row.reference}", row.starts_at)
    _keep(session, row, place, contact, token)
    tell(session, notice, Recipient(contact.email, contact.phone, token))


def moved(session: Session, row: Booking, place: OfficeView, token: str) -> None:
    """Inside the act, after the row was changed: tell the new time; what was to be told of the old one is not."""
    drop(session, row.id, kinds=("booked", "moved", "reminder", "day_changed"))
    contact = _wanted(session, row)
    if not _reachable(contact):
        return
    occasion = f"moved/{row.reference}/{now():%Y%m%dT%H%M%S%f}"
    _keep(session, row, place, contact, token)
    tell(
        session,
        _notice(row, place, "moved", occasion, row.starts_at),
        Recipient(contact.email, contact.phone, token),
    )


def cancelled(session: Session, row: Booking, token: str) -> None:
    """Inside the act, before the contact is forgotten: tell it, and end what was asked for."""
    drop(session, row.id)
    contact, place = _wanted(session, row), office_by_id(row.office_id)
    if _reachable(contact):
        notice = _notice(row, place, "cancelled", f"cancelled/{row.reference}", row.starts_at)
        tell(session, notice, Recipient(contact.email, contact.phone, token))
    subscriptions.end_all(session, row.id)


def day_changed(session: Session, row: Booking, place: OfficeView, change: str) -> int:
    """Inside the act that closed the booked time: tell whoever left an address, once a `change`; how many."""
    occasion = f"day_changed/{row.reference}/{change}"
    return subscriptions.tell_holders(session, _notice(row, place, "day_changed", occasion, row.starts_at))


def contact_of(row: Booking) -> Contact:
    """The contact of a booking's row; an empty one where it was deleted or cannot be read any more."""
    if row.contact is None:
        return Contact()
    try:
        return Contact(**json.loads(unseal(row.contact, row=f"booking/{row.reference}", field="contact")))
    except (KeyDestroyed, Unreadable):
        return Contact()


def _wanted(session: Session, row: Booking) -> Contact:
    """The contact without those addresses at which its holder does not want to be told any more."""
    found = contact_of(row)
    kept = {
        name: "" if subscriptions.stopped(session, row.id, address) else address
        for name, address in (("email", found.email), ("phone", found.phone))
    }
    return replace(found, **kept)


def _keep(session: Session, row: Booking, place: OfficeView, contact: Contact, token: str) -> None:
    """Subscriptions by the contact's addresses on open ways, sealed under the (new) day of the visit."""
    about = About(place, row.day, booking_id=row.id)
    for channel, address in (("email", contact.email), ("sms", contact.phone)):
        if address and channels.is_open(channel):
            subscriptions.keep(session, about, Way(channel, address, token), row.language, again=True)


def _reachable(contact: Contact) -> bool:
    return bool(contact.email or contact.phone) and bool(channels.opened())


def _notice(row: Booking, place: OfficeView, kind: str, occasion: str, starts_at: datetime) -> Notice:
    values = {"at": starts_at.isoformat(), "ends": row.ends_at.isoformat(), "number": row.reference}
    return Notice(kind, occasion, place, row.language, values, booking_id=row.id)
