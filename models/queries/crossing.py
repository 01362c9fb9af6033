"""行き来の鍵とファイル: which side this is, whose keys are known, and which carried files were taken in last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.core.db import ground, session
from models.core.signing import print_of
from models.core.space import current_space
from models.queries.offices import OfficeView
from models.tables import CarriedFile, OtherSide

PURPOSE = "crossing"
"""Under which name the key store keeps the secrets of this side's own keys, one a day of making."""


@dataclass(frozen=True)
class OtherSideView:
    """The other side's public keys, and since when they are known here."""

    sign: bytes
    seal: bytes
    made_at: datetime
    taken_at: datetime
    taken_by: str

    @property
    def shown(self) -> str:
        """By what two people can tell that they look at the same keys."""
        return print_of(self.sign, self.seal)


@dataclass(frozen=True)
class CarriedView:
    """The newest file of a kind for an office and a day, with its report or its counts."""

    day: date
    made_at: datetime
    taken_at: datetime
    taken_by: str
    content: Any


def side() -> str:
    """Which side of a separated network this installation is; `both` where nothing is separated."""
    return ground().settings.side


def own_days() -> list[date]:
    """On which days this side's keys were made, oldest first; the newest one signs."""
    return ground().keys.days_of(current_space().code, PURPOSE)


def other_side() -> OtherSideView | None:
    """The keys of the other side as they count now."""
    row = session().scalar(select(OtherSide).order_by(OtherSide.id.desc()).limit(1))
    if row is None:
        return None
    return OtherSideView(row.sign, row.seal, row.made_at, row.taken_at, row.taken_by)


def newest(kind: str, place: OfficeView, day: date) -> CarriedView | None:
    """The newest file of a kind that was taken in for an office and a day."""
    mine = (CarriedFile.kind == kind, CarriedFile.office_id == place.id, CarriedFile.day == day)
    row = session().scalar(select(CarriedFile).where(*mine))
    return None if row is None else _view(row)


def latest(kind: str, place: OfficeView, most: int = 10) -> tuple[CarriedView, ...]:
    """The files of a kind that were taken in last for an office, newest first."""
    chosen = select(CarriedFile).where(CarriedFile.kind == kind, CarriedFile.office_id == place.id)
    rows = session().scalars(chosen.order_by(CarriedFile.taken_at.desc(), CarriedFile.id.desc()).limit(most))
    return tuple(_view(row) for row in rows)


def _view(row: CarriedFile) -> CarriedView:
    return CarriedView(row.day, row.made_at, row.taken_at, row.taken_by, row.content)
