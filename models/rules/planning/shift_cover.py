"""シフトの割り当て: the least hours of shifts that cover every slot of every day, proven or with a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

SECONDS = 5.0
"""After so long the best cover found is given, with its gap."""
TINY = 1e-6
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """People of whom there are only some, or of whom some must be there: part-timers, those with a skill.

    `shifts` are theirs; `required` (day, slot) of them must be on; at most `max_per_day` shifts a day and `max_hours`
    hours over all days are theirs.
    """

    shifts: Sequence[str]
    required: Sequence[Sequence[float]] | None = None
    max_per_day: float | None = None
    max_hours: float | None = None


@dataclass(frozen=True)
class CoverCase:
    """Counters `required` by day and slot, and for every kind of shift in which slots it is at a counter (0 or 1).

    At most `max_per_day` shifts on each day, `max_per_shift` of a kind a day, and `budget_hours` over all days.
    """

    slot_hours: float
    required: Sequence[Sequence[float]]
    shifts: Mapping[str, Sequence[int]]
    max_per_day: Sequence[float] | None = None
    max_per_shift: Mapping[str, float] = field(default_factory=dict)
    budget_hours: float | None = None
    groups: Sequence[Group] = ()


@dataclass(frozen=True)
class Cover:
    """Shifts by day and kind. `hours` is their sum without lunch; `least_hours` what is proven to be needed."""

    counts: tuple[Mapping[str, int], ...]
    hours: float
    least_hours: float

    @property
    def proven(self) -> bool:
        """Whether nothing with fewer hours exists."""
        return self.hours - self.least_hours < TINY * max(1.0, self.hours)

    @property
    def gap(self) -> float:
        """What part of the hours might still be saved; 0.0 where the optimum is proven."""
        return 0.0 if self.proven else (self.hours - self.least_hours) / self.hours


class NoCover(ValueError):
    """Nothing covers: the limits are too tight, or no shift is on where somebody is needed."""


def cover(case: CoverCase, seconds: float = SECONDS) -> Cover:
    """The cover with the least hours; `NoCover` where there is none or none was found in time."""
    names = list(case.shifts)
    shapes = np.array([case.shifts[name] for name in names], dtype=np.float64)
    hours = shapes.sum(axis=1) * case.slot_hours
    _uncovered(case, shapes)
    days = len(case.required)
    rows, least, most = _constraints(case, names, shapes, hours)
    upper = np.tile(np.array([case.max_per_shift.get(name, np.inf) for name in names]), days)
    cost = np.tile(hours, days)
    found = milp(
        cost,
        constraints=LinearConstraint(csr_array(rows), least, most),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, upper),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise NoCover(
            "no shifts cover this within the limits" if found.status == 2 else "no cover was found in time"
        )
    counts = np.rint(found.x).astype(int)
    spent = float(counts @ cost)
    bound = found.mip_dual_bound if found.status != 0 else spent
    by_day = counts.reshape(days, len(names))
    return Cover(
        tuple({name: int(n) for name, n in zip(names, day, strict=True) if n} for day in by_day),
        spent,
        min(spent, float(bound)),
    )


def covered(case: CoverCase, made: Cover) -> Table:
    """Counters by day and slot that a cover opens."""
    slots = len(case.required[0])
    empty = np.zeros(slots)
    return np.array(
        [
            sum((count * np.array(case.shifts[name], dtype=np.float64) for name, count in day.items()), empty)
            for day in made.counts
        ]
    )


def _uncovered(case: CoverCase, shapes: Table) -> None:
    required = np.array(case.required, dtype=np.float64)
    for day, slot in zip(*np.nonzero((required > 0) & (shapes.sum(axis=0) == 0)), strict=True):
        raise NoCover(f"no shift is on in slot {slot} of day {day}, where {required[day, slot]:g} are needed")


def _constraints(
    case: CoverCase, names: Sequence[str], shapes: Table, hours: Table
) -> tuple[Table, Table, Table]:
    days = len(case.required)
    rows: list[tuple[Table, float, float]] = [(np.zeros(days * len(names)), 0.0, 0.0)]
    for day, limit in enumerate(case.max_per_day or ()):
        rows.append((_on(day, days, np.ones(len(names))), 0.0, limit))
    for group in (Group(names, case.required, None, case.budget_hours), *case.groups):
        own = np.array([name in group.shifts for name in names], dtype=np.float64)
        for day in range(days):
            if group.required is not None:
                need = group.required[day]
                rows += [
                    (_on(day, days, own * shapes[:, slot]), one, np.inf) for slot, one in enumerate(need)
                ]
            if group.max_per_day is not None:
                rows.append((_on(day, days, own), 0.0, group.max_per_day))
        if group.max_hours is not None:
            rows.append((np.tile(own * hours, days), 0.0, group.max_hours + TINY))
    matrix, least, most = zip(*rows, strict=True)
    return np.array(matrix), np.array(least), np.array(most)


def _on(day: int, days: int, row: Table) -> Table:
    found = np.zeros(days * len(row))
    found[day * len(row) : (day + 1) * len(row)] = row
    return found
