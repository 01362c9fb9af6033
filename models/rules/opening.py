"""開庁時間: which office-local hours a date has, from weekdays, exceptional days and holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from models.core.messages import _n
from models.rules.holidays import holiday_name

CLOSED_WEEKDAY = _n("休みの曜日")


@dataclass(frozen=True)
class Span:
    """An office-local stretch of opening hours, `opens` before `closes`."""

    opens: time
    closes: time

    @property
    def minutes(self) -> int:
        """Its length in minutes."""
        return minute_of(self.closes) - minute_of(self.opens)


@dataclass(frozen=True)
class ExceptionalHours:
    """One date's own hours; no span means closed."""

    day: date
    span: Span | None
    reason: str


@dataclass(frozen=True)
class Week:
    """The hours of seven weekdays (0 = Monday) and the dates that differ."""

    weekdays: tuple[tuple[Span, ...], ...]
    exceptions: tuple[ExceptionalHours, ...] = ()

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours of a date; empty when the office is closed."""
        for item in self.exceptions:
            if item.day == day:
                return (item.span,) if item.span else ()
        return () if holiday_name(day) else self.weekdays[day.weekday()]

    def why_closed(self, day: date) -> str:
        """Why a date has no hours, in Japanese; empty when it is open."""
        if self.on(day):
            return ""
        for item in self.exceptions:
            if item.day == day:
                return item.reason
        return holiday_name(day) or CLOSED_WEEKDAY


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def at_minute(minute: int) -> time:
    """The time that many minutes after midnight (below 24 hours)."""
    return time(minute // 60, minute % 60)


def open_minutes(spans: Sequence[Span]) -> int:
    """Open minutes of a day."""
    return sum(span.minutes for span in spans)
