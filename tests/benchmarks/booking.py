"""Slots listing and booking at 0, 100 k and 1 M past bookings, beside the bare transaction, in one run."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.core.transaction import act
from models.tables import Booking, BookingSlot, Slot
from tests.benchmarks.load import Measured, measure
from tests.conftest import inside
from tests.postgresql import TestServer
from tests.races.conftest import furnished
from tests.races.server import running

HISTORY = (0, 100_000, 1_000_000)
CHUNK = 20_000
LISTING = "/api/v1/offices/honcho/slots?procedure=JUM-01&from={first}&to={last}"
ROUNDS = ((1, 600), (32, 3000))


@act
def age(db: Session, wanted: int) -> None:
    """Add past bookings with the places they held until there are `wanted`."""
    there = db.scalar(select(func.count()).select_from(Booking)) or 0
    day = now().date() - timedelta(days=400)
    slots = db.scalars(select(Slot.id).where(Slot.day < now().date())).all()
    if not slots:
        begins = [now() - timedelta(days=400 - n) for n in range(300)]
        rows = [dict(office_id=1, queue="A", day=at.date(), starts_at=at, ends_at=at + timedelta(minutes=10),
                     capacity=100_000, taken=0) for at in begins]  # fmt: skip
        db.execute(insert(Slot), rows)
        slots = db.scalars(select(Slot.id).where(Slot.day < now().date())).all()
    for first in range(there, wanted, CHUNK):
        numbers = range(first, min(first + CHUNK, wanted))
        db.execute(insert(Booking), [_past(number, day) for number in numbers])
        newest = db.scalar(select(func.max(Booking.id))) or 0
        ids = range(newest - len(numbers) + 1, newest + 1)
        db.execute(insert(BookingSlot), [{"booking_id": n, "slot_id": slots[n % len(slots)]} for n in ids])


def _past(number: int, day: Any) -> dict[str, Any]:
    return {
        "reference": f"{number:08d}", "token_hash": secrets.token_bytes(32), "qr_hash": secrets.token_bytes(32),
        "office_id": 1, "queue": "A", "day": day, "starts_at": now(), "ends_at": now(), "minutes": 10, "cards": 0,
        "procedures": ["JUM-01"], "edition": 1, "state": "no_show", "channel": "web", "language": "ja",
        "contact": secrets.token_bytes(150), "created_at": now(),
    }  # fmt: skip


@act
def widen(db: Session) -> list[str]:
    """Room for everybody in 200 coming slots; their beginnings."""
    rows = db.scalars(
        select(Slot).where(Slot.queue == "A", Slot.office_id == 1, Slot.starts_at > now() + timedelta(days=1))
        .order_by(Slot.starts_at).limit(200)
    ).all()  # fmt: skip
    db.execute(update(Slot).where(Slot.id.in_([row.id for row in rows])).values(capacity=1_000_000))
    return [row.starts_at.isoformat() for row in rows]


def main() -> None:
    """Print the table."""
    print(f"{'':34}{'history':>10}{'in flight':>10}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}  statuses")
    for name, settings, bare_url in installations():
        bare(name, settings, bare_url)
        with inside(settings):
            beginnings = widen()
        for history in HISTORY:
            with inside(settings):
                age(history)
            ours(name, settings, beginnings, history)


def bare(name: str, settings: Settings, url: str) -> None:
    """The lower bound."""
    os.environ["BARE_DATABASE_URL"] = url
    with running(settings, workers=1, app="tests.benchmarks.bare:create_app") as server:
        for in_flight, requests in ROUNDS:
            found = measure(
                server.port,
                lambda n: ("POST", "/book", {"slot": n % 200, "who": "aiko"}),
                in_flight,
                requests,
            )
            line(f"{name} bare transaction", "-", in_flight, found)


def ours(name: str, settings: Settings, beginnings: list[str], history: int) -> None:
    """The product."""
    with inside(settings):
        first = session().scalar(select(func.min(Slot.day)).where(Slot.day > now().date()))
    assert first is not None
    listing = LISTING.format(first=quote(str(first)), last=quote(str(first + timedelta(days=59))))

    def booking(number: int) -> tuple[str, str, Any]:
        contact = {"name": "マエニワ　アイコ", "email": f"a{number}@example.jp"}
        body = {"procedures": ["JUM-01"], "starts_at": beginnings[number % 200], "contact": contact}
        return "POST", "/api/v1/offices/honcho/bookings", body

    with running(settings, workers=1) as server:
        for in_flight, requests in ROUNDS:
            found = measure(server.port, lambda _: ("GET", listing, None), in_flight, requests // 3)
            line(f"{name} slots listing, 60 days", history, in_flight, found)
        for in_flight, requests in ROUNDS:
            line(
                f"{name} full booking", history, in_flight, measure(server.port, booking, in_flight, requests)
            )


def line(what: str, history: object, in_flight: int, found: Measured) -> None:
    """One line of the table."""
    numbers = f"{found.per_second:>9.0f}{found.p50:>9.1f}{found.p99:>9.1f}"
    print(f"{what:34}{history!s:>10}{in_flight:>10}{numbers}  {found.statuses}", flush=True)


@contextmanager
def folder() -> Iterator[Path]:
    """A place on the real disk."""
    with tempfile.TemporaryDirectory(prefix="maeniwa-bench-") as found:
        yield Path(found)


def installations() -> Iterator[tuple[str, Settings, str]]:
    """The demo municipality on SQLite, then on PostgreSQL."""
    with folder() as place:
        settings = furnished(core_settings.load(place / "instance", {}))
        yield "SQLite", settings, f"sqlite:///{place / 'bare.db'}"
    server = TestServer()
    with folder() as place:
        plain = core_settings.load(place / "instance", {})
        settings = furnished(replace(plain, database_url=server.new_database("bench")))
        bare_url = server.new_database("bare").replace("postgresql://", "postgresql+psycopg://")
        yield "PostgreSQL", settings, bare_url
    server.stop()


if __name__ == "__main__":
    main()
