"""見込みの日々: logged days with as many people as are expected on the days ahead.

A logged day keeps its shape: who came when, for what, for how long. People of a queue stay away, or come twice some
minutes apart, by lot, until the day has as many as a day ahead of its weekday: three times in ten at the low end of the
day's band, four times in the middle, three times at the high end (Swanson's rule), all queues together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rules.planning.forecast import Expected
from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.own_day import weekdays
from models.rules.planning.simulation import Whole
from models.rules.planning.slot_fill import GRID

SEED = 11
LEVELS = ("p50", "p90", "p10", "p50", "p10", "p90", "p50", "p90", "p10", "p50")
APART = 15
"""At most so many minutes from somebody who came to one who is added."""
Ahead = Mapping[str, Mapping[int, Sequence[Expected]]]
"""People expected on the days ahead, by queue and weekday (0 = Monday)."""


def at_level(logged: LoggedDays, ahead: Ahead) -> LoggedDays:
    """The days with the people that are expected, often enough for every level of `LEVELS` on each weekday.

    Queues and weekdays for which nothing is expected stay as they were.
    """
    random = np.random.default_rng(SEED)
    rarest = min(len(rows) for rows in weekdays(logged.days).values())
    days = logged.chosen(np.tile(np.arange(len(logged.days)), -(-len(LEVELS) // rarest)))
    found: list[list[int]] = [[] for _ in days.days]
    for weekday, rows in weekdays(days.days).items():
        for turn, row in enumerate(rows):
            for at, queue in enumerate(days.queues):
                own = np.flatnonzero(days.queue[row] == at)
                coming = ahead.get(queue, {}).get(weekday, ())
                found[row] += _drawn(own, coming, turn, random)
    return _with_people(days, found, random)


def _drawn(own: Whole, coming: Sequence[Expected], turn: int, random: np.random.Generator) -> list[int]:
    """Columns of the people who come, some of them twice."""
    there = [int(column) for column in own]
    if not coming or not there:
        return there
    level = getattr(coming[turn % len(coming)], LEVELS[turn % len(LEVELS)])
    count = int(level + random.random())
    if count <= len(there):
        return sorted(random.choice(there, count, replace=False).tolist())
    return [*there, *random.choice(there, count - len(there)).tolist()]


def _with_people(
    days: LoggedDays, columns: Sequence[Sequence[int]], random: np.random.Generator
) -> LoggedDays:
    """The days with these people; who is there a second time comes somewhat earlier or later, on the grid."""
    size = (len(columns), max(1, *(len(row) for row in columns)))
    taken = np.zeros(size, dtype=np.int64)
    there = np.zeros(size, dtype=np.bool_)
    moved = np.zeros(size)
    for row, own in enumerate(columns):
        taken[row, : len(own)], there[row, : len(own)] = own, True
        again = np.ones(len(own), dtype=np.bool_)
        again[np.unique(own, return_index=True)[1]] = False
        moved[row, : len(own)] = again * GRID * random.integers(-APART // GRID, APART // GRID + 1, len(own))
    at = np.arange(len(columns))[:, None]
    opens, closes, came = days.opens[:, None], days.closes[:, None], days.arrives[at, taken]
    shift = np.clip(came + moved, np.minimum(came, opens), np.maximum(came, closes)) - came

    def people(values: NDArray[Any], nobody: float) -> Any:
        return np.where(there, values[at, taken], nobody).astype(values.dtype)

    return replace(
        days,
        arrives=people(days.arrives, np.inf) + shift,
        booked_for=people(days.booked_for, np.nan) + shift,
        called=people(days.called, np.inf) + shift,
        queue=people(days.queue, -1),
        served=people(days.served, -1),
        prefilled=people(days.prefilled, False),
        handling=people(days.handling, 0.0),
        takes=people(days.takes, 0.0),
    )
