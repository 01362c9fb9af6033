"""Schedulers look, people cancel and others book, all at once: each freed place goes to one person, in the order."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Invalid
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import offers
from models.operations.booking import Request, book, cancel
from models.operations.waiting_list import Wish, join
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.tables import Booking, BookingSlot, OfferedSlot, Slot, WaitingEntry
from tests.conftest import inside
from tests.races.crowd import HOME, patiently, sized, together

PLACES, WAITING, TRIES = sized(12, 4), sized(30, 7), sized(200, 25)
LOOKERS, GRABBERS, BREATH = 2, 2, 0.05


@act
def few_places(db: Session, place: OfficeView, day: date) -> None:
    """So many slots of one place on a day, and no other."""
    mine = (Slot.office_id == place.id, Slot.queue == "A", Slot.day == day)
    db.execute(update(Slot).where(*mine).values(capacity=0))
    chosen = db.scalars(select(Slot.id).where(*mine).order_by(Slot.starts_at.desc()).limit(PLACES)).all()
    db.execute(update(Slot).where(Slot.id.in_(chosen)).values(capacity=1))


def looking(_place: OfficeView) -> int:
    """A scheduler that looks again and again."""
    met = 0
    for _ in range(TRIES):
        met += patiently(offers.look)
        time.sleep(BREATH)
    return met


def grabbing(day: date, place: OfficeView) -> int:
    """Somebody who books whatever can be seen."""
    got = 0
    for _ in range(4 * TRIES):
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        free = availability.free_times(place, need, day, day, now())
        session().rollback()
        for one in free:
            try:
                patiently(
                    partial(
                        book, Request(place, need.procedures, one.starts_at, Contact("ア", "x@example.jp"))
                    )
                )
            except (Conflict, Invalid):
                continue
            got += 1
    return got


def cancelling(tokens: list[str], _: OfficeView) -> int:
    """Everybody who has a place gives it up."""
    for token in tokens:
        patiently(partial(cancel, token))
    return len(tokens)


def test_what_is_given_up_is_offered_in_the_order_and_nobody_grabs_it(live: Settings) -> None:
    with inside(live):
        place = office(HOME)
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        first, last = availability.horizon(place, now())
        days = [
            one.day for one in availability.calendar(place, need, first, last, now()) if one.state != "closed"
        ]
        day = days[5]
        few_places(place, day)
        times = availability.free_times(place, need, day, day, now())
        made = [
            book(Request(place, need.procedures, one.starts_at, Contact("ア", "x@example.jp")))
            for one in times
        ]
        line = [
            join(Wish(place, need.procedures, day, day, Contact("ア", f"w{at}@example.jp")))
            for at in range(WAITING)
        ]
    half = len(made) // 2
    tokens = [one.token for one in made]
    works: list[Callable[[OfficeView], object]] = [looking] * LOOKERS
    works += [partial(cancelling, tokens[:half]), partial(cancelling, tokens[half:])]
    works += [partial(grabbing, day)] * GRABBERS
    assert together(live, works)[-GRABBERS:] == [0] * GRABBERS
    with inside(live):
        states = [
            session().scalars(select(WaitingEntry.state).where(WaitingEntry.reference == one.reference)).one()
            for one in line
        ]
        assert states == ["offered"] * PLACES + ["waiting"] * (WAITING - PLACES)
        offered = session().scalars(select(OfferedSlot.slot_id)).all()
        assert len(offered) == len(set(offered)) == PLACES
        assert session().scalar(select(func.count()).where(Booking.state == "booked")) == 0
        held = select(func.count()).where(BookingSlot.slot_id == Slot.id).scalar_subquery()
        offers_of = select(func.count()).where(OfferedSlot.slot_id == Slot.id).scalar_subquery()
        assert session().scalars(select(Slot.id).where(Slot.taken != held + offers_of)).all() == []
