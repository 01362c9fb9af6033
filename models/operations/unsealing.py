"""封を開ける: what a resident sealed is taken in when its QR code is scanned at the counter, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.catalogue.definitions import Form
from models.core.clock import now
from models.core.db import ground
from models.core.errors import Conflict, Gone, NotFound
from models.core.keys import KeyDestroyed, Unreadable
from models.core.messages import _n, message
from models.core.space import current_space
from models.core.tokens import fingerprint
from models.core.transaction import act, flush_unique
from models.core.unsealing import private_key, unsealed
from models.operations import applications, audit
from models.papers import sealed
from models.queries import bookings, catalogue, sealing_keys
from models.queries.applications import of_envelope
from models.queries.bookings import BookingView
from models.queries.offices import OfficeView, office_by_id
from models.queries.sealing_keys import SealingKeyView
from models.rules import references
from models.rules.forms import packing
from models.rules.forms.validation import validate
from models.tables import Application

CHANNEL = "sealed"
FORGED = _n(
    "このQRコードは、この市の予約や申請書のものではありません。画面をもう一度見せてもらってください。"
)
UNREADABLE = _n("QRコードを読み取れませんでした。もう一度かざすか、8文字の受付番号を入力してください。")
MIXED = _n("別の申請書のQRコードが混ざっています。1枚目から、もう一度読み取ってください。")
MORE = _n("{total}枚のうち{read}枚を読みました。{missing}枚目をかざしてください。")
OTHER_OFFICE = _n("{office}あての申請書です。こちらでは印刷できません。")
EXPIRED = _n("この申請書は{day}で期限が切れました。もう一度入力してもらうか、紙に書いてもらってください。")
NOT_READABLE = _n(
    "この申請書の封を開けられません。もう一度QRコードを作ってもらうか、紙に書いてもらってください。"
)
OTHER_EDITION = _n(
    "この申請書は、いまの様式と合いません。もう一度入力してもらうか、紙に書いてもらってください。"
)


class More(Conflict):
    """Some of the codes of an envelope were read; `extra` says how many there are and which are still to come."""


@dataclass(frozen=True)
class Opened:
    """What an envelope held: its office, the reference of its booking, and each form with its edition and answers."""

    place: OfficeView
    booking: str
    digest: bytes
    forms: tuple[tuple[Form, int, dict[str, Any]], ...]


@act
def receive(session: Session, place: OfficeView, codes: str, actor: str) -> bytes:
    """Open the codes of an envelope at the counter and take its forms in; its digest. A second time changes nothing.

    Raises `More` while codes are missing, `NotFound` (cut, forged, another municipality's), `Conflict` (another
    office's, mixed), `Gone` (its key has ended, its form has changed).
    """
    known = digest(codes)
    if of_envelope(known):
        return known
    found = opened(codes)
    if found.place.id != place.id:
        raise Conflict(message(OTHER_OFFICE, office=found.place.name), office=found.place.name)
    booking = _booking(found)
    for number, (form, edition, answers) in enumerate(found.forms):
        row = _application(place, form, edition, booking, found.digest, number)
        judged = validate(form, answers, booking.day if booking else place.day_of(now()))
        row.state = "ready" if judged.ok else "draft"
        row.fields = applications.at_rest(row, judged.sound)
        session.add(row)
        flush_unique(session)
        audit.note(session, actor, "envelope.open", row.reference)
    return found.digest


def digest(codes: str) -> bytes:
    """By what an envelope is known once it was taken in; raises as `receive` for codes that are missing or cut."""
    return sealed.digest(_whole(codes))


def opened(codes: str) -> Opened:
    """What stands in the codes of an envelope (`QRReading.sealed`), without noting anything; raises as `receive`."""
    whole = _whole(codes)
    try:
        key = sealing_keys.by_mark(sealed.key_mark(whole))
    except NotFound as problem:
        raise NotFound(FORGED) from problem
    place = office_by_id(key.office_id)
    try:
        found = sealed.contents(_opened(key, place, whole))
        forms = tuple(_form(one, key.made_at) for one in found.forms)
    except KeyDestroyed as problem:
        raise Gone(message(EXPIRED, day=key.last_day)) from problem
    except (Unreadable, ValueError) as problem:
        raise NotFound(NOT_READABLE) from problem
    return Opened(place, found.booking, sealed.digest(whole), forms)


def _whole(codes: str) -> bytes:
    try:
        pieces = sealed.pieces(codes)
    except ValueError as problem:
        raise NotFound(UNREADABLE) from problem
    try:
        left = sealed.missing(pieces)
    except ValueError as problem:
        raise Conflict(MIXED) from problem
    if left:
        total = pieces[0].total
        raise More(
            message(MORE, total=total, read=total - len(left), missing=left[0]),
            missing=list(left),
            total=total,
        )
    try:
        return sealed.joined(pieces)
    except ValueError as problem:
        raise NotFound(UNREADABLE) from problem


def _opened(key: SealingKeyView, place: OfficeView, whole: bytes) -> bytes:
    if not key.opens:
        raise KeyDestroyed
    code = current_space().code
    secret = ground().keys.data_key(code, f"{sealing_keys.PURPOSE}-{key.month.isoformat()}")
    return unsealed(private_key(secret, place.code), sealed.inside(whole), sealed.about(code, place.code))


def _form(one: sealed.PackedForm, since: datetime) -> tuple[Form, int, dict[str, Any]]:
    """The very form that was sealed, in the newest edition since `since` that has it; `Gone` where none does."""
    for edition in catalogue.editions(since):
        form = catalogue.edition(edition).forms.get(one.form)
        if form is not None and not form.paper_only and packing.mark(form) == one.mark:
            return form, edition, packing.unpacked(packing.plan(form), one.answers)
    raise Gone(OTHER_EDITION)


def _booking(found: Opened) -> BookingView | None:
    """The booking that an envelope names, where it is one of this office."""
    try:
        booking = bookings.by_reference(references.parse(found.booking) or "")
    except NotFound:
        return None
    return booking if booking.office.id == found.place.id else None


def _application(
    place: OfficeView, form: Form, edition: int, booking: BookingView | None, digest: bytes, number: int
) -> Application:
    row = applications.blank(place, form.id, booking, edition)
    row.qr_hash = fingerprint(f"{digest.hex()}/{number}")
    row.channel, row.envelope = CHANNEL, digest
    return row
