"""整数計画: rows of a whole-number problem, and HiGHS (`scipy.optimize.milp`) that solves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

Values = NDArray[np.float64]


class Rows:
    """Constraints, row by row, over whole numbers of shifts and of people."""

    def __init__(self, columns: int) -> None:
        """Without any row yet."""
        self.columns = columns
        self._at: list[tuple[int, int]] = []
        self._values: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def add(self, values: Mapping[int, float], least: float, most: float) -> None:
        """The sum of `values` times their columns lies between `least` and `most`."""
        self._at += [(len(self._least), column) for column in values]
        self._values += values.values()
        self._least.append(least)
        self._most.append(most)

    def constraint(self) -> LinearConstraint:
        """All rows."""
        at = np.array(self._at, dtype=np.int64).reshape(-1, 2).T
        size = (len(self._least), self.columns)
        return LinearConstraint(
            csr_array((self._values, (at[0], at[1])), shape=size), self._least, self._most
        )


def solving(
    rows: Rows, cost: Values, parts: int = 0, most: float = np.inf, gap: float = 0.0
) -> Callable[[float], OptimizeResult]:
    """What finds the least cost in so many seconds; the last `parts` columns may be parts of one, each at most `most`.

    It is proven where nothing lies below it by more than `gap` of the cost.
    """
    constraint = rows.constraint()
    whole = np.ones(rows.columns)
    upper = np.full(rows.columns, np.inf)
    if parts:
        whole[-parts:], upper[-parts:] = 0, most

    def work(seconds: float) -> OptimizeResult:
        return milp(
            cost,
            constraints=constraint,
            integrality=whole,
            bounds=Bounds(0, upper),
            options={"mip_rel_gap": gap, "time_limit": seconds},
        )

    return work
