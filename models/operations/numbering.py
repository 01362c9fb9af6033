"""番号を出す: running numbers from a sequence row a letter, office and business day, and blocks leased to kiosks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n
from models.core.transaction import flush_unique, rows_changed
from models.queries.offices import OfficeView
from models.rules.ticket_numbers import FIRST_LEASED, LAST_LEASED, LEASED_SUFFIX, parts, running
from models.tables import NumberLease, NumberSequence, QueueLimit

USED_UP = _n("きょうの分の番号札は、すべてお配りしました。別の日に予約してください。")
NO_MORE_LEASES = _n("きょう機械に預けられる番号は、すべて渡しました。")


@dataclass(frozen=True)
class Lease:
    """A block of numbers, `first` to `last` of a letter on a day."""

    letter: str
    day: date
    first: int
    last: int


def next_number(
    session: Session, place: OfficeView, day: date, letter: str, limited: str | None = None
) -> str:
    """The next number of a letter on a business day: never twice, whoever asks.

    `limited` is the queue whose daily contingent the number counts for; `Conflict` where that is used up.
    """
    most = None
    if limited is not None:
        most = session.scalar(
            select(QueueLimit.per_day).where(QueueLimit.office_id == place.id, QueueLimit.queue == limited)
        )
    count = _count_up(session, place, day, letter, 1, most)
    if count is None:
        raise Conflict(USED_UP, queue=limited, closed=True)
    return running(letter, count)


def lease(session: Session, place: OfficeView, day: date, letter: str, count: int, device_id: int) -> Lease:
    """A block of `count` numbers for one kiosk; `Conflict` where all of the day's were given out."""
    most = LAST_LEASED - FIRST_LEASED + 1
    last = _count_up(session, place, day, letter + LEASED_SUFFIX, count, most)
    if last is None:
        raise Conflict(NO_MORE_LEASES)
    block = Lease(letter, day, FIRST_LEASED + last - count, FIRST_LEASED + last - 1)
    session.add(
        NumberLease(
            office_id=place.id, device_id=device_id, day=day, letter=letter, first=block.first, last=block.last,
            leased_at=now(),
        )
    )  # fmt: skip
    flush_unique(session)
    return block


def leased(session: Session, place: OfficeView, day: date, number: str, letter: str) -> bool:
    """Whether a number of this letter stands in a block that was leased for this day."""
    found = parts(number)
    if found is None or found[0] != letter:
        return False
    block = select(NumberLease.id).where(
        NumberLease.office_id == place.id, NumberLease.day == day, NumberLease.letter == letter,
        NumberLease.first <= found[1], NumberLease.last >= found[1],
    )  # fmt: skip
    return session.scalar(block.limit(1)) is not None


def _count_up(
    session: Session, place: OfficeView, day: date, letter: str, step: int, most: int | None
) -> int | None:
    """The sequence row's new last count, or None where it would pass `most`."""
    mine = (NumberSequence.office_id == place.id, NumberSequence.day == day, NumberSequence.letter == letter)
    counting = update(NumberSequence).where(*mine)
    if most is not None:
        counting = counting.where(NumberSequence.last <= most - step)
    if rows_changed(session, counting.values(last=NumberSequence.last + step)) == 0:
        if session.scalar(select(NumberSequence.last).where(*mine)) is not None:
            return None
        if most is not None and step > most:
            return None
        session.add(NumberSequence(office_id=place.id, day=day, letter=letter, last=step))
        flush_unique(session)
    return session.scalar(select(NumberSequence.last).where(*mine).execution_options(populate_existing=True))
