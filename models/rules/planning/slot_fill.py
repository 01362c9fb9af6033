"""予約枠の提案: where on the day booked times cost others least: bookings fill what walk-ins leave of the counters.

    m(t) = sum over u of walk-ins(t - u) P(S > u) + sum over bookings (1 - no-show) P(S_b > t - start)

One booking at a time goes to the start that adds least to the sum over t of (m(t) / c(t))^POWER; a weight lets it go
nearer to the times that people like. Same idea as Bailey and Welch (1952). Starts lie on a grid: staggered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POWER = 4
GRID = 5
HIGH_LOAD = 0.95
CLOSED = 0.05
"""Counters that stand for none: a booking over a closed hour costs without bound and still can be compared."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class FillCase:
    """By minute from opening: `walk_ins` a minute, `counters`; P(S > u) by minute for walk-ins and for the booked.

    `starts` are allowed minutes, `preference` how much they are liked (0-1) with its `weight` (0: the hall alone).
    `most` bookings may begin at one start. `busy` are the counters that are taken at each minute, where that was
    measured; then walk-ins are not asked.
    """

    walk_ins: Values
    counters: Values
    walk_in_left: Values
    booked_left: Values
    starts: Sequence[int]
    no_show: float = 0.07
    preference: Sequence[float] | None = None
    weight: float = 0.0
    most: int | None = None
    busy: Values | None = None


def fill(case: FillCase, bookings: int) -> dict[int, int]:
    """So many bookings by start minute, in order; ValueError where there is no room for all."""
    placed = Counter(fill_order(case, bookings))
    return {start: placed[start] for start in case.starts if placed[start]}


def fill_order(case: FillCase, bookings: int) -> list[int]:
    """The start of one booking after the other, the cheapest first; ValueError like `fill`."""
    if case.most is not None and bookings > case.most * len(case.starts):
        raise ValueError(f"{bookings} bookings do not fit into {len(case.starts)} starts of {case.most}")
    counters = np.maximum(case.counters, CLOSED)
    busy = _walk_in_load(case)
    shapes = _booked_shapes(case)
    liked = np.zeros(len(case.starts)) if case.preference is None else np.asarray(case.preference)
    counts = np.zeros(len(case.starts), dtype=np.int64)
    found = []
    for _ in range(bookings):
        before = _cost(busy / counters).sum()
        added = _cost((busy + shapes) / counters).sum(axis=1) - before
        cost = (1 - case.weight) * added / max(float(added.max()), 1e-12) - case.weight * liked
        if case.most is not None:
            cost = np.where(counts >= case.most, np.inf, cost)
        best = int(np.argmin(cost + 1e-9 * counts))
        counts[best] += 1
        busy = busy + shapes[best]
        found.append(case.starts[best])
    return found


def _cost(part: Values) -> Values:
    """`part` to the power of `POWER`."""
    squared: Values = part * part
    return squared * squared


def load(case: FillCase, bookings: int) -> float:
    """The work that comes as a part of the counters' time until closing; from `HIGH_LOAD` on no times help."""
    work = float(case.walk_ins.sum() * case.walk_in_left.sum())
    work += bookings * (1 - case.no_show) * float(case.booked_left.sum())
    return work / max(float(case.counters[: len(case.walk_ins)].sum()), 1e-9)


def _walk_in_load(case: FillCase) -> Values:
    if case.busy is not None:
        return case.busy
    length = len(case.counters)
    found: Values = np.convolve(case.walk_ins, case.walk_in_left)[:length]
    return np.pad(found, (0, length - len(found)))


def _booked_shapes(case: FillCase) -> Values:
    length = len(case.counters)
    left = np.pad(case.booked_left, (0, max(0, length - len(case.booked_left))))[:length]
    found = np.zeros((len(case.starts), length))
    for row, start in enumerate(case.starts):
        found[row, start:] = (1 - case.no_show) * left[: length - start]
    return found
