"""枠を取る・返す: places are taken by conditional UPDATE, in time order, and given back to whom the policy says."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import plain
from models.core.errors import invalid
from models.core.messages import _n
from models.core.transaction import rows_changed
from models.queries import availability
from models.queries.offices import OfficeView
from models.queries.places_policy import places_policy
from models.tables import FreedPlace, Slot

slots = plain(Slot).c
RUN = (
    select(slots.id, slots.starts_at, slots.ends_at, slots.whole)
    .where(slots.office_id == bindparam("office"), slots.queue == bindparam("queue"))
    .where(slots.day == bindparam("day"), slots.starts_at >= bindparam("from"), slots.capacity > 0)
    .order_by(slots.starts_at)
    .limit(bindparam("count"))
)
"""The adjoining slots that a visit would take, from its beginning on."""
TAKE = (
    update(plain(Slot))
    .where(slots.id == bindparam("slot"), slots.taken < slots.capacity)
    .values(taken=slots.taken + 1)
)
"""One place, if there is one: the row count says who got it."""
GIVE = update(plain(Slot)).where(slots.id == bindparam("slot")).values(taken=slots.taken - 1)
NOT_ON_OFFER = _n("その時間は受け付けていません。カレンダーから選び直してください。")


class Full(Exception):
    """A place was gone when the act came to it."""

    def __init__(self, place: OfficeView, need: availability.Need, wanted: datetime) -> None:
        """Remember what was wanted, for finding what is near."""
        super().__init__()
        self.place, self.need, self.wanted = place, need, wanted


@dataclass(frozen=True)
class Places:
    """The slots of which a visit has a place, and when the last of them ends."""

    slots: tuple[int, ...]
    ends_at: datetime


def take(session: Session, place: OfficeView, need: availability.Need, starts_at: datetime) -> Places:
    """Inside an act: one place in each of the visit's adjoining slots, in time order.

    Raises `Full` where one is gone, `Invalid` (field `starts_at`) where there is no such time.
    """
    asked = {"office": place.id, "queue": need.queue, "day": place.day_of(starts_at), "from": starts_at}
    rows = session.execute(RUN, {**asked, "count": need.slots}).all()
    whole = bool(rows) and rows[0].whole
    rows = rows[:1] if whole else rows
    adjoining = all(one.ends_at == other.starts_at for one, other in zip(rows, rows[1:], strict=False))
    complete = len(rows) == (1 if whole else need.slots) and not any(one.whole for one in rows[1:])
    on_offer = complete and rows[0].starts_at == starts_at and adjoining
    if not on_offer or starts_at < now() + availability.LEAD:
        raise invalid("starts_at", NOT_ON_OFFER)
    for row in rows:
        if rows_changed(session, TAKE, {"slot": row.id}) != 1:
            raise Full(place, need, starts_at)
    return Places(tuple(row.id for row in rows), availability.ends_at(need, starts_at))


def give_back(session: Session, held: Iterable[int]) -> None:
    """Inside an act: these slots have a place more, at once."""
    for slot_id in sorted(held):
        session.execute(GIVE, {"slot": slot_id})


def keep_closed(session: Session, place: OfficeView, held: Iterable[int]) -> None:
    """Inside an act, after `give_back`: of slots that were full the place opens later, where the office wants it so."""
    policy = places_policy(place)
    if not policy.waits:
        return
    span = (policy.reopen_to_minutes - policy.reopen_from_minutes) * 60
    for slot_id in sorted(held):
        last = TAKE.where(slots.taken == slots.capacity - 1)
        if rows_changed(session, last, {"slot": slot_id}):
            seconds = policy.reopen_from_minutes * 60 + secrets.randbelow(span + 1)
            session.add(FreedPlace(slot_id=slot_id, opens_at=now() + timedelta(seconds=seconds)))
