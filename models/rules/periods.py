"""対象期間: the stretch of time that one run of a job is for, as text that sorts: an hour, a day, a week or a month.

`2026-12-03T14`, `2026-12-03`, `2026-W49`, `2026-12`. Periods are Japan's, whatever the machine's zone is.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")
HOUR, DAY, WEEK, MONTH = "hour", "day", "week", "month"
LENGTHS = (HOUR, DAY, WEEK, MONTH)
_SHAPES = {
    HOUR: re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3])"),
    DAY: re.compile(r"\d{4}-\d\d-\d\d"),
    WEEK: re.compile(r"\d{4}-W\d\d"),
    MONTH: re.compile(r"\d{4}-\d\d"),
}


def of_day(length: str, day: date, hour: int = 0) -> str:
    """The period of this length that a day (and, for hours, an hour of it) lies in."""
    if length == HOUR:
        return f"{day.isoformat()}T{hour:02}"
    if length == WEEK:
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[:7] if length == MONTH else day.isoformat()


def at(length: str, instant: datetime) -> str:
    """The period of this length that an instant lies in."""
    local = instant.astimezone(ZONE)
    return of_day(length, local.date(), local.hour)


def length_of(period: str) -> str:
    """`hour`, `day`, `week` or `month`; raises `ValueError` for a text that is no period."""
    for length, shape in _SHAPES.items():
        if shape.fullmatch(period):
            day_of(period)
            return length
    raise ValueError(period)


def day_of(period: str) -> date:
    """The first day of a period: what a job of a day works for; raises `ValueError` for a text that is no period."""
    if "W" in period:
        year, _, week = period.partition("-W")
        return date.fromisocalendar(int(year), int(week), 1)
    if len(period) == len("2026-12"):
        return date.fromisoformat(f"{period}-01")
    return date.fromisoformat(period.partition("T")[0])


def begins(period: str) -> datetime:
    """The instant at which a period begins."""
    hour = int(period.partition("T")[2] or 0)
    return datetime.combine(day_of(period), time(hour), ZONE)


def before(period: str) -> str:
    """The period of the same length that comes right before."""
    return at(length_of(period), begins(period) - timedelta(seconds=1))
