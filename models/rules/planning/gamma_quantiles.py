"""Quantiles of the gamma distribution in plain Python: no library has to be loaded at a start for these few."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

EXACT = 1e-13
MOST_STEPS = 200


@lru_cache(1024)
def quantile(shape: float, part: float) -> float:
    """Below this value lies `part` (between 0 and 1) of the gamma distribution of this shape and scale 1.

    Newton's steps on the distribution from the cube of Wilson and Hilferty (1931), halved where they leave the bracket.
    """
    spread = 1 / (9 * shape)
    cube = 1 - spread + NormalDist().inv_cdf(part) * math.sqrt(spread)
    lowest, highest = 0.0, math.inf
    found = shape * cube**3 if cube > 0 else (part * math.gamma(shape + 1)) ** (1 / shape)
    if not found:
        return 0.0
    for _ in range(MOST_STEPS):
        over = below(shape, found) - part
        lowest, highest = (lowest, found) if over > 0 else (found, highest)
        dense = math.exp((shape - 1) * math.log(found) - found - math.lgamma(shape))
        step = found - over / dense if dense else 0.0
        if not lowest < step < highest:
            step = (lowest + highest) / 2 if highest < math.inf else 2 * found
        if abs(step - found) <= EXACT * found:
            return step
        found = step
    return found


def below(shape: float, value: float) -> float:
    """The part of the distribution below `value`, by its power series (DLMF 8.7.1): every term is positive."""
    term = total = 1 / shape
    denominator = shape
    while term > total * EXACT / 100:
        denominator += 1
        term *= value / denominator
        total += term
    return total * math.exp(shape * math.log(value) - value - math.lgamma(shape))
