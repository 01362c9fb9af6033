"""作り直し: a booking's link and QR code are replaced after they were lost or seen; the old ones open nothing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import _n
from models.core.tokens import derived, fingerprint, new_token
from models.core.tombstones import REISSUED
from models.core.transaction import act
from models.operations import applications, audit, subscriptions, tombstones
from models.operations.booking import ENDED, QR, Made
from models.operations.idempotency import Key, once
from models.queries import crossing
from models.queries.bookings import BookingView
from models.rules.sides import INSIDE
from models.tables import Application, Booking

OUTSIDE_ONLY = _n("予約のQRコードは、ここでは作り直せません。8文字の予約番号で受付してください。")


@act
def reissue(session: Session, booking: BookingView, actor: str, key: Key | None = None) -> Made:
    """A new token for a booking, and with it a new QR code and new ones of its forms; the old ones are unknown at once.

    The eight characters of the booking stay. Raises `Gone` for one that is not to come any more, `Conflict` on the
    inside of a separated network: bookings and their links live outside.
    """
    if crossing.side() == INSIDE:
        raise Conflict(OUTSIDE_ONLY)
    return once(session, key, Made, lambda: _reissued(session, booking, actor))


def _reissued(session: Session, booking: BookingView, actor: str) -> Made:
    row = session.scalar(select(Booking).where(Booking.id == booking.id).with_for_update())
    if row is None:
        raise NotFound
    if row.state != "booked":
        raise Gone(ENDED)
    token = new_token()
    tombstones.note(session, REISSUED, row.token_hash)
    row.token_hash, row.qr_hash = fingerprint(token), fingerprint(derived(token, QR))
    taken: set[str] = set()
    forms = select(Application).where(Application.booking_id == row.id).order_by(Application.id)
    for form in session.scalars(forms):
        of_form = new_token() if form.form in taken else applications.token_for(token, form.form)
        taken.add(form.form)
        tombstones.note(session, REISSUED, form.token_hash)
        form.token_hash = fingerprint(of_form)
        form.qr_hash = fingerprint(derived(of_form, applications.QR))
    subscriptions.renew(session, row.id, token)
    audit.note(session, actor, "booking.reissue", row.reference)
    return Made(row.reference, token)
