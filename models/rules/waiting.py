"""待ち時間の目安: a rough wait from the people ahead, until measured waits are at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPREAD = 0.6
"""Standard deviation of a handling time as a part of its mean (expert estimate)."""
Z_80 = 0.84
"""The 80th percentile of the normal distribution."""


@dataclass(frozen=True)
class ExpectedWait:
    """Minutes until the call: the mean, and what four of five people do not exceed."""

    mean: int
    p80: int


def expected(minutes_ahead: Sequence[float], counters: int) -> ExpectedWait:
    """The wait behind tickets that take so many minutes each, served by so many counters.

    Sum of independent handling times over the counters, normal approximation; whole minutes, rounded up.
    """
    serving = max(1, counters)
    mean = sum(minutes_ahead) / serving
    deviation = SPREAD * math.sqrt(sum(minutes * minutes for minutes in minutes_ahead)) / serving
    return ExpectedWait(math.ceil(mean), math.ceil(mean + Z_80 * deviation))
