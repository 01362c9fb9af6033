"""待ち時間の目安: minutes until the call for everybody who waits, and for somebody who takes a number now."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_STEP = 5
"""Minutes: people are told multiples of it."""


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """Minutes until the call: nine in ten wait longer than `p10`, half longer than `p50`, one in five than `p80`."""

    p10: float
    p50: float
    p80: float
    p90: float


def shown_range(estimate: WaitEstimate) -> tuple[int, int]:
    """What people are told: from the median to the 80th percentile in steps of 5 minutes; (0, 0) means at once."""
    low = round(estimate.p50 / SHOWN_STEP) * SHOWN_STEP
    high = -int(-estimate.p80 // SHOWN_STEP) * SHOWN_STEP
    return (0, 0) if estimate.p80 <= SHOWN_STEP / 2 else (low, max(low, high))
