"""来庁の見込み of an office: what stands for days ahead, and how near it came to what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models.core.db import session
from models.queries.offices import OfficeView
from models.rules.planning.busyness import usual_day
from models.rules.planning.forecast import Expected, half_hours
from models.tables import DailyFact, DayForecast

HALL = ""
"""The queue of a forecast for everybody who comes."""
SHAPE = timedelta(weeks=12)
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class DayExpected:
    """What is expected on an office day; `method` is `calendar`, or `recent` where there is less than a year."""

    day: date
    people: Expected
    method: str
    made_at: datetime
    shares: tuple[tuple[int, float], ...]

    def half_hours(self) -> list[tuple[int, Expected]]:
        """People by half hour, each with its minute of the day."""
        found = half_hours(self.people, [share for _, share in self.shares])
        return [(minute, one) for (minute, _), one in zip(self.shares, found, strict=True)]


@dataclass(frozen=True)
class Agreement:
    """Over past days: the sum of misses by the sum of people (WAPE), and the share of days within p10 to p90."""

    days: int
    wape: float | None
    covered: float | None


def expected(place: OfficeView, first: date, last: date, queue: str = HALL) -> list[DayExpected]:
    """The days of a span for which something is expected, in order."""
    mine = (DayForecast.office_id == place.id, DayForecast.queue == queue)
    shown = (DayForecast.p10, DayForecast.p50, DayForecast.p90, DayForecast.method, DayForecast.made_at)
    chosen = select(DayForecast.day, *shown, DayForecast.shares).where(
        *mine, DayForecast.day.between(first, last)
    )
    return [_shown(row) for row in session().execute(chosen.order_by(DayForecast.day))]


def newest(place: OfficeView, first: date, last: date) -> tuple[int, datetime | None]:
    """How many forecasts stand for the days of a span, and when the last of them was made."""
    made = DayForecast.made_at
    mine = (DayForecast.office_id == place.id, DayForecast.day.between(first, last))
    row = session().execute(select(func.count(made), func.max(made)).where(*mine)).one()
    return int(row[0]), row[1]


def came(place: OfficeView, first: date, last: date) -> Mapping[str, Mapping[date, float]]:
    """People counted on each day, by queue; under `HALL` altogether. Costs a row a queue and day."""
    facts = select(DailyFact.cut, DailyFact.key, DailyFact.day, DailyFact.came).where(
        DailyFact.office_id == place.id,
        DailyFact.cut.in_(("all", "queue")),
        DailyFact.day.between(first, last),
    )
    found: dict[str, dict[date, float]] = {}
    for cut, key, day, count in session().execute(facts):
        found.setdefault(HALL if cut == "all" else key, {})[day] = float(count)
    return found


def usual(place: OfficeView, today: date, queue: str = HALL) -> float | None:
    """The people of a usual day, over about a year; None where too few days were counted."""
    counted = came(place, today - YEAR, today - timedelta(days=1))
    return usual_day(counted.get(queue, {}).values())


def shapes(place: OfficeView, last: date) -> Mapping[str, Mapping[int, Mapping[int, float]]]:
    """People by queue (`HALL`: altogether), weekday and minute of the day of the half hour, over twelve weeks."""
    facts = select(DailyFact.cut, DailyFact.key, DailyFact.day, DailyFact.came).where(
        DailyFact.office_id == place.id,
        DailyFact.cut.in_(("half_hour", "queue_half_hour")),
        DailyFact.day.between(last - SHAPE, last),
    )
    found: dict[str, dict[int, dict[int, float]]] = {}
    for cut, key, day, count in session().execute(facts):
        queue, _, clock = ("", "", key) if cut == "half_hour" else key.rpartition(" ")
        if clock:
            minute = int(clock[:2]) * 60 + int(clock[3:5])
            row = found.setdefault(queue, {}).setdefault(day.weekday(), {})
            row[minute] = row.get(minute, 0.0) + count
    return found


def agreement(place: OfficeView, today: date, queue: str = HALL, days: int = 91) -> Agreement:
    """How near the forecasts of a week before came, over the past days that have one and were counted."""
    first = today - timedelta(days=days)
    mine = (DayForecast.office_id == place.id, DayForecast.queue == queue)
    span = DayForecast.day.between(first, today - timedelta(days=1))
    rows = session().execute(select(DayForecast.day, DayForecast.week_before).where(*mine, span)).all()
    counted = came(place, first, today - timedelta(days=1)).get(queue, {})
    pairs = [(counted[day], before) for day, before in rows if before and day in counted]
    return agreed(pairs)


def agreed(pairs: Sequence[tuple[float, Sequence[float]]]) -> Agreement:
    """The agreement of days that were counted with the `[p10, p50, p90]` that was expected of each."""
    people = sum(count for count, _ in pairs)
    if not people:
        return Agreement(len(pairs), None, None)
    missed = sum(abs(count - before[1]) for count, before in pairs)
    inside = sum(before[0] <= count <= before[2] for count, before in pairs)
    return Agreement(len(pairs), missed / people, inside / len(pairs))


def _shown(row: Any) -> DayExpected:
    people = Expected(row.p10, row.p50, row.p90)
    shares = tuple((int(minute), float(share)) for minute, share in row.shares)
    return DayExpected(row.day, people, row.method, row.made_at, shares)
