"""予約のお知らせを止める・また受ける: the holder of a booking decides whether its own contact is told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import _n
from models.core.tokens import fingerprint, is_token
from models.core.transaction import act
from models.operations import subscriptions
from models.operations.booking_notices import contact_of
from models.operations.messages import Way, drop
from models.operations.subscriptions import About
from models.queries import channels
from models.queries.offices import office_by_id
from models.tables import Booking

NOBODY = _n("この予約には、お知らせを送れる連絡先がありません。")


@act
def stop(session: Session, token: str) -> None:
    """Nothing more is told of this booking; what waits is not sent. `NotFound`, or `Gone` where it is over."""
    row = _live(session, token)
    subscriptions.end_all(session, row.id)
    drop(session, row.id)


@act
def start_again(session: Session, token: str, language: str = "") -> None:
    """The addresses of the booking's contact are told on open ways, in a language where one is given.

    `Conflict` where there is none.
    """
    row = _live(session, token)
    row.language = language or row.language
    contact, about = contact_of(row), About(office_by_id(row.office_id), row.day, booking_id=row.id)
    found = [
        Way(channel, address, token)
        for channel, address in (("email", contact.email), ("sms", contact.phone))
        if address and channels.is_open(channel)
    ]
    if not found:
        raise Conflict(NOBODY)
    for way in found:
        subscriptions.keep(session, about, way, row.language, again=True)


def _live(session: Session, token: str) -> Booking:
    if not is_token(token):
        raise NotFound
    chosen = select(Booking).where(Booking.token_hash == fingerprint(token)).with_for_update()
    row: Booking | None = session.scalar(chosen)
    if row is None:
        raise NotFound
    if row.state != "booked":
        raise Gone
    return row
