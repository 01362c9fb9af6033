"""A day without a free place, and somebody who waits for one."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.operations.waiting_list import Wish, join
from models.queries.bookings import Contact
from models.queries.offices import OfficeView
from models.tables import Slot

AHEAD = timedelta(days=20)


@act
def fill_up(db: Session, place: OfficeView, day: date) -> None:
    """Leave no place for certificates on a day."""
    mine = (Slot.office_id == place.id, Slot.queue == "A", Slot.day == day)
    db.execute(update(Slot).where(*mine).values(taken=0, capacity=0))


def waiting(place: OfficeView, contact: Contact) -> str:
    """Somebody joins the line for a full day; the token of the entry."""
    day = place.day_of(now()) + AHEAD
    fill_up(place, day)
    return join(Wish(place, ("JUM-01",), day, day, contact)).token
