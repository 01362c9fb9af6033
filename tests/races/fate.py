"""What befalls a scheduler at its jobs, by dice; each process notes which run it begins and brings to its end."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.operations import jobs
from tests.races.played_house import HERE

ASLEEP, IN_A_JOB, BESIDE_ITS_END, LONGEST_LIFE = 0.03, 0.03, 0.02, 0.2
"""In how many of its jobs one falls asleep, dies within so many seconds, right before its end, and right after."""
CLAIM, CLOSE, FAIL = jobs.claim, jobs.close, jobs.fail


@dataclass
class Fate:
    """Stands in for how a run is claimed, closed and failed: it does just that, and then or before it strikes."""

    seed: int
    notes: Path
    slept: tuple[str, str] = ("", "")
    """The run over which this process fell asleep: it ends with it."""

    def reign(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on, in every process that is started."""
        self.notes.touch()
        for name in ("claim", "close", "fail"):
            monkeypatch.setattr(jobs, name, getattr(self, name))

    def claim(self, job: str, period: str, holder: str = "") -> bool:
        HERE[0].stand_still()
        if not CLAIM(job, period, holder):
            return False
        self._note("begun", job, period)
        chance = self._chance(job, period)
        what = chance.random()
        if what < ASLEEP and not HERE[0].asleep.value:
            self.slept = job, period
            HERE[0].sleep()
        elif what < ASLEEP + IN_A_JOB:
            threading.Timer(chance.uniform(0, LONGEST_LIFE), die).start()
        return True

    def close(self, job: str, period: str, detail: dict[str, Any], holder: str = "") -> bool:
        HERE[0].stand_still()
        what = 1 - self._chance(job, period).random()
        if what < BESIDE_ITS_END:
            die()
        ours = CLOSE(job, period, detail, holder)
        if ours:
            self._note("ended", job, period)
        if what < 2 * BESIDE_ITS_END or self.slept == (job, period):
            die()
        return ours

    def fail(self, job: str, period: str, problem: Exception, holder: str = "") -> bool:
        HERE[0].stand_still()
        ours = FAIL(job, period, problem, holder)
        if self.slept == (job, period):
            die()
        return ours

    def noted(self, what: str) -> Counter[tuple[str, str]]:
        """How often each (job, period) was `begun` or `ended`."""
        lines = (line.split() for line in self.notes.read_text().splitlines())
        return Counter((job, period) for found, job, period in lines if found == what)

    def _note(self, what: str, job: str, period: str) -> None:
        with self.notes.open("a") as file:
            file.write(f"{what} {job} {period}\n")

    def _chance(self, job: str, period: str) -> random.Random:
        """The dice of a run, others each time that it is begun."""
        return random.Random(f"{self.seed}/{job}/{period}/{self.noted('begun')[job, period]}")


def die() -> None:
    """As by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)
