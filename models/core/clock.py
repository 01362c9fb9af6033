"""The only clock of the house: instants are UTC, an office day is a date in the office's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  (this is the clock)


def office_day(zone: ZoneInfo, at: datetime | None = None) -> date:
    """The office-local date of an instant (of now when none is given)."""
    return (at or now()).astimezone(zone).date()


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of an office-local date and time."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC span [start of `first`, end of `last`) of office-local days."""
    return instant(first, time.min, zone), instant(last + timedelta(days=1), time.min, zone)
