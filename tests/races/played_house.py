"""Whole schedulers in processes of their own that read one played clock, are killed, and are replaced."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from models.core import clock
from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.operations import jobs, tuning
from models.queries.jobs import done
from models.rules.timetable import FAILED, RUNNING, TIMETABLE
from models.tables import JobRun, Message, SchedulerLease
from scheduler import runner as runner_module
from scheduler.clock_watch import ClockWatch
from scheduler.runner import Runner
from tests.conftest import inside

FORK = multiprocessing.get_context("fork")
LOADED = (tuning,)
"""Plans are computed with a large library; who is forked from here finds it."""
PASSES = ("beat", "often", "often, slow", "jobs", "jobs, slow", "messages")
"""The threads of a scheduler: each goes over its work once a turn."""
LOOK_SECONDS = 0.05
PATIENCE = 90
"""Seconds of the machine's clock for what is due at one instant."""
A_MOMENT = timedelta(seconds=1)
SLEEP = timedelta(minutes=10)
"""So long sleeps a scheduler that falls asleep over a job: its lease is over, and another has taken up the job."""


@dataclass
class Clock:
    """The instant that every process reads, and the turn: whose passes began in it have seen all that happened.

    Nothing here has a lock, which whoever is killed could hold for ever.
    """

    begins: datetime
    _instant: Any = field(init=False)
    _turn: Any = field(default_factory=lambda: FORK.RawValue("l", 1))
    _post: Any = field(default_factory=lambda: FORK.RawValue("l", 1))

    def __post_init__(self) -> None:
        self._instant = FORK.RawValue("d", self.begins.timestamp())

    def read(self) -> datetime:
        return datetime.fromtimestamp(self._instant.value, UTC)

    def steady(self) -> float:
        return float(self._instant.value)

    def to(self, at: datetime) -> None:
        self._instant.value = max(at.timestamp(), self._instant.value)
        self.turn_over()

    def turn_over(self) -> None:
        self._turn.value += 1

    def post_over(self) -> None:
        """Somebody looks once more for what is to be sent."""
        self._post.value += 1

    @property
    def turn(self) -> int:
        return int(self._turn.value)

    @property
    def post(self) -> int:
        return int(self._post.value)


class AtOnce(BackgroundScheduler):  # type: ignore[misc]
    """Begins by the machine's clock, which is not the played one."""

    def add_job(self, *words: Any, **more: Any) -> Any:
        return super().add_job(*words, **more | {"next_run_time": datetime.now(UTC)})  # noqa: TID251


def play_by(played: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on everything reads the played clock, and schedulers look as often as hours go by."""
    monkeypatch.setattr(clock, "_read", played.read)
    monkeypatch.setattr(runner_module, "BackgroundScheduler", AtOnce)
    for name in ("BEAT_SECONDS", "EVERY_SECONDS", "SENDING_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(runner_module, name, LOOK_SECONDS)


class Seen(Runner):
    """A scheduler as it is, but for its clock; it tells in which turn each of its passes began that is over."""

    def __init__(self, settings: Settings, played: Clock) -> None:
        super().__init__(settings)
        self.played, self.passed = played, FORK.RawArray("l", len(PASSES))
        self.asleep, self._wakes = FORK.RawValue("l", 0), played.read()
        self._watch, self._seen = ClockWatch(played.steady), dict[str, tuple[int, int]]()

    def run(self) -> None:
        gc.freeze()
        HERE.append(self)
        super().run()

    def sleep(self) -> None:
        """From here on nothing else is done, and everything goes on when the clock is further."""
        self._wakes = self.played.read() + SLEEP
        self.asleep.value = 1
        self.stand_still()

    def stand_still(self) -> None:
        """Wait as long as this scheduler sleeps."""
        while self.asleep.value and self.played.read() < self._wakes:
            time.sleep(LOOK_SECONDS)

    def beat(self) -> None:
        self._passing("beat", lambda: Runner.beat(self))

    def look(self, slow: bool = False) -> None:
        self._passing("often, slow" if slow else "often", lambda: Runner.look(self, slow))

    def catch_up(self, slow: bool = False) -> None:
        self._passing("jobs, slow" if slow else "jobs", lambda: Runner.catch_up(self, slow))

    def send(self) -> None:
        self._passing("messages", lambda: Runner.send(self))

    def rests(self) -> bool:
        return min(self.passed) >= self.played.turn

    def _passing(self, name: str, work: Callable[[], None]) -> None:
        turn, post = self.played.turn, self.played.post if name == "messages" else 0
        if self._seen.get(name) != (turn, post) and not self.asleep.value:
            work()
            self._seen[name] = turn, post
            self.passed[PASSES.index(name)] = turn


HERE: list[Seen] = []
"""In a scheduler's process, the scheduler."""


@dataclass
class House:
    """Two schedulers of a city. Whoever is struck is dead at once; `until_rest` puts another in the place.

    So it does for one that falls asleep, which wakes up hours later and dies after what it was at.
    """

    settings: Settings
    played: Clock
    chance: random.Random
    running: list[tuple[Seen, BaseProcess]] = field(default_factory=list)
    asleep: list[tuple[datetime, Seen, BaseProcess]] = field(default_factory=list)
    kills: int = 0
    sleeps: int = 0
    open: bool = False
    begins: list[datetime] = field(default_factory=list)
    """At which instants everything that was due had been done."""
    messages: dict[str, Any] = field(default_factory=dict)
    """Every message that ever was, by its Message-ID, as it was last seen: the old ones are purged."""
    _misses: bool = False
    _may_strike: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        self.open = True
        self._replace()

    def close(self) -> None:
        """Kill everybody, and put nobody in their place."""
        self.open = False
        for *_, process in (*self.running, *self.asleep):
            process.kill()
            process.join()
        self._bury()

    def strike(self) -> bool:
        """Kill one of them wherever it is, from any thread; False where one is dead already."""
        with self._may_strike:
            alive = [process for _, process in self.running if process.pid and process.is_alive()]
            if len(alive) < 2:
                return False
            os.kill(self.chance.choice(alive).pid or 0, signal.SIGKILL)
            return True

    def until_rest(self) -> None:
        """Let the clock stand until all that is due is done; go on by seconds where only time helps."""
        end = time.monotonic() + PATIENCE
        self._let_wake()
        while True:
            self._until_passed(end)
            with inside(self.settings):
                self._remember()
                further = self._waits_for()
            if further is None:
                self.begins.append(self.played.read())
                return
            if further > self.played.read():
                self.played.to(further + A_MOMENT)
            elif self._misses:
                self.played.turn_over()
            else:
                self.played.post_over()
                time.sleep(LOOK_SECONDS / 2)
            assert time.monotonic() < end, f"not everything was done at {self.played.read()}: {further}"

    def _until_passed(self, end: float) -> None:
        self._replace()
        while not all(one.rests() for one, _ in self.running):
            assert time.monotonic() < end, f"a scheduler does not come to an end at {self.played.read()}"
            time.sleep(LOOK_SECONDS / 2)
            self._replace()

    def _replace(self) -> None:
        with self._may_strike:
            self._bury()
            while len(self.running) < 2:
                runner = Seen(self.settings, self.played)
                process = FORK.Process(target=runner.run)
                process.start()
                self.running.append((runner, process))

    def _let_wake(self) -> None:
        """Whose sleep is over ends what it was at, before the clock goes on."""
        for wakes, _, process in self.asleep:
            if wakes <= self.played.read():
                process.join(PATIENCE)
                assert not process.is_alive(), "a sleeper does not come to an end"
        self.asleep = [one for one in self.asleep if one[2].is_alive()]

    def _bury(self) -> None:
        alive = [one for one in self.running if one[1].is_alive()]
        slept = [one for one in alive if one[0].asleep.value]
        self.asleep += [(self.played.read() + SLEEP, *one) for one in slept]
        self.sleeps += len(slept)
        self.kills += len(self.running) - len(alive)
        self.running = [one for one in alive if one not in slept]

    def _waits_for(self) -> datetime | None:
        """The first instant at which something goes on that has not been done; None where all is done."""
        at, names = now(), {one.holder for one, _ in self.running}
        lease = session().scalars(select(SchedulerLease)).one()
        if lease.holder not in names:
            self._misses = True
            return lease.until
        found = [self._goes_on(row, names) for row in self._undone(at)]
        wanted = {entry.job: entry.last_due(at) for entry in TIMETABLE}
        missing = set(wanted) - done(wanted)
        for row in session().scalars(select(JobRun).where(JobRun.job.in_(missing))):
            if row.period == wanted[row.job] and row.state in (FAILED, RUNNING):
                failed = row.state == FAILED and row.finished_at is not None
                wait = jobs.back_off(int(row.detail.get("tries", 1))) if failed else timedelta()
                found.append((row.finished_at or at) + wait)
                missing.discard(row.job)
        self._misses = bool(set(wanted) - done(wanted))
        return min([*found, *(at for _ in missing)], default=None)

    def _undone(self, at: datetime) -> list[Message]:
        soon = Message.next_at <= at + timedelta(minutes=20)
        return list(session().scalars(select(Message).where(Message.state.in_(("due", "sending")), soon)))

    def _goes_on(self, row: Message, names: set[str]) -> datetime:
        if row.state == "due":
            return row.next_at
        return row.held_until if row.held_until and row.holder not in names else self.played.read()

    def _remember(self) -> None:
        columns = (Message.message_id, Message.kind, Message.channel, Message.state, Message.problem)
        for row in session().execute(select(*columns, Message.occasion, Message.tries)):
            self.messages[row.message_id] = row
