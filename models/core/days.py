"""Office days and instants: a date in the office's zone on one side, UTC on the other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def office_day(at: datetime, zone: ZoneInfo) -> date:
    """The office-local date of an instant."""
    return at.astimezone(zone).date()


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of an office-local date and time."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC span [start of `first`, end of `last`) of office-local days."""
    return instant(first, time.min, zone), instant(last + timedelta(days=1), time.min, zone)
