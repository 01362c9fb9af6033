"""くわしい計算: a week's counters tuned by playing days that might be, beside the formula's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.rules.planning.staffing import DayPlan, Hours, Log, StaffingPlan, learned
from models.rules.planning.staffing_tuning import Cancelled, Goal, PlayedDays, Progress, played_days, tune
from models.rules.planning.visit_rates import Rates

SLOT_MINUTES = 30


@dataclass(frozen=True)
class TunedDay:
    """One weekday by half hour, each from `starts` to `ends`: counters, the formula's, the share called in time.

    `fewer` is what one counter less in a half hour would do: the half hour (its begin) that has it worst then, and the
    share called in time there. None where there is only one counter.
    """

    weekday: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    counters: tuple[int, ...]
    formula: tuple[int, ...]
    shares: tuple[float, ...]
    fewer: tuple[tuple[int, float] | None, ...] = ()

    @property
    def hours(self) -> float:
        """Counter-hours of the day."""
        return self._hours(self.counters)

    @property
    def formula_hours(self) -> float:
        """Counter-hours of the formula's plan."""
        return self._hours(self.formula)

    def _hours(self, counters: Sequence[int]) -> float:
        lengths = [end - start for start, end in zip(self.starts, self.ends, strict=True)]
        return sum(count * length for count, length in zip(counters, lengths, strict=True)) / 60


def tune_week(
    plan: StaffingPlan, hours: Mapping[int, Sequence[Hours]], log: Log, progress: Progress
) -> list[TunedDay]:
    """The days of `plan` on which anybody came, tuned; the same every time. `Cancelled` where `progress` says no.

    A half hour that is cut by the opening or closing is played as a whole one, and a closed lunch hour not at all.
    Raises `ValueError` where nobody was handled.
    """
    handling = np.asarray(log.handling, dtype=np.float64)
    if not handling.sum():
        raise ValueError("nobody was handled")
    rates = learned(hours, log)
    days = [day for day in plan.days if day.weekday in rates]
    furthest = 0.0
    found = []
    for place, day in enumerate(days):

        def told(part: float, place: int = place) -> bool:
            nonlocal furthest
            furthest = max(furthest, (place + part) / len(days))
            return progress(furthest)

        found.append(_tuned(day, plan, rates[day.weekday], handling, told))
    return found


def _tuned(day: DayPlan, plan: StaffingPlan, rates: Rates, handling: np.ndarray, told: Progress) -> TunedDay:
    if not told(0.0):
        raise Cancelled
    goal = Goal(plan.target.share, plan.target.within_minutes)
    played = played_days(rates, day.weekday, handling, SLOT_MINUTES, goal)
    formula = tuple(one.needed for one in day.intervals)
    counters = tune(played, formula, told)
    starts = tuple(one.starts for one in day.intervals)
    return TunedDay(
        day.weekday,
        starts,
        tuple(one.ends for one in day.intervals),
        tuple(counters),
        formula,
        tuple(round(float(share), 4) for share in played.shares(counters)),
        tuple(_fewer(played, counters, slot, starts) for slot in range(len(starts))),
    )


def _fewer(
    played: PlayedDays, counters: Sequence[int], slot: int, starts: Sequence[int]
) -> tuple[int, float] | None:
    if counters[slot] < 2:
        return None
    shares = played.shares([count - (place == slot) for place, count in enumerate(counters)])
    worst = int((shares - played.enough()).argmin())
    return starts[worst], round(float(shares[worst]), 4)
