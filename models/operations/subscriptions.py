"""お知らせの申込み: where the holder of a booking or a number wants to be told; ended with what it was for."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, FieldProblem, Gone, Invalid, NotFound, invalid
from models.core.messages import _n, message
from models.core.tokens import fingerprint, is_token
from models.core.transaction import act, rows_changed
from models.core.vault import seal
from models.operations import audit
from models.operations.messages import PURPOSE, Notice, Way, hashed, put
from models.queries import channels
from models.queries.offices import OfficeView, office_by_id
from models.queries.subscriptions import kept, row_name
from models.rules import contact, telephone
from models.tables import Booking, Subscription, Visit

MOST = 3
LONGEST_ADDRESS = 1500
TOO_MANY = _n("お知らせの申込みは、1つの予約・番号につき{most}つまでです。")
CLOSED = _n("この送り方は、いま使えません。")
NOT_A_PUSH = _n("この端末ではお知らせを受け取れません。ブラウザーの設定を確かめてください。")
NOT_LINE = _n("LINEのお知らせ先を確かめられません。もう一度お試しください。")


@dataclass(frozen=True)
class About:
    """What a subscription is for: one booking or one visit, and the day after which it ends."""

    place: OfficeView
    day: date
    booking_id: int | None = None
    visit_id: int | None = None


@act
def subscribe(session: Session, token: str, channel: str, address: str, language: str) -> int:
    """The holder of a booking's or number's token is told this way from now on; asking again changes only the language.

    Raises `NotFound` for an unknown token, `Gone` after the visit, `Conflict` where the way is closed or there are
    three already, `Invalid` for an address that cannot be one.
    """
    about = about_of(session, token)
    if not channels.is_open(channel) or channel == "webhook":
        raise Conflict(CLOSED)
    return keep(session, about, Way(channel, checked_address(channel, address), token), language)


def keep(session: Session, about: About, way: Way, language: str, again: bool = False) -> int:
    """Inside an act: the subscription's row, made or woken again; with `again`, sealed anew in any case."""
    code = hashed(way.address)
    row: Subscription | None = session.scalar(_of(about).where(Subscription.address_hash == code))
    if row is not None and row.ended_at is None and not again:
        row.language = language
        return row.id
    count = session.scalar(
        select(func.count()).select_from(_of(about).where(Subscription.ended_at.is_(None)).subquery())
    )
    if (count or 0) >= MOST and not again:
        raise Conflict(message(TOO_MANY, most=MOST))
    row = row or Subscription(
        office_id=about.place.id, booking_id=about.booking_id, visit_id=about.visit_id, address_hash=code
    )
    text = json.dumps({"to": way.address, "token": way.token}, ensure_ascii=False)
    row.address = seal(text, purpose=PURPOSE, due=about.day, row=row_name(row), field="address")
    row.channel, row.language, row.due = way.channel, language, about.day
    row.created_at, row.ended_at = now(), None
    session.add(row)
    session.flush()
    return row.id


@act
def end(session: Session, token: str, number: int) -> bool:
    """The holder does not want to be told this way any more; False where there is nothing to end."""
    about = about_of(session, token)
    mine = update(Subscription).where(Subscription.id == number, Subscription.ended_at.is_(None))
    of = (
        Subscription.booking_id == about.booking_id
        if about.booking_id
        else Subscription.visit_id == about.visit_id
    )
    return rows_changed(session, mine.where(of).values(ended_at=now(), address=None)) == 1


@act
def unreachable(session: Session, number: int) -> None:
    """Whoever it was does not listen there any more: the way out said so for good."""
    mine = update(Subscription).where(Subscription.id == number, Subscription.ended_at.is_(None))
    if rows_changed(session, mine.values(ended_at=now(), address=None)):
        audit.note(session, audit.SYSTEM, "subscription.end", str(number))


def stopped(session: Session, booking_id: int, address: str) -> bool:
    """Whether the holder of a booking was told there and is not any more."""
    mine = Subscription.booking_id == booking_id, Subscription.address_hash == hashed(address)
    chosen = select(Subscription.id).where(*mine, Subscription.ended_at.is_not(None))
    return bool(address) and session.scalar(chosen) is not None


def end_all(session: Session, booking_id: int) -> None:
    """Inside an act: nothing more is told of this booking; its addresses are gone at once."""
    mine = update(Subscription).where(Subscription.booking_id == booking_id, Subscription.ended_at.is_(None))
    session.execute(mine.values(ended_at=now(), address=None))


def renew(session: Session, booking_id: int, token: str) -> None:
    """Inside an act: a booking has another token; what is told from now on links with it."""
    chosen = select(Subscription).where(
        Subscription.booking_id == booking_id, Subscription.ended_at.is_(None)
    )
    for row in session.scalars(chosen):
        if (known := kept(row)) is not None:
            text = json.dumps({**known, "token": token}, ensure_ascii=False)
            row.address = seal(text, purpose=PURPOSE, due=row.due, row=row_name(row), field="address")


def ways_of(session: Session, booking_id: int | None = None, visit_id: int | None = None) -> list[Way]:
    """Where the holder of a booking or a number wants to be told, where it can still be read and the way is open."""
    whose = Subscription.booking_id == booking_id if booking_id else Subscription.visit_id == visit_id
    rows = session.scalars(select(Subscription).where(whose, Subscription.ended_at.is_(None))).all()
    opened = channels.opened() if rows else frozenset()
    found = []
    for row in rows:
        if row.channel in opened and row.address is not None and (known := kept(row)) is not None:
            found.append(Way(row.channel, known["to"], known["token"], row.id, row.language))
    return found


def tell_holders(session: Session, notice: Notice) -> int:
    """Inside an act: tell whoever asked to be told of this booking or visit; how many. One look where nobody did."""
    return put(session, notice, ways_of(session, notice.booking_id, notice.visit_id))


def checked_address(channel: str, address: str) -> str:
    """An address as this way wants it; `Invalid` otherwise."""
    text = unicodedata.normalize("NFKC", address).strip()
    if channel == "email":
        refusal = contact.email_refusal(address, text) if text else message(contact.NOT_AN_EMAIL)
        if refusal is not None:
            raise Invalid([FieldProblem("address", refusal)])
        return text
    if channel == "sms":
        refusal = telephone.refusal(address)
        if refusal is not None:
            raise Invalid([FieldProblem("address", refusal)])
        return telephone.cleaned(address)
    if channel == "push":
        return _push(address)
    if len(text) != 33 or not text.startswith("U") or not text.isalnum():
        raise invalid("address", NOT_LINE)
    return text


def _push(address: str) -> str:
    """A browser's push subscription: where to send, and the two keys with which only it can read."""
    try:
        given: Any = json.loads(address) if len(address) <= LONGEST_ADDRESS else None
        endpoint, keys = given["endpoint"], given["keys"]
        known = {"endpoint": endpoint, "keys": {"p256dh": keys["p256dh"], "auth": keys["auth"]}}
        fits = all(
            isinstance(value, str) and value.isprintable() for value in (endpoint, *known["keys"].values())
        )
        if not fits or urlsplit(endpoint).scheme != "https" or not urlsplit(endpoint).hostname:
            raise ValueError
    except (ValueError, TypeError, KeyError) as problem:
        raise invalid("address", NOT_A_PUSH) from problem
    return json.dumps(known, sort_keys=True)


def about_of(session: Session, token: str) -> About:
    """Inside an act: what a holder's token is for, locked; `NotFound` where it is unknown, `Gone` after the visit."""
    if not is_token(token):
        raise NotFound
    code = fingerprint(token)
    booking = session.scalar(select(Booking).where(Booking.token_hash == code).with_for_update())
    if booking is not None:
        if booking.state != "booked":
            raise Gone
        return About(office_by_id(booking.office_id), booking.day, booking_id=booking.id)
    visit = session.scalar(select(Visit).where(Visit.token_hash == code).with_for_update())
    if visit is None:
        raise NotFound
    place = office_by_id(visit.office_id)
    if visit.day != place.day_of(now()):
        raise Gone
    return About(place, visit.day, visit_id=visit.id)


def _of(about: About) -> Any:
    chosen = select(Subscription)
    if about.booking_id is not None:
        return chosen.where(Subscription.booking_id == about.booking_id)
    return chosen.where(Subscription.visit_id == about.visit_id)
