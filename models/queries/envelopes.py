"""封をした申請書 of a booking or a token: the texts of its QR codes, which say nothing to anybody but the counter."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from models.core.db import session
from models.core.errors import Gone, NotFound
from models.core.tokens import fingerprint, is_token
from models.core.vault import unseal
from models.papers import sealed
from models.queries import sealing_keys
from models.tables import Envelope


@dataclass(frozen=True)
class EnvelopeView:
    """One kept envelope: the texts of its codes in order, the last day on which the counter can open it."""

    reference: str
    form: str
    office_id: int
    booking_id: int | None
    codes: tuple[str, ...]
    due: date
    opens_until: date
    created_at: datetime


def name_of(reference: str) -> str:
    """Under which name an envelope is sealed at rest."""
    return f"envelope/{reference}"


def of_booking(booking_id: int) -> EnvelopeView | None:
    """What the holder of a booking sealed, None where nothing is kept."""
    try:
        return _found(Envelope.booking_id == booking_id)
    except (Gone, NotFound):
        return None


def by_token(token: str) -> EnvelopeView:
    """The holder's envelope; one and the same `NotFound` for every other text, `Gone` after it was deleted."""
    if not is_token(token):
        raise NotFound
    return _found(Envelope.token_hash == fingerprint(token))


def _found(condition: ColumnElement[bool]) -> EnvelopeView:
    row = session().scalar(select(Envelope).where(condition).order_by(Envelope.id.desc()).limit(1))
    if row is None:
        raise NotFound
    whole = base64.b64decode(unseal(row.content, row=name_of(row.reference), field="content"))
    key = sealing_keys.by_mark(sealed.key_mark(whole))
    return EnvelopeView(
        row.reference,
        row.form,
        row.office_id,
        row.booking_id,
        sealed.texts(whole),
        row.due,
        key.last_day,
        row.created_at,
    )
