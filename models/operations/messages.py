"""お知らせを置く: what somebody is told is written with the act that causes it, and sent by the scheduler."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground
from models.core.space import current_space
from models.core.transaction import insert_unique, rows_changed
from models.core.vault import seal
from models.queries import channels
from models.queries.channels import FOREVER
from models.queries.offices import OfficeView
from models.rules.notices import KINDS
from models.tables import Message

PURPOSE = "message"
PATIENCE = timedelta(hours=24)
"""So long is a message tried; its address can be read for a day more."""


@dataclass(frozen=True)
class Recipient:
    """Who is told: one address a way, and the holder's token, so that the message can link to the page."""

    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Notice:
    """What there is to tell; `occasion` (up to 100 characters) says what, whom and which time: it is told once.

    `values` are words for the text's places. Instants are given as ISO 8601 and said in the message's language: `at`
    becomes {date} and {time}, `until` {until}, a `date` of its own {date}; `ends` is for the calendar. It is sent from
    `after` on, and not any more from `too_late_at` on.
    """

    kind: str
    occasion: str
    place: OfficeView
    language: str
    values: Mapping[str, str]
    booking_id: int | None = None
    visit_id: int | None = None
    after: datetime | None = None
    too_late_at: datetime | None = None


@dataclass(frozen=True)
class Way:
    """One way out to one address, as a subscription or a contact has it; `language` where it is its own."""

    channel: str
    address: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    subscription_id: int | None = None
    language: str = ""


def tell(session: Session, notice: Notice, to: Recipient) -> int:
    """Inside an act: one message for each open way on which the recipient has an address; how many.

    An occasion that there already is writes nothing. The city's own system, where it is open, hears of it as well.
    """
    opened = channels.opened()
    ways = [Way("email", to.email, to.token)] if to.email else []
    ways += [Way("sms", to.phone, to.token)] if to.phone else []
    ways += [Way("webhook")] if ways else []
    return put(session, notice, [way for way in ways if way.channel in opened])


def put(session: Session, notice: Notice, ways: Sequence[Way]) -> int:
    """Inside an act: write a message for each of these ways, but for what was written before; how many."""
    if notice.kind not in KINDS:
        raise ValueError(f"unknown kind of message: {notice.kind}")
    named = {_occasion(notice, way): way for way in ways}
    if not named:
        return 0
    there = set(session.scalars(select(Message.occasion).where(Message.occasion.in_(named))))
    fresh = [occasion for occasion in named if occasion not in there]
    for occasion in fresh:
        insert_unique(session, Message, _row(notice, occasion, named[occasion]))
    return len(fresh)


def drop(
    session: Session,
    booking_id: int | None = None,
    kinds: Sequence[str] = (),
    visit_id: int | None = None,
) -> int:
    """Inside an act: what is not sent yet and no longer true is not sent; how many. No `kinds` are all.

    What is on its way just now may still arrive, but is not tried again.
    """
    whose = Message.booking_id == booking_id if booking_id is not None else Message.visit_id == visit_id
    if booking_id is None and visit_id is None:
        return 0
    chosen = update(Message).where(whose, Message.kind.in_(kinds or KINDS))
    session.execute(chosen.where(Message.state == "sending").values(too_late_at=now()))
    values = {"state": "dropped", "ended_at": now(), "address": None, "problem": "no longer true"}
    return rows_changed(session, chosen.where(Message.state == "due").values(values))


def hashed(address: str) -> bytes:
    """A keyed hash of an address, however it is written; its key is outside the database."""
    return _code(unicodedata.normalize("NFKC", address).strip().casefold())


def keyed(text: str) -> bytes:
    """A keyed hash of a text as it is written; nobody can try texts out without the key."""
    return _code(text)


def identity(occasion: str) -> str:
    """The Message-ID of an occasion: the same at every try, and nobody else can work it out."""
    name = channels.host()[:70] or f"{current_space().code}.invalid"
    return f"<{_code('id|' + occasion).hex()[:40]}@{name}>"


def _code(text: str) -> bytes:
    key = ground().keys.data_key(current_space().code, f"hash-{FOREVER.isoformat()}", create=True)
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _occasion(notice: Notice, way: Way) -> str:
    whose = f"/{way.subscription_id}" if way.subscription_id is not None else ""
    return f"{notice.occasion}/{way.channel}{whose}"


def _row(notice: Notice, occasion: str, way: Way) -> dict[str, object]:
    at, name = now(), identity(occasion)
    begins = max(at, notice.after or at)
    due = notice.place.day_of(begins + PATIENCE) + timedelta(days=1)
    sealed = json.dumps({"to": way.address, "token": way.token}, ensure_ascii=False)
    return {
        "occasion": occasion,
        "kind": notice.kind,
        "channel": way.channel,
        "language": way.language or notice.language,
        "office_id": notice.place.id,
        "booking_id": notice.booking_id,
        "visit_id": notice.visit_id,
        "subscription_id": way.subscription_id,
        "address": seal(sealed, purpose=PURPOSE, due=due, row=f"message/{name}", field="address"),
        "address_hash": hashed(way.address) if way.address else None,
        "values": dict(notice.values),
        "message_id": name,
        "created_at": at,
        "next_at": begins,
        "too_late_at": notice.too_late_at,
    }
