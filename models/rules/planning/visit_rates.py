"""来庁の割合: people a minute by weekday and slot from a log of weeks, and how far a coming day may lie from it.

Main effects (weekday x slot of the day) err half as much as the mean of each cell. What they leave unsaid is a gamma
factor for the day and one for the slot, whose variation is read from the log, beyond what chance alone (Poisson) gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
MOST_CV = 0.6
SAFE = 2.0
"""Standard errors by which variation is taken to be larger than the log shows."""


@dataclass(frozen=True)
class Seen:
    """A log: for each day the people who came by slot; the handling minutes of everybody."""

    days: Mapping[date, Sequence[int]]
    handling: Values
    opens: int
    slot_minutes: int = 30


@dataclass(frozen=True)
class Rates:
    """People expected by slot for each weekday (0 = Monday), and how a day and a slot vary around that."""

    expected: Mapping[int, Values]
    day_cv: float
    slot_cv: float
    days: int


def learn_rates(seen: Seen) -> Rates:
    """What the log says; ValueError where nobody came."""
    weekdays = sorted({day.weekday() for day in seen.days})
    counts = np.array([seen.days[day] for day in seen.days], dtype=np.float64)
    which = np.array([weekdays.index(day.weekday()) for day in seen.days])
    if not counts.sum():
        raise ValueError("nobody came")
    by_weekday = np.array([counts[which == row].sum(axis=1).mean() for row in range(len(weekdays))])
    shape = counts.sum(axis=0) / counts.sum()
    expected = by_weekday[:, None] * shape
    each = len(counts) / len(weekdays)
    day = _day_variance(counts.sum(axis=1), by_weekday[which], len(weekdays))
    slot = _slot_variance(counts, which, expected)
    # What a weekday and a slot bring is itself known only from so many people.
    weekday_unsure = day / each + 1 / (by_weekday.mean() * each)
    slot_unsure = counts.shape[1] / counts.sum()
    return Rates(
        {weekday: expected[row] for row, weekday in enumerate(weekdays)},
        min(MOST_CV, math.sqrt(day + weekday_unsure)),
        min(MOST_CV, math.sqrt(slot + slot_unsure)),
        len(counts),
    )


def _day_variance(totals: Values, means: Values, weekdays: int) -> float:
    """The squared variation of days around their weekday beyond chance, `SAFE` standard errors on the safe side."""
    free = max(1, len(totals) - weekdays)
    chance = float((1 / np.maximum(means, 1.0)).mean())
    seen = float((((totals - means) / np.maximum(means, 1.0)) ** 2).sum()) / free
    return float(max(0.0, seen - chance) + SAFE * chance * math.sqrt(2 / free))


def _slot_variance(counts: Values, which: NDArray[np.int64], expected: Values) -> float:
    """The same for the slots of a day around its shape."""
    totals = counts.sum(axis=1, keepdims=True)
    share = expected / np.maximum(expected.sum(axis=1, keepdims=True), 1e-9)
    means = totals * share[which]
    free = max(1, (len(counts) - 1) * (counts.shape[1] - 1))
    weight = max(1.0, float((means**2).sum()))
    chance = float((means * (1 - share[which])).sum()) / weight
    seen = float(((counts - means) ** 2).sum()) / weight * float(counts.size) / free
    return float(max(0.0, seen - chance) + SAFE * chance * math.sqrt(2 / free))
