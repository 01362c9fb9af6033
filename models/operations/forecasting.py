"""来庁を見込む: every night the days ahead, anew from the facts, the calendar and the opening hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import Turns, act
from models.queries import forecasts
from models.queries.offices import OfficeView, offices, week_of
from models.rules.opening import Week, minute_of
from models.rules.planning.busyness import usual_day
from models.rules.planning.forecast import CLOSED, Expected, Forecast, learn_days, weekday_profile
from models.tables import DayForecast

AHEAD = 92
"""Days ahead that are forecast: longer than anybody can book."""
HISTORY = timedelta(days=3 * 366)
WEEK = timedelta(days=7)
HALF_HOUR = 30
KEPT = timedelta(days=400)
"""Days past are kept so long, to be held against what came."""

Curves = Mapping[int, tuple[tuple[int, float], ...]]


def refresh_all(today: date) -> dict[str, int]:
    """Forecast the days from this one on for every office; how many. The same day again gives the same numbers.

    What is learned is learned before the act, which only writes: nobody waits for the arithmetic. A queue or an office
    with too few days of visitors (`busyness.FEWEST_DAYS`) has no forecast.
    """
    made, turns = 0, Turns()
    for place in offices():
        made += _refresh(place, today)
        turns.give()
    return {"days": made}


def _refresh(place: OfficeView, today: date) -> int:
    last = today - timedelta(days=1)
    counted, shapes, week = (
        forecasts.came(place, today - HISTORY, last),
        forecasts.shapes(place, last),
        week_of(place),
    )
    made = []
    for queue, history in sorted(counted.items()):
        if usual_day(history.values()) is not None:
            learned, curves = learn_days(history), _curves(shapes.get(queue, {}))
            days = [today + timedelta(days=ahead) for ahead in range(AHEAD)]
            made += [(queue, day, *_of_day(learned, curves, week, day)) for day in days]
    return _write(place, today, made)


def _of_day(
    learned: Forecast, curves: Curves, week: Week, day: date
) -> tuple[Expected, str, list[tuple[int, float]]]:
    """What is expected of a day, how it was learned, and the shares of the half hours in which the office is open."""
    method = "recent" if learned.effects is None else "calendar"
    spans = week.on(day)
    if not spans:
        return CLOSED, method, []
    minutes = [
        minute
        for span in spans
        for minute in range(minute_of(span.opens) // HALF_HOUR * HALF_HOUR, minute_of(span.closes), HALF_HOUR)
    ]
    curve = dict(curves.get(day.weekday(), ()))
    parts = [(minute, curve.get(minute, 0.0)) for minute in sorted(set(minutes))]
    whole = sum(part for _, part in parts)
    even = [(minute, 1 / len(parts)) for minute, _ in parts]
    return learned.on(day), method, [(minute, part / whole) for minute, part in parts] if whole else even


def _curves(counts: Mapping[int, Mapping[int, float]]) -> Curves:
    """By weekday the share of each half hour, drawn to the week's shape where a weekday was counted little."""
    minutes = sorted({minute for row in counts.values() for minute in row})
    profile = weekday_profile(
        {weekday: [row.get(minute, 0.0) for minute in minutes] for weekday, row in counts.items()}
    )
    return {weekday: tuple(zip(minutes, row, strict=True)) for weekday, row in profile.items()}


@act
def _write(
    session: Session,
    place: OfficeView,
    today: date,
    made: list[tuple[str, date, Expected, str, list[tuple[int, float]]]],
) -> int:
    """Put the days from today on in the place of those before; what stood for next week's day is kept beside it."""
    mine = DayForecast.office_id == place.id
    kept = {
        (row.queue, row.day): row.week_before
        for row in session.execute(
            select(DayForecast.queue, DayForecast.day, DayForecast.week_before).where(
                mine, DayForecast.day >= today
            )
        )
    }
    session.execute(delete(DayForecast).where(mine, DayForecast.day >= today))
    session.execute(delete(DayForecast).where(mine, DayForecast.day < today - KEPT))
    for queue, day, people, method, shares in made:
        numbers = [people.p10, people.p50, people.p90]
        before = kept.get((queue, day), []) if day < today + WEEK else numbers
        session.add(
            DayForecast(
                office_id=place.id, queue=queue, day=day, p10=people.p10, p50=people.p50, p90=people.p90,
                method=method, shares=[list(one) for one in shares], week_before=before, made_at=now(),
            )
        )  # fmt: skip
    return len(made)
