"""F11, G8: kill -9 while mail goes out through a server that refuses half: nothing lost, copies are the same mail.

Two processes send at once; a victim is killed and another takes its place. A message that is sent again after a crash
between the server's 250 and the note has the same Message-ID.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.transaction import act
from models.operations.messages import Notice, Recipient, tell
from models.queries.messages import counts
from models.queries.offices import office
from models.tables import Message
from scheduler.mailer import Mailer
from tests.conftest import CITY, inside
from tests.races.crowd import sized
from tests.scheduler.mailbox import OK, Mailbox, mailbox

MESSAGES = sized(1000, 100)
KILLS = sized(5, 3)
SECONDS = 300


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A server that refuses half of what it is given, for a while."""
    with mailbox() as found:
        chance = random.Random(8)
        found.answer = lambda _: OK if chance.random() < 0.5 else "451 4.3.0 later"
        yield found


@act
def fill(session: Session) -> None:
    place = office("honcho")
    values = {"at": now().isoformat(), "number": "ABCD2345"}
    for number in range(MESSAGES):
        notice = Notice("reminder", f"race/{number}", place, "ja", values)
        tell(session, notice, Recipient(email=f"r{number}@example.jp"))


@act
def hurry(session: Session, killed: list[str]) -> None:
    """What waits for its next try is due at once, and the claims of the killed are over, as after five minutes."""
    session.execute(update(Message).where(Message.state == "due").values(next_at=now(), tries=0))
    dead = update(Message).where(Message.state == "sending", Message.holder.in_(killed))
    session.execute(dead.values(held_until=now()))


def sending(settings: Settings, holder: str) -> None:
    """Send as long as one lives."""
    mailer = Mailer(settings, holder)
    while True:
        mailer.send_all(Municipality(CITY, "", "", ()), "email")
        time.sleep(0.02)


class Crowd:
    """Two processes that send; a killed one is replaced."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.begun, self.killed = settings, 0, list[str]()
        self.running: list[tuple[str, BaseProcess]] = []

    def add(self) -> None:
        name = f"p{self.begun}"
        process = multiprocessing.get_context("fork").Process(target=sending, args=(self.settings, name))
        process.start()
        self.begun += 1
        self.running.append((name, process))

    def kill(self) -> None:
        name, process = self.running.pop(0)
        process.kill()
        process.join()
        self.killed.append(name)

    def until(self, arrived: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not arrived():
            assert time.monotonic() < end, "messages stand still"
            time.sleep(0.02)
            with inside(self.settings):
                hurry(self.killed)


def test_f11_g8_killed_mailers_lose_nothing_and_copies_are_the_same(live: Settings, box: Mailbox) -> None:
    posted = replace(live, smtp_url=box.url, mail_from="yoyaku@city.example.jp")
    chance = random.Random(11)
    with inside(posted):
        fill()
    crowd = Crowd(posted)
    try:
        crowd.add()
        for kill in range(KILLS):
            crowd.add()
            wanted = MESSAGES * (kill + 1) // (2 * KILLS)
            crowd.until(lambda wanted=wanted: len(box.mails) >= wanted)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.05))
            crowd.kill()
        crowd.add()
        box.answer = lambda _: OK
        crowd.until(lambda: standing(posted) == {"sent": MESSAGES})
    finally:
        while crowd.running:
            crowd.kill()
    ids = box.ids()
    assert len(ids) == MESSAGES, "a message was lost"
    assert sum(ids.values()) - MESSAGES <= KILLS, Counter(ids.values())
    assert {tuple(to) for to in box.to} == {(f"r{one}@example.jp",) for one in range(MESSAGES)}


def standing(settings: Settings) -> dict[str, int]:
    with inside(settings):
        return {state: count for state, count in counts().items() if count}
