"""来庁の見込み: how many will come on each day ahead, from the days so far and the calendar.

A Poisson regression with a log link on `calendar_features`, fitted by iteratively reweighted least squares with a
ridge and Huber weights (an unannounced rush must not bend a whole month), then moved towards the level of the last
weeks. With less than a year the weekday's mean of the last weeks is used. Closed days are 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

from models.rules.holidays import holiday_name
from models.rules.planning.calendar_features import Openings, features

Values = npt.NDArray[np.float64]

RIDGE = 1.0
"""How strongly effects are drawn to none: as much as so many mean days tell."""
HUBER = 2.5
"""Deviations beyond which a day counts less."""
ROUNDS = 30
LEVEL_DAYS = 120
LEVEL_SHARE = 0.8
"""The part of the last days' difference in level that goes on; fewer days would take a rush for a new level."""
TREND_PART = 0.15
"""Height of a year's trend: most of it is drawn to none, since two months ahead a trend misleads more than it helps."""
YEAR = 330
"""Days between the first and last from which a calendar can be learned."""
SAME_WEEKDAYS = 8
AFTER_CLOSED = 1.15
"""What a day after a holiday has over its weekday, before a history tells (expert estimate)."""
Z90 = 1.2816
LEAST_SPREAD = 0.05
BLOCK_DAYS = 30
WIDER = 1.25
"""Days not seen yet differ more than those that the effects were fitted to; measured on earlier months of histories."""
AHEAD = 1.25
"""Days ahead differ more than those that the effects were fitted to."""
USUAL_WANDER = 0.08
"""How far a month's level is from the one expected of the months before it, where a history is too short to tell."""
SLOT_SPREAD = 0.11
"""Variation of a half hour's share from day to day."""
OPEN_SHARE = 0.02
"""A weekday is open when it has at least this part of the open days."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Visitors of a day or half hour: one in ten is below `p10`, half below `p50`, nine in ten below `p90`."""

    p10: float
    p50: float
    p90: float


CLOSED = Expected(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Forecast:
    """What a history teaches; deviations of the logarithm: `spread` of a day, `wander` of the level of a month."""

    openings: Openings
    last: date
    spread: float
    wander: float
    effects: Values | None
    level: float
    recent: Mapping[int, float]

    def on(self, day: date) -> Expected:
        """The visitors of a day; closed days are 0."""
        if not self.openings.open_on(day):
            return CLOSED
        middle = self._middle(day)
        spread = math.sqrt(WIDER**2 * (self.spread**2 + self.wander**2) + 1 / max(middle, 1.0))
        return Expected(middle * math.exp(-Z90 * spread), middle, middle * math.exp(Z90 * spread))

    def _middle(self, day: date) -> float:
        if self.effects is not None:
            return math.exp(min(20.0, float(_row(day, self.openings, self.last) @ self.effects) + self.level))
        usual = self.recent.get(day.weekday(), 0.0)
        return usual * (AFTER_CLOSED if _after_closed(day, self.openings) else 1.0)


def learn_days(history: Mapping[date, float]) -> Forecast:
    """What the days so far teach; ValueError without a day on which anybody came."""
    came = {day: count for day, count in sorted(history.items()) if count > 0}
    if not came:
        raise ValueError("a history needs a day with visitors")
    openings = _openings(history)
    days = [day for day in came if openings.open_on(day)] or list(came)
    counts = np.array([came[day] for day in days], dtype=np.float64)
    recent = _recent(days, counts)
    if (days[-1] - days[0]).days < YEAR:
        spread = _spread(np.log(counts) - np.log([recent[day.weekday()] for day in days]), counts)
        return Forecast(openings, days[-1], spread, USUAL_WANDER, None, 0.0, recent)
    rows = np.array([_row(day, openings, days[-1]) for day in days])
    effects = _fitted(rows, counts)
    left = np.log(counts) - rows @ effects
    level = _level(days, left, days[-1])
    return Forecast(openings, days[-1], _spread(left, counts), _wander(days, left), effects, level, recent)


def _level(days: Sequence[date], left: Values, last: date) -> float:
    """What of the difference in level of the days up to `last` will go on."""
    since = last - timedelta(days=LEVEL_DAYS)
    newest = [gone for day, gone in zip(days, left, strict=True) if since < day <= last]
    return LEVEL_SHARE * float(median(newest)) if newest else 0.0


def _wander(days: Sequence[date], left: Values) -> float:
    """How far the level of a month was from the one that the months before it would have given."""
    begins = [day for day in days if day >= days[0] + timedelta(days=LEVEL_DAYS)][::10]
    misses = []
    for begin in begins:
        end = begin + timedelta(days=BLOCK_DAYS)
        block = [gone for day, gone in zip(days, left, strict=True) if begin <= day < end]
        misses.append(float(median(block)) - _level(days, left, begin - timedelta(days=1)))
    if len(misses) < 6:
        return USUAL_WANDER
    return AHEAD * math.sqrt(fmean(miss * miss for miss in misses))


def half_hours(day: Expected, profile: Sequence[float]) -> list[Expected]:
    """A day's visitors by half hour; `profile` are the shares of a weekday's half hours, in any unit."""
    whole = sum(profile)
    if whole <= 0 or day.p50 <= 0:
        return [CLOSED for _ in profile]
    of_day = (math.log(day.p90) - math.log(day.p10)) / (2 * Z90)
    found = []
    for part in profile:
        middle = day.p50 * part / whole
        spread = math.sqrt(of_day**2 * middle**2 + SLOT_SPREAD**2 * middle**2 + middle)
        found.append(Expected(max(0.0, middle - Z90 * spread), middle, middle + Z90 * spread))
    return found


def weekday_profile(counts: Mapping[int, Sequence[float]]) -> dict[int, list[float]]:
    """By weekday the share of each half hour: its own counts, with the week's shape in the weight of 100 visits."""
    width = max((len(row) for row in counts.values()), default=0)
    week = np.array([[*row, *[0.0] * (width - len(row))] for row in counts.values()]).sum(axis=0)
    shape = week / week.sum() if width and week.sum() > 0 else week
    found = {}
    for weekday, row in counts.items():
        mixed = np.array([*row, *[0.0] * (width - len(row))]) + 100 * shape
        found[weekday] = (mixed / mixed.sum()).tolist() if mixed.sum() > 0 else mixed.tolist()
    return found


def _row(day: date, openings: Openings, last: date) -> Values:
    """The features of a day, a constant before them and a trend that stays where it is at the last day behind."""
    trend = TREND_PART * min(0, (day - last).days) / 365
    return np.array([1.0, *features(day, openings), trend])


def _openings(history: Mapping[date, float]) -> Openings:
    """The weekdays on which the hall is usually open, and whether it is on holidays."""
    came = [day for day, count in history.items() if count > 0]
    ordinary = [day for day in came if holiday_name(day) is None] or came
    weekdays = frozenset(
        one
        for one in range(7)
        if sum(day.weekday() == one for day in ordinary) >= max(1.0, OPEN_SHARE * len(ordinary))
    )
    first, last = min(came), max(came)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    holidays = [day for day in span if day.weekday() in weekdays and holiday_name(day) is not None]
    opened = sum(history.get(day, 0) > 0 for day in holidays)
    return Openings(weekdays, bool(holidays) and opened > len(holidays) / 2)


def _recent(days: Sequence[date], counts: Values) -> dict[int, float]:
    """By weekday the mean of its last days."""
    found: dict[int, float] = {}
    for weekday in range(7):
        mine = [count for day, count in zip(days, counts, strict=True) if day.weekday() == weekday]
        if mine:
            found[weekday] = fmean(mine[-SAME_WEEKDAYS:])
    return found


def _after_closed(day: date, openings: Openings) -> bool:
    before = day - timedelta(days=1)
    while before.weekday() not in openings.weekdays:
        before -= timedelta(days=1)
    return not openings.open_on(before)


def _fitted(rows: Values, counts: Values) -> Values:
    """The effects: Fisher scoring on the weighted, penalised Poisson likelihood; the intercept is not drawn to 0."""
    mean = float(counts.mean())
    penalty = np.diag([0.0, *[RIDGE * mean] * (rows.shape[1] - 1)])
    effects = np.zeros(rows.shape[1])
    effects[0] = math.log(mean)
    for _ in range(ROUNDS):
        expected = np.exp(np.clip(rows @ effects, -10, 20))
        away = (counts - expected) / np.sqrt(expected)
        scale = max(1.0, 1.4826 * float(np.median(np.abs(away))))
        weights = np.minimum(1.0, HUBER * scale / np.maximum(np.abs(away), 1e-9))
        information = rows.T @ (rows * (weights * expected)[:, None]) + penalty
        slope = rows.T @ (weights * (counts - expected)) - penalty @ effects
        step = np.linalg.solve(information + 1e-9 * np.eye(len(effects)), slope)
        effects = effects + np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < 1e-7:
            break
    return effects


def _spread(left: Values, counts: Values) -> float:
    """The deviation of the logarithms beyond that of counting, robust against a few strange days."""
    whole = 1.4826 * float(np.median(np.abs(left - np.median(left))))
    return math.sqrt(max(LEAST_SPREAD**2, whole**2 - float(np.mean(1 / counts))))
