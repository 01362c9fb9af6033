"""申請書を家で書いておく: drafts are saved page by page, a finished form waits for its QR code to be scanned."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.days import instant
from models.core.errors import Conflict, Gone, NotFound, invalid
from models.core.messages import _n
from models.core.tokens import derived, fingerprint, is_token, new_token
from models.core.tombstones import DELETED
from models.core.transaction import act, flush_unique
from models.core.vault import key_name, seal, unseal
from models.operations import audit, tombstones
from models.operations.idempotency import Key, once
from models.queries import bookings, catalogue
from models.queries.applications import PURPOSE
from models.queries.bookings import BookingView
from models.queries.envelopes import name_of as envelope_name
from models.queries.offices import OfficeView, office_by_id
from models.queries.retention import policy_of
from models.rules import references
from models.tables import Application, Booking, Envelope

QR = "qr"
NO_SUCH_FORM = _n("この申請書はありません。様式の一覧から選んでください。")
PAPER_ONLY = _n("「{form}」は紙に手で書く様式です。画面では入力できません。")
ENDED = _n("この申請書はもう変更できません。")


@dataclass(frozen=True)
class Filed:
    """A stored application: only here is its token ever in clear."""

    reference: str
    token: str


@dataclass(frozen=True)
class Written:
    """How a form was written: `channel` web, kiosk, kiosk_helped, or counter; `ready` once the rules passed all of it.

    `actor` is who wrote it.
    """

    channel: str = "web"
    ready: bool = True
    actor: str = audit.RESIDENT


def token_for(booking_token: str, form: str) -> str:
    """The token of a booking's application of a form, which only the booking's holder can work out."""
    return derived(booking_token, f"application {form}")


@act
def save(
    session: Session,
    booking_token: str,
    form: str,
    fields: dict[str, Any],
    *,
    ready: bool,
    channel: str = "web",
) -> Filed:
    """Keep what was typed so far for one form of a booking; `ready` once the rules have passed all of it."""
    booking = bookings.by_token(booking_token)
    if not booking.live:
        raise Gone(ENDED)
    token = token_for(booking_token, form)
    row = session.scalar(
        select(Application).where(Application.token_hash == fingerprint(token)).with_for_update()
    )
    if row is None:
        row = _new(booking.office, form, token, booking, catalogue.edition_with(form, booking.edition))
        session.add(row)
    elif row.state == "deleted":
        row.state, row.created_at = "draft", now()
        row.edition = catalogue.edition_with(form, booking.edition)
    row.state, row.channel = "ready" if ready else "draft", channel
    row.updated_at = now()
    row.fields = at_rest(row, fields)
    flush_unique(session)
    audit.note(session, audit.RESIDENT, f"application.{row.state}", row.reference)
    return Filed(row.reference, token)


@act
def file(
    session: Session,
    place: OfficeView,
    form: str,
    fields: dict[str, Any],
    booking: BookingView | None = None,
    key: Key | None = None,
    written: Written = Written(),
) -> Filed:
    """Store a form whose fields have passed the rules, with or without a booking; one that is not ready is a draft."""

    def made() -> Filed:
        if booking is not None and not booking.live:
            raise Gone(ENDED)
        token = new_token()
        row = _new(place, form, token, booking, catalogue.current_edition())
        row.state, row.channel = "ready" if written.ready else "draft", written.channel
        row.fields = at_rest(row, fields)
        session.add(row)
        flush_unique(session)
        audit.note(session, written.actor, "application.file", row.reference)
        return Filed(row.reference, token)

    return once(session, key, Filed, made)


@act
def delete(session: Session, token: str) -> None:
    """Delete what was typed, at once; a second time changes nothing."""
    row = (
        session.scalar(
            select(Application).where(Application.token_hash == fingerprint(token)).with_for_update()
        )
        if is_token(token)
        else None
    )
    if row is None:
        raise NotFound
    if row.state == "deleted":
        return
    if row.scanned_at is not None:
        raise Conflict(ENDED)
    _deleted(session, row)
    audit.note(session, audit.RESIDENT, "application.delete", row.reference)


def follow(session: Session, booking: Booking) -> None:
    """Inside the act that moved or ended a booking: its applications live as long as the visit needs them."""
    place = office_by_id(booking.office_id)
    if booking.state == "cancelled":
        end_envelopes(session, booking.id)
    else:
        _move_envelopes(session, booking, booking.day + timedelta(days=policy_of(place.id).form))
    mine = select(Application).where(Application.booking_id == booking.id).order_by(Application.id)
    for row in session.scalars(mine.with_for_update()):
        if booking.state == "cancelled":
            _deleted(session, row)
            continue
        before = row.fields
        fields = None if row.fields is None else unseal(row.fields, row=_name(row), field="fields")
        row.due = booking.day + timedelta(days=policy_of(place.id).form)
        row.expires_at = instant(row.due + timedelta(days=1), time.min, place.zone)
        if fields is not None:
            row.fields = at_rest(row, json.loads(fields))
            if before is not None and key_name(before) != key_name(row.fields):
                tombstones.forget_key(session, _name(row), before)


def end_envelopes(session: Session, booking_id: int) -> int:
    """Inside an act that ends a booking or its forms: delete what was sealed for it; how many envelopes."""
    rows = session.scalars(select(Envelope).where(Envelope.booking_id == booking_id).with_for_update()).all()
    for row in rows:
        end_envelope(session, row)
    return len(rows)


def _move_envelopes(session: Session, booking: Booking, due: date) -> None:
    """What was sealed for a booking is kept until its new day, under that day's keys."""
    for row in session.scalars(select(Envelope).where(Envelope.booking_id == booking.id).with_for_update()):
        name, before = envelope_name(row.reference), row.content
        content = unseal(before, row=name, field="content")
        row.due = due
        row.content = seal(content, purpose=PURPOSE, due=due, row=name, field="content", alone=True)
        if key_name(before) != key_name(row.content):
            tombstones.forget_key(session, name, before)


def end_envelope(session: Session, row: Envelope) -> None:
    """Inside an act: delete one envelope, with the key that opens its row in every backup."""
    tombstones.forget_key(session, envelope_name(row.reference), row.content)
    session.delete(row)


def _deleted(session: Session, row: Application) -> None:
    """Forget what was typed, with the key that opens it in every backup."""
    if row.state != "deleted":
        tombstones.note(session, DELETED, row.reference)
    tombstones.forget_key(session, _name(row), row.fields)
    row.state, row.fields = "deleted", None


def _new(place: OfficeView, form: str, token: str, booking: BookingView | None, edition: int) -> Application:
    definition = catalogue.edition(edition).forms.get(form)
    if definition is None:
        raise invalid("form", NO_SUCH_FORM)
    if definition.paper_only:
        raise invalid("form", PAPER_ONLY, form=definition.words.ja)
    return blank(place, form, booking, edition, token)


def blank(
    place: OfficeView, form: str, booking: BookingView | None, edition: int, token: str | None = None
) -> Application:
    """A row for one form in which nothing stands yet; without `token` nobody holds it."""
    token = token or new_token()
    due = due_of(place, booking)
    return Application(
        reference=references.new(secrets.token_bytes(8)),
        token_hash=fingerprint(token),
        qr_hash=fingerprint(derived(token, QR)),
        office_id=place.id,
        booking_id=booking.id if booking else None,
        form=form,
        edition=edition,
        state="draft",
        due=due,
        created_at=now(),
        updated_at=now(),
        expires_at=instant(due + timedelta(days=1), time.min, place.zone),
    )


def due_of(place: OfficeView, booking: BookingView | None) -> date:
    """The last office-local day on which a form of this visit, or one without a booking, may be read."""
    if booking is not None:
        return booking.day + timedelta(days=policy_of(place.id).form)
    return place.day_of(now()) + timedelta(days=policy_of(place.id).form_alone)


def at_rest(row: Application, fields: dict[str, Any]) -> bytes:
    """Inside an act: the answers as a row keeps them, under a key of its own."""
    text = json.dumps(fields, ensure_ascii=False)
    return seal(text, purpose=PURPOSE, due=row.due, row=_name(row), field="fields", alone=True)


def _name(row: Application) -> str:
    return f"application/{row.reference}"
