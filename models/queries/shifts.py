"""担当: who is on at a counter, by name, and how the last one there ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from models.core.db import session
from models.queries.offices import CounterView
from models.tables import CounterShift, Staff


@dataclass(frozen=True)
class CounterState:
    """A counter today: `actor` and `name` are whose shift is open since `at`; else how the last one ended then.

    A system has no name.
    `ending` is None while somebody is on, and where nobody has been on today.
    """

    actor: str | None = None
    name: str = ""
    ending: str | None = None
    at: datetime | None = None

    @property
    def on(self) -> bool:
        """Whether somebody is on."""
        return self.actor is not None


LATEST = (
    select(
        CounterShift.actor,
        Staff.name,
        CounterShift.ending,
        CounterShift.opened_at,
        CounterShift.closed_at,
    )
    .outerjoin(Staff, Staff.username == CounterShift.actor)
    .where(CounterShift.counter_id == bindparam("counter"), CounterShift.day == bindparam("day"))
    .order_by(CounterShift.id.desc())
    .limit(1)
)


def state_of(counter: CounterView, day: date) -> CounterState:
    """Who is on at a counter on a day, or how it was left."""
    row = session().execute(LATEST, {"counter": counter.id, "day": day}).first()
    if row is None:
        return CounterState()
    if row.closed_at is None:
        return CounterState(row.actor, row.name or "", None, row.opened_at)
    return CounterState(None, "", row.ending, row.closed_at)
