"""開庁時間: which office-local hours a date has, from weekdays, exceptional days and holidays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from models.core.messages import _n
from models.rules.holidays import holiday_name

CLOSED_WEEKDAY = _n("休みの曜日")
LOOK_AHEAD_DAYS = 31
"""So far an office that is closed is looked for a day on which it opens."""


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


Weekdays = tuple[tuple[Span, ...], ...]
"""The hours of seven weekdays, Monday first."""


@dataclass(frozen=True)
class Week:
    """The hours of the weekdays as they are now, the dates that differ, and what the hours are at other times.

    `spells` are the weekly hours one after the other, each with its first day, oldest first; without any, the
    hours never change.
    """

    weekdays: Weekdays
    exceptions: tuple[ExceptionalHours, ...] = ()
    spells: tuple[tuple[date, Weekdays], ...] = ()

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours of a date; empty when the office is closed."""
        for item in self.exceptions:
            if item.day == day:
                return (item.span,) if item.span else ()
        return () if holiday_name(day) else self.usual(day)[day.weekday()]

    def next_open(self, after: date) -> date | None:
        """The first date after one on which the office opens; None within a month."""
        days = (after + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD_DAYS))
        return next((day for day in days if self.on(day)), None)

    def usual(self, day: date) -> Weekdays:
        """The weekly hours that count on a date, whatever is exceptional about it."""
        return next((hours for first, hours in reversed(self.spells) if first <= day), self.weekdays)

    def without(self, days: Collection[date]) -> Week:
        """The same week with nothing exceptional about these dates."""
        return replace(self, exceptions=tuple(one for one in self.exceptions if one.day not in days))

    def from_day(self, first: date, hours: Weekdays) -> Week:
        """The same week with these weekly hours from a day on, until others begin."""
        spells = dict(self.spells) or {date.min: self.weekdays}
        return replace(self, spells=tuple(sorted({**spells, first: hours}.items(), key=lambda one: one[0])))

    def why_closed(self, day: date) -> str:
        """Why a date has no hours, in Japanese; empty when it is open."""
        if self.on(day):
            return ""
        for item in self.exceptions:
            if item.day == day:
                return item.reason
        return holiday_name(day) or CLOSED_WEEKDAY


def gaps(spans: Sequence[Span], held: Sequence[Span]) -> tuple[Span, ...]:
    """What is left of open spans between those that are held already, in order."""
    left: list[Span] = []
    for span in spans:
        begins = span.opens
        for one in sorted(held, key=lambda found: found.opens):
            if one.closes <= begins or one.opens >= span.closes:
                continue
            if begins < one.opens:
                left.append(Span(begins, one.opens))
            begins = max(begins, one.closes)
        if begins < span.closes:
            left.append(Span(begins, span.closes))
    return tuple(left)


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def at_minute(minute: int) -> time:
    """The time that many minutes after midnight (below 24 hours)."""
    return time(minute // 60, minute % 60)


def open_minutes(spans: Sequence[Span]) -> int:
    """Open minutes of a day."""
    return sum(span.minutes for span in spans)
