"""ふさがる窓口の数: busy counters by half hour of a day, and how many keep a share when the day may be another.

A half hour's load is made by who comes in it and by whoever is still at a counter from before (modified offered load,
`models.rules.planning.offered_load`). How many come is not certain: the load is taken at several factors around 1 (a
gamma distribution), and the people of all of them together must keep the share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rules.planning.gamma_quantiles import quantile
from models.rules.planning.offered_load import MOST_COUNTERS, survival

Values = NDArray[np.float64]
FACTORS = 9
"""At so many equally likely factors an uncertain load is looked at."""

CERTAIN = 0.001
"""Variation below this is none."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a day in minutes, the people expected in it, their mean handling minutes."""

    begins: int
    ends: int
    people: float
    handling: float


@dataclass(frozen=True)
class Load:
    """Counters that are busy on average if nobody has to wait; `carried` of them by who came in earlier stretches."""

    whole: float
    carried: float


@dataclass(frozen=True)
class Wanted:
    """`share` (0-1) of people called `within` minutes; `scv` is the squared variation of handling.

    `unsure` is one standard deviation of the load as a part of it; counters are busy at most `busiest` (0-1).
    """

    share: float
    within: float
    scv: float = 1.0
    unsure: float = 0.0
    busiest: float = 1.0


def exponential() -> Values:
    """Handling times around 1 where nothing is known of how they vary."""
    return np.asarray(-np.log1p(-(np.arange(400) + 0.5) / 400), dtype=np.float64)


def day_loads(pieces: Sequence[Piece], shape: Values) -> list[Load]:
    """The load of each stretch of one day, in order; `shape` is a sample of handling times with mean 1."""
    if not pieces:
        return []
    begins, minutes = pieces[0].begins, pieces[-1].ends - pieces[0].begins
    spans = [slice(one.begins - begins, one.ends - begins) for one in pieces]
    whole, own = np.zeros(minutes), []
    for one, span in zip(pieces, spans, strict=True):
        arrivals = np.zeros(minutes)
        arrivals[span] = one.people / (one.ends - one.begins)
        busy = np.convolve(arrivals, survival(shape * one.handling, minutes))[:minutes]
        whole += busy
        own.append(float(busy[span].mean()))
    loads = [float(whole[span].mean()) for span in spans]
    return [Load(load, max(0.0, load - mine)) for load, mine in zip(loads, own, strict=True)]


def factors(unsure: float) -> Values:
    """Equally likely factors around 1 with about this coefficient of variation."""
    if unsure < CERTAIN:
        return np.ones(1)
    middles = [(place + 0.5) / FACTORS for place in range(FACTORS)]
    found = np.array([quantile(1 / unsure**2, middle) * unsure**2 for middle in middles])
    return found / float(found.mean())


def share_within(counters: int, load: float, handling: float, wanted: Wanted) -> float:
    """The share called in time, over all factors, each weighted by its people."""
    if load <= 0:
        return 1.0
    weights = factors(wanted.unsure)
    blocked = np.ones(len(weights))
    for count in range(1, counters + 1):
        blocked = load * weights * blocked / (count + load * weights * blocked)
    return _share(counters, load * weights, blocked, handling, wanted, weights)


def counters_needed(load: float, handling: float, wanted: Wanted) -> int:
    """The fewest counters that keep the share; 0 where nobody comes. Never falls as the load grows.

    Raises `ValueError` for a load that is not one hall's.
    """
    if load <= 0:
        return 0
    if load > MOST_COUNTERS / 2:
        raise ValueError(f"more than {MOST_COUNTERS // 2} busy counters is not one hall")
    weights = factors(wanted.unsure)
    loads, blocked = load * weights, np.ones(len(weights))
    count = 0
    while True:
        count += 1
        blocked = loads * blocked / (count + loads * blocked)
        if load >= count or load > wanted.busiest * count:
            continue
        if _share(count, loads, blocked, handling, wanted, weights) >= wanted.share:
            return count


def _share(
    counters: int, loads: Values, blocked: Values, handling: float, wanted: Wanted, weights: Values
) -> float:
    """From Erlang B to Erlang C to the tail; 0.0 at factors at which the line grows."""
    room = np.maximum(counters - loads, 1e-9)
    waiting = np.minimum(1.0, counters * blocked / (room + loads * blocked))
    late = waiting * np.exp(-room * wanted.within / handling * 2 / (1 + wanted.scv))
    found = np.where(loads < counters, 1.0 - late, 0.0)
    return float((found * weights).sum() / weights.sum())


def mean_wait(counters: int, load: float, handling: float, scv: float) -> float:
    """The expected wait in minutes at this load; infinite where the line grows."""
    if load <= 0:
        return 0.0
    if load >= counters:
        return math.inf
    return _waiting(counters, load) * handling * (1 + scv) / 2 / (counters - load)


def wait_percentile(counters: int, load: float, handling: float, scv: float, share: float = 0.9) -> float:
    """The minutes within which `share` of people are called at this load; infinite where the line grows."""
    if load <= 0:
        return 0.0
    if load >= counters:
        return math.inf
    waiting = _waiting(counters, load)
    if waiting <= 1 - share:
        return 0.0
    return handling * (1 + scv) / 2 / (counters - load) * math.log(waiting / (1 - share))


def _waiting(counters: int, load: float) -> float:
    blocked = 1.0
    for count in range(1, counters + 1):
        blocked = load * blocked / (count + load * blocked)
    return counters * blocked / (counters - load * (1.0 - blocked))
