"""開庁時間を変えたら: who came in the hours that would be cut, where they would go, and how long all would wait then.

Who came before the new opening comes in the first hour, who came after the new closing in the last one; the visits of a
weekday that closes go to the other days alike. Counters stay as they are. Office-local minutes after midnight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.rules.planning.simulation import line_waits, poisson_arrivals
from models.rules.planning.staffing import HALF_HOUR, Cell, Hours

NEAREST = 60
"""Minutes next to the cut over which those come who came in it."""
DAYS = 100
SEED = 5
Plan = Mapping[int, Hours]
"""One span by weekday (0 = Monday); a weekday without one is closed."""


@dataclass(frozen=True, slots=True)
class Came:
    """One visit: its weekday, the minute its wait begins, the procedure, and whether it was booked."""

    weekday: int
    minute: int
    procedure: str
    booked: bool


@dataclass(frozen=True)
class Cut:
    """What came in the hours that would be cut, as a mean a day of the weekday."""

    weekday: int
    procedure: str
    visits: float
    bookings: float


@dataclass(frozen=True)
class DayWaits:
    """Mean wait and the wait of nine in ten in minutes, now and then; None where the weekday is closed."""

    weekday: int
    now: tuple[float, float] | None
    then: tuple[float, float] | None


@dataclass(frozen=True)
class Week:
    """What a change is held against: open days seen by weekday, hours, mean counters open, handling minutes seen."""

    days_open: Mapping[int, int]
    hours: Mapping[int, tuple[Hours, ...]]
    counters: Mapping[Cell, float]
    handling: Sequence[float]


def present(week: Week) -> Plan:
    """The hours as they are, from the first opening to the last closing of each weekday."""
    return {
        weekday: Hours(spans[0].opens, spans[-1].closes) for weekday, spans in week.hours.items() if spans
    }


def cuts(visits: Sequence[Came], week: Week, wanted: Plan) -> list[Cut]:
    """What came in the cut hours by weekday and procedure, most first within a weekday."""
    every: Counter[tuple[int, str]] = Counter()
    booked: Counter[tuple[int, str]] = Counter()
    for one in visits:
        if _is_cut(one, present(week), wanted):
            every[one.weekday, one.procedure] += 1
            booked[one.weekday, one.procedure] += one.booked
    found = [
        Cut(weekday, procedure, count / days, booked[weekday, procedure] / days)
        for (weekday, procedure), count in every.items()
        if (days := week.days_open.get(weekday))
    ]
    return sorted(found, key=lambda one: (one.weekday, -one.visits, one.procedure))


def waits(visits: Sequence[Came], week: Week, wanted: Plan) -> list[DayWaits]:
    """The waits of each weekday now and then, played with the same counters; empty where no handling was seen."""
    if not week.handling:
        return []
    now = _arrivals(visits, week, present(week))
    then = _arrivals(visits, week, wanted)
    return [
        DayWaits(weekday, _played(now, weekday, week, present(week)), _played(then, weekday, week, wanted))
        for weekday in range(7)
        if weekday in present(week) or weekday in wanted
    ]


def _within(minute: int, span: Hours) -> int:
    return min(max(minute, span.opens), span.closes - 1)


def _is_cut(one: Came, today: Plan, wanted: Plan) -> bool:
    """Who came outside of today's hours counts as come at their edge."""
    if one.weekday not in today:
        return False
    span, minute = wanted.get(one.weekday), _within(one.minute, today[one.weekday])
    return span is None or not span.opens <= minute < span.closes


def _arrivals(visits: Sequence[Came], week: Week, wanted: Plan) -> Mapping[int, np.ndarray]:
    """Expected people by weekday and minute of the day."""
    today = present(week)
    found: dict[int, np.ndarray] = defaultdict(lambda: np.zeros(24 * 60))
    for one in visits:
        if one.weekday not in today or not (days := week.days_open.get(one.weekday)):
            continue
        minute = _within(one.minute, today[one.weekday])
        goers = [one.weekday] if one.weekday in wanted else list(wanted)
        for weekday in goers:
            begins, ends = _lands(minute, wanted[weekday])
            found[weekday][begins:ends] += 1 / (days * len(goers) * (ends - begins))
    return found


def _lands(minute: int, span: Hours) -> tuple[int, int]:
    """The minutes over which somebody comes who would have come at `minute`."""
    if minute < span.opens:
        return span.opens, min(span.opens + NEAREST, span.closes)
    if minute >= span.closes:
        return max(span.closes - NEAREST, span.opens), span.closes
    return minute, minute + 1


def _played(
    arrivals: Mapping[int, np.ndarray], weekday: int, week: Week, hours: Plan
) -> tuple[float, float] | None:
    span = hours.get(weekday)
    if span is None:
        return None
    starts = range(span.opens, span.closes, HALF_HOUR)
    coming = arrivals[weekday]
    expected = np.array([coming[at : min(at + HALF_HOUR, span.closes)].sum() for at in starts])
    random = np.random.default_rng(SEED)
    people = poisson_arrivals(random, np.tile(expected, (DAYS, 1)), float(HALF_HOUR))
    handling = random.choice(np.asarray(week.handling), people.shape)
    found = line_waits(people, handling, [_counters(week, weekday, at) for at in starts], HALF_HOUR)
    kept = found[np.isfinite(found)]
    return (float(kept.mean()), float(np.quantile(kept, 0.9))) if len(kept) else (0.0, 0.0)


def _counters(week: Week, weekday: int, minute: int) -> int:
    """The counters that are open then; where the office was closed until now, those of the nearest half hour."""
    known = [cell for cell in week.counters if cell.weekday == weekday] or list(week.counters)
    if not known:
        return 1
    nearest = min(known, key=lambda cell: (abs(cell.minute - minute), cell.weekday))
    return max(1, round(week.counters[nearest]))
