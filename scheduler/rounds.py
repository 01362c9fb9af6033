"""What looks every few seconds whether something is to be taken somewhere, and does it outside any transaction.

Several processes may run: a claim decides. Each destination (a way out, a receiver, a printer of a municipality) has at
most one thread in this process: one that hangs keeps no other waiting.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Generic, TypeVar

from models.core import directory, log
from models.core.db import standing
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.space import entered

MOST_BATCHES = 50
"""So many batches for one destination in a row; then the others of this municipality are looked at anew."""
Destination = TypeVar("Destination", str, int)


class Rounds(ABC, Generic[Destination]):
    """`look` returns at once, `finish` waits for what is on its way."""

    name: ClassVar[str]
    threads: ClassVar[int]

    def __init__(self, settings: Settings, holder: str) -> None:
        """Be ready to work for an installation; `holder` names this process in its claims."""
        self._settings, self._holder = settings, holder
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix=self.name)
        self._busy: set[tuple[str, Destination]] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()

    @abstractmethod
    def due(self) -> Iterable[Destination]:
        """Inside a municipality: the destinations where there is something to do."""

    @abstractmethod
    def work_at(self, one: Municipality, destination: Destination) -> int:
        """Do what is to be done at one destination, on its thread; how many."""

    def look(self) -> int:
        """Begin wherever something is due and nothing is on its way; how many. Nothing due: nothing done."""
        begun = 0
        with standing(self._settings):
            for one in directory.municipalities():
                with entered(one.space):
                    try:
                        destinations = tuple(self.due())
                    except Exception as problem:
                        self._failed(one, problem)
                        continue
                begun += sum(self._begin(one, destination) for destination in destinations)
        return begun

    def finish(self) -> None:
        """Begin nothing more; wait for what is on its way."""
        self._ending.set()
        self._pool.shutdown(wait=True)

    def _begin(self, one: Municipality, destination: Destination) -> bool:
        with self._lock:
            if self._ending.is_set() or (one.code, destination) in self._busy:
                return False
            self._busy.add((one.code, destination))
        self._pool.submit(self._guarded, one, destination)
        return True

    def _guarded(self, one: Municipality, destination: Destination) -> None:
        try:
            self.work_at(one, destination)
        except Exception as problem:
            self._failed(one, problem)
        finally:
            with self._lock:
                self._busy.discard((one.code, destination))

    def _failed(self, one: Municipality, problem: Exception) -> None:
        log.logger().error(f"{self.name} failed", municipality=one.code, error=type(problem).__name__)


class Batches(Rounds[Destination]):
    """Works in batches that it claims."""

    @abstractmethod
    def claim(self, destination: Destination) -> list[int]:
        """Inside a municipality: take a batch of what is due at a destination; empty where nothing is."""

    @abstractmethod
    def batch(self, destination: Destination, taken: list[int]) -> tuple[int, bool]:
        """Do a claimed batch: how many went well, and whether the destination is any good for another."""

    def work_at(self, one: Municipality, destination: Destination) -> int:
        """Do what is due at one destination, batch by batch; how many went well."""
        count = 0
        with standing(self._settings), entered(one.space):
            for _ in range(MOST_BATCHES):
                taken = [] if self._ending.is_set() else self.claim(destination)
                if not taken:
                    break
                went, goes_on = self.batch(destination, taken)
                count += went
                if not goes_on:
                    break
        return count
