"""The scheduler's process: holds the lease of every municipality and runs what its timetable says, once each."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from models.core import directory, log
from models.core.clock import now
from models.core.db import standing
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.space import entered
from models.operations import jobs
from scheduler.timetable import TIMETABLE, ZONE

BEAT_SECONDS = 30
CATCH_UP_MINUTES = 5
LOOK_SECONDS = 0.5
"""Waiting in short steps lets signals through on every system."""
T = TypeVar("T")


class Runner:
    """One scheduler; several may run, but only the holder of a municipality's lease works for it."""

    def __init__(self, settings: Settings) -> None:
        """Be ready to work for an installation."""
        self._settings = settings
        self._asked_to_end = threading.Event()
        self.holder = f"{socket.gethostname()[:40]}/{secrets.token_hex(6)}"

    def run(self) -> None:
        """Work until `stop`: beat and catch up at once, then by the clock; the lease is given back at the end."""
        clockwork = BackgroundScheduler(
            timezone=ZONE,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self.beat()
        clockwork.add_job(self.beat, IntervalTrigger(seconds=BEAT_SECONDS))
        clockwork.add_job(self.catch_up, IntervalTrigger(minutes=CATCH_UP_MINUTES), next_run_time=now())
        for entry in TIMETABLE:
            clockwork.add_job(self.catch_up, CronTrigger(hour=entry.at.hour, minute=entry.at.minute))
        clockwork.start()
        while not self._asked_to_end.wait(LOOK_SECONDS):
            pass
        clockwork.shutdown(wait=True)
        self.leave()

    def stop(self) -> None:
        """End after what is being done; from any thread or signal handler, also before `run`."""
        self._asked_to_end.set()

    def beat(self) -> None:
        """Say in every municipality that this scheduler lives."""
        self._everywhere("beat", lambda _: jobs.beat(self.holder))

    def catch_up(self) -> None:
        """Run every job whose newest due period was not done yet, however long the house was closed."""
        self._everywhere("catch-up", self._catch_up)

    def leave(self) -> None:
        """Give the leases back, so that the next scheduler need not wait for them."""
        self._everywhere("leave", lambda _: jobs.give_up(self.holder))

    def _catch_up(self, one: Municipality) -> None:
        if not jobs.beat(self.holder):
            return
        self._guarded(one, "often", jobs.often)
        for entry in TIMETABLE:
            period = entry.last_due(now())
            done = self._guarded(one, entry.job, partial(jobs.run, entry.job, period))
            if done is not None:
                counts = sum(count for count in done.values() if isinstance(count, int))
                log.logger().info(
                    "job done", municipality=one.code, job=entry.job, period=str(period), count=counts
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
            frame = extract_tb(problem.__traceback__)[-1]
            log.logger().error(
                "job failed",
                municipality=one.code if one else "",
                job=what,
                error=type(problem).__name__,
                where=f"{Path(frame.filename).name}:{frame.lineno}",
            )
            return None
