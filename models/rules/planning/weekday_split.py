"""曜日への配分: given counter-hours of a week over its days, so that people wait least; exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.rules.planning import erlang

MOST_STATES = 2_000_000
MINUTE = 1 / 60


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of the week: how many come, and how many minutes it is open."""

    visits: float
    open_minutes: int


@dataclass(frozen=True)
class Split:
    """Counters by day; the counter-hours they take; the mean wait of everybody in minutes."""

    counters: tuple[int, ...]
    hours: float
    mean_wait: float


class TooFewHours(ValueError):
    """The line would grow without end on some day; `hours` would be enough."""

    def __init__(self, hours: float) -> None:
        """`hours`: the least with which no line grows."""
        super().__init__(f"at least {hours:.10g} hours are needed")
        self.hours = hours


def split(days: Sequence[OpenDay], handling_minutes: float, hours: float) -> Split:
    """The counters that minimise sum N Wq(c) (Erlang C, even arrivals) with sum h c not over `hours`.

    Every day on which somebody comes gets at least one counter more than its load. Of equal waits fewest hours.
    """
    least = [_least(day, handling_minutes) for day in days]
    unit = math.gcd(*(day.open_minutes for day in days)) or 1
    room = int((hours * 60 + 1e-6) // unit)
    spare = room - sum(count * day.open_minutes // unit for count, day in zip(least, days, strict=True))
    if spare < 0:
        raise TooFewHours(sum(one * day.open_minutes for one, day in zip(least, days, strict=True)) / 60)
    if spare > MOST_STATES:
        raise ValueError("more hours than one hall can use")
    best = np.zeros(spare + 1)
    chosen = []
    for day, first in zip(days, least, strict=True):
        best, more = _with_day(
            best, _costs(day, first, handling_minutes, spare * unit), day.open_minutes // unit
        )
        chosen.append(more)
    left = int(np.argmin(np.round(best, 9)))
    total, counters = float(best[left]), []
    for day, first, more in reversed(list(zip(days, least, chosen, strict=True))):
        counters.append(first + int(more[left]))
        left -= int(more[left]) * (day.open_minutes // unit)
    counters.reverse()
    used = sum(count * day.open_minutes for count, day in zip(counters, days, strict=True)) / 60
    return Split(tuple(counters), used, total / (sum(day.visits for day in days) or 1.0))


def mean_wait(days: Sequence[OpenDay], counters: Sequence[int], handling_minutes: float) -> float:
    """The mean wait of everybody in minutes with these counters; infinite where a line grows."""
    waits = (
        day.visits * erlang.mean_wait(count, _rate(day), handling_minutes) if day.visits else 0.0
        for day, count in zip(days, counters, strict=True)
    )
    return sum(waits) / (sum(day.visits for day in days) or 1.0)


def _rate(day: OpenDay) -> float:
    return 60 * day.visits / day.open_minutes


def _least(day: OpenDay, handling_minutes: float) -> int:
    if not day.visits or not day.open_minutes:
        return 0
    return math.floor(erlang.offered_load(_rate(day), handling_minutes) + 1e-9) + 1


def _costs(day: OpenDay, first: int, handling_minutes: float, spare_minutes: int) -> list[float]:
    """N Wq for `first` counters, one more, two more, as long as there is room and a wait worth a millionth."""
    if not first:
        return [0.0]
    found: list[float] = []
    for more in range(spare_minutes // day.open_minutes + 1):
        found.append(day.visits * erlang.mean_wait(first + more, _rate(day), handling_minutes))
        if found[-1] < 1e-9:
            break
    return found


def _with_day(best: np.ndarray, costs: Sequence[float], size: int) -> tuple[np.ndarray, np.ndarray]:
    """The least cost of each use of room, and how many counters more than the least the day has in it."""
    found, more = np.full(len(best), np.inf), np.zeros(len(best), dtype=np.int64)
    for count, cost in enumerate(costs):
        taken = count * size
        if taken >= len(best):
            break
        tried = best[: len(best) - taken] + cost
        better = tried < found[taken:] - 1e-12
        found[taken:][better] = tried[better]
        more[taken:][better] = count
    return found, more
