"""窓口数の調整: the fewest counters with which EVERY slot keeps its share, found by playing days that might be.

The formula's plan is the start. Days are drawn once for each weekday (the same days for every plan that is tried), with
gamma factors for what is not known of the rates. A slot is given one more where its share is missed; then whatever can
be taken away is taken away, single counters first, then exchanges of two counters for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.rules.planning import offered_load
from models.rules.planning.shift_cover import CoverCase, cover
from models.rules.planning.simulation import Minutes, line_waits, poisson_arrivals
from models.rules.planning.visit_rates import Rates

DAYS = 500
"""Days that are played of each weekday; the standard error of a slot's share is then about 0.005."""
SEED = 20261126
CHANCE = 1.645
"""Standard errors of the played share: a plan is the best of many, so it is lucky by about as much."""
MOST_STEPS = 400
Progress = Callable[[float], bool]
"""Is told the part that is done (0-1) and answers whether to go on."""


class Cancelled(Exception):
    """Somebody asked to stop."""


@dataclass(frozen=True)
class Goal:
    """`share` (0-1) of the people of every slot are called within `within` minutes."""

    share: float
    within: float


@dataclass(frozen=True)
class Slot:
    """Why a slot has its counters: `load` busy ones expected, `unsure` (one standard deviation of that load).

    `from_before`: people who still wait when the slot begins; `formula` what the formula says; `share` what was played.
    """

    counters: int
    load: float
    unsure: float
    from_before: float
    formula: int
    share: float


@dataclass
class PlayedDays:
    """The days of one weekday that are played with every plan."""

    arrivals: Minutes
    handling: Minutes
    slot_minutes: int
    slots: int
    goal: Goal
    _known: dict[tuple[int, ...], Minutes] = field(default_factory=dict)

    def shares(self, counters: Sequence[int]) -> Minutes:
        """The share within the goal's minutes, by slot of arrival; 1.0 where nobody comes."""
        key = tuple(counters)
        if key not in self._known:
            late = self.waits(counters) > self.goal.within
            here = np.isfinite(self.arrivals)
            slot = self._slot()
            came = np.bincount(slot[here], minlength=self.slots)
            missed = np.bincount(slot[here & late], minlength=self.slots)
            self._known[key] = 1.0 - missed / np.maximum(came, 1)
        return self._known[key]

    def enough(self) -> Minutes:
        """The share that every slot must show: the goal, and what chance may hide in the days played."""
        came = np.bincount(self._slot()[np.isfinite(self.arrivals)], minlength=self.slots)
        share = self.goal.share
        return np.minimum(
            share + CHANCE * np.sqrt(share * (1 - share) / np.maximum(came, 1)), (1 + share) / 2
        )

    def waits(self, counters: Sequence[int]) -> Minutes:
        """The wait of everybody."""
        return line_waits(self.arrivals, self.handling, counters, float(self.slot_minutes))

    def keeps(self, counters: Sequence[int]) -> bool:
        """Whether every slot keeps the share."""
        return bool((self.shares(counters) >= self.enough()).all())

    def from_before(self, counters: Sequence[int]) -> Minutes:
        """How many people still wait when each slot begins."""
        waits, begins = self.waits(counters), np.arange(self.slots) * self.slot_minutes
        return np.array(
            [
                ((self.arrivals < begin) & (self.arrivals + np.nan_to_num(waits) > begin)).sum(axis=1).mean()
                for begin in begins
            ]
        )

    def _slot(self) -> np.ndarray:
        here = np.where(np.isfinite(self.arrivals), self.arrivals, 0.0)
        return (here // self.slot_minutes).astype(np.int64)


def played_days(
    rates: Rates, weekday: int, handling: Minutes, slot_minutes: int, goal: Goal, days: int = DAYS
) -> PlayedDays:
    """Days that might be, with the rates' uncertainty; the same every time."""
    random = np.random.default_rng((SEED, weekday))
    expected = rates.expected[weekday]
    factors = gamma(random, rates.day_cv, (days, 1)) * gamma(random, rates.slot_cv, (days, len(expected)))
    arrivals = poisson_arrivals(random, expected * factors, float(slot_minutes))
    drawn = handling[random.integers(0, len(handling), arrivals.shape)]
    return PlayedDays(arrivals, drawn, slot_minutes, len(expected), goal)


def gamma(random: np.random.Generator, variation: float, size: tuple[int, ...]) -> Minutes:
    """Factors around 1 with this coefficient of variation."""
    if variation <= 0:
        return np.ones(size)
    return random.gamma(1 / variation**2, variation**2, size)


def tune(days: PlayedDays, start: Sequence[int], progress: Progress = lambda part: True) -> list[int]:
    """The counters of one day; `Cancelled` where `progress` says no."""
    plan = list(start)
    _raise(days, plan, progress)
    _lower(days, plan, progress, 0.4)
    while _exchange(days, plan, progress):
        _lower(days, plan, progress, 0.9)
    return plan


def tune_shifts(
    days: PlayedDays,
    need: Sequence[int],
    shifts: Mapping[str, Sequence[int]],
    progress: Progress = lambda part: True,
) -> dict[str, int]:
    """Shifts of one day with few hours that keep every slot: covers of needs that are lowered while they can be.

    A cover opens more than is needed in most slots, which carries the slots where less would do.
    """
    needed = list(need)
    best, on = _covering(needed, shifts)
    while not days.keeps(on):
        needed[int(np.argmin(days.shares(on) - days.enough()))] += 1
        best, on = _covering(needed, shifts)
    lowered = True
    while lowered:
        lowered = False
        order = np.argsort(-days.shares(on) + 1e-3 * np.array(needed))
        for place, slot in enumerate(order):
            _go_on(progress, 0.9 * place / len(order))
            tried = list(needed)
            tried[slot] -= 1
            if tried[slot] < 1:
                continue
            made, opened = _covering(tried, shifts)
            if sum(opened) <= sum(on) and days.keeps(opened):
                lowered = lowered or sum(opened) < sum(on)
                needed, best, on = tried, made, opened
    return best


def explained(
    days: PlayedDays, plan: Sequence[int], expected: Minutes, rates: Rates, handling: Minutes
) -> list[Slot]:
    """Why each slot has the counters it has."""
    loads = offered_load.by_slot(expected / days.slot_minutes, days.slot_minutes, handling)
    formula = offered_load.formula_plan(
        expected / days.slot_minutes, days.slot_minutes, handling, days.goal.share, days.goal.within
    )
    unsure = np.hypot(rates.day_cv, rates.slot_cv)
    columns = zip(plan, loads, days.from_before(plan), formula, days.shares(plan), strict=True)
    return [
        Slot(count, float(load), float(load * unsure), float(before), start, float(share))
        for count, load, before, start, share in columns
    ]


def _raise(days: PlayedDays, plan: list[int], progress: Progress) -> None:
    """One more in the first slot that misses its share, or in the one before it where that helps more."""
    for step in range(MOST_STEPS):
        missed = np.nonzero(days.shares(plan) < days.enough())[0]
        if not len(missed):
            return
        _go_on(progress, 0.2 * step / MOST_STEPS)
        plan[int(missed[0])] += 1
    raise ValueError("no plan keeps the share")


def _lower(days: PlayedDays, plan: list[int], progress: Progress, part: float) -> None:
    """Take away single counters, where most is to spare first, until none can go."""
    stuck = False
    while not stuck:
        stuck = True
        for slot in np.argsort(-days.shares(plan)):
            _go_on(progress, part)
            if plan[slot] > 1 and _try(days, plan, {int(slot): -1}):
                stuck = False
                break


def _exchange(days: PlayedDays, plan: list[int], progress: Progress) -> bool:
    """One more in a slot for two less in others nearby; whether one was found."""
    slots = len(plan)
    for more in range(slots):
        _go_on(progress, 0.4 + 0.5 * more / slots)
        near = [one for one in range(max(0, more - 1), min(slots, more + 4)) if one != more and plan[one] > 1]
        with_one = [*plan]
        with_one[more] += 1
        single = [one for one in near if days.keeps(_changed(with_one, {one: -1}))]
        for place, first in enumerate(single):
            for second in single[place + 1 :]:
                if _try(days, plan, {more: 1, first: -1, second: -1}):
                    return True
    return False


def _try(days: PlayedDays, plan: list[int], change: Mapping[int, int]) -> bool:
    tried = _changed(plan, change)
    if not days.keeps(tried):
        return False
    plan[:] = tried
    return True


def _changed(plan: Sequence[int], change: Mapping[int, int]) -> list[int]:
    return [count + change.get(slot, 0) for slot, count in enumerate(plan)]


def _covering(need: Sequence[int], shifts: Mapping[str, Sequence[int]]) -> tuple[dict[str, int], list[int]]:
    made = dict(cover(CoverCase(1.0, [need], shifts)).counts[0])
    on = [sum(count * shifts[name][slot] for name, count in made.items()) for slot in range(len(need))]
    return made, on


def _go_on(progress: Progress, part: float) -> None:
    if not progress(part):
        raise Cancelled
