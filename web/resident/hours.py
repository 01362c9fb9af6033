"""Offices as residents see them: hours of the day, when they open next, what they offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.core.clock import now
from models.queries import crossing, hall, offices
from models.queries.offices import OfficeView
from models.rules.sides import WHOLE, stands
from web.presentation import opening_hours


@dataclass(frozen=True)
class OpenOffice:
    """One office with today's hours; `why` where it is closed today, `next_day` where it does not open again today."""

    place: OfficeView
    today: date
    hours: str
    why: str = ""
    next_day: date | None = None
    next_hours: str = ""


def today_at(place: OfficeView) -> OpenOffice:
    """An office with its hours of today; once they are over, or without any, with the next day on which it opens."""
    at = now()
    week, today = offices.week_of(place), place.day_of(at)
    spans = week.on(today)
    if any(at.astimezone(place.zone).time() < one.closes for one in spans):
        return OpenOffice(place, today, opening_hours(spans))
    following = week.next_open(today)
    hours = opening_hours(week.on(following)) if following else ""
    return OpenOffice(place, today, opening_hours(spans), week.why_closed(today), following, hours)


def from_home(place: OfficeView) -> bool:
    """Whether an office lets residents take numbers by phone; never across two sides."""
    return stands(WHOLE, crossing.side()) and hall.policy_of(place).from_home


def week_at(place: OfficeView) -> list[tuple[int, str]]:
    """The weekdays (0 = Monday) of an office with their usual hours, closed days with an empty text."""
    week = offices.week_of(place)
    return [(weekday, opening_hours(spans)) for weekday, spans in enumerate(week.weekdays)]


def later_at(place: OfficeView) -> list[tuple[date, list[tuple[int, str]]]]:
    """The weekly hours that begin on a day to come, with that day."""
    today = place.day_of(now())
    return [
        (first, [(weekday, opening_hours(spans)) for weekday, spans in enumerate(hours)])
        for first, hours in place.later_hours
        if first > today
    ]
