"""F8, F11, G8: kill -9 of whole schedulers while mail goes out through a server that fails half: nothing lost.

Two schedulers run at once; one is killed and another takes its place. What arrives twice was on its way when its
scheduler died or when the server hung up after its 250, and it is the same mail: it has the same Message-ID.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.settings import Settings
from models.core.transaction import act
from models.operations.messages import Notice, Recipient, tell
from models.queries.messages import counts, dead_letters
from models.queries.offices import office
from models.rules.timetable import DONE, TIMETABLE
from models.tables import JobRun, Message
from scheduler import runner as runner_module
from scheduler.mailer import Mailer
from scheduler.runner import Runner
from scheduler.senders import mail as mail_module
from tests.conftest import inside
from tests.races.crowd import patiently, sized
from tests.scheduler.mailbox import OK, Mailbox, mailbox

MESSAGES = sized(1000, 60)
KILLS = sized(20, 2)
SECONDS = 300
WRONG = 50
"""Every so manieth address does not exist."""
FAULTS = {"451 4.3.0 later": 24, "552 5.2.2 full": 15, "drop": 5, "keep and drop": 4, "hang": 2}
"""What the server does instead, in hundredths of the letters: half of them."""


@dataclass
class Moods:
    """A server that fails half of what it is given, as long as it is moody; how often it did what."""

    moody: bool = True
    shown: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(8))

    def answer(self, to: str) -> str:
        if wrong(to):
            return "550 5.1.1 no such address"
        sound = 100 - sum(FAULTS.values())
        (said,) = self.chance.choices([OK, *FAULTS], [sound, *FAULTS.values()]) if self.moody else (OK,)
        self.shown[said] += 1
        return said


@pytest.fixture
def moods() -> Moods:
    return Moods()


@pytest.fixture
def box(moods: Moods) -> Iterator[Mailbox]:
    """The city's mail server."""
    with mailbox() as found:
        found.answer = moods.answer
        yield found


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedulers look often, and wait less long for a server that hangs."""
    monkeypatch.setattr(runner_module, "SENDING_SECONDS", 0.1)
    monkeypatch.setattr(mail_module, "SECONDS", 1.0)


def address(number: int) -> str:
    return f"r{number}@example.jp"


def wrong(to: str) -> bool:
    return int(to.split("@")[0][1:]) % WRONG == 0


@act
def fill(session: Session) -> None:
    place = office("honcho")
    values = {"at": now().isoformat(), "number": "ABCD2345"}
    for number in range(MESSAGES):
        notice = Notice("reminder", f"race/{number}", place, "ja", values)
        tell(session, notice, Recipient(email=address(number)))


@act
def finish_the_night(session: Session) -> None:
    """Every job is done: the schedulers have letters only."""
    at = now()
    for entry in TIMETABLE:
        period = entry.last_due(at)
        session.add(
            JobRun(job=entry.job, period=period, state=DONE, started_at=at, finished_at=at, detail={})
        )


@act
def hurry(session: Session, killed: list[str]) -> None:
    """What waits for its next try is due at once, and the claims of the killed are over, as after five minutes."""
    session.execute(update(Message).where(Message.state == "due").values(next_at=now(), tries=0))
    dead = update(Message).where(Message.state == "sending", Message.holder.in_(killed))
    session.execute(dead.values(held_until=now()))


class Crowd:
    """Two schedulers that do all that schedulers do; a killed one is replaced."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.killed = settings, list[str]()
        self.running: list[tuple[str, BaseProcess]] = []

    def add(self) -> None:
        runner = Runner(self.settings)
        process = multiprocessing.get_context("fork").Process(target=runner.run)
        process.start()
        self.running.append((runner.holder, process))

    def kill(self) -> None:
        holder, process = self.running.pop(0)
        process.kill()
        process.join()
        self.killed.append(holder)

    def until(self, arrived: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not arrived():
            assert time.monotonic() < end, "messages stand still"
            time.sleep(0.2)
            with inside(self.settings):
                patiently(partial(hurry, self.killed))


def test_f8_f11_g8_killed_schedulers_lose_nothing_and_copies_are_the_same(
    live: Settings, box: Mailbox, moods: Moods
) -> None:
    posted = replace(live, smtp_url=box.url, mail_from="yoyaku@city.example.jp", log_level="error")
    chance = random.Random(11)
    with inside(posted):
        fill()
        finish_the_night()
    begun = time.monotonic()
    crowd = Crowd(posted)
    wrongs = sum(wrong(address(number)) for number in range(MESSAGES))
    try:
        crowd.add()
        for kill in range(KILLS):
            crowd.add()
            wanted = MESSAGES * (kill + 1) // (2 * KILLS)
            crowd.until(lambda wanted=wanted: len(box.mails) >= wanted)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.05))
            crowd.kill()
        crowd.add()
        moods.moody = MESSAGES > 100
        crowd.until(lambda: standing(posted) == {"sent": MESSAGES - wrongs, "dead": wrongs})
    finally:
        while crowd.running:
            crowd.kill()
    ids = box.ids()
    copies, kept = sum(ids.values()) - len(ids), moods.shown["keep and drop"]
    print(f"{MESSAGES} due, {len(ids)} delivered, {wrongs} dead, {copies} copies ({kept} kept and dropped),")  # noqa: T201
    print(f"{KILLS} kills, {time.monotonic() - begun:.1f} s; {dict(moods.shown)}")  # noqa: T201
    assert len(ids) == MESSAGES - wrongs, "a message was lost"
    assert copies <= KILLS * Mailer.threads + kept, Counter(ids.values())
    assert set(moods.shown) >= {OK, "451 4.3.0 later", "552 5.2.2 full"}
    right = [address(number) for number in range(MESSAGES) if not wrong(address(number))]
    assert sorted({to for (to,) in box.to}) == sorted(right)
    with inside(posted):
        assert {one.problem for one in dead_letters()} == {"550 5.1.1"}


def standing(settings: Settings) -> dict[str, int]:
    with inside(settings):
        return {state: count for state, count in counts().items() if count}
