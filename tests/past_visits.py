"""Past tickets for tests: a line of text each, on office-local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import facts
from models.queries.offices import office
from models.tables import Ticket

JAPAN = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 16)
"""A Monday eight days before the tests' clock stands still."""
_numbers = count(1)


def at(day: date, clock: str) -> datetime | None:
    """The instant of `9:05` on an office day; None for an empty text."""
    if not clock:
        return None
    return datetime.combine(day, time.fromisoformat(clock.zfill(5)), tzinfo=JAPAN).astimezone(UTC)


@act
def past(session: Session, /, day: date, *times: str, code: str = "honcho", **more: Any) -> None:
    """Keep tickets of a day; each text is `arrived called started finished [booked]`, - for an empty one."""
    place = office(code)
    for text in times:
        arrived, called, started, finished, booked = (
            at(day, "" if word == "-" else word) for word in f"{text} - - - -".split()[:5]
        )
        session.add(
            Ticket(
                office_id=place.id,
                day=day,
                arrived_at=arrived,
                called_at=called,
                started_at=started,
                finished_at=finished,
                booked_for=booked,
                order_at=arrived or booked,
                procedures=[],
                **{
                    "number": f"X{next(_numbers):05}",
                    "queue": "A",
                    "procedure": "JUM-01",
                    "source": "booked" if booked else "walk_in",
                    "state": "done" if finished else "no_show" if arrived is None else "abandoned",
                    "counter": "1" if called else None,
                    **more,
                },
            )
        )


NIGHTS_BEGAN = date(2026, 11, 20)


def nights_begin(*codes: str) -> None:
    """Somebody came to each of these offices on a first day, whose facts are made: nobody looks for earlier days."""
    for code in codes:
        past(NIGHTS_BEGAN, "9:00 9:10 9:11 9:30", code=code)
    facts.make_all()


@act
def come_late(session: Session, /, *days: date, code: str = "honcho") -> None:
    """These days came into the log afterwards: their facts are to be made, and nothing between them."""
    facts.mark(session, office(code), days)
