"""F5: the database server crashes and recovers while people book: 503 for a while, and every key books once."""

from __future__ import annotations

import time
from datetime import datetime
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.errors import Unavailable
from models.core.settings import Settings
from models.core.transaction import act
from models.operations.booking import Made, Request, book
from models.operations.idempotency import Key
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import inside
from tests.postgresql import TestServer
from tests.races.crowd import HOME, sized, together

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
RESTARTS, CLIENTS = sized(20, 3), sized(8, 3)
BETWEEN, LONGEST = 0.7, 20.0


@act
def widen(db: Session, place: OfficeView) -> None:
    """Room for everybody."""
    db.execute(update(Slot).where(Slot.office_id == place.id, Slot.queue == "A").values(capacity=100_000))


def booking(start: datetime, until: float, place: OfficeView) -> tuple[dict[str, Made], float]:
    """Book again and again, each with a key of its own that is sent until it is answered; and the longest wait."""
    answers: dict[str, Made] = {}
    longest = 0.0
    while time.monotonic() < until:
        key, begun = uuid4().hex, time.monotonic()
        while key not in answers:
            try:
                asked = Request(place, ("JUM-01",), start, Contact("ア", "x@example.jp"))
                answers[key] = book(asked, Key("race", key, ""))
            except Unavailable:
                time.sleep(0.05)
        longest = max(longest, time.monotonic() - begun)
    return answers, longest


def restarting(server: TestServer, _place: OfficeView) -> int:
    """Kill one of the server's processes, so many times; each time it ends all others and recovers from its log."""
    done = 0
    while done < RESTARTS:
        time.sleep(BETWEEN)
        done += server.crash()
    return done


def test_f5_restarts_under_load_lose_and_double_nothing(live: Settings, postgresql: TestServer) -> None:
    with inside(live):
        place = office(HOME)
        widen(place)
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        first, last = availability.horizon(place, now())
        start = availability.free_times(place, need, first, last, now())[-1].starts_at
    until = time.monotonic() + RESTARTS * (BETWEEN + 1)
    *booked, done = together(
        live, [*[partial(booking, start, until)] * CLIENTS, partial(restarting, postgresql)]
    )
    assert done == RESTARTS
    answers = {key: made for found, _ in booked for key, made in found.items()}
    assert len(answers) > RESTARTS
    assert max(longest for _, longest in booked) < LONGEST
    with inside(live):
        references = set(session().scalars(select(Booking.reference)))
        assert references == {made.reference for made in answers.values()}
        assert session().scalar(select(func.count()).select_from(BookingSlot)) == len(answers)
        assert session().scalar(select(func.sum(Slot.taken))) == len(answers)
