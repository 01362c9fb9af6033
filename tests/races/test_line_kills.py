"""F1, G4: kill -9 at random moments of issuing and calling; what was acknowledged is there once, nothing is half."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.core.space import Space
from models.core.transaction import act
from models.operations import arrivals, calling
from models.queries.offices import office
from models.tables import Ticket, TicketEvent
from tests import whole_line
from tests.conftest import inside
from tests.operations.test_booking import honcho
from tests.races.crowd import HOME, furnish, open_all, patiently, sized

KILLS = sized(50, 12)
LONGEST_LIFE = 0.1
"""Seconds after the first answer: most victims die inside an act."""


def victim(settings: Settings, ready: Connection, acknowledged: int) -> None:
    """One thread gives out numbers, one calls, starts and finishes, until killed; each writes what it was answered."""

    def issuing() -> None:
        with inside(settings):
            place = office(HOME)
            ready.send(True)
            while True:
                made = patiently(partial(arrivals.issue, place, ("JUM-01", "IDO-01"), "kiosk"))
                os.write(acknowledged, f"issued {made.number}\n".encode())

    def serving() -> None:
        with inside(settings):
            place = office(HOME)
            while True:
                called = patiently(partial(calling.call_next, place, "100", "aoki"))
                if called is None:
                    continue
                os.write(acknowledged, f"called {called.number}\n".encode())
                for action in ("start", "finish"):
                    patiently(partial(calling.step, place, called.number, action, "aoki", "100"))
                os.write(acknowledged, f"finished {called.number}\n".encode())

    for work in (issuing, serving):
        threading.Thread(target=work, daemon=True).start()
    signal.pause()


def test_f1_killed_processes_leave_the_line_whole(live: Settings, engine: str, tmp_path: Path) -> None:
    chance = random.Random(engine)
    with inside(live):
        place = office(HOME)
        open_all(place, furnish(place, 1))
        before = place.day_of(now())
    notes = tmp_path / "acknowledged"
    handle = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    context = multiprocessing.get_context("fork")
    for _ in range(KILLS):
        ours, theirs = context.Pipe()
        process = context.Process(target=victim, args=(live, theirs, handle))
        process.start()
        ours.recv()
        size = notes.stat().st_size
        while notes.stat().st_size == size and process.is_alive():
            time.sleep(0.001)
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        process.kill()
        process.join()
        with inside(live):
            finish_what_is_at_the_counter()
    os.close(handle)
    acknowledged = [line.split() for line in notes.read_text().splitlines()]
    assert len(acknowledged) >= KILLS
    with inside(live):
        assert honcho().day_of(now()) == before, "midnight fell into this test"
        check(acknowledged, engine)


def finish_what_is_at_the_counter() -> None:
    """Whoever was left at the counter by a killed process goes on."""
    place = honcho()
    for ticket in session().scalars(select(Ticket).where(Ticket.state.in_(("called", "serving")))).all():
        if ticket.state == "called":
            calling.step(place, ticket.number or "", "start", "aoki", "100")
        calling.step(place, ticket.number or "", "finish", "aoki", "100")


def check(acknowledged: list[list[str]], engine: str) -> None:
    """Everything that was answered happened once, and the whole day adds up."""
    place = honcho()
    day = place.day_of(now())
    kinds = {"issued": "arrive", "called": "call", "finished": "finish"}
    for what, number in acknowledged:
        found = session().scalars(
            select(TicketEvent.id)
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .where(Ticket.day == day, Ticket.number == number, TicketEvent.kind == kinds[what])
        )
        assert len(found.all()) == 1, f"{what} {number}"
    whole_line.check(place, day)
    if engine == "sqlite":
        assert session().execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@act
def halve(db: Session) -> None:
    """A call without its event: what two transactions would leave behind."""
    db.execute(delete(TicketEvent).where(TicketEvent.kind == "call"))


def test_the_check_sees_a_half_written_call(city: Space, engine: str) -> None:
    number = arrivals.issue(honcho(), ("JUM-01",), "kiosk").number
    calling.call_next(honcho(), "1", "aoki")
    check([["issued", number], ["called", number]], engine)
    halve()
    with pytest.raises(AssertionError):
        check([], engine)
