"""Days and times to choose from, as the calendar components draw them."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from models.core.clock import now
from models.queries import availability
from models.queries.offices import OfficeView
from web.presentation import clock_time, opening_hours
from web.resident.draft import written_time

IN_A_STRIP = 5
NOON = time(12)
FEW_TIMES = 12
"""So many times of a morning or an afternoon are all shown; of more, one each half hour and the others on request."""

SOONEST = 3
"""So many times are offered at once, before anybody has chosen a day."""


@dataclass(frozen=True)
class DayCard:
    """A day as the components take it; `href` is only a mark that it can be chosen.

    `over` is a past day, and today when its last time has passed.
    """

    date: date
    state: availability.DayState | Literal["over"]
    share: float
    href: str
    chosen: bool = False
    reason: str = ""


@dataclass(frozen=True)
class TimeButton:
    """A time as the components take it."""

    value: str
    time: str
    state: str
    starts_at: datetime


@dataclass(frozen=True)
class PartOfDay:
    """Morning or afternoon: the first free time of each half hour, and the others in between."""

    morning: bool
    times: tuple[TimeButton, ...]
    between: tuple[TimeButton, ...]


@dataclass(frozen=True)
class Choice:
    """Everything to choose a time from: five open days, the day chosen, its times before and after noon."""

    strip: tuple[DayCard, ...]
    earlier: date | None
    later: date | None
    day: date | None
    hours: str
    late: bool
    parts: tuple[PartOfDay, ...]


@dataclass(frozen=True)
class MonthView:
    """One month's weeks from Sunday, and the months beside it that can be booked."""

    first: date
    weeks: tuple[tuple[DayCard | None, ...], ...]
    before: str = ""
    after: str = ""


def choice(place: OfficeView, need: availability.Need, wanted: date | None, first: date | None) -> Choice:
    """Five open days from `first` (or around the wanted day, or the soonest free one) and the times of one."""
    today = place.day_of(now())
    ahead = availability.ahead(place, need, today, today + timedelta(days=place.booking_days_ahead), now())
    days = ahead.open_days()
    start, shown = _shown(ahead, days, wanted, first)
    bookable = [day.day for day in shown if day.state != "full"]
    chosen = wanted if wanted in bookable else next(iter(bookable), None)
    return Choice(
        strip=tuple(_card(day, chosen) for day in shown),
        earlier=days[max(0, start - IN_A_STRIP)][0] if start else None,
        later=days[start + IN_A_STRIP][0] if start + IN_A_STRIP < len(days) else None,
        day=chosen,
        hours=opening_hours(ahead.week.on(chosen)) if chosen else "",
        late=any(day.late for day in shown if day.day == chosen),
        parts=_parts(place, need, chosen) if chosen else (),
    )


@dataclass(frozen=True)
class Soonest:
    """The first free times of the first day that has any."""

    place: OfficeView
    day: date
    times: tuple[TimeButton, ...]


def soonest(place: OfficeView, need: availability.Need) -> Soonest | None:
    """Where and when a visit can be soonest, a few times to press; None where nothing is free."""
    found = choice(place, need, None, None)
    times = [time for part in found.parts for time in part.times]
    return Soonest(place, found.day, tuple(times[:SOONEST])) if found.day and times else None


def month(place: OfficeView, need: availability.Need, wanted: str, chosen: date | None) -> MonthView:
    """One month (YYYY-MM) of the days that can be booked, the first of them where `wanted` is none."""
    begin, end = availability.horizon(place, now())
    names = sorted({f"{begin + timedelta(days=ahead):%Y-%m}" for ahead in range((end - begin).days + 1)})
    name = wanted if wanted in names else names[0]
    index = names.index(name)
    first = date.fromisoformat(f"{name}-01")
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    found = {
        day.day: day for day in availability.calendar(place, need, max(first, begin), min(last, end), now())
    }
    weeks = months.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    return MonthView(
        first,
        tuple(
            tuple(_month_card(day, first, begin, found.get(day), chosen) for day in week) for week in weeks
        ),
        before=names[index - 1] if index else "",
        after=names[index + 1] if index + 1 < len(names) else "",
    )


def buttons(place: OfficeView, times: Sequence[datetime]) -> tuple[TimeButton, ...]:
    """Instants as times to press."""
    return tuple(
        TimeButton(written_time(at, place), clock_time(at, place.zone.key), "free", at) for at in times
    )


OpenDays = Sequence[tuple[date, int]]


def _shown(
    ahead: availability.Ahead, days: OpenDays, wanted: date | None, first: date | None
) -> tuple[int, list[availability.Day]]:
    """Where the strip begins, and its days: at `first`, else around `wanted`, else the first that is not full.

    Only strips with a place left are looked at closely: a visit may need several slots one after the other.
    """
    asked = first or wanted
    if asked is None:
        for start in range(0, len(days), IN_A_STRIP):
            if any(left for _, left in days[start : start + IN_A_STRIP]):
                shown = _strip(ahead, days, start)
                if any(day.state != "full" for day in shown):
                    return start, shown
    index = next((index for index, (day, _) in enumerate(days) if asked and day >= asked), 0)
    start = index if first else index - index % IN_A_STRIP
    return start, _strip(ahead, days, start)


def _strip(ahead: availability.Ahead, days: OpenDays, start: int) -> list[availability.Day]:
    strip = days[start : start + IN_A_STRIP]
    found = ahead.calendar(strip[0][0], strip[-1][0]) if strip else ()
    return [day for day in found if day.state != "closed"]


def _parts(place: OfficeView, need: availability.Need, day: date) -> tuple[PartOfDay, ...]:
    """The free times before noon and from noon on, where there are any."""
    free = [found.starts_at for found in availability.free_times(place, need, day, day, now())]
    morning = [at for at in free if at.astimezone(place.zone).time() < NOON]
    parts = ((True, morning), (False, free[len(morning) :]))
    return tuple(_part(place, early, times) for early, times in parts if times)


def _part(place: OfficeView, morning: bool, free: Sequence[datetime]) -> PartOfDay:
    if len(free) <= FEW_TIMES:
        return PartOfDay(morning, buttons(place, free), ())
    first: dict[datetime, datetime] = {}
    for at in free:
        first.setdefault(at.replace(minute=at.minute - at.minute % 30), at)
    between = [at for at in free if at not in first.values()]
    return PartOfDay(morning, buttons(place, list(first.values())), buttons(place, between))


def _card(day: availability.Day, chosen: date | None) -> DayCard:
    open_day = day.state in ("free", "few")
    href = str(day.day) if open_day else ""
    return DayCard(day.day, day.state, day.fullness, href, day.day == chosen, day.reason)


def _month_card(
    day: date, first: date, today: date, found: availability.Day | None, chosen: date | None
) -> DayCard | None:
    if day.month != first.month:
        return None
    if day <= today and (found is None or found.state == "closed"):
        return DayCard(day, "over", 0.0, "")
    return _card(found, chosen) if found else DayCard(day, "closed", 0.0, "")
