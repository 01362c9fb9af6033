"""Take a number, call the next: per second at 1, 8 and 32 in flight, with 0, 10 k and 100 k past tickets."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import sys
import threading
import time
from collections import Counter as Counted
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import accounts
from models.queries.offices import office
from models.tables import Counter, CounterQueue, Estimate, Hall, NumberSequence, Ticket, TicketEvent
from tests.benchmarks.booking import installations, line
from tests.benchmarks.load import Measured, measure
from tests.conftest import inside
from tests.races.server import running

HISTORY = (0, 10_000, 100_000)
CHUNK = 10_000
HERE = "/api/v1/offices/honcho"
LANES = (1, 8, 32)
FIRST_COUNTER = 101
EACH = 320
DAY = timedelta(days=1)


@act
def age(db: Session, wanted: int) -> None:
    """Add tickets of past days, served to the end with their events, until there are `wanted`."""
    place, at = office("honcho"), now()
    there = db.scalar(select(func.count()).select_from(Ticket).where(Ticket.day < place.day_of(at))) or 0
    version = db.scalar(select(Hall.version).where(Hall.office_id == place.id)) or 0
    for first in range(there, wanted, CHUNK):
        numbers = range(first, min(first + CHUNK, wanted))
        db.execute(insert(Ticket), [_past(place.id, number, at) for number in numbers])
        newest = db.scalar(select(func.max(Ticket.id))) or 0
        events = []
        for ticket in range(newest - len(numbers) + 1, newest + 1):
            for kind, after in (
                ("arrive", "waiting"),
                ("call", "called"),
                ("start", "serving"),
                ("finish", "done"),
            ):
                version += 1
                events.append(
                    dict(ticket_id=ticket, at=at - 30 * DAY, kind=kind, counter="1", actor="x", office_id=place.id,
                         version=version, before=None, after=after, detail="")
                )  # fmt: skip
        db.execute(insert(TicketEvent), events)
    db.execute(update(Hall).where(Hall.office_id == place.id).values(version=version))


def _past(place: int, number: int, at: Any) -> dict[str, Any]:
    day = (at - (1 + number // 500) * DAY).date()
    return dict(
        office_id=place, day=day, queue="A", number=f"A{number % 500 + 1:03d}", procedure="JUM-01",
        procedures=["JUM-01"], source="walk_in", state="done", counter="1", order_at=at, arrived_at=at, called_at=at,
        started_at=at, finished_at=at, calls=1,
    )  # fmt: skip


@act
def empty(db: Session) -> None:
    """Nobody waits, and numbers begin at 1 again."""
    place = office("honcho")
    today = place.day_of(now())
    mine = select(Ticket.id).where(Ticket.day == today)
    for told in (Estimate, TicketEvent):
        db.execute(delete(told).where(told.ticket_id.in_(mine)))
    db.execute(delete(Ticket).where(Ticket.day == today))
    db.execute(delete(NumberSequence))


@act
def widen(db: Session) -> None:
    """A counter for every lane."""
    place = office("honcho")
    for number in range(FIRST_COUNTER, FIRST_COUNTER + max(LANES)):
        row = Counter(office_id=place.id, number=str(number), name="")
        db.add(row)
        db.flush()
        db.add(CounterQueue(counter_id=row.id, queue="A", rank=0))


def main() -> None:
    """Print the table; with a number as argument only that much history, with a name only that database."""
    asked = sys.argv[1:] if __name__ == "__main__" else []
    histories = [int(one) for one in asked if one.isdigit()] or list(HISTORY)
    print(f"{'':34}{'history':>10}{'in flight':>10}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}  statuses")
    for name, settings, _ in installations():
        if [one for one in asked if not one.isdigit()] not in ([], [name]):
            continue
        with inside(settings):
            widen()
            bearer = {"Authorization": f"Bearer {accounts.issue_token('counter', None, 'benchmark')}"}
        for history in histories:
            with inside(settings):
                age(history)
            both(name, settings, history, bearer)


def both(name: str, settings: Settings, history: int, bearer: dict[str, str]) -> None:
    """One server; for each load numbers are taken, then everybody is called."""
    asked = {"procedures": ["JUM-01"]}
    with running(settings, workers=1) as server:
        for in_flight in LANES:
            with inside(settings):
                empty()
            taken = measure(
                server.port, lambda _: ("POST", f"{HERE}/tickets", asked), in_flight, EACH, bearer
            )
            line(f"{name} take a number", history, in_flight, taken)
            line(f"{name} call next", history, in_flight, called(server.port, in_flight, bearer))


def called(port: int, in_flight: int, bearer: dict[str, str]) -> Measured:
    """Each lane is a counter that calls and finds nobody there, until nobody waits; only the calls are timed."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_counters, args=(sending, port, in_flight, bearer))
    process.start()
    seconds, times, statuses = receiving.recv()
    process.join()
    ordered = sorted(times)
    return Measured(
        len(times) / seconds * in_flight,
        ordered[len(ordered) // 2] * 1000,
        ordered[int(len(ordered) * 0.99)] * 1000,
        dict(statuses),
    )


def _counters(sending: Any, port: int, in_flight: int, bearer: dict[str, str]) -> None:
    times: list[float] = []
    statuses: Counted[int] = Counted()
    barrier = threading.Barrier(in_flight + 1)

    def counter(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        barrier.wait()
        while True:
            begun = time.perf_counter()
            connection.request("POST", f"{HERE}/counters/{number}/call-next", headers=bearer)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 204:
                break
            times.append(time.perf_counter() - begun)
            statuses[answer.status] += 1
            number_called = json.loads(body)["number"]
            connection.request("POST", f"{HERE}/tickets/{number_called}/no-show", headers=bearer)
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=counter, args=(FIRST_COUNTER + lane,)) for lane in range(in_flight)]
    for thread in threads:
        thread.start()
    barrier.wait()
    for thread in threads:
        thread.join()
    sending.send((sum(times), times, statuses))
    sending.close()


if __name__ == "__main__":
    main()
