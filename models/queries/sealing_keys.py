"""封の鍵: which public key seals for an office on a day, and whose key a mark is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import NotFound, Unavailable
from models.core.messages import _n
from models.core.space import current_space
from models.papers import sealed
from models.queries.offices import OfficeView, offices
from models.tables import SealingKey

PURPOSE = "sealing"
NO_KEY = _n("申請書に封をする鍵がまだありません。しばらくしてから、もう一度お試しください。")


@dataclass(frozen=True)
class SealingKeyView:
    """A public key: of which office, for visits of which month (its first day), and since when nobody can open it."""

    office_id: int
    month: date
    mark: bytes
    public: bytes
    made_at: datetime
    ended_at: datetime | None

    @property
    def opens(self) -> bool:
        """Whether its private key is still there, as far as is known here."""
        return self.ended_at is None

    @property
    def last_day(self) -> date:
        """The last day on which what it sealed can be opened."""
        return last_day_of(self.month)


def last_day_of(month: date) -> date:
    """The last day of a month."""
    return date.fromordinal(date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1)


def over(month: date) -> bool:
    """Whether a month is over in every office: no code that was sealed for it can be in use any more."""
    return all(last_day_of(month) < place.day_of(now()) for place in offices())


def for_day(place: OfficeView, day: date) -> SealingKeyView:
    """The key that seals for a visit on a day; `Unavailable` where it was not made yet or has ended."""
    found = _one(SealingKey.office_id == place.id, SealingKey.month == day.replace(day=1))
    if found is None or not found.opens:
        raise Unavailable(NO_KEY)
    return found


def about(place: OfficeView) -> str:
    """What a seal for this office is bound to besides its key."""
    return sealed.about(current_space().code, place.code).decode()


def by_mark(mark: bytes) -> SealingKeyView:
    """The key that an envelope names; `NotFound` where it is none of this municipality's."""
    found = _one(SealingKey.mark == mark)
    if found is None:
        raise NotFound
    return found


def keys_of(place: OfficeView) -> tuple[SealingKeyView, ...]:
    """All keys of an office, newest month first."""
    chosen = (
        select(SealingKey).where(SealingKey.office_id == place.id).order_by(SealingKey.month.desc()).limit(48)
    )
    return tuple(_view(row) for row in session().scalars(chosen))


def sealed_until() -> date | None:
    """The last day of a visit for which forms can be sealed; None where there is no key at all."""
    newest = session().scalar(select(func.max(SealingKey.month)).where(SealingKey.ended_at.is_(None)))
    return None if newest is None else last_day_of(newest)


def _one(*conditions: object) -> SealingKeyView | None:
    row = session().scalar(select(SealingKey).where(*conditions))  # type: ignore[arg-type]
    return None if row is None else _view(row)


def _view(row: SealingKey) -> SealingKeyView:
    return SealingKeyView(row.office_id, row.month, row.mark, row.public, row.made_at, row.ended_at)
