"""封の鍵を作る・壊す: a key pair for each office and month, made ahead, exported as public keys, ended after it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.errors import Conflict, NotFound, invalid
from models.core.messages import _n, message
from models.core.sealing import mark_of
from models.core.space import current_space
from models.core.transaction import act, afterwards, flush_unique
from models.core.unsealing import private_key, public_key
from models.operations import audit, setting_changes, tombstones
from models.queries import offices
from models.queries.sealing_keys import PURPOSE, last_day_of, over
from models.queries.setting_changes import KEYS
from models.rules import free_text
from models.tables import SealingKey

MONTHS_AHEAD = 4
"""Keys are there for this month and the next ones, longer than anybody can book ahead."""
NO_SUCH_MONTH = _n("その月の鍵はここにありません。")
NO_REASON = _n("理由を書いてください。あとから確かめられるように記録します。")
LONGEST_REASON = 80


class StillNeeded(Conflict):
    """The key's month is not over: residents may hold codes that it opens."""

    kind = "still-needed"
    default = _n(
        "この月はまだ終わっていません。壊すと、住民が持っているQRコードを開けなくなるため、画面では壊せません。"
    )


def renew(today: date) -> dict[str, int]:
    """Make the keys that are missing, destroy those of months that are over; how many of each."""
    return {"made": make_ahead(today), "ended": end_past(today)}


@act
def make_ahead(session: Session, today: date, actor: str = audit.SYSTEM) -> int:
    """Make what is missing of the keys of this month and the next ones; how many."""
    keys, code, made = ground().keys, current_space().code, 0
    for month in _months(today):
        known = set(session.scalars(select(SealingKey.office_id).where(SealingKey.month == month)))
        for place in offices.offices():
            if place.id not in known:
                secret = keys.data_key(code, f"{PURPOSE}-{month.isoformat()}", create=True)
                _add(session, place.id, month, public_key(private_key(secret, place.code)))
                made += 1
    if made:
        audit.note(session, actor, "sealing.make", "", str(made))
    return made


@act
def end_past(session: Session, today: date, actor: str = audit.SYSTEM) -> int:
    """Destroy the private keys of the months before this one, for good; how many months."""
    return sum(_end(session, month, actor) for month in _kept() if month < today.replace(day=1))


@act
def end(session: Session, month: date, actor: str) -> int:
    """Destroy the private keys of one month that is over; how many months. `StillNeeded` while it is not."""
    first = _known(month)
    if not over(first):
        raise StillNeeded
    return _end_by_hand(session, first, actor)


@act
def end_early(session: Session, month: date, reason: str, actor: str) -> int:
    """Destroy the private keys of one month at once: codes that residents hold can never be opened. How many months.

    For who stands at the machine that keeps the keys; the reason goes into the audit.
    """
    first, said = _known(month), reason.strip()[:LONGEST_REASON]
    refused = free_text.refusal(said) if said else message(NO_REASON)
    if refused is not None:
        raise invalid("reason", refused.template, **refused.values)
    return _end_by_hand(session, first, actor, said)


def _months(today: date) -> list[date]:
    """This month and the next ones, as their first days."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS_AHEAD:
        found.append(last_day_of(found[-1]) + timedelta(days=1))
    return found


def _known(month: date) -> date:
    """The first day of a month whose secret is still there; `NotFound` where it is not."""
    first = month.replace(day=1)
    if first not in _kept():
        raise NotFound(NO_SUCH_MONTH)
    return first


def _end_by_hand(session: Session, first: date, actor: str, reason: str = "") -> int:
    setting_changes.keep(session, KEYS, f"{first:%Y-%m}", {"opens": True}, {"opens": False}, actor)
    return _end(session, first, actor, reason)


def _kept() -> list[date]:
    """The months whose secret is still there, oldest first."""
    return ground().keys.days_of(current_space().code, PURPOSE)


def _add(session: Session, office: int, month: date, public: bytes) -> None:
    session.add(SealingKey(office_id=office, month=month, mark=mark_of(public), public=public, made_at=now()))
    flush_unique(session)


def _end(session: Session, month: date, actor: str, reason: str = "") -> int:
    """One month's private keys: said first, then destroyed once that stands."""
    tombstones.note_day_key(PURPOSE, month)
    mine = (SealingKey.month == month, SealingKey.ended_at.is_(None))
    session.execute(update(SealingKey).where(*mine).values(ended_at=now()))
    audit.note(session, actor, "sealing.end", "", f"{month:%Y-%m} {reason}".strip())
    afterwards(session, partial(ground().keys.destroy, current_space().code, PURPOSE, month))
    return 1
