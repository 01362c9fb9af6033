"""Offices as residents see them: hours of the day, when they open next, what they offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.core.clock import now
from models.queries import crossing, hall, offices
from models.queries.offices import OfficeView
from models.rules.opening import Span
from models.rules.sides import WHOLE, stands
from web.presentation import span
from web.spelling import listed

LOOK_AHEAD_DAYS = 31


@dataclass(frozen=True)
class OpenOffice:
    """One office with today's hours; `why` and `next_day` where it is closed today."""

    place: OfficeView
    today: date
    hours: str
    why: str = ""
    next_day: date | None = None
    next_hours: str = ""


def written(spans: Sequence[Span]) -> str:
    """Opening hours as people write them: 8:30〜12:00、13:00〜17:15."""
    return listed(
        span(f"{one.opens.hour}:{one.opens:%M}", f"{one.closes.hour}:{one.closes:%M}") for one in spans
    )


def today_at(place: OfficeView) -> OpenOffice:
    """An office with its hours of today, or the next day on which it is open."""
    week, today = offices.week_of(place), place.day_of(now())
    if week.on(today):
        return OpenOffice(place, today, written(week.on(today)))
    days = (today + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD_DAYS))
    following = next((day for day in days if week.on(day)), None)
    hours = written(week.on(following)) if following else ""
    return OpenOffice(place, today, "", week.why_closed(today), following, hours)


def from_home(place: OfficeView) -> bool:
    """Whether an office lets residents take numbers by phone; never across two sides."""
    return stands(WHOLE, crossing.side()) and hall.policy_of(place).from_home


def week_at(place: OfficeView) -> list[tuple[int, str]]:
    """The weekdays (0 = Monday) of an office with their usual hours, closed days with an empty text."""
    week = offices.week_of(place)
    return [(weekday, written(spans)) for weekday, spans in enumerate(week.weekdays)]


def later_at(place: OfficeView) -> list[tuple[date, list[tuple[int, str]]]]:
    """The weekly hours that begin on a day to come, with that day."""
    today = place.day_of(now())
    return [
        (first, [(weekday, written(spans)) for weekday, spans in enumerate(hours)])
        for first, hours in place.later_hours
        if first > today
    ]
