"""G11: backup and restore of a large city in one SQLite file: seconds, size, and what bookings meanwhile wait.

`python -m tests.benchmarks.restoring [BOOKINGS]`; a booking here is its row, its place, and its audit entry.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, select, text

from models.core import directory
from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import ground, plain, session, standing
from models.core.settings import Settings
from models.core.snapshots import writing_in
from models.core.space import Space
from models.operations import backup, restoring
from models.operations.booking import Request, book
from models.queries.audit import END, verify
from models.queries.offices import office
from models.rules.audit_chain import End, code, content_of
from models.tables import AuditEntry, Slot
from tests.conftest import CITY, inside
from tests.operations.test_booking import AIKO
from tests.races.conftest import furnished

BOOKINGS = 100_000
PLACES = 100
AT_ONCE = 50_000
SLOTS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO slot (office_id, queue, day, starts_at, ends_at, capacity, taken)
SELECT 1, 'A', date('2000-01-01', (i / 30) || ' days'), datetime('2000-01-01', i || ' hours') || '.000000',
 datetime('2000-01-01', i || ' hours', '20 minutes') || '.000000', :places, :places FROM n"""
ROWS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO booking (reference, token_hash, qr_hash, office_id, queue, day, starts_at, ends_at, minutes, cards,
 procedures, edition, state, channel, language, contact, created_at)
SELECT printf('%08d', i), randomblob(32), randomblob(32), 1, 'A', '2000-01-01', '2000-01-01 00:00:00.000000',
 '2000-01-01 00:20:00.000000', 20, 0, '["JUM-01"]', 1, 'arrived', 'web', 'ja', randomblob(180),
 '2000-01-01 00:00:00.000000' FROM n"""
HELD = """
INSERT INTO booking_slot (booking_id, slot_id) SELECT b.id, s.id FROM
 (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM booking WHERE day = '2000-01-01') b JOIN
 (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM slot WHERE capacity = :places AND day < '2026-01-01') s
 ON s.n = b.n / :places"""


def main(bookings: int = BOOKINGS) -> None:
    """Fill a city, back it up while somebody books, restore it elsewhere, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="maeniwa-restore-") as room:
        made = furnished(core_settings.load(Path(room) / "instance", {}))
        made = replace(made, log_level="error")
        with timed("filling (no measure)"), inside(made) as city:
            fill(city, bookings)
        print(
            f"{'database':34}{made.instance.joinpath('spaces', f'{CITY}.db').stat().st_size / 1e6:10.0f} MB"
        )
        measure(made, Path(room))


def measure(made: Settings, room: Path) -> None:
    """The table's lines."""
    with inside(made):
        print(f"{'a booking alone, median':34}{1000 * median(booked(until=30)):10.1f} ms")
        for name, compressed in (("nightly", True), ("recent", False)):
            file = room / f"{name}.zip"
            waits: list[float] = []
            with timed(f"{name} backup"), beside(made, waits):
                backup.write(file, directory.municipalities(), compressed=compressed)
            print(f"{'':34}{file.stat().st_size / 1e6:10.0f} MB")
            said = (
                f"{1000 * median(waits):10.1f} ms, longest {1000 * max(waits):.0f} ms"
                if waits
                else "         none"
            )
            print(f"{'  bookings meanwhile, median':34}{said} ({len(waits)})")
        with timed("whole chain verified"):
            print(verify())
        backup.mirror_keys(room / "keys")
    shutil.rmtree(made.instance)
    with standing(core_settings.load(room / "clean", {})), timed("restore (RTO)"):
        print(restoring.restore(room / "nightly.zip", room / "keys"))


def fill(city: Space, bookings: int) -> None:
    """So many bookings in the past, with their places and a true chain of audit entries."""
    counts = {"count": bookings // PLACES, "places": PLACES}
    with writing_in(city) as connection:
        connection.execute(text(SLOTS), counts)
        connection.execute(text(ROWS), {"count": bookings})
        connection.execute(text(HELD), {"places": PLACES})
        connection.execute(text("UPDATE slot SET capacity = 1000000 WHERE day > '2026-01-01'"))
        noted(connection, bookings)


def noted(connection: Connection, count: int) -> None:
    """As many entries at the end of the chain."""
    key, at = ground().keys.audit_key(CITY), now()
    row = connection.execute(text("SELECT place, mac FROM audit_end WHERE id = :end"), {"end": END}).one()
    end = End(row.place, row.mac)
    for first in range(0, count, AT_ONCE):
        entries = []
        for number in range(first, min(first + AT_ONCE, count)):
            words: dict[str, Any] = {
                "at": at,
                "actor": "resident/web",
                "action": "booking.make",
                "subject": f"{number:08}",
                "detail": "",
            }
            place = end.place + 1
            end = End(place, code(key, end.mac, place, content_of(**words)))
            entries.append(words | {"place": place, "mac": end.mac})
        connection.execute(plain(AuditEntry).insert(), entries)
    connection.execute(
        text("UPDATE audit_end SET place = :place, mac = :mac WHERE id = :end"),
        {"place": end.place, "mac": end.mac, "end": END},
    )


def booked(until: int | Callable[[], bool]) -> list[float]:
    """Book until so many are made, or until it is said; seconds of each."""
    place, waits, tomorrow = office("honcho"), [], now() + timedelta(days=1)
    ahead = select(Slot.starts_at).where(
        Slot.office_id == place.id, Slot.queue == "A", Slot.starts_at > tomorrow
    )
    times = session().scalars(ahead).all()
    while (len(waits) < until) if isinstance(until, int) else not until():
        begun = time.perf_counter()
        somebody = replace(AIKO, email=f"aiko{len(waits)}@example.jp", phone="")
        book(Request(place, ("JUM-01",), times[len(waits) % len(times)], somebody))
        waits.append(time.perf_counter() - begun)
    return waits


@contextmanager
def beside(made: Settings, waits: list[float]) -> Iterator[None]:
    """Somebody books in a thread of their own until the block ends."""
    over = threading.Event()

    def work() -> None:
        with inside(made):
            waits.extend(booked(over.is_set))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print the seconds of a block."""
    begun = time.monotonic()
    yield
    print(f"{name:34}{time.monotonic() - begun:10.1f} s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else BOOKINGS)
