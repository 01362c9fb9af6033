"""いつもの曜日: how many waited, and how long, by queue, weekday and hour, from past tickets. Office-local times.

People waiting is the mean over an hour's minutes; the wait is that of whoever came in the hour. A cell of fewer than
five visits is not shown to anybody (metrics, `percentile`: "publish cells only if n >= 5").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

FEWEST = 5
HOUR = 60.0
WHOLE_HALL = ""
"""The queue of the sum over all queues."""


@dataclass(frozen=True)
class Stay:
    """One past wait: from `came` to `called`, office-local, on the same day."""

    queue: str
    came: datetime
    called: datetime

    @property
    def minutes(self) -> float:
        """How long it was."""
        return max(0.0, (self.called - self.came).total_seconds() / 60)


@dataclass(frozen=True)
class Usual:
    """One hour of a usual weekday: visits it rests on, mean people waiting, mean wait in minutes of who came."""

    visits: int
    people: float
    minutes: float

    @property
    def shown(self) -> bool:
        """Whether enough visits stand behind it to be published."""
        return self.visits >= FEWEST


Cell = tuple[str, int, int]
"""Queue (or `WHOLE_HALL`), weekday (0 = Monday), hour."""


def usual(stays: Iterable[Stay]) -> Mapping[Cell, Usual]:
    """The cells of past stays; a weekday's means are over the days on which anybody came."""
    visits: dict[Cell, int] = defaultdict(int)
    waited: dict[Cell, float] = defaultdict(float)
    standing: dict[Cell, float] = defaultdict(float)
    days: dict[int, set[object]] = defaultdict(set)
    for stay in stays:
        weekday = stay.came.weekday()
        days[weekday].add(stay.came.date())
        for queue in (stay.queue, WHOLE_HALL):
            cell = (queue, weekday, stay.came.hour)
            visits[cell] += 1
            waited[cell] += stay.minutes
            for hour, minutes in _by_hour(stay):
                standing[queue, weekday, hour] += minutes
    return {
        cell: Usual(
            visits[cell],
            standing[cell] / HOUR / len(days[cell[1]]),
            waited[cell] / visits[cell] if visits[cell] else 0.0,
        )
        for cell in visits.keys() | standing.keys()
    }


def _by_hour(stay: Stay) -> Iterable[tuple[int, float]]:
    """The minutes of a stay in each hour of its day."""
    first = stay.came.hour * HOUR + stay.came.minute + stay.came.second / 60
    last = min(first + stay.minutes, 24 * HOUR)
    for hour in range(int(first // HOUR), int(last // HOUR) + 1):
        minutes = min(last, (hour + 1) * HOUR) - max(first, hour * HOUR)
        if minutes > 0:
            yield hour, minutes
