"""The bug that the stampede must be able to see: a check in one moment, an unguarded write in a later one."""

from __future__ import annotations

import time
from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import wsgi
from models.core.db import session as reading
from models.operations import booking
from models.operations.idempotency import Key
from models.queries.availability import Need
from models.queries.offices import OfficeView
from models.tables import Slot

PAUSE_SECONDS = 0.05
guarded = booking.book
seen: dict[datetime, tuple[int, int, datetime]] = {}


def check_then_book(request: booking.Request, key: Key | None = None) -> booking.Made:
    """Look whether there is room, and only then begin the act."""
    row = (
        reading()
        .execute(
            select(Slot.id, Slot.taken, Slot.capacity, Slot.ends_at).where(
                Slot.office_id == request.office.id, Slot.queue == "A", Slot.starts_at == request.starts_at
            )
        )
        .one()
    )
    if row.taken >= row.capacity:
        raise booking.SlotTaken([request.starts_at] * 3)
    seen[request.starts_at] = (row.id, row.taken, row.ends_at)
    time.sleep(PAUSE_SECONDS)
    return guarded(request, key)


def unguarded(session: Session, place: OfficeView, need: Need, starts_at: datetime) -> booking._Places:
    """Write what was true when it was looked at, for `need` at `place`."""
    slot, taken, ends_at = seen[starts_at]
    session.execute(update(Slot).where(Slot.id == slot).values(taken=taken + 1))
    return booking._Places((slot,), ends_at)


def create_app() -> Flask:
    """The product with its guard taken out."""
    booking.book = check_then_book
    booking._take = unguarded
    return wsgi.create_app()
