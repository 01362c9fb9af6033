"""LINEで知らせる: a one-time code, sent to the city's LINE account, ties a LINE user to a booking or a number.

The page shows the code, its holder sends it in LINE, LINE's servers tell us who sent it. What is answered goes out by
the outbox, like every message.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Gone, NotFound
from models.core.keys import KeyDestroyed, Unreadable
from models.core.tokens import fingerprint
from models.core.transaction import act, flush_unique, rows_changed
from models.core.vault import seal, unseal
from models.operations import audit, channels, subscriptions
from models.operations.messages import PURPOSE, Notice, Way, hashed, keyed, put
from models.queries import ways
from models.queries.offices import offices
from models.rules import line_account, references
from models.rules.line_account import Delivery, Heard
from models.tables import Channel, LineCode, Message, Subscription

LIFE = timedelta(minutes=10)
MOST_WRONG, WITHIN = 5, timedelta(hours=1)
"""After so many wrong codes within this span nothing that this LINE user sends is looked at."""


@dataclass(frozen=True)
class Issued:
    """A code that was made just now: shown once, good until `until`."""

    code: str = field(repr=False)
    until: datetime


@act
def issue(session: Session, token: str, language: str) -> Issued:
    """A new code for the holder of a booking's or number's token, in whose place there was one before.

    Raises `NotFound` for an unknown token, `Gone` after the visit, `Conflict` where the city has no LINE account.
    """
    about = subscriptions.about_of(session, token)
    if not ways.line_account():
        raise Conflict(subscriptions.CLOSED)
    at, code = now(), references.new(secrets.token_bytes(8))
    mine = fingerprint(token)
    session.execute(
        delete(LineCode).where(or_(LineCode.holder_hash == mine, LineCode.expires_at < at - LIFE))
    )
    mark = _mark(code)
    kept = json.dumps({"token": token, "language": language})
    session.add(
        LineCode(
            code_hash=mark,
            holder_hash=mine,
            holder=seal(kept, purpose=PURPOSE, due=about.day, row=_row(mark), field="holder"),
            expires_at=at + LIFE,
        )
    )
    flush_unique(session)
    return Issued(code, at + LIFE)


def hear(body: bytes, signature: str) -> int:
    """Take in what LINE's servers tell; how much of it changed something. Told again, it changes nothing.

    Raises `NotFound` where the city has no LINE account, `Forbidden` for what LINE did not sign or what is another
    account's, `ValueError` for what cannot be read.
    """
    known = ways.kept_needs("line") if ways.line_account() else {}
    if not known:
        raise NotFound
    if not line_account.signed(known["secret"], body, signature):
        raise Forbidden
    given = line_account.delivery(body)
    _check_account(known.get("bot", ""), given)
    return sum(_left(one) if one.kind == "left" else _wrote(one) for one in given.events)


def _check_account(bot: str, given: Delivery) -> None:
    """Whose account it is, is learnt from the first call that the secret proves."""
    if not bot:
        channels.learn_account(given.account)
    elif bot != given.account:
        raise Forbidden


@act
def _wrote(session: Session, heard: Heard) -> bool:
    """A text: where it is a code, tie whoever sent it; one that is none is answered, as often as somebody may guess."""
    if not line_account.code_like(heard.text):
        return False
    session.execute(select(Channel.name).where(Channel.name == "line").with_for_update())
    person, at = hashed(heard.person), now()
    wrong = select(func.count()).where(
        Message.kind == "not_linked", Message.address_hash == person, Message.created_at > at - WITHIN
    )
    if (session.scalar(wrong) or 0) >= MOST_WRONG:
        return False
    mark = _mark(references.parse(heard.text) or "")
    row = session.scalar(select(LineCode).where(LineCode.code_hash == mark, LineCode.expires_at > at))
    if row is not None and row.used_by == person:
        return False
    if row is not None and row.used_by is None and _tied(session, row, heard):
        row.used_by = person
        return True
    notice = Notice("not_linked", f"not_linked/{heard.event}", offices()[0], "ja", {})
    return put(session, notice, [Way("line", heard.person)]) > 0


def _tied(session: Session, row: LineCode, heard: Heard) -> bool:
    """Tell this LINE user from now on what the code's holder is told; False where that is over, or full."""
    try:
        kept = json.loads(unseal(row.holder, row=_row(row.code_hash), field="holder"))
        about = subscriptions.about_of(session, kept["token"])
        way = Way("line", heard.person, kept["token"])
        number = subscriptions.keep(session, about, way, kept["language"])
    except (KeyDestroyed, Unreadable, NotFound, Gone, Conflict):
        return False
    occasion = f"linked/{row.code_hash.hex()[:40]}"
    notice = Notice(
        "linked",
        occasion,
        about.place,
        kept["language"],
        {},
        booking_id=about.booking_id,
        visit_id=about.visit_id,
    )
    put(session, notice, [Way("line", heard.person, kept["token"], number, kept["language"])])
    audit.note(session, audit.RESIDENT, "line.link", str(number))
    return True


@act
def _left(session: Session, heard: Heard) -> bool:
    """Who does not want to hear from the account any more is told nothing more of what was asked for until then."""
    person = hashed(heard.person)
    told = update(Message).where(
        Message.channel == "line", Message.address_hash == person, Message.created_at <= heard.at
    )
    ended = {"state": "dropped", "ended_at": now(), "address": None, "problem": "no longer true"}
    session.execute(told.where(Message.state == "due").values(ended))
    session.execute(told.where(Message.state == "sending").values(too_late_at=now()))
    asked = update(Subscription).where(
        Subscription.channel == "line", Subscription.address_hash == person, Subscription.ended_at.is_(None)
    )
    stopped = asked.where(Subscription.created_at <= heard.at).values(ended_at=now(), address=None)
    count = rows_changed(session, stopped)
    if count:
        audit.note(session, audit.RESIDENT, "line.leave", "", str(count))
    return count > 0


@act
def forget(session: Session) -> int:
    """Delete the codes whose time is over; how many."""
    return rows_changed(session, delete(LineCode).where(LineCode.expires_at < now() - LIFE))


def _mark(code: str) -> bytes:
    """What is kept of a code."""
    return keyed(f"line|{code}")


def _row(mark: bytes) -> str:
    return f"line/{mark.hex()}"
