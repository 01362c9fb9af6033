"""暦の特徴: what a day of a Japanese city hall is, as numbers that demand can depend on.

Opening days are those on which the hall has had visitors; a gap is a weekday that was closed for a holiday.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.holidays import holiday_name

MOVING = (3, 30)
MOVING_BEFORE, MOVING_AFTER = 21, 14
"""Days before and after 30 March over which people move house."""
OBON = (8, 13), (8, 16)
LONGEST_CLOSURE = 14
SEASON_PART = 0.6
"""Height of the waves: the ridge draws them to none more strongly than the days that have a name."""

NAMES = (
    *(f"weekday {one}" for one in range(7)),
    "season: winter", "season: spring", "half year: winter", "half year: spring",
    "after a holiday", "after days closed", "before a holiday",
    "last day of the month", "last three days of the month", "first two days of the month",
    "before 30 March", "after 30 March", "first days of April", "Obon", "days before the year's end",
    "first days of the year",
)  # fmt: skip


@dataclass(frozen=True)
class Openings:
    """Which days a hall is open: its weekdays, and whether on national holidays and at the year's end."""

    weekdays: frozenset[int]
    on_holidays: bool = False

    def open_on(self, day: date) -> bool:
        """Whether the hall is open."""
        return day.weekday() in self.weekdays and (self.on_holidays or holiday_name(day) is None)


def features(day: date, openings: Openings) -> list[float]:
    """The features of a day in the order of `NAMES`."""
    before, after = _closed_run(day, -1, openings), _closed_run(day, 1, openings)
    from_start = _open_days(day, -1, openings.open_on)
    from_end = _open_days(day, 1, openings.open_on)
    return [
        *(float(day.weekday() == one) for one in range(7)),
        *_season(day),
        float(before > 0),
        float(min(before, 3)) / 3,
        float(after > 0),
        float(from_end == 0),
        float(from_end <= 2),
        float(from_start <= 1),
        *_moving(day),
        float((day.month, day.day) >= OBON[0] and (day.month, day.day) <= OBON[1]),
        float(day.month == 12 and day.day >= 22),
        float(day.month == 1 and day.day <= 8),
    ]


def _season(day: date) -> list[float]:
    """Two waves a year: with one or two years of days, twelve months would each learn one month's chance events."""
    turn = 2 * math.pi * day.timetuple().tm_yday / 365.25
    waves = math.cos(turn), math.sin(turn), math.cos(2 * turn), math.sin(2 * turn)
    return [SEASON_PART * one for one in waves]


def _closed_run(day: date, step: int, openings: Openings) -> int:
    """Usually open weekdays that are closed next to `day`, as far as the next open day."""
    missed = 0
    for distance in range(1, LONGEST_CLOSURE):
        other = day + timedelta(days=step * distance)
        if openings.open_on(other):
            break
        missed += other.weekday() in openings.weekdays
    return missed


def _open_days(day: date, step: int, open_on: Callable[[date], bool]) -> int:
    """Open days between `day` and the end (1) or beginning (-1) of its month, without itself."""
    count, other = 0, day + timedelta(days=step)
    while other.month == day.month:
        count += open_on(other)
        other += timedelta(days=step)
    return count


def _moving(day: date) -> tuple[float, float, float]:
    """How near 30 March is: before it, after it, and the first days of April."""
    away = (day - date(day.year, *MOVING)).days
    rising = max(0.0, 1 + away / MOVING_BEFORE) if away <= 0 else 0.0
    falling = max(0.0, 1 - away / MOVING_AFTER) if away > 0 else 0.0
    return rising, falling, float(day.month == 4 and day.day <= 3)
