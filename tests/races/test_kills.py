"""F1, G4: kill -9 at random moments of booking; every acknowledged booking is there once, none half-written."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.settings import Settings
from models.core.space import Space
from models.core.transaction import act
from models.operations.booking import book
from models.queries import bookings
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import inside
from tests.operations.test_booking import asked, free
from tests.races.server import Server, free_port, started
from tests.races.test_stampede import BOOKINGS, booking, prepare

KILLS = {"sqlite": 150, "postgresql": 50}
CLIENTS = 4


class Residents:
    """Clients that book one after another, whatever happens to the server, and remember what was acknowledged."""

    def __init__(self, beginnings: list[str]) -> None:
        self.beginnings = beginnings
        self.acknowledged: list[Any] = []
        self.statuses: Counter[int] = Counter()
        self.server: Server | None = None
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.go, args=(lane,)) for lane in range(CLIENTS)]

    def go(self, lane: int) -> None:
        """Book until it is over."""
        turn = lane
        while not self.over.is_set():
            if self.server is None:
                time.sleep(0.005)
                continue
            answer = self.server.call(
                "POST", BOOKINGS, booking(self.beginnings[turn % len(self.beginnings)], turn)
            )
            self.statuses[answer.status] += 1
            if answer.status == 201:
                self.acknowledged.append(answer.body)
            turn += CLIENTS


def test_f1_a_killed_server_loses_no_acknowledged_booking(live: Settings, engine: str) -> None:
    chance = random.Random(engine)
    with inside(live):
        residents = Residents(prepare(400, 10_000))
    for thread in residents.threads:
        thread.start()
    try:
        for _ in range(KILLS[engine]):
            server = started(live, workers=1, port=free_port())
            residents.server = server
            time.sleep(chance.uniform(0.01, 0.25))
            server.kill()
            residents.server = None
    finally:
        residents.over.set()
        for thread in residents.threads:
            thread.join()
    assert len(residents.acknowledged) > KILLS[engine], "too few bookings to say anything"
    assert set(residents.statuses) <= {0, 201}
    with inside(live):
        check_whole(residents.acknowledged, engine)


def check_whole(acknowledged: list[Any], engine: str) -> None:
    """Every acknowledged booking opens, and every booking holds exactly the places that the counters say."""
    references = Counter(session().scalars(select(Booking.reference)))
    assert set(references.values()) == {1}
    for answer in acknowledged:
        found = bookings.by_token(answer["token"])
        assert found.reference == answer["reference"]
        assert bookings.contact_of(found).name == "マエニワ　アイコ"
    held = select(BookingSlot.booking_id).distinct()
    assert session().scalar(select(func.count()).select_from(Booking).where(Booking.id.not_in(held))) == 0
    taken = session().scalar(select(func.sum(Slot.taken)))
    assert taken == session().scalar(select(func.count()).select_from(BookingSlot)) == references.total()
    if engine == "sqlite":
        assert session().execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@act
def halve(db: Session) -> None:
    """A booking without its place: what two transactions would leave behind."""
    db.execute(delete(BookingSlot))


def test_the_check_sees_a_half_written_booking(city: Space, engine: str) -> None:
    book(asked(free()[0]))
    check_whole([], engine)
    halve()
    with pytest.raises(AssertionError):
        check_whole([], engine)
