"""F1, G4: kill -9 at random moments of booking; every acknowledged booking is there once, none half-written.

The victims are forked from a process that has loaded everything, so that two hundred of them take seconds; each opens
the database itself, books as fast as it can on two threads, and acknowledges through a pipe after the act is over.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.settings import Settings
from models.core.space import Space
from models.core.transaction import act
from models.operations.booking import Request, book
from models.queries import bookings
from models.queries.offices import office
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import inside
from tests.operations.test_booking import AIKO, asked, free
from tests.races.crowd import sized
from tests.races.server import started
from tests.races.test_stampede import BOOKINGS, booking, prepare

KILLS = sized(200, 16)
SERVER_KILLS = sized(3, 1)
LANES = 2
MOST_TRIES = 300
LONGEST_LIFE = 0.08
"""Seconds: short enough that most victims die inside a booking. Every second one has booked before they begin."""


def victim(settings: Settings, beginnings: list[str], ready: Connection, acknowledged: int) -> None:
    """Book until killed, writing each reference and token once the act is over."""

    def lane(first: int) -> None:
        with inside(settings):
            place = office("honcho")
            if first == 0:
                ready.send(True)
            turn = first
            while True:
                starts_at = datetime.fromisoformat(beginnings[turn % len(beginnings)])
                made = book(Request(place, ("JUM-01",), starts_at, AIKO))
                os.write(acknowledged, f"{made.reference} {made.token}\n".encode())
                turn += LANES

    for first in range(LANES):
        threading.Thread(target=lane, args=(first,), daemon=True).start()
    signal.pause()


def wait_for_more(notes: Path, process: BaseProcess) -> None:
    """However slow the machine is, one more booking is acknowledged."""
    size = notes.stat().st_size
    while notes.stat().st_size == size:
        assert process.is_alive(), "nobody books"
        time.sleep(0.002)


def test_f1_killed_processes_lose_no_acknowledged_booking(
    live: Settings, engine: str, tmp_path: Path
) -> None:
    chance = random.Random(engine)
    with inside(live):
        beginnings = prepare(200, 100_000)
    notes = tmp_path / "acknowledged"
    handle = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    context = multiprocessing.get_context("fork")
    for turn in range(KILLS):
        ours, theirs = context.Pipe()
        process = context.Process(target=victim, args=(live, beginnings, theirs, handle))
        process.start()
        ours.recv()
        if turn % 2:
            wait_for_more(notes, process)
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        process.kill()
        process.join()
    os.close(handle)
    acknowledged = dict(line.split() for line in notes.read_text().splitlines())
    assert len(acknowledged) >= KILLS // 2, "too few bookings to say anything"
    with inside(live):
        check_whole(acknowledged, engine)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_f1_a_killed_server_loses_no_booking_it_answered(live: Settings) -> None:
    with inside(live):
        beginnings = prepare(200, 100_000)
    acknowledged: dict[str, str] = {}
    statuses: Counter[int] = Counter()
    for turn in range(SERVER_KILLS):
        server = started(live, workers=1)
        killer = threading.Timer(0.5, server.kill)
        while killer.ident is None or killer.is_alive():
            answer = server.call("POST", BOOKINGS, booking(beginnings[turn], len(acknowledged)))
            statuses[answer.status] += 1
            assert killer.ident or statuses.total() < MOST_TRIES, statuses
            if answer.status == 201:
                acknowledged[answer.body["reference"]] = answer.body["token"]
                if killer.ident is None:
                    killer.start()
        killer.join()
    assert acknowledged
    assert set(statuses) <= {0, 201}
    with inside(live):
        check_whole(acknowledged, "sqlite")


def check_whole(acknowledged: dict[str, str], engine: str) -> None:
    """Every acknowledged booking opens, and every booking holds exactly the places that the counters say."""
    references = Counter(session().scalars(select(Booking.reference)))
    assert set(references.values()) == {1}
    for reference, token in acknowledged.items():
        found = bookings.by_token(token)
        assert found.reference == reference
        assert bookings.contact_of(found).name == "マエニワ　アイコ"
    held = select(BookingSlot.booking_id).distinct()
    assert count(Booking, Booking.id.not_in(held)) == 0
    assert session().scalar(select(func.sum(Slot.taken))) == count(BookingSlot) == references.total()
    if engine == "sqlite":
        assert session().execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def count(table: Any, *conditions: Any) -> int:
    """How many rows."""
    return session().scalar(select(func.count()).select_from(table).where(*conditions)) or 0


@act
def halve(db: Session) -> None:
    """A booking without its place: what two transactions would leave behind."""
    db.execute(delete(BookingSlot))


def test_the_check_sees_a_half_written_booking(city: Space, engine: str) -> None:
    book(asked(free()[0]))
    check_whole({}, engine)
    halve()
    with pytest.raises(AssertionError):
        check_whole({}, engine)
