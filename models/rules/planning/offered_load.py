"""めやすの窓口数: counters by slot from a formula at once, with what is still at the counters from before.

    m(t) = sum over u of rate(t - u) P(S > u)              busy counters if nobody had to wait (modified offered load)
    P(W > T) = C(c, m) exp(-(c - m) T / E[S] 2 / (1 + cv^2))    (Erlang C; a tail for handling that varies less)

Sources: O. Jennings, A. Mandelbaum, W. Massey and W. Whitt, "Server staffing to meet time-varying demand" (1996).
Rates are people a minute in slots of equal length; handling is a sample of minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.rules.planning import erlang

MOST_COUNTERS = 500
Values = NDArray[np.float64]


def survival(handling: Values, minutes: int) -> Values:
    """P(S > u) in the middle of each minute u, for as many minutes as asked for."""
    ordered = np.sort(handling)
    at = np.arange(minutes) + 0.5
    found: Values = 1.0 - np.searchsorted(ordered, at, side="right") / len(ordered)
    return found


def by_minute(rates: Values | Sequence[float], slot_minutes: int, handling: Values) -> Values:
    """m(t) at each minute of the day: counters that would be busy."""
    arrivals = np.repeat(np.asarray(rates, dtype=np.float64), slot_minutes)
    left = survival(handling, len(arrivals))
    found: Values = np.convolve(arrivals, left)[: len(arrivals)]
    return found


def by_slot(rates: Values | Sequence[float], slot_minutes: int, handling: Values) -> Values:
    """The mean of m(t) over each slot."""
    found: Values = by_minute(rates, slot_minutes, handling).reshape(-1, slot_minutes).mean(axis=1)
    return found


def share_within(counters: int, load: float, within: float, mean: float, scv: float) -> float:
    """The share called within `within` minutes, 0.0 where the line grows; `scv` is the squared variation."""
    if load <= 0:
        return 1.0
    if load >= counters:
        return 0.0
    waiting = erlang.waiting_probability(counters, load)
    return 1.0 - waiting * math.exp(-(counters - load) * within / mean * 2 / (1 + scv))


def counters_needed(load: float, share: float, within: float, mean: float, scv: float) -> int:
    """The fewest counters that keep the share; 1 where next to nobody comes, for somebody may."""
    if load > MOST_COUNTERS / 2:
        raise ValueError(f"more than {MOST_COUNTERS // 2} busy counters is not one hall")
    count = max(1, math.floor(load) + 1)
    while share_within(count, load, within, mean, scv) < share:
        count += 1
    return count


def formula_plan(
    rates: Values | Sequence[float], slot_minutes: int, handling: Values, share: float, within: float
) -> list[int]:
    """Counters for each slot of one day."""
    mean = float(handling.mean())
    scv = float(handling.var()) / mean**2
    loads = by_slot(rates, slot_minutes, handling)
    return [counters_needed(float(load), share, within, mean, scv) for load in loads]
