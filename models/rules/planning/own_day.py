"""庁舎の記録の日々: what was measured in an office's logged days, and the same days with what a manager asks for.

The days are played as they were: the same people at the same times with the same handling. Only what is asked is
different. Minutes after midnight, shares as parts (0-1).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.simulation import Flags
from models.rules.planning.staffing import Hours
from models.rules.statistics import HandledTicket, handling_minutes

FEW = 10
"""Cases below which a measure of this office gives way to the usual one."""
ENOUGH = 3
"""Cases of a procedure on either side from which on they are compared."""
USUAL_SAVED = 15 / 34
LAST_BOOKING = 20
"""Minutes before closing at which the last booked time may be: who begins later works long after closing."""
USUAL_NO_SHOW = 0.07
USUAL_EARLY = (6.0, 5.0)
"""Minutes before their time at which the booked come: mean and spread."""


@dataclass(frozen=True)
class Figures:
    """What was measured in an office's days.

    `handling` and `handling_prefilled` are mean minutes (None: fewer than ten cases), `saved` the handling of the
    pre-filled as a part of the usual, `wait` the mean wait of the log, `counters` how many take people on most days,
    `opens` and `closes` the hours of most days.
    """

    opens: int
    closes: int
    visits: int
    booked_share: float
    prefilled_share: float
    counters: int
    handling: float
    handling_prefilled: float | None
    saved: float
    wait: float
    no_show: float


@dataclass(frozen=True)
class OwnDay(Figures):
    """An office's logged days, as a whole or as its `queue`, and what was measured in them.

    `hours` are those of each weekday. The last booked time is `last_booking` minutes before a closing.
    """

    logged: LoggedDays
    queue: str | None
    early: tuple[float, float]
    hours: Mapping[int, Sequence[Hours]] = field(default_factory=dict)
    last_booking: int = LAST_BOOKING

    @property
    def days(self) -> int:
        """On how many days anybody was served."""
        return len(self.logged.days)

    @property
    def mine(self) -> Flags:
        """Who belongs to the queue."""
        return self.logged.of(self.queue)


def own_day(logged: LoggedDays, tickets: Sequence[HandledTicket], queue: str | None = None) -> OwnDay | None:
    """What was measured; `tickets` say who did not come. None where nobody of the queue was served."""
    mine = logged.of(queue)
    if not mine.any():
        return None
    usual = Counter(zip(logged.opens, logged.closes, strict=True)).most_common(1)[0][0]
    on_paper, at_home = logged.handling[mine & ~logged.prefilled], logged.handling[mine & logged.prefilled]
    paper = float((on_paper if len(on_paper) else at_home).mean())
    home = float(at_home.mean()) if len(at_home) >= FEW else None
    of_queue = [one for one in tickets if queue is None or one.queue == queue]
    return OwnDay(
        logged=logged,
        queue=queue,
        opens=round(usual[0]),
        closes=round(usual[1]),
        visits=int(mine.sum()),
        booked_share=float(logged.is_booked[mine].mean()),
        prefilled_share=float(logged.prefilled[mine].mean()),
        counters=_counters(logged, queue),
        handling=max(paper, 0.1),
        handling_prefilled=home,
        saved=_saved(of_queue),
        wait=float(logged.waits[mine].mean()),
        no_show=_no_show(of_queue),
        early=_early(of_queue),
    )


def serving(logged: LoggedDays, queue: str | None) -> list[int]:
    """The counters (columns) that take people of a queue."""
    if queue is None:
        return list(range(len(logged.counters)))
    at = logged.queues.index(queue)
    return [counter for counter, skills in enumerate(logged.skills) if at in skills]


def _counters(logged: LoggedDays, queue: str | None) -> int:
    on = np.isfinite(logged.on[:, :, serving(logged, queue)]).any(axis=0).sum(axis=1)
    return max(1, int(np.median(on)))


def _saved(tickets: Iterable[HandledTicket]) -> float:
    """Handling of the pre-filled as a part of the usual, by procedure: who pre-fills comes for other things."""
    minutes: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for one in tickets:
        taken = handling_minutes(one)
        if taken is not None:
            minutes[one.procedure, one.prefilled].append(taken)
    ratios: list[float] = []
    weights: list[int] = []
    for (procedure, prefilled), home in minutes.items():
        paper = minutes.get((procedure, False), [])
        if prefilled and len(home) >= ENOUGH and len(paper) >= ENOUGH and max(paper) > 0:
            ratios.append(float(np.mean(home) / np.mean(paper)))
            weights.append(len(home))
    return min(1.0, float(np.average(ratios, weights=weights))) if sum(weights) >= FEW else USUAL_SAVED


def _no_show(tickets: Iterable[HandledTicket]) -> float:
    booked = Counter(one.came for one in tickets if one.booked_for is not None)
    total = booked.total()
    return min(booked[False] / total, 0.9) if total >= FEW else USUAL_NO_SHOW


def _early(tickets: Iterable[HandledTicket]) -> tuple[float, float]:
    """How many minutes before their time the booked come: mean and spread."""
    early = [
        (one.booked_for - one.arrived_at).total_seconds() / 60
        for one in tickets
        if one.came and one.booked_for is not None and one.arrived_at is not None
    ]
    near = [minutes for minutes in early if abs(minutes) <= 60]
    return (float(np.mean(near)), float(np.std(near))) if len(near) >= FEW else USUAL_EARLY


@dataclass(frozen=True)
class Change:
    """What is asked: shares as parts (0-1), handling in minutes, `hours` after midnight; None leaves it as it is."""

    booked: float | None = None
    prefilled: float | None = None
    counters: int | None = None
    hours: Hours | None = None
    handling: float | None = None
    handling_prefilled: float | None = None

    @property
    def by_chance(self) -> bool:
        """Whether it is chance whom it concerns."""
        return self.booked is not None or self.prefilled is not None or self.hours is not None


Places = Mapping[int, Mapping[int, int]]
"""By weekday: how many bookings begin at which minute after midnight."""


def weekdays(days: Sequence[date]) -> dict[int, list[int]]:
    """The rows of each weekday."""
    found: dict[int, list[int]] = {}
    for row, day in enumerate(days):
        found.setdefault(day.weekday(), []).append(row)
    return found
