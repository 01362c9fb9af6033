"""The scheduler's process: holds the lease of every municipality and runs what the timetable says, once each."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Protocol, TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from models.core import directory, log
from models.core.clock import now
from models.core.db import standing
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.space import entered
from models.operations import jobs
from models.queries.jobs import done, states
from models.rules.periods import ZONE
from models.rules.sides import INSIDE, OUTSIDE, stands
from models.rules.timetable import (
    CARRYING_SECONDS,
    OFTEN,
    PLANNING_SECONDS,
    PRINTING_SECONDS,
    SENDING_SECONDS,
    TIMETABLE,
    Entry,
)
from scheduler.clock_watch import ClockWatch
from scheduler.rhythm import Every

BEAT_SECONDS = 30
EVERY_SECONDS = 60
"""Work is found by what stands in the database, not by the tick: a look that was missed loses nothing."""
LOOK_SECONDS = 0.5
"""Waiting in short steps lets signals through on every system."""
T = TypeVar("T")


class Sender(Protocol):
    """Something that looks every few seconds whether there is something to send."""

    def look(self) -> object:
        """Send what is due."""

    def finish(self) -> None:
        """Wait for what is under way."""


class Runner:
    """One scheduler; several may run, but only the holder of a municipality's lease works for it."""

    def __init__(self, settings: Settings) -> None:
        """Be ready to work for an installation."""
        self._settings = settings
        self._asked_to_end = threading.Event()
        self._watch = ClockWatch()
        self._untold: list[tuple[int, set[str]]] = []
        self._looked: dict[tuple[str, str], datetime] = {}
        self.holder = f"{socket.gethostname()[:40]}/{secrets.token_hex(6)}"
        self._mailer = self._sender(OUTSIDE, "scheduler.mailer", "Mailer")
        self._porter = self._sender(INSIDE, "scheduler.porter", "Porter")
        self._sheets = self._sender(INSIDE, "scheduler.printing.sender", "SheetSender")

    def _sender(self, side: str, module: str, name: str) -> Sender | None:
        """What looks for things to send; the other side does not even load it."""
        if not stands(side, self._settings.side):
            return None
        made: Sender = getattr(import_module(module), name)(self._settings, self.holder)
        return made

    def run(self) -> None:
        """Work until `stop`: beat and catch up at once, then every minute; the lease is given back at the end.

        The beat, what is looked at often, the jobs and the slow ones have a thread each: none waits for another.
        """
        threads = {
            "beat": self.beat,
            "often": self.look,
            "often, slow": partial(self.look, slow=True),
            "jobs": self.catch_up,
            "jobs, slow": partial(self.catch_up, slow=True),
            **({"messages": self.send} if self._mailer else {}),
            **({"handovers": self.carry} if self._porter else {}),
            **({"sheets": self.print_sheets} if self._sheets else {}),
            **({"plans": self.plan} if stands(INSIDE, self._settings.side) else {}),
        }
        often = {
            "beat": BEAT_SECONDS,
            "messages": SENDING_SECONDS,
            "sheets": PRINTING_SECONDS,
            "handovers": CARRYING_SECONDS,
            "plans": PLANNING_SECONDS,
        }
        clockwork = BackgroundScheduler(
            timezone=ZONE,
            executors={name: ThreadPoolExecutor(1) for name in threads},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self.beat()
        for name, work in threads.items():
            every = often.get(name, EVERY_SECONDS)
            clockwork.add_job(work, Every(every), id=name, executor=name, next_run_time=now())
        clockwork.start()
        while not self._asked_to_end.wait(LOOK_SECONDS):
            if self.watch_clock():
                for name in threads:
                    clockwork.modify_job(name, next_run_time=now())
        clockwork.shutdown(wait=True)
        for one in (self._mailer, self._porter, self._sheets):
            if one:
                one.finish()
        self.leave()

    def stop(self) -> None:
        """End after what is being done; from any thread or signal handler, also before `run`."""
        self._asked_to_end.set()

    def beat(self) -> None:
        """Say in every municipality that this scheduler lives."""
        self._everywhere("beat", lambda _: jobs.beat(self.holder))

    def watch_clock(self) -> bool:
        """Note in every municipality that the clock was put forwards or back; False where it was not.

        Where it could not be noted now, that is made up for. Far ahead, nothing but the beat goes on for an hour,
        because most of it could not be taken back.
        """
        jump = self._watch.jumped()
        if jump is not None:
            log.logger().error(
                "clock was set", seconds=round(jump.total_seconds()), waits=self._watch.holds()
            )
            self._untold.append((round(jump.total_seconds()), set()))
        self._untold = [(seconds, told) for seconds, told in self._untold if not self._tell(seconds, told)]
        return jump is not None

    def _tell(self, seconds: int, told: set[str]) -> bool:
        """Note a jump in each municipality that was not `told`; whether all are now."""
        with standing(self._settings):
            cities = self._guarded(None, "clock", directory.municipalities)
            for one in cities or ():
                if one.code not in told:
                    with entered(one.space):
                        if self._guarded(one, "clock", partial(_noted, seconds)):
                            told.add(one.code)
            return cities is not None and {one.code for one in cities} <= told

    def look(self, slow: bool = False) -> None:
        """Do in every municipality what is looked at often, each when its minutes have gone by; slow ones apart."""
        self._everywhere("often", partial(self._look, slow=slow))

    def catch_up(self, slow: bool = False) -> None:
        """Run every job whose due period was not done yet, however long the house was closed; slow ones apart."""
        self._everywhere("catch-up", partial(self._catch_up, slow=slow))

    def send(self) -> None:
        """Send what is due, whoever holds the lease: a message's claim decides; not while the clock is in doubt."""
        if self._mailer and not self._watch.holds():
            self._guarded(None, "messages", self._mailer.look)

    def carry(self) -> None:
        """Carry the hand-overs that are due, as messages are sent: a claim decides."""
        if self._porter and not self._watch.holds():
            self._guarded(None, "handovers", self._porter.look)

    def print_sheets(self) -> None:
        """Take to printers what counters want printed, as messages are sent: a claim decides."""
        if self._sheets and not self._watch.holds():
            self._guarded(None, "sheets", self._sheets.look)

    def plan(self) -> None:
        """Compute the plans that were asked for; what is not finished at the end is left to the next scheduler."""
        self._everywhere("plans", self._plan)

    def leave(self) -> None:
        """Give the leases back, so that the next scheduler need not wait for them."""
        self._everywhere("leave", lambda _: jobs.give_up(self.holder))

    def _plan(self, _: Municipality) -> None:
        plans = import_module("models.queries.open_plans")  # an outside process has none
        if plans.any_open() and self._may_work():
            import_module("models.operations.tuning").work(self._asked_to_end.is_set)

    def _look(self, one: Municipality, slow: bool) -> None:
        if not self._may_work():
            return
        mine = (one for one in OFTEN if one.slow == slow and stands(one.side, self._settings.side))
        for often in mine:
            last, at = self._looked.get((one.code, often.job)), now()
            if self._watch.holds():
                return
            if last is None or not last <= at < last + timedelta(minutes=often.minutes, seconds=-5):
                self._looked[one.code, often.job] = at
                self._guarded(one, often.job, partial(jobs.look, often.job))

    def _may_work(self) -> bool:
        return jobs.beat(self.holder) and not self._watch.holds()

    def _catch_up(self, one: Municipality, slow: bool) -> None:
        if not self._may_work():
            return
        mine = [one for one in TIMETABLE if one.slow == slow and stands(one.side, self._settings.side)]
        over = done({entry.job: entry.last_due(now()) for entry in mine})
        for entry in mine:
            if entry.each or entry.job not in over:
                self._guarded(one, entry.job, partial(self._make_up, one, entry))

    def _make_up(self, one: Municipality, entry: Entry) -> None:
        for period in entry.missed(now(), states(entry.job)):
            if self._asked_to_end.is_set() or self._watch.holds():
                return
            met = self._guarded(one, entry.job, partial(jobs.run, entry.job, period, self.holder))
            if met is not None:
                count = sum(count for count in met.values() if isinstance(count, int))
                log.logger().info(
                    "job done", municipality=one.code, job=entry.job, period=period, count=count
                )

    def _everywhere(self, what: str, work: Callable[[Municipality], object]) -> None:
        with standing(self._settings):
            for one in self._guarded(None, what, directory.municipalities) or ():
                with entered(one.space):
                    self._guarded(one, what, partial(work, one))

    def _guarded(self, one: Municipality | None, what: str, work: Callable[[], T]) -> T | None:
        """One city's trouble is logged, by kind and place only, and never keeps the others from being served."""
        try:
            return work()
        except Exception as problem:
            city = one.code if one else ""
            kind = jobs.kind_of(problem)
            log.logger().error(
                "job failed", municipality=city, job=what, error=kind["problem"], where=kind["where"]
            )
            return None


def _noted(seconds: int) -> bool:
    jobs.note_clock(seconds)
    return True
