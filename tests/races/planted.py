"""The bugs that the races must be able to see: a check in one moment, an unguarded write in a later one."""

from __future__ import annotations

import time
from datetime import datetime
from functools import partial

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import wsgi
from models.core.clock import now
from models.core.db import db
from models.core.db import session as reading
from models.core.transaction import act
from models.operations import booking, hall, places
from models.operations.hall import Change
from models.operations.idempotency import Key
from models.queries import call_order
from models.queries.availability import Need
from models.queries.offices import OfficeView, counter
from models.rules.call_order import next_for
from models.tables import Slot, Ticket
from tests.races.crowd import patiently

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


def unguarded(session: Session, place: OfficeView, need: Need, starts_at: datetime) -> places.Places:
    """Write what was true when it was looked at, for `need` at `place`."""
    slot, taken, ends_at = seen[starts_at]
    session.execute(update(Slot).where(Slot.id == slot).values(taken=taken + 1))
    return places.Places((slot,), ends_at)


def create_app() -> Flask:
    """The product with its guard taken out."""
    booking.book = check_then_book
    places.take = unguarded
    return wsgi.create_app()


def call_all_unguarded(number: str, place: OfficeView) -> int:
    """Press 次へ until nobody waits, as somebody would write it who has not thought of the other counters."""
    came = 0
    while True:
        db.session.rollback()
        at = now()
        desk, today = counter(place, number), place.day_of(at)
        waiting = call_order.waiting(place, today, desk.queues)
        choice = next_for(call_order.desk_of(place, today, desk), waiting, call_order.basis(place, today), at)
        if choice is None:
            return came
        time.sleep(PAUSE_SECONDS)
        patiently(partial(claim_unguarded, place, choice.ticket.id, number))
        came += 1


@act
def claim_unguarded(session: Session, place: OfficeView, ticket_id: int, number: str) -> None:
    """Write the call that was decided a moment ago, whatever happened since, without the office's lock."""
    values = {"state": "called", "counter": number, "called_at": now(), "calls": 1}
    session.execute(update(Ticket).where(Ticket.id == ticket_id).values(values))
    hall.note(session, place, ticket_id, Change("call", "test", "called", "waiting", number, "line"))
