"""窓口数のくわしい計算: plans that were asked for, how far they are, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.queries.open_plans import OPEN
from models.rules.planning.staffing import Target
from models.rules.planning.week_tuning import TunedDay
from models.tables import StaffingTuning

DONE, CANCELLED, FAILED = "done", "cancelled", "failed"
COUNTERS = "counters"


@dataclass(frozen=True)
class Tuning:
    """One asked-for plan; `progress` is a percentage, `days` are there once it is done."""

    id: int
    office_id: int
    queue: str | None
    target: Target
    first: date
    last: date
    state: str
    progress: int
    made_at: datetime | None
    days: tuple[TunedDay, ...]

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to finish it."""
        return self.state in OPEN

    @property
    def hours(self) -> float:
        """Counter-hours a week."""
        return sum(day.hours for day in self.days)

    @property
    def saved_hours(self) -> float:
        """Counter-hours a week by which the formula's plan is larger; less than 0 where it was too small."""
        return sum(day.formula_hours for day in self.days) - self.hours

    @property
    def says_fewer(self) -> bool:
        """Whether it was worked out what one counter less would do; older plans do not know."""
        return any(day.fewer for day in self.days)

    @property
    def worst(self) -> float | None:
        """The smallest share that any half hour keeps, 0-1."""
        return min((share for day in self.days for share in day.shares), default=None)


def tuning(number: int) -> Tuning:
    """One by its number; `NotFound`."""
    row = session().get(StaffingTuning, number)
    if row is None or row.kind != COUNTERS:
        raise NotFound
    return _view(row)


def newest(place: OfficeView, queue: str | None, target: Target) -> Tuning | None:
    """The newest that is done or on its way for an office, queue and target."""
    row = session().scalar(
        select(StaffingTuning)
        .where(
            StaffingTuning.office_id == place.id,
            StaffingTuning.kind == COUNTERS,
            StaffingTuning.queue == (queue or ""),
            StaffingTuning.share == target.share,
            StaffingTuning.within == target.within_minutes,
            StaffingTuning.state.in_((*OPEN, DONE)),
        )
        .order_by(StaffingTuning.asked_at.desc(), StaffingTuning.id.desc())
        .limit(1)
    )
    return _view(row) if row is not None else None


def _view(row: StaffingTuning) -> Tuning:
    return Tuning(
        row.id,
        row.office_id,
        row.queue or None,
        Target(row.share, row.within),
        row.first,
        row.last,
        row.state,
        row.progress,
        row.made_at,
        tuple(_day(one) for one in row.result.get("days", ())),
    )


def _day(one: dict[str, Any]) -> TunedDay:
    starts, ends, counters, formula, shares = (
        tuple(one[name]) for name in ("starts", "ends", "counters", "formula", "shares")
    )
    fewer = tuple(None if without is None else (without[0], without[1]) for without in one.get("fewer", ()))
    return TunedDay(one["weekday"], starts, ends, counters, formula, shares, fewer)
