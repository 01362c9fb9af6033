"""基準: the frozen handling times that savings are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.core.db import session
from models.core.reading import once_a_reading
from models.rules.savings import Baseline as Before
from models.tables import Baseline


@dataclass(frozen=True)
class FrozenBaseline:
    """One procedure's handling before the change (minutes, timed cases), who says so, and when it was frozen (UTC)."""

    baseline: Before
    note: str
    frozen_at: datetime


@once_a_reading
def frozen() -> tuple[FrozenBaseline, ...]:
    """Every frozen baseline of the city, by procedure."""
    rows = session().scalars(select(Baseline).order_by(Baseline.procedure))
    return tuple(
        FrozenBaseline(Before(row.procedure, row.minutes, row.cases), row.note, row.frozen_at) for row in rows
    )
