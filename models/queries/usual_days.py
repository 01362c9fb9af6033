"""いつもの混みぐあい: the last weeks of an office by queue, weekday and hour; the cost does not grow with history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.core.db import ground, session
from models.core.space import current_space
from models.queries.offices import OfficeView
from models.rules.usual_days import Cell, Stay, Usual, usual
from models.tables import Ticket

WEEKS = 8
MOST = 200_000
"""Tickets that are looked at; a hall of 2,000 a day has fewer in eight weeks."""


@dataclass(frozen=True)
class UsualDays:
    """The usual days of an office, from `first` to `last` day."""

    first: date
    last: date
    cells: Mapping[Cell, Usual]

    def hours(self, queue: str, weekday: int) -> tuple[int, ...]:
        """The hours with anything to show, from the first to the last."""
        found = [hour for of_queue, day, hour in self.cells if (of_queue, day) == (queue, weekday)]
        return tuple(range(min(found), max(found) + 1)) if found else ()

    def at(self, queue: str, weekday: int, hour: int) -> Usual | None:
        """One cell, None where too few visits stand behind it."""
        found = self.cells.get((queue, weekday, hour))
        return found if found is not None and found.shown else None


def usual_days(place: OfficeView, at: datetime) -> UsualDays:
    """The last eight weeks before today; worked out once a day."""
    today = place.day_of(at)
    return ground().memory.of(("usual", current_space(), place.id), today, lambda: _made(place, today))


def _made(place: OfficeView, today: date) -> UsualDays:
    first = today - timedelta(weeks=WEEKS)
    return UsualDays(first, today - timedelta(days=1), usual(_stays(place, first, today)))


def _stays(place: OfficeView, first: date, today: date) -> Iterator[Stay]:
    """A booked visitor waits from the booked time on, or from coming later."""
    rows = session().execute(
        select(Ticket.queue, Ticket.arrived_at, Ticket.booked_for, Ticket.called_at)
        .where(
            Ticket.office_id == place.id,
            Ticket.day >= first,
            Ticket.day < today,
            Ticket.called_at.is_not(None),
            Ticket.arrived_at.is_not(None),
        )
        .limit(MOST)
    )
    for row in rows:
        came = max(row.arrived_at, row.booked_for) if row.booked_for else row.arrived_at
        yield Stay(row.queue, came.astimezone(place.zone), max(came, row.called_at).astimezone(place.zone))
