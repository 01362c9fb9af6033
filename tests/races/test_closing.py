"""R5: an administrator closes a day, or makes it smaller, while everybody books it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Invalid
from models.core.settings import Settings
from models.operations import slot_changes
from models.operations.booking import Request, book
from models.operations.slot_changes import OtherWorld
from models.queries import slots
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.rules.slot_changes import CAPACITY, CLOSE, Change
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import inside
from tests.races.crowd import HOME, patiently, sized, together

CLIENTS, PATIENCE = sized(12, 4), sized(5, 2)
AIKO = Contact("マエニワ　アイコ", "a@example.jp")


def booking(starts: list[datetime], seconds: float, place: OfficeView) -> list[datetime]:
    """Book one time after the other until the time is over; when each try began that got a place."""
    until, got = time.monotonic() + seconds, []
    while time.monotonic() < until:
        for start in starts:
            began = now()
            try:
                patiently(partial(book, Request(place, ("JUM-01",), start, AIKO)))
            except (Conflict, Invalid):
                continue
            got.append(began)
    return got


def changing(change: Change, seconds: float, place: OfficeView) -> datetime:
    """Preview and change in the middle of it all; when it was done."""
    time.sleep(seconds / 3)
    while True:
        found = slots.preview(place, change, place.day_of(now()))
        session().rollback()
        try:
            patiently(partial(slot_changes.change, place, change, found.digest, "aya"))
        except OtherWorld:
            continue
        return now()


@pytest.mark.parametrize(("kind", "capacity"), [(CLOSE, 0), (CAPACITY, 3)])
def test_r5_nobody_is_lost_and_nobody_new_comes_above_the_new_capacity(
    live: Settings, kind: str, capacity: int
) -> None:
    with inside(live):
        place = office(HOME)
        day = place.day_of(now())
        chosen = select(Slot.day).where(Slot.office_id == place.id, Slot.queue == "A", Slot.day > day)
        day = session().scalars(chosen.order_by(Slot.day).limit(1)).one()
        wide = Change(CAPACITY, day, day, queue="A", capacity=5)
        slot_changes.change(place, wide, slots.preview(place, wide, day).digest, "aya")
        mine = (Slot.office_id == place.id, Slot.queue == "A", Slot.day == day)
        starts = list(
            session().scalars(select(Slot.starts_at).where(*mine).order_by(Slot.starts_at).limit(8))
        )
    change = Change(kind, day, day, "停電", queue="A" if kind == CAPACITY else "", capacity=capacity)
    works: list[Callable[[OfficeView], object]] = [partial(booking, starts, PATIENCE) for _ in range(CLIENTS)]
    *got, changed_at = together(live, [*works, partial(changing, change, PATIENCE)])
    times = [began for one in got for began in one]
    assert times
    with inside(live):
        rows = session().scalars(select(Slot).where(*mine)).all()
        held = dict(
            session().execute(select(BookingSlot.slot_id, func.count()).group_by(BookingSlot.slot_id)).all()
        )
        assert all(row.taken == held.get(row.id, 0) for row in rows)
        assert all(row.capacity == capacity for row in rows)
        assert session().scalar(select(func.count()).select_from(Booking)) == len(times)
        late = [began for began in times if began > changed_at]
        assert len(late) <= capacity * len(starts)
