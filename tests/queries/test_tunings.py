"""What is read off a tuned plan: its hours, what it saves beside the formula's, and its worst half hour."""

from __future__ import annotations

from datetime import date

import pytest

from models.queries.tunings import Tuning
from models.rules.planning.staffing import Target
from models.rules.planning.week_tuning import TunedDay


def plan(*days: TunedDay) -> Tuning:
    span = date(2026, 9, 28), date(2026, 11, 22)
    return Tuning(1, 1, None, Target(0.9, 10), *span, "done", 100, None, days)


def day(weekday: int, counters: tuple[int, ...], formula: tuple[int, ...], *shares: float) -> TunedDay:
    """Two half hours from nine, and a quarter of an hour."""
    return TunedDay(weekday, (540, 570, 600), (570, 600, 615), counters, formula, shares)


def test_counters_count_by_the_length_of_their_interval() -> None:
    found = plan(day(0, (2, 4, 4), (3, 5, 4), 0.95, 0.91, 1.0), day(1, (1, 1, 2), (1, 1, 1), 0.99, 0.92, 1.0))
    assert found.hours == pytest.approx((1 + 2 + 1) + (0.5 + 0.5 + 0.5))
    assert found.saved_hours == pytest.approx((0.5 + 0.5) - 0.25), (
        "more than the formula's where it was too small"
    )


def test_the_worst_half_hour_of_all_days_is_told() -> None:
    assert plan(day(0, (1, 1, 1), (1, 1, 1), 0.95, 0.91, 1.0)).worst == 0.91
    assert plan().worst is None
