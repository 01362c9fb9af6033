"""Erlang C: how long people wait at `counters` equal counters, in minutes, with no database and no clock.

Model M/M/c: arrivals at random, exponential handling, one line, nobody leaves. With the offered load
a = arrivals an hour x handling minutes / 60 in erlangs, the formulas are

    B(c) = a B(c-1) / (c + a B(c-1)),  B(0) = 1        (Erlang B, recursion without factorials)
    C(c) = c B(c) / (c - a (1 - B(c)))                 (Erlang C: the share of people who wait at all)
    P(W > t) = C(c) exp(-(c - a) t / h)                (h: mean handling minutes)

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges" (1917); D. Gross and C. M. Harris, "Fundamentals of Queueing Theory", section on M/M/c.
Real handling varies less than exponential and a hall opens empty, so the answer is on the safe side, except
in the half hour after a rush, which the formula does not remember.
"""

from __future__ import annotations

import math

MINUTES_AN_HOUR = 60.0
LARGEST_LOAD = 10_000.0
"""Erlangs beyond which the numbers are not of one hall and the search would only take long."""


def offered_load(arrivals_per_hour: float, handling_minutes: float) -> float:
    """Erlangs: how many counters would be busy on average; ValueError below 0 or above `LARGEST_LOAD`."""
    if not (0 <= arrivals_per_hour < math.inf and 0 <= handling_minutes < math.inf):
        raise ValueError("arrivals and handling minutes must be finite and not negative")
    load = arrivals_per_hour * handling_minutes / MINUTES_AN_HOUR
    if load > LARGEST_LOAD:
        raise ValueError("more than 10,000 busy counters is not one hall")
    return load


def waiting_probability(counters: int, load: float) -> float:
    """Erlang C: the share of people who wait at all; 1.0 when the load is not below the counters."""
    if counters < 0 or load < 0:
        raise ValueError("counters and load must not be negative")
    if load == 0:
        return 0.0
    if load >= counters:
        return 1.0
    blocked = 1.0
    for count in range(1, counters + 1):
        blocked = _next_blocking(blocked, count, load)
    return _from_blocking(blocked, counters, load)


def share_within(
    counters: int, arrivals_per_hour: float, handling_minutes: float, within_minutes: float
) -> float:
    """The share called within `within_minutes`, 1 - C exp(-(c - a) t / h); 0.0 where the line grows."""
    load = offered_load(arrivals_per_hour, handling_minutes)
    if load == 0:
        return 1.0
    if load >= counters:
        return 0.0
    waiting = waiting_probability(counters, load)
    return 1.0 - _late(waiting, counters, load, within_minutes / handling_minutes)


def counters_needed(
    arrivals_per_hour: float,
    handling_minutes: float,
    target_share: float,
    within_minutes: float,
    max_utilisation: float | None = None,
) -> int:
    """The fewest counters that call `target_share` of people within `within_minutes`; 0 when nobody comes.

    `max_utilisation` (0-1) also keeps counters from being busier than that. The first number looked at is the
    first stable one, floor(a) + 1, in one recursion: the answer is minimal and never falls as load grows.
    """
    if not 0 < target_share < 1:
        raise ValueError("target_share must lie between 0 and 1")
    if within_minutes < 0:
        raise ValueError("within_minutes must not be negative")
    if max_utilisation is not None and not 0 < max_utilisation <= 1:
        raise ValueError("max_utilisation must lie between 0 and 1")
    load = offered_load(arrivals_per_hour, handling_minutes)
    if load == 0:
        return 0
    busiest = max_utilisation if max_utilisation is not None else 1.0
    span = within_minutes / handling_minutes
    blocked, count = 1.0, 0
    while True:
        count += 1
        blocked = _next_blocking(blocked, count, load)
        if load >= count or load > busiest * count:
            continue
        if 1.0 - _late(_from_blocking(blocked, count, load), count, load, span) >= target_share:
            return count


def mean_wait(counters: int, arrivals_per_hour: float, handling_minutes: float) -> float:
    """The expected wait of everybody in minutes, C h / (c - a); infinite where the line grows without end."""
    load = offered_load(arrivals_per_hour, handling_minutes)
    if load == 0:
        return 0.0
    if load >= counters:
        return math.inf
    return waiting_probability(counters, load) * handling_minutes / (counters - load)


def wait_percentile(
    counters: int, arrivals_per_hour: float, handling_minutes: float, share: float = 0.9
) -> float:
    """The minutes within which `share` of people are called, h / (c - a) ln(C / (1 - share)), not below 0.

    Solves P(W > t) = 1 - share; 0.0 when that many do not wait at all, infinite where the line grows.
    """
    if not 0 < share < 1:
        raise ValueError("share must lie between 0 and 1")
    load = offered_load(arrivals_per_hour, handling_minutes)
    if load == 0:
        return 0.0
    if load >= counters:
        return math.inf
    waiting = waiting_probability(counters, load)
    if waiting <= 1 - share:
        return 0.0
    return handling_minutes / (counters - load) * math.log(waiting / (1 - share))


def _next_blocking(blocked: float, count: int, load: float) -> float:
    return load * blocked / (count + load * blocked)


def _from_blocking(blocked: float, counters: int, load: float) -> float:
    return counters * blocked / (counters - load * (1.0 - blocked))


def _late(waiting: float, counters: int, load: float, span: float) -> float:
    """P(W > t) with t given as `span` mean handling times."""
    return waiting * math.exp(-(counters - load) * span)
