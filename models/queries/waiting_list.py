"""キャンセル待ち as its holders and staff may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from models.core.db import session
from models.core.errors import NotFound
from models.core.tokens import fingerprint, is_token
from models.queries.offices import OfficeView, office_by_id
from models.tables import WaitingEntry

ALIVE = ("waiting", "offered")


@dataclass(frozen=True)
class EntryView:
    """One wish for a visit; `ahead` people wait before it. Instants are UTC."""

    id: int
    reference: str
    office: OfficeView
    queue: str
    procedures: tuple[str, ...]
    cards: int
    first_day: date
    last_day: date
    state: str
    ahead: int
    offered_for: datetime | None
    offered_until: datetime | None
    booking_id: int | None

    @property
    def alive(self) -> bool:
        """Whether it still waits, or holds an offer."""
        return self.state in ALIVE


@dataclass(frozen=True)
class Crowd:
    """How many wait at an office for a queue, and between which days."""

    queue: str
    waiting: int
    offered: int
    first_day: date
    last_day: date


def line(place: OfficeView, queue: str, today: date) -> Sequence[WaitingEntry]:
    """Who waits for a place of this queue, in their order: those with fewer lapsed offers first, then by joining."""
    mine = (
        WaitingEntry.office_id == place.id,
        WaitingEntry.queue == queue,
        WaitingEntry.state == "waiting",
        WaitingEntry.last_day >= today,
    )
    return (
        session()
        .scalars(select(WaitingEntry).where(*mine).order_by(WaitingEntry.offers, WaitingEntry.id))
        .all()
    )


def by_token(token: str) -> EntryView:
    """The holder's entry; one and the same `NotFound` for every other text."""
    chosen = select(WaitingEntry).where(WaitingEntry.token_hash == fingerprint(token))
    row = session().scalar(chosen) if is_token(token) else None
    if row is None:
        raise NotFound
    before = or_(
        WaitingEntry.offers < row.offers, (WaitingEntry.offers == row.offers) & (WaitingEntry.id < row.id)
    )
    ahead = select(func.count()).where(
        WaitingEntry.office_id == row.office_id,
        WaitingEntry.queue == row.queue,
        WaitingEntry.state == "waiting",
        WaitingEntry.first_day <= row.last_day,
        WaitingEntry.last_day >= row.first_day,
        before,
    )
    return EntryView(
        row.id, row.reference, office_by_id(row.office_id), row.queue, tuple(row.procedures), row.cards,
        row.first_day, row.last_day, row.state, int(session().scalar(ahead) or 0), row.offered_for,
        row.offered_until, row.booking_id,
    )  # fmt: skip


def crowds(place: OfficeView) -> tuple[Crowd, ...]:
    """How many wait at an office, by queue."""
    waiting = func.count().filter(WaitingEntry.state == "waiting")
    offered = func.count().filter(WaitingEntry.state == "offered")
    days = (func.min(WaitingEntry.first_day), func.max(WaitingEntry.last_day))
    mine = (WaitingEntry.office_id == place.id, WaitingEntry.state.in_(ALIVE))
    rows = session().execute(
        select(WaitingEntry.queue, waiting, offered, *days).where(*mine).group_by(WaitingEntry.queue)
    )
    return tuple(Crowd(*row) for row in rows)
