"""Staffing: how many counters each half hour of each weekday needs, beside those that were open.

Office-local weekdays (0 = Monday) and minutes after midnight; durations in minutes.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from models.rules.planning import week_load
from models.rules.planning.visit_rates import Rates, Seen, learn_rates
from models.rules.planning.week_load import Load, Piece, Values, Wanted

HALF_HOUR = 30
ENOUGH = 10
"""Handled tickets from which a cell's own mean handling is believed."""


class Cell(NamedTuple):
    """One half hour of one weekday; `minute` after midnight, on the half hour."""

    weekday: int
    minute: int


class Hours(NamedTuple):
    """One span in which an office is open, minutes after midnight."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Observed:
    """What one cell saw over the whole span: people who came, and the handling of those who were served."""

    arrivals: int
    handled: int = 0
    handling_minutes: float = 0.0

    def __add__(self, other: Observed) -> Observed:
        return Observed(
            self.arrivals + other.arrivals,
            self.handled + other.handled,
            self.handling_minutes + other.handling_minutes,
        )


@dataclass(frozen=True)
class Target:
    """`share` (0-1) of people are called within `within_minutes`; counters busy at most `max_utilisation`."""

    share: float = 0.9
    within_minutes: float = 10.0
    max_utilisation: float | None = None


@dataclass(frozen=True)
class Log:
    """Day by day what the plan rests on: people by half hour (its minute) of every open day, handling minutes."""

    days: Mapping[date, Mapping[int, int]]
    handling: Sequence[float]


@dataclass(frozen=True)
class Why:
    """Why a half hour needs its counters: `busy` ones on average, `carried` of them by who came before it.

    `expected` counters would do if every day were as expected; `unsure` is how far the load may lie from that (one
    standard deviation as a part of it).
    """

    busy: float
    carried: float
    expected: int
    unsure: float


@dataclass(frozen=True)
class Interval:
    """One half hour of a plan. `load` is how busy the `counters` are (1.0 and more: the line grows)."""

    starts: int
    ends: int
    arrivals_per_hour: float
    handling_minutes: float
    needed: int
    counters: int
    load: float
    share_within: float
    expected_wait: float | None
    expected_wait_p90: float | None
    open_counters: float | None = None
    why: Why = Why(0.0, 0.0, 0, 0.0)

    @property
    def short_by(self) -> int:
        """Counters that the target asks for beyond the most the office can open."""
        return self.needed - self.counters


@dataclass(frozen=True)
class DayPlan:
    """One weekday: `days` were observed, `visits` came on average."""

    weekday: int
    days: int
    visits: float
    handling_minutes: float
    intervals: tuple[Interval, ...]

    @property
    def counters(self) -> int:
        """The most counters at one time."""
        return max((interval.counters for interval in self.intervals), default=0)

    @property
    def open_minutes(self) -> int:
        """How long the office is open."""
        return sum(interval.ends - interval.starts for interval in self.intervals)

    @property
    def staff_hours(self) -> float:
        """Counter-hours of the plan."""
        return sum(one.counters * (one.ends - one.starts) for one in self.intervals) / 60

    @property
    def open_staff_hours(self) -> float:
        """Counter-hours that were open."""
        return sum((one.open_counters or 0.0) * (one.ends - one.starts) for one in self.intervals) / 60


@dataclass(frozen=True)
class StaffingPlan:
    """A week: days in order, Monday first, only weekdays on which the office opens."""

    target: Target
    days: tuple[DayPlan, ...]

    @property
    def staff_hours(self) -> float:
        """Counter-hours a week of the plan."""
        return sum(day.staff_hours for day in self.days)

    @property
    def open_staff_hours(self) -> float:
        """Counter-hours a week that were open."""
        return sum(day.open_staff_hours for day in self.days)

    @property
    def worst(self) -> tuple[int, Interval] | None:
        """The weekday and half hour with the smallest share within the target; None for an empty week."""
        every = [(day.weekday, interval) for day in self.days for interval in day.intervals]
        return min(every, key=lambda pair: pair[1].share_within, default=None)


@dataclass(frozen=True)
class Limits:
    """What an office can do: fewest and most counters; the handling to assume where nothing was logged."""

    min_counters: int = 1
    max_counters: int | None = None
    default_handling: float = 0.0


def staffing_plan(
    observed: Mapping[Cell, Observed],
    hours: Mapping[int, Sequence[Hours]],
    days_open: Mapping[int, int],
    target: Target,
    open_counters: Mapping[Cell, float] | None = None,
    limits: Limits | None = None,
    log: Log | None = None,
) -> StaffingPlan:
    """The fewest counters per weekday and half hour that keep `target` in EVERY half hour (modified offered load).

    Arrivals are means over `days_open`, the open days of each weekday in the span, quiet days included; with `log`
    what its weekdays and half hours say together, and counters enough for how far a day may lie from that.
    People who came outside `hours` count in the next open half hour, after closing in the last. Handling is
    the cell's mean, or the weekday's, or the week's, whichever first has ten tickets.
    """
    limits = limits or Limits()
    week = sum(observed.values(), Observed(0))
    rates, shape = learned(hours, log) if log else {}, _shape(log)
    days = []
    for weekday in sorted(weekday for weekday, spans in hours.items() if spans):
        seen = {cell.minute: one for cell, one in observed.items() if cell.weekday == weekday}
        day = sum(seen.values(), Observed(0))
        count = days_open.get(weekday, 0)
        into = _into(half_hours(hours[weekday]), seen)
        people = [here.arrivals / count if count else 0.0 for _, here in into]
        unsure = 0.0
        if weekday in rates:
            people = rates[weekday].expected[weekday].tolist()
            unsure = math.hypot(rates[weekday].day_cv, rates[weekday].slot_cv)
        pieces = [
            Piece(piece.opens, piece.closes, came, _mean_handling((here, day, week), limits))
            for (piece, here), came in zip(into, people, strict=True)
        ]
        wanted = _wanted(target, float(shape.var()), unsure)
        intervals = [
            _interval(
                piece, load, wanted, limits, (open_counters or {}).get(Cell(weekday, grid(piece.begins)))
            )
            for piece, load in zip(pieces, week_load.day_loads(pieces, shape), strict=True)
        ]
        visits = day.arrivals / count if count else 0.0
        days.append(DayPlan(weekday, count, visits, _mean_handling((day, week), limits), tuple(intervals)))
    return StaffingPlan(target, tuple(days))


def learned(hours: Mapping[int, Sequence[Hours]], log: Log) -> dict[int, Rates]:
    """People by weekday and half hour from a log; weekdays with the same hours are learned together.

    A weekday of which no day was seen, or on which nobody ever came, is left out.
    """
    found: dict[int, Rates] = {}
    for spans in {tuple(sorted(one)) for one in hours.values() if one}:
        pieces = half_hours(spans)
        mine = {
            day: seen
            for day, seen in log.days.items()
            if tuple(sorted(hours.get(day.weekday(), ()))) == spans
        }
        counts = {
            day: [here.arrivals for _, here in _into(pieces, {at: Observed(n) for at, n in seen.items()})]
            for day, seen in mine.items()
        }
        if any(map(sum, counts.values())):
            rates = learn_rates(Seen(counts, np.asarray(log.handling, dtype=np.float64), pieces[0].opens))
            found |= dict.fromkeys(rates.expected, rates)
    return found


def _shape(log: Log | None) -> Values:
    """How handling varies around its mean: as logged, or exponentially where that was hardly seen."""
    logged = np.asarray(log.handling if log else (), dtype=np.float64)
    if len(logged) < ENOUGH or logged.mean() <= 0:
        return week_load.exponential()
    return logged / float(logged.mean())


def grid(minute: int) -> int:
    """The begin of the half hour that `minute` falls into."""
    return minute // HALF_HOUR * HALF_HOUR


def half_hours(spans: Iterable[Hours]) -> list[Hours]:
    """Opening spans cut at every full and half hour, in order; the first and last piece may be shorter."""
    pieces = []
    for opens, closes in sorted(spans):
        cuts = [opens, *range(grid(opens) + HALF_HOUR, closes, HALF_HOUR), closes]
        pieces += [Hours(start, end) for start, end in pairwise(cuts) if end > start]
    return pieces


def _into(pieces: Sequence[Hours], seen: Mapping[int, Observed]) -> list[tuple[Hours, Observed]]:
    """Each piece with what it saw; a cell outside every piece goes to the next one, or to the last."""
    gathered = [Observed(0)] * len(pieces)
    grids = [grid(piece.opens) for piece in pieces]
    for minute, one in seen.items():
        place = min(bisect_left(grids, grid(minute)), len(pieces) - 1)
        gathered[place] += one
    return list(zip(pieces, gathered, strict=True))


def _mean_handling(wider: Sequence[Observed], limits: Limits) -> float:
    """The mean of the narrowest with enough tickets; else of the widest; else the default."""
    believed = next((one for one in wider if one.handled >= ENOUGH), wider[-1])
    return believed.handling_minutes / believed.handled if believed.handled else limits.default_handling


def _wanted(target: Target, scv: float, unsure: float) -> Wanted:
    return Wanted(target.share, target.within_minutes, scv, unsure, target.max_utilisation or 1.0)


def _interval(piece: Piece, load: Load, wanted: Wanted, limits: Limits, was_open: float | None) -> Interval:
    handling = piece.handling or 1.0
    needed = max(week_load.counters_needed(load.whole, handling, wanted), limits.min_counters)
    expected = week_load.counters_needed(load.whole, handling, replace(wanted, unsure=0.0))
    counters = needed if limits.max_counters is None else min(needed, limits.max_counters)
    return Interval(
        starts=piece.begins,
        ends=piece.ends,
        arrivals_per_hour=60 * piece.people / (piece.ends - piece.begins),
        handling_minutes=piece.handling,
        needed=needed,
        counters=counters,
        load=load.whole / counters if counters else math.inf,
        share_within=week_load.share_within(counters, load.whole, handling, wanted),
        expected_wait=_finite(week_load.mean_wait(counters, load.whole, handling, wanted.scv)),
        expected_wait_p90=_finite(week_load.wait_percentile(counters, load.whole, handling, wanted.scv)),
        open_counters=was_open,
        why=Why(load.whole, load.carried, max(expected, min(needed, limits.min_counters)), wanted.unsure),
    )


def _finite(minutes: float) -> float | None:
    return minutes if math.isfinite(minutes) else None
