"""封をした申請書: kept for the resident without being read. What opens it stands in `models.operations.unsealing`."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Gone, NotFound, invalid
from models.core.messages import _n
from models.core.sealing import sealed_to
from models.core.space import current_space
from models.core.tokens import fingerprint, is_token, new_token
from models.core.transaction import act, flush_unique
from models.core.vault import seal
from models.operations import applications, audit
from models.operations.applications import ENDED, Filed
from models.operations.idempotency import Key, once
from models.papers import sealed
from models.queries import bookings, catalogue, sealing_keys
from models.queries import envelopes as kept
from models.queries.applications import PURPOSE
from models.queries.bookings import BookingView
from models.queries.offices import OfficeView
from models.queries.sealing_keys import SealingKeyView
from models.rules import references
from models.rules.forms import packing
from models.tables import Envelope

NOT_SEALED = _n("封をした申請書として読めません。もう一度作ってください。")
OTHER_KEY = _n("封の鍵が、この庁舎のこの日のものではありません。鍵をもう一度取って、封をしてください。")
TOO_MUCH = _n("申請書が多すぎて、QRコードに入りません。残りは窓口で書いてください。")


def for_booking(booking: BookingView, forms: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The forms of a visit (code → answers that the rules have passed), sealed here and forgotten.

    For phones that cannot seal by themselves. `Unavailable` without a key, `Invalid` where three codes do not hold it.
    """
    key = sealing_keys.for_day(booking.office, booking.day)
    editions = {code: catalogue.edition(catalogue.edition_with(code, booking.edition)) for code in forms}
    known = {code: edition.forms[code] for code, edition in editions.items()}
    parts = tuple(
        sealed.PackedForm(
            code, packing.mark(known[code]), packing.packed(packing.plan(known[code]), dict(answers))
        )
        for code, answers in forms.items()
    )
    return sealed_for(booking.office, key, sealed.Contents(booking.reference, parts))


@act
def keep(session: Session, booking_token: str, envelope: bytes) -> None:
    """Keep what the holder of a booking sealed, in place of what was kept before.

    `Invalid` for what cannot be an envelope or is sealed for another office or month, `Gone` after the visit.
    """
    booking = bookings.by_token(booking_token)
    if not booking.live:
        raise Gone(ENDED)
    _judged(booking.office, booking.day, envelope)
    due = applications.due_of(booking.office, booking)
    for row in session.scalars(select(Envelope).where(Envelope.booking_id == booking.id).with_for_update()):
        if row.digest == sealed.digest(envelope):
            return
        applications.end_envelope(session, row)
    row = _row(session, booking.office, envelope, due, new_token(), booking)
    audit.note(session, audit.RESIDENT, "envelope.keep", row.reference)


@act
def file(
    session: Session,
    place: OfficeView,
    form: str,
    envelope: bytes,
    booking: BookingView | None = None,
    key: Key | None = None,
) -> Filed:
    """Keep an envelope with one form, with or without a booking; `Invalid` as for `keep`."""

    def made() -> Filed:
        if booking is not None and not booking.live:
            raise Gone(ENDED)
        if form not in catalogue.current().forms:
            raise invalid("form", applications.NO_SUCH_FORM)
        due = applications.due_of(place, booking)
        _judged(place, booking.day if booking else due, envelope)
        token = new_token()
        row = _row(session, place, envelope, due, token, booking, form)
        audit.note(session, audit.RESIDENT, "envelope.file", row.reference)
        return Filed(row.reference, token)

    return once(session, key, Filed, made)


@act
def delete(session: Session, token: str) -> None:
    """Delete an envelope at once; `NotFound` for every other token."""
    found = select(Envelope).where(Envelope.token_hash == fingerprint(token)).with_for_update()
    row = session.scalar(found) if is_token(token) else None
    if row is None:
        raise NotFound
    applications.end_envelope(session, row)
    audit.note(session, audit.RESIDENT, "envelope.delete", row.reference)


@act
def delete_of(session: Session, booking_token: str) -> None:
    """Delete what the holder of a booking sealed; without any, nothing happens."""
    booking = bookings.by_token(booking_token)
    if applications.end_envelopes(session, booking.id):
        audit.note(session, audit.RESIDENT, "envelope.delete", booking.reference)


def sealed_for(place: OfficeView, key: SealingKeyView, contents: sealed.Contents) -> bytes:
    """An envelope for an office; `Invalid` where three codes do not hold it."""
    body = sealed_to(key.public, sealed.content(contents), sealed.about(current_space().code, place.code))
    try:
        return sealed.envelope(key.mark, body)
    except ValueError as problem:
        raise invalid("sealed", TOO_MUCH) from problem


def _judged(place: OfficeView, day: date, envelope: bytes) -> None:
    """`Invalid` unless it may be an envelope of this office that can be opened on this day."""
    try:
        sealed.checked(envelope)
    except ValueError as problem:
        raise invalid("sealed", NOT_SEALED) from problem
    try:
        key = sealing_keys.by_mark(sealed.key_mark(envelope))
    except NotFound as problem:
        raise invalid("sealed", OTHER_KEY) from problem
    if key.office_id != place.id or not key.opens or key.last_day < day:
        raise invalid("sealed", OTHER_KEY)


def _row(
    session: Session,
    place: OfficeView,
    envelope: bytes,
    due: date,
    token: str,
    booking: BookingView | None,
    form: str = "",
) -> Envelope:
    reference = references.new(secrets.token_bytes(8))
    row = Envelope(
        reference=reference,
        token_hash=fingerprint(token),
        digest=sealed.digest(envelope),
        office_id=place.id,
        booking_id=booking.id if booking else None,
        form=form,
        content=seal(
            base64.b64encode(envelope).decode(),
            purpose=PURPOSE, due=due, row=kept.name_of(reference), field="content", alone=True,
        ),
        due=due,
        created_at=now(),
    )  # fmt: skip
    session.add(row)
    flush_unique(session)
    return row
