"""Applications as their holders and staff may see them; what was typed is opened only on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from models.catalogue.definitions import Form
from models.core.db import session
from models.core.errors import Gone, NotFound
from models.core.tokens import fingerprint, is_token
from models.core.vault import unseal
from models.queries import catalogue
from models.tables import Application

PURPOSE = "form"


@dataclass(frozen=True)
class ApplicationView:
    """事前申請: one pre-filled form; instants are UTC, `due` is the last office-local day it can be read."""

    id: int
    reference: str
    form: str
    edition: int
    office_id: int
    booking_id: int | None
    ticket_id: int | None
    state: str
    due: date
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    scanned_at: datetime | None

    def definition(self) -> Form:
        """The form in the edition with which it was made."""
        return catalogue.edition(self.edition).forms[self.form]


def by_token(token: str) -> ApplicationView:
    """The holder's application; one and the same `NotFound` for every other text."""
    return _found(Application.token_hash == fingerprint(token) if is_token(token) else None)


def by_qr(token: str) -> ApplicationView:
    """The application whose QR code carries this token."""
    return _found(Application.qr_hash == fingerprint(token) if is_token(token) else None)


def by_reference(reference: str) -> ApplicationView:
    """The application with this human reference (8 characters), for staff."""
    return _found(Application.reference == reference)


def by_id(number: int) -> ApplicationView:
    """The application of a row."""
    return _found(Application.id == number)


def of_booking(booking_id: int) -> tuple[ApplicationView, ...]:
    """The applications of a booking that were not deleted, oldest first."""
    return _listed(Application.booking_id == booking_id)


def of_ticket(ticket_id: int) -> tuple[ApplicationView, ...]:
    """The applications that came with a ticket, oldest first."""
    return _listed(Application.ticket_id == ticket_id)


def of_envelope(digest: bytes) -> tuple[ApplicationView, ...]:
    """The applications that an envelope held, in its order; deleted ones too, none where it was never opened here."""
    chosen = select(Application).where(Application.envelope == digest).order_by(Application.id)
    return tuple(view(row) for row in session().scalars(chosen))


def with_its_envelope(application: ApplicationView) -> tuple[ApplicationView, ...]:
    """The applications that came in the same envelope, this one alone where it came in none."""
    digest = session().scalar(select(Application.envelope).where(Application.id == application.id))
    return (application,) if digest is None else of_envelope(digest)


def fields_of(application: ApplicationView) -> dict[str, Any]:
    """What was typed; `Gone` when it was deleted, its day's key was destroyed, or it was changed behind our back."""
    sealed = session().scalar(select(Application.fields).where(Application.id == application.id))
    if sealed is None:
        raise Gone
    text = unseal(sealed, row=f"application/{application.reference}", field="fields")
    found: dict[str, Any] = json.loads(text)
    return found


def _found(condition: ColumnElement[bool] | None) -> ApplicationView:
    row = None if condition is None else session().scalar(select(Application).where(condition))
    if row is None:
        raise NotFound
    return view(row)


def _listed(condition: ColumnElement[bool]) -> tuple[ApplicationView, ...]:
    chosen = select(Application).where(condition, Application.state != "deleted").order_by(Application.id)
    return tuple(view(row) for row in session().scalars(chosen))


def view(row: Application) -> ApplicationView:
    """A row as people may see it, without what was typed."""
    return ApplicationView(
        row.id, row.reference, row.form, row.edition, row.office_id, row.booking_id, row.ticket_id, row.state,
        row.due, row.created_at, row.updated_at, row.expires_at, row.scanned_at,
    )  # fmt: skip


def ticket_of(application_id: int) -> int | None:
    """The row of the ticket that an application came with."""
    return session().scalar(select(Application.ticket_id).where(Application.id == application_id))
