"""Bookings as their holders and staff may see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from models.core.db import session
from models.core.errors import NotFound
from models.core.tokens import fingerprint, is_token
from models.core.vault import unseal
from models.queries.offices import OfficeView, office_by_id
from models.tables import Booking

PURPOSE = "contact"


@dataclass(frozen=True)
class Contact:
    """What a resident left for the visit; empty once it was deleted."""

    name: str = ""
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True)
class BookingView:
    """予約: one expected visit; instants are UTC."""

    id: int
    reference: str
    office: OfficeView
    queue: str
    day: date
    starts_at: datetime
    ends_at: datetime
    minutes: int
    cards: int
    procedures: tuple[str, ...]
    edition: int
    state: str
    language: str
    created_at: datetime

    @property
    def live(self) -> bool:
        """Whether the visit is still to come."""
        return self.state == "booked"


def by_token(token: str) -> BookingView:
    """The holder's booking; one and the same `NotFound` for every other text."""
    return _found(Booking.token_hash == fingerprint(token) if is_token(token) else None)


def by_qr(token: str) -> BookingView:
    """The booking whose QR code carries this token."""
    return _found(Booking.qr_hash == fingerprint(token) if is_token(token) else None)


def by_reference(reference: str) -> BookingView:
    """The booking with this human reference (8 characters)."""
    return _found(Booking.reference == reference)


def by_id(number: int) -> BookingView:
    """The booking of a row."""
    return _found(Booking.id == number)


def contact_of(booking: BookingView) -> Contact:
    """The contact of a booking; `Gone` after its day's key was destroyed, or where it was changed behind our back."""
    sealed = session().scalar(select(Booking.contact).where(Booking.id == booking.id))
    if sealed is None:
        return Contact()
    return Contact(**json.loads(unseal(sealed, row=f"booking/{booking.reference}", field="contact")))


def _found(condition: ColumnElement[bool] | None) -> BookingView:
    row = None if condition is None else session().scalar(select(Booking).where(condition))
    if row is None:
        raise NotFound
    return view(row)


def view(row: Booking) -> BookingView:
    """A row as people may see it."""
    return BookingView(
        row.id, row.reference, office_by_id(row.office_id), row.queue, row.day, row.starts_at, row.ends_at,
        row.minutes, row.cards, tuple(row.procedures), row.edition, row.state, row.language, row.created_at,
    )  # fmt: skip
