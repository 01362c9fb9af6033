"""同じ連絡先の予約: how many visits one contact holds, and how soon after giving some up it may book again.

Contacts are sealed; whose a booking is, is found by keyed hashes of its addresses. Who left none is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import ground, plain
from models.core.errors import Conflict, TooMany
from models.core.messages import _n, message
from models.operations.messages import keyed
from models.queries.bookings import Contact
from models.queries.offices import OfficeView
from models.queries.places_policy import places_policy
from models.rules.contact import persons
from models.rules.places_policy import PlacesPolicy
from models.tables import Booking, BookingPerson

API = "api"
LOCKS = 0x70657273
"""PostgreSQL's number of the locks that put the bookings of one contact in a row."""
TOO_MANY = _n(
    "同じメールアドレスや電話番号の予約は、{most}件までです。予約を1件取り消すか、来庁がすんでから予約してください。"
    "ご家族の手続きは、1件の予約にまとめられます。お困りのときは庁舎へお電話ください。"
)
TOO_SOON = _n(
    "短い間に何度も予約が取り消されたため、あと{minutes}分ほどたってから予約してください。お急ぎのときは庁舎へお電話ください。"
)


class Limit(Conflict):
    """One contact holds, or gave up, too many bookings; `extra` has the office's `telephone`."""

    kind = "limit"


class TooSoon(Limit, TooMany):
    """One contact gave up too many bookings a short while ago; it may book again after `retry_after` seconds."""

    status = TooMany.status


def hashes(contact: Contact) -> tuple[bytes, ...]:
    """Whose a booking with this contact is: one keyed hash an address, that of the e-mail address first."""
    return tuple(keyed(f"person|{one}") for one in persons(contact.email, contact.phone))


def check(session: Session, place: OfficeView, contact: Contact, channel: str, *, again: bool = True) -> None:
    """Inside an act, before it takes places: `Limit` (`TooSoon` for a while) where this contact may not book here now.

    Until the act ends nobody else books for the same contact. Without `again` what it gave up does not count.
    What comes through the `channel` api counts for an office that wants it so.
    """
    whose, policy, at = hashes(contact), places_policy(place), now()
    if not whose or (channel == API and not policy.limits_api):
        return
    _alone(session, whose)
    for one in whose:
        held, given_up = _of(session, place, one, policy, at)
        if policy.most_booked and held >= policy.most_booked:
            raise Limit(message(TOO_MANY, most=policy.most_booked), telephone=place.telephone)
        if again and policy.most_cancelled and len(given_up) >= policy.most_cancelled:
            free = given_up[-policy.most_cancelled] + timedelta(minutes=policy.cancelled_minutes)
            minutes, seconds = (-(-(free - at) // timedelta(seconds=length)) for length in (60, 1))
            raise TooSoon(message(TOO_SOON, minutes=minutes), seconds, telephone=place.telephone)


def remember(session: Session, booking_id: int, contact: Contact) -> None:
    """Inside an act that wrote a booking: whose it is."""
    rows = [{"booking_id": booking_id, "person_hash": one} for one in hashes(contact)]
    if rows:
        session.execute(insert(plain(BookingPerson)), rows)


def _alone(session: Session, whose: Sequence[bytes]) -> None:
    """SQLite's writers are in a row already."""
    if ground().settings.on_postgresql:
        for one in sorted(whose):
            part = int.from_bytes(one[:4], "big", signed=True)
            session.execute(select(func.pg_advisory_xact_lock(LOCKS, part)))


def _of(
    session: Session, place: OfficeView, person: bytes, policy: PlacesPolicy, at: datetime
) -> tuple[int, list[datetime]]:
    """How many visits a person still has before them here, and when those were given up that count, oldest first."""
    since = at - timedelta(minutes=policy.cancelled_minutes)
    ahead = and_(Booking.state == "booked", Booking.day >= place.day_of(at))
    given_up = and_(Booking.state == "cancelled", Booking.ended_at > since)
    asked: Any = (
        select(Booking.state, Booking.ended_at)
        .join(BookingPerson, BookingPerson.booking_id == Booking.id)
        .where(BookingPerson.person_hash == person, Booking.office_id == place.id, or_(ahead, given_up))
    )
    rows = session.execute(asked).all()
    ended = sorted(row.ended_at for row in rows if row.state == "cancelled")
    return len(rows) - len(ended), ended
