"""Hours saved: (before − after) × count ÷ 60, against a baseline that was frozen before the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEWEST_CASES = 30
"""Timed cases from which a baseline is firm."""


@dataclass(frozen=True)
class Baseline:
    """Mean handling minutes of one procedure before the start, from `count` timed cases, never changed again."""

    procedure: str
    minutes: float
    count: int

    @property
    def is_firm(self) -> bool:
        """Enough cases were timed."""
        return self.count >= FEWEST_CASES


@dataclass(frozen=True)
class Handled:
    """Mean handling minutes and number of visits of one procedure in the asked span."""

    minutes: float
    count: int


@dataclass(frozen=True)
class Saving:
    """What one procedure saved, with the numbers it was computed from; negative when it takes longer now."""

    procedure: str
    before_minutes: float
    after_minutes: float
    count: int
    is_firm: bool = True

    @property
    def hours(self) -> float:
        """Hours of handling saved in the span."""
        return hours_saved(self.before_minutes, self.after_minutes, self.count)


@dataclass(frozen=True)
class Savings:
    """Every procedure with a baseline, most hours first; `without_baseline` cannot be compared."""

    rows: tuple[Saving, ...]
    without_baseline: tuple[str, ...]

    @property
    def hours(self) -> float:
        """Hours saved over all compared procedures."""
        return sum(row.hours for row in self.rows)

    @property
    def count(self) -> int:
        """Visits that were compared."""
        return sum(row.count for row in self.rows)

    @property
    def before_minutes(self) -> float | None:
        """Mean handling before, weighted with today's counts: hours = (before − after) × count ÷ 60."""
        return self._weighted({row.procedure: row.before_minutes for row in self.rows})

    @property
    def after_minutes(self) -> float | None:
        """Mean handling now over the compared visits."""
        return self._weighted({row.procedure: row.after_minutes for row in self.rows})

    def _weighted(self, minutes: Mapping[str, float]) -> float | None:
        if not self.count:
            return None
        return sum(minutes[row.procedure] * row.count for row in self.rows) / self.count


def hours_saved(before_minutes: float, after_minutes: float, count: int) -> float:
    """(before − after) × count ÷ 60, e.g. (34, 15, 30,000) gives 9,500 hours."""
    return (before_minutes - after_minutes) * count / 60


def savings(baselines: Iterable[Baseline], handled: Mapping[str, Handled]) -> Savings:
    """Compare every handled procedure with its baseline; those without one are named, never guessed."""
    before = {baseline.procedure: baseline for baseline in baselines}
    rows = [
        Saving(code, before[code].minutes, now.minutes, now.count, before[code].is_firm)
        for code, now in handled.items()
        if code in before and now.count
    ]
    missing = sorted(code for code, now in handled.items() if code not in before and now.count)
    return Savings(tuple(sorted(rows, key=lambda row: (-row.hours, row.procedure))), tuple(missing))
