"""庁舎のいま: an office's version, policy, counters that are on, what is given out a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from models.core.db import plain, session
from models.core.errors import Unavailable
from models.core.reading import once_a_reading
from models.queries import catalogue
from models.queries.offices import CounterView, OfficeView, counters_of
from models.rules.hall_policy import HallPolicy, shipped, with_own
from models.rules.ticket_numbers import LEASED_SUFFIX
from models.tables import Counter, CounterShift, Hall, NumberSequence, QueueLimit

VERSION = select(plain(Hall).c.version).where(plain(Hall).c.office_id == bindparam("place"))
"""Asked for by every phone every few seconds: built once, and read without the mapper."""
ROW = select(Hall.version, Hall.stopped_on, Hall.notice, Hall.policy).where(
    Hall.office_id == bindparam("place")
)
ON_NOW = (
    select(Counter.number, CounterShift.actor, CounterShift.opened_at)
    .join(Counter, Counter.id == CounterShift.counter_id)
    .where(
        CounterShift.office_id == bindparam("place"),
        CounterShift.day == bindparam("day"),
        CounterShift.closed_at.is_(None),
    )
)


@dataclass(frozen=True)
class HallView:
    """What stands beside the line: `stopped` where staff give out no more numbers on `day`."""

    version: int
    day: date
    stopped: bool
    notice: str
    policy: HallPolicy


@dataclass(frozen=True)
class ShiftView:
    """Somebody who is on at a counter since an instant (UTC)."""

    counter: CounterView
    actor: str
    opened_at: datetime


def version(place: OfficeView) -> int:
    """The office's version: grows with every change that could be shown. One row is read, no ticket."""
    found: int | None = session().scalar(VERSION, {"place": place.id})
    if found is None:
        raise Unavailable
    return found


def hall(place: OfficeView, day: date) -> HallView:
    """The office's hall on a business day."""
    row = _row(place)
    if row is None:
        raise Unavailable
    return HallView(row.version, day, row.stopped_on == day, row.notice, policy_of(place))


@once_a_reading
def policy_of(place: OfficeView) -> HallPolicy:
    """The numbers by which an office calls."""
    row = _row(place)
    return with_own(shipped(catalogue.current().rules), (row.policy if row is not None else None) or {})


@once_a_reading
def _row(place: OfficeView) -> Row[int, date | None, str, dict[str, Any] | None] | None:
    return session().execute(ROW, {"place": place.id}).first()


@once_a_reading
def on_now(place: OfficeView, day: date) -> tuple[ShiftView, ...]:
    """The counters that are on, by number, with who is there since when."""
    rows = session().execute(ON_NOW, {"place": place.id, "day": day})
    known = {view.number: view for view in counters_of(place)}
    found = [ShiftView(known[row.number], row.actor, row.opened_at) for row in rows if row.number in known]
    return tuple(sorted(found, key=lambda one: (len(one.counter.number), one.counter.number)))


def first_queues(shifts: Sequence[ShiftView], but: str | None = None) -> frozenset[str]:
    """The queues that some counter that is on (other than `but`) serves first."""
    return frozenset(
        one.counter.queues[0] for one in shifts if one.counter.queues and one.counter.number != but
    )


def limits_of(place: OfficeView) -> dict[str, int]:
    """How many numbers each limited queue gives out a day."""
    rows = session().execute(
        select(QueueLimit.queue, QueueLimit.per_day).where(QueueLimit.office_id == place.id)
    )
    return {row.queue: row.per_day for row in rows}


def given_out(place: OfficeView, day: date) -> dict[str, int]:
    """How many running numbers each letter has given out on a day."""
    rows = session().execute(
        select(NumberSequence.letter, func.max(NumberSequence.last).label("most"))
        .where(NumberSequence.office_id == place.id, NumberSequence.day == day)
        .where(NumberSequence.letter.not_like(f"%{LEASED_SUFFIX}"))
        .group_by(NumberSequence.letter)
    )
    return {row.letter: row.most for row in rows}
