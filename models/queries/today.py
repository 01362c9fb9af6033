"""きょうの様子: a day so far as its manager sees it: who waits, who was called after how long, what is to come.

Never a person. The cost follows the day's tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from sqlalchemy import Row, select

from models.core.db import session
from models.queries import counter_use, forecasts, live
from models.queries.hall_state import HallState
from models.queries.offices import OfficeView
from models.rules.planning.forecast import Expected
from models.rules.statistics import percentile
from models.tables import Ticket

HERE = ("waiting", "called", "absent", "serving", "held", "back_office", "recalled")
CAME = (*HERE, "done", "transferred", "abandoned")


@dataclass(frozen=True)
class Waited:
    """Waits of those who were called today: how many, mean, median, 90th percentile (both from ten on), longest."""

    n: int
    mean: float | None
    p50: float | None
    p90: float | None
    longest: float | None


@dataclass(frozen=True)
class Line:
    """One queue now: the longest that somebody in it has waited so far, in minutes; None where nobody waits."""

    code: str
    waiting: int
    longest: float | None


@dataclass(frozen=True)
class Outlook:
    """People of the day as forecast, of these until now and from now on; each the middle with its band."""

    whole: Expected
    so_far: float
    rest: Expected


@dataclass(frozen=True)
class Today:
    """The day so far. `came` are people, `utilisation` the share of open minutes that served (0-1)."""

    state: HallState
    lines: tuple[Line, ...]
    came: int
    booked: Waited
    walk_in: Waited
    utilisation: float | None
    outlook: Outlook | None

    @property
    def waiting(self) -> int:
        """People who wait now."""
        return sum(line.waiting for line in self.lines)


def today(place: OfficeView, at: datetime) -> Today:
    """An office's day at an instant; on a day without a forecast there is no outlook."""
    day = place.day_of(at)
    rows = _rows(place, day)
    state = live.state(place, at)
    called = [(row, minutes) for row in rows if (minutes := _wait(row)) is not None]
    used = counter_use.of_day(place, day)
    opened = sum(one.open_minutes for one in used)
    return Today(
        state,
        tuple(_line(one.code, rows, at) for one in state.queues),
        len({row.visit_id or -row.id for row in rows if row.arrived_at is not None and row.state in CAME}),
        waited([minutes for row, minutes in called if row.booked_for is not None]),
        waited([minutes for row, minutes in called if row.booked_for is None]),
        sum(one.serving_minutes for one in used) / opened if opened else None,
        _outlook(place, day, at),
    )


def waited(minutes: Sequence[float]) -> Waited:
    """What a day's waits come to."""
    return Waited(
        len(minutes),
        fmean(minutes) if minutes else None,
        percentile(minutes, 0.5),
        percentile(minutes, 0.9),
        max(minutes, default=None),
    )


def outlook_of(day: Expected, half_hours: Sequence[tuple[int, Expected]], minute: float) -> Outlook:
    """A day's forecast cut at a minute of the day; the band of the rest is the day's in the rest's proportion."""
    so_far = sum(one.p50 * min(1.0, max(0.0, (minute - begins) / 30)) for begins, one in half_hours)
    whole = sum(one.p50 for _, one in half_hours)
    left = 1 - so_far / whole if whole else 0.0
    return Outlook(
        day, day.p50 * (1 - left), Expected(*(part * left for part in (day.p10, day.p50, day.p90)))
    )


def _outlook(place: OfficeView, day: date, at: datetime) -> Outlook | None:
    found = forecasts.expected(place, day, day)
    if not found:
        return None
    local = at.astimezone(place.zone)
    minute = local.hour * 60 + local.minute + local.second / 60
    return outlook_of(found[0].people, found[0].half_hours(), minute)


def _rows(place: OfficeView, day: date) -> Sequence[Row[*tuple[object, ...]]]:
    return (
        session()
        .execute(
            select(
                Ticket.id,
                Ticket.visit_id,
                Ticket.queue,
                Ticket.state,
                Ticket.booked_for,
                Ticket.arrived_at,
                Ticket.called_at,
            ).where(Ticket.office_id == place.id, Ticket.day == day)
        )
        .all()
    )


def _line(code: str, rows: Sequence[Row[*tuple[object, ...]]], at: datetime) -> Line:
    since = [
        max(row.arrived_at, row.booked_for or row.arrived_at)
        for row in rows
        if row.queue == code and row.state == "waiting" and row.arrived_at is not None
    ]
    longest = max(((at - one).total_seconds() / 60 for one in since), default=None)
    return Line(code, len(since), None if longest is None else max(0.0, longest))


def _wait(row: Row[*tuple[object, ...]]) -> float | None:
    """As `wait` of the measures, also while the ticket is not over."""
    if row.called_at is None or row.arrived_at is None:
        return None
    begins = row.arrived_at if row.booked_for is None else max(row.arrived_at, row.booked_for)
    return max(0.0, float((row.called_at - begins).total_seconds()) / 60)
