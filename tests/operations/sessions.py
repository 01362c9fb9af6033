"""Two sessions of one city that take turns, or press at once: each a thread with connections of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from models.core.errors import DomainError
from models.core.settings import Settings
from tests.conftest import inside

SECONDS = 60


@dataclass
class Seat:
    """Somebody who works in the city for long, with whatever that session remembers."""

    settings: Settings
    asked: queue.Queue[Callable[[], Any] | None] = field(default_factory=queue.Queue)
    answers: queue.Queue[Any] = field(default_factory=queue.Queue)

    def work(self) -> None:
        """Do what is asked, one after the other, until told to leave."""
        with inside(self.settings):
            while (wanted := self.asked.get()) is not None:
                try:
                    self.answers.put(wanted())
                except BaseException as problem:
                    self.answers.put(problem)

    def answer(self) -> Any:
        """What came of the last thing asked: an answer or a refusal; anything else is raised."""
        found = self.answers.get(timeout=SECONDS)
        if isinstance(found, BaseException) and not isinstance(found, DomainError):
            raise found
        return found


def done(seat: Seat, wanted: Callable[[], Any]) -> Any:
    """Let one session do something and wait for it."""
    seat.asked.put(wanted)
    return seat.answer()


def at_once(seats: Sequence[Seat], wanted: Sequence[Callable[[], Any]]) -> list[Any]:
    """Let each session do something at the same moment."""
    barrier = threading.Barrier(len(seats))

    def held(one: Callable[[], Any]) -> Any:
        barrier.wait(SECONDS)
        return one()

    for seat, one in zip(seats, wanted, strict=True):
        seat.asked.put(partial(held, one))
    return [seat.answer() for seat in seats]


@contextmanager
def two(settings: Settings) -> Iterator[tuple[Seat, Seat]]:
    """Two sessions, both gone at the end.

    Each is ready before anything else happens: syntax trees made by two threads at once trip over Python 3.11.
    """
    seats = (Seat(settings), Seat(settings))
    threads = [threading.Thread(target=seat.work, daemon=True) for seat in seats]
    for thread, seat in zip(threads, seats, strict=True):
        thread.start()
        done(seat, lambda: None)
    try:
        yield seats
    finally:
        for seat in seats:
            seat.asked.put(None)
        for thread in threads:
            thread.join(SECONDS)
