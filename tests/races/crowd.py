"""Many real processes on one municipality, let go by one barrier; each sends what it saw when it is done."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Unavailable
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import arrivals, counters, numbering
from models.queries.offices import OfficeView, office
from models.tables import Counter, CounterQueue, Ticket, Visit
from tests.conftest import inside

HOME = "honcho"
QUEUES = ("A", "B", "C")
PROCEDURES = {"A": "JUM-01", "B": "IDO-01", "C": "KOS-01"}
SECONDS = 900
FULL = os.environ.get("RACES") == "full"
T = TypeVar("T")


def sized(full: int, usual: int) -> int:
    """How much of something is raced: all of it with `make races` (RACES=full), enough to see a fault otherwise."""
    return full if FULL else usual


def patiently(wanted: Callable[[], T]) -> T:
    """Press again as long as the house says 「混み合っています」 (503, nothing was written)."""
    while True:
        try:
            return wanted()
        except Unavailable:
            continue


def together(settings: Settings, works: Sequence[Callable[[OfficeView], Any]]) -> list[Any]:
    """Run each in a process of its own, all at once, inside the city; what each returned."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(works))

    def one(work: Callable[[OfficeView], Any], ours: Connection) -> None:
        with inside(settings):
            where = office(HOME)
            barrier.wait(SECONDS)
            ours.send(work(where))

    ends = [context.Pipe(duplex=False) for _ in works]
    processes = [
        context.Process(target=one, args=(work, ours)) for work, (_, ours) in zip(works, ends, strict=True)
    ]
    for process, (_, ours) in zip(processes, ends, strict=True):
        process.start()
        ours.close()
    found = []
    for theirs, _ in ends:
        assert theirs.poll(SECONDS), "a process did not come to its end"
        found.append(theirs.recv())
    for process in processes:
        process.join(SECONDS)
    return found


@act
def furnish(session: Session, place: OfficeView, desks: int) -> list[str]:
    """So many counters, each with three queues in another order, and nobody else; their numbers."""
    numbers = [str(100 + number) for number in range(desks)]
    for at, number in enumerate(numbers):
        row = Counter(office_id=place.id, number=number, name=number)
        session.add(row)
        session.flush()
        for rank in range(len(QUEUES)):
            queue = QUEUES[(at + rank) % len(QUEUES)]
            session.add(CounterQueue(counter_id=row.id, queue=queue, rank=rank))
    return numbers


@act
def fill(session: Session, place: OfficeView, count: int) -> None:
    """A full hall: so many waiting, who came over the last two hours; a third of them booked, some with priority.

    Nobody came yesterday, however early it is.
    """
    at = now()
    today = place.day_of(at)
    open_for = min(timedelta(hours=2), at - datetime.combine(today, time(), place.zone))
    for number in range(count):
        came = at - open_for * (count - number) / count
        queue = QUEUES[number * 7 % 5 % len(QUEUES)]
        booked = number % 3 == 0
        first = Ticket(
            source="booked" if booked else "walk_in", language="ja", order_at=came, priority=number % 17 == 0,
            due_at=came + timedelta(minutes=number % 40 - 10) if booked else None,
            booked_for=came + timedelta(minutes=number % 40 - 8) if booked else None,
        )  # fmt: skip
        visit = Visit(office_id=place.id, day=today, arrived_at=came)
        name = numbering.next_number(session, place, today, queue)
        arrivals.begin(
            session, place, arrivals.Begun(visit, first, name, (PROCEDURES[queue],), queue), "test"
        )


def open_all(place: OfficeView, numbers: Sequence[str]) -> None:
    """Somebody is on at each of these counters."""
    for number in numbers:
        counters.open_counter(place, number, f"at {number}")
