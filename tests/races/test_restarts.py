"""F5, F6: the database server ends without a word, or hangs, while people book: 503 for seconds, each key books once.

Web processes and clients are real; each client sends the same key until it is answered, so that what was committed
without an answer is answered then.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.core.db import session
from models.core.settings import Settings
from models.tables import Booking
from tests.conftest import inside
from tests.postgresql import TestServer
from tests.races.crowd import FULL, sized
from tests.races.server import Server, running
from tests.races.test_stampede import BOOKINGS, booking, ledger, prepare

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
RESTARTS, CLIENTS = sized(20, 3), sized(8, 3)
LONGEST = 10.0
"""Seconds after which everybody can book again."""
HANGING_SECONDS = 20.0
HEARD = 5.0
"""Seconds after which everybody has an answer while the server hangs."""
PAUSE_SECONDS = 0.1
LONGEST_QUIET = 0.5
"""Seconds of booking before the next restart, at most."""


@dataclass(frozen=True)
class Heard:
    """One answer: when it came, and after how many seconds."""

    at: float
    took: float
    status: int


@dataclass
class Resident:
    """Somebody who books again and again; when each answer came, and which booking a key got."""

    server: Server
    name: int
    starts_at: str
    ended: threading.Event
    answers: list[Heard] = field(default_factory=list)
    booked: dict[str, str] = field(default_factory=dict)

    def book(self) -> None:
        """Book with a key of its own each time, and press again where that is refused."""
        while not self.ended.is_set():
            key, status = uuid4().hex, 0
            while status != 201 and not self.ended.is_set():
                body = booking(self.starts_at, self.name * 10_000 + len(self.booked))
                begun = time.monotonic()
                answer = self.server.call("POST", BOOKINGS, body, **{"Idempotency-Key": key})
                status = answer.status
                self.answers.append(Heard(time.monotonic(), time.monotonic() - begun, status))
                if status == 201:
                    self.booked[key] = answer.body["reference"]
                else:
                    time.sleep(PAUSE_SECONDS)

    def booked_since(self, instant: float) -> bool:
        """Whether a booking was answered after an instant."""
        return any(answer.at > instant and answer.status == 201 for answer in self.answers[-5:])


@contextmanager
def booking_all_the_time(residents: list[Resident]) -> Iterator[None]:
    """They book, each in a thread of its own, until the block ends."""
    threads = [threading.Thread(target=one.book) for one in residents]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in residents:
            one.ended.set()
        for thread in threads:
            thread.join()


def until_all_booked(residents: list[Resident], up: float) -> None:
    """Wait until every one of them was given a booking since the server is up again."""
    while waiting := [one.answers[-3:] for one in residents if not one.booked_since(up)]:
        assert time.monotonic() < up + 2 * LONGEST, f"cannot book any more since {up}: {waiting}"
        time.sleep(PAUSE_SECONDS)


def refused_for(residents: list[Resident], begun: float, until: float) -> float:
    """Seconds from the beginning of a restart to the last answer that was not a booking."""
    answers = [answer for one in residents for answer in one.answers if begun < answer.at < until]
    return max((answer.at for answer in answers if answer.status != 201), default=begun) - begun


def test_f5_restarts_under_load_are_503_for_seconds_and_every_key_books_once(
    live: Settings, postgresql: TestServer
) -> None:
    with inside(live):
        (starts_at,) = prepare(1, 100_000)
    chance, restarts = random.Random(5), list[float]()
    with running(live) as server:
        residents = [Resident(server, at, starts_at, threading.Event()) for at in range(CLIENTS)]
        with booking_all_the_time(residents):
            for _ in range(RESTARTS):
                time.sleep(chance.uniform(0, LONGEST_QUIET))
                restarts.append(time.monotonic())
                postgresql.restart()
                until_all_booked(residents, time.monotonic())
    statuses = Counter(answer.status for one in residents for answer in one.answers)
    spans = zip(restarts, [*restarts[1:], time.monotonic()], strict=True)
    refused = [refused_for(residents, begun, until) for begun, until in spans]
    print(f"{RESTARTS} restarts, {dict(statuses)}, 503 for at most {max(refused):.1f} s")  # noqa: T201
    assert set(statuses) == {201, 503}
    assert max(refused) <= LONGEST
    answered = {reference for one in residents for reference in one.booked.values()}
    assert len(answered) == statuses[201]
    with inside(live):
        assert set(session().scalars(select(Booking.reference))) == answered
        assert ledger() == (len(answered),) * 3


@pytest.mark.skipif(not FULL, reason="a race against the clock: with make races")
def test_f6_a_server_that_hangs_is_503_in_time_for_everybody_and_then_on_again(
    live: Settings, postgresql: TestServer
) -> None:
    """More residents than the web processes have threads: none of them waits for the one before."""
    with inside(live):
        (starts_at,) = prepare(1, 100_000)
    with running(live) as server:
        residents = [Resident(server, at, starts_at, threading.Event()) for at in range(2 * CLIENTS)]
        with booking_all_the_time(residents):
            until_all_booked(residents, time.monotonic())
            with postgresql.hanging():
                time.sleep(HANGING_SECONDS)
            up = time.monotonic()
            until_all_booked(residents, up)
            recovered = time.monotonic() - up
    answers = [answer for one in residents for answer in one.answers]
    slowest = max(answer.took for answer in answers)
    statuses = Counter(answer.status for answer in answers)
    print(f"hung {HANGING_SECONDS} s, {dict(statuses)}, slowest {slowest:.1f} s, on in {recovered:.1f} s")  # noqa: T201
    assert set(statuses) == {201, 503}
    assert slowest < HEARD
    with inside(live):
        assert ledger() == (statuses[201],) * 3
