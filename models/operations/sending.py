"""送る: messages are claimed, sent outside any transaction, and noted. A crash in between sends the same one again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core import log
from models.core.clock import now
from models.core.db import ground
from models.core.space import current_space
from models.core.transaction import act, rows_changed
from models.operations import subscriptions
from models.operations.outbox import BATCH, Outbox
from models.queries.channels import is_open
from models.queries.undelivered import NO_WAY
from models.rules.sending import HOUR, MOST_AN_HOUR, WITHOUT_A_WAY
from models.tables import Message

OUT = Outbox(Message, "sending")
A_MOMENT = timedelta(minutes=1)
CLAIMS = 0x6D657373
"""PostgreSQL's number of the lock that puts a municipality's claims in a row."""


@act
def claim(session: Session, holder: str, channel: str, most: int = BATCH) -> list[int]:
    """Take due messages of one way out, oldest first, each by conditional UPDATE; their rows.

    What is too late is dropped; what would be a fourth e-mail to an address within an hour waits.
    """
    if ground().settings.on_postgresql:
        code = current_space().code
        session.execute(select(func.pg_advisory_xact_lock(CLAIMS, func.hashtext(code))))
    at = now()
    free = OUT.free(at)
    mine = Message.channel == channel
    late = update(Message).where(mine, free, Message.too_late_at <= at)
    session.execute(late.values(state="dropped", ended_at=at, address=None, problem="too late"))
    chosen = select(Message.id, Message.address_hash, Message.state).where(mine, free, Message.next_at <= at)
    taken = []
    for row in session.execute(chosen.order_by(Message.next_at, Message.id).limit(most)).all():
        wait = _wait(session, row.address_hash, at) if channel == "email" and row.state == "due" else None
        one = update(Message).where(Message.id == row.id, Message.state == row.state)
        if wait is not None:
            session.execute(one.values(next_at=wait))
        elif rows_changed(session, one.values(OUT.claimed(holder, at))) == 1:
            taken.append(row.id)
    return taken


@act
def sent(session: Session, number: int, holder: str) -> bool:
    """Note that a message went out; its address is forgotten. False where somebody else holds it by now."""
    return OUT.note(
        session, number, holder, {"state": "sent", "ended_at": now(), "address": None, "problem": ""}
    )


@act
def again(session: Session, number: int, holder: str, problem: str) -> bool:
    """Note that a message did not go out: it is tried again, ever later, and given up after 24 hours."""
    later = OUT.next_try(session, number, problem)
    if later is None:
        return _given_up(session, number, holder, problem)
    return OUT.note(session, number, holder, later)


@act
def never(session: Session, number: int, holder: str, problem: str) -> bool:
    """Note that a message cannot go out, now or later; staff see it among the dead letters."""
    return _given_up(session, number, holder, problem)


@act
def give_up(session: Session, channel: str) -> int:
    """Of a way out that there is not (any more), give up what waited for it a whole day; how many.

    Staff see it among the dead letters and can send it again once the way is there. An open way loses nothing.
    """
    if is_open(channel):
        return 0
    at = now()
    waited = update(Message).where(
        Message.channel == channel, OUT.free(at), Message.next_at <= at - WITHOUT_A_WAY
    )
    count = rows_changed(session, waited.values(state="dead", ended_at=at, address=None, problem=NO_WAY))
    if count:
        log.logger().warning(
            "messages without a way out", municipality=current_space().code, way=channel, count=count
        )
    return count


def gone(number: int, holder: str, problem: str) -> None:
    """Like `never`, where whoever it was does not listen there any more: the subscription ends as well."""
    subscription = _subscription(number)
    never(number, holder, problem)
    if subscription is not None:
        subscriptions.unreachable(subscription)


@act
def _subscription(session: Session, number: int) -> int | None:
    return session.scalar(select(Message.subscription_id).where(Message.id == number))


def _given_up(session: Session, number: int, holder: str, problem: str) -> bool:
    if not OUT.note(session, number, holder, OUT.given_up(problem) | {"address": None}):
        return False
    log.logger().warning("message dead", municipality=current_space().code, message=number)
    return True


def _wait(session: Session, address: bytes | None, at: datetime) -> datetime | None:
    """Until when a mail to this address waits; None where it may go out now."""
    if address is None:
        return None
    to = (Message.channel == "email", Message.address_hash == address)
    gone_out = Message.state == "sent", Message.ended_at > at - HOUR
    ended = session.scalars(select(Message.ended_at).where(*to, *gone_out).order_by(Message.ended_at))
    lately = [one for one in ended if one is not None]
    on_the_way = session.scalar(select(func.count()).where(*to, Message.state == "sending")) or 0
    if len(lately) + on_the_way < MOST_AN_HOUR:
        return None
    return lately[-MOST_AN_HOUR] + HOUR if len(lately) >= MOST_AN_HOUR else at + A_MOMENT
