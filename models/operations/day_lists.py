"""予約の一覧を書き出す: the bookings of an office's day, signed by the outside and sealed for the inside alone."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.db import session as reading
from models.core.sealing import mark_of, sealed_to
from models.core.transaction import act
from models.core.vault import unseal
from models.operations import audit, pairing
from models.papers import carried, day_list
from models.papers.day_list import Line
from models.queries.envelopes import name_of
from models.queries.offices import OfficeView
from models.rules.sides import OUTSIDE
from models.tables import Booking, Envelope


@act
def export(session: Session, place: OfficeView, day: date, actor: str) -> bytes:
    """The day-list of an office as a file: everybody who is expected, as it stands now.

    `Conflict` on any other side than the outside, and before both sides' keys were exchanged.
    """
    pairing.only_on(OUTSIDE)
    other = pairing.known()
    lines = _lines(place, day)
    made = pairing.signed_file(
        carried.DAY_LIST,
        place.code,
        day,
        lambda header: mark_of(other.seal) + sealed_to(other.seal, day_list.content(lines), header.about),
    )
    audit.note(session, actor, "day-list.export", f"{place.code} {day}", f"bookings {len(lines)}")
    return made


def _lines(place: OfficeView, day: date) -> tuple[Line, ...]:
    """The bookings that still stand, earliest first."""
    chosen = select(Booking).where(
        Booking.office_id == place.id, Booking.day == day, Booking.state == "booked"
    )
    rows = reading().scalars(chosen.order_by(Booking.starts_at, Booking.id)).all()
    sealed = _envelopes(place, [row.id for row in rows])
    return tuple(
        Line(
            row.reference, row.qr_hash, row.queue, row.starts_at, row.ends_at, row.minutes, row.cards,
            tuple(row.procedures), row.language, tuple(sealed.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def _envelopes(place: OfficeView, bookings: list[int]) -> dict[int, list[bytes]]:
    """What residents sealed for these bookings; the outside cannot look into it."""
    asked: Any = select(Envelope).where(Envelope.office_id == place.id, Envelope.booking_id.in_(bookings))
    found: dict[int, list[bytes]] = {}
    for row in reading().scalars(asked.order_by(Envelope.id)):
        whole = base64.b64decode(unseal(row.content, row=name_of(row.reference), field="content"))
        found.setdefault(row.booking_id, []).append(whole)
    return found
