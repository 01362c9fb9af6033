"""予約の時刻を割り振る: which times an office should offer for a queue on a weekday, from its logged days.

What the counters that serve the queue are busy with beside its bookings is measured: each person from when they could
have been called, for as long as they took. The bookings fill what is left (`slot_fill`), on a grid of five minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.own_day import serving
from models.rules.planning.simulation import Flags, Minutes
from models.rules.planning.slot_fill import GRID, FillCase, Values, fill_order
from models.rules.planning.staffing import Hours

TAIL = 120
"""Minutes after closing in which the counters still finish."""
STEPS = np.arange(0.5, 240.0)


@dataclass(frozen=True)
class Room:
    """What a queue's bookings find on a weekday: the case to fill, its first minute, and its work beside them.

    `open_minutes` are counter-minutes until closing, `others` the minutes of them that others take, `each` the mean
    minutes of one booking.
    """

    case: FillCase
    begins: int
    open_minutes: float
    others: float
    each: float

    def order(self, bookings: int) -> list[int]:
        """Minutes after midnight, one booking after the other, the cheapest first."""
        return [self.begins + start for start in fill_order(self.case, bookings)] if self.case.starts else []

    def load(self, bookings: float) -> float:
        """The work as a part of the counters' time until closing; from `slot_fill.HIGH_LOAD` on no times help."""
        return (self.others + bookings * self.each) / max(self.open_minutes, 1.0)


def room(
    logged: LoggedDays,
    rows: Sequence[int],
    queue: int,
    placed: Flags,
    spans: Sequence[Hours],
    last: int,
) -> Room:
    """The room for `placed` people of a queue on days that are alike; `spans` are the opening hours.

    The last booked time of a span is `last` minutes before its end.
    """
    begins, closes = spans[0].opens, spans[-1].closes
    length = closes - begins + TAIL
    knowing = serving(logged, logged.queues[queue])
    at = list(rows)
    here, chosen = logged.here[at], placed[at]
    others = here & ~chosen & np.isin(logged.served[at], knowing)
    arrives, booked_for = logged.arrives[at], logged.booked_for[at]
    since = np.where(np.isfinite(booked_for), np.fmax(arrives, booked_for), arrives)
    work = logged.handling[at] + logged.takes[at]
    busy = _standing(since[others] - begins, since[others] + work[others] - begins, length) / len(at)
    on = _on_duty(logged, at, knowing, begins, length) / len(at)
    takes = work[chosen] if chosen.any() else work[here & (logged.queue[at] == queue)]
    left: Values = 1 - np.searchsorted(np.sort(takes), STEPS, side="right") / max(len(takes), 1)
    nobody = np.zeros(closes - begins)
    inside_spans = (range(span.opens, span.closes - last + 1, GRID) for span in spans)
    starts = [minute - begins for span in inside_spans for minute in span]
    case = FillCase(nobody, on, left, left, starts, no_show=0.0, busy=busy)
    inside = slice(0, closes - begins)
    each = float(takes.mean()) if len(takes) else 0.0
    return Room(case, begins, float(on[inside].sum()), float(work[others].sum()) / len(at), each)


def _standing(begins: Minutes, ends: Minutes, length: int) -> Values:
    """How many spans cover each minute."""
    found = np.zeros(length + 1)
    np.add.at(found, np.clip(np.rint(begins), 0, length).astype(np.int64), 1.0)
    np.add.at(found, np.clip(np.rint(ends), 0, length).astype(np.int64), -1.0)
    return np.cumsum(found)[:length]


def _on_duty(
    logged: LoggedDays, rows: Sequence[int], knowing: Sequence[int], begins: int, length: int
) -> Values:
    on, off = (of[:, list(rows)][:, :, list(knowing)].ravel() - begins for of in (logged.on, logged.off))
    there = np.isfinite(on)
    return _standing(on[there], np.where(np.isfinite(off[there]), off[there], length), length)
