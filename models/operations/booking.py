"""予約を取る・移す・取り消す: places are taken by conditional UPDATE, all of a visit's in one transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import plain
from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import _n
from models.core.tokens import derived, fingerprint, is_token, new_token
from models.core.tombstones import CANCELLED
from models.core.transaction import act, insert_unique
from models.core.vault import seal, unseal
from models.operations import (
    applications,
    audit,
    booking_limits,
    booking_notices,
    offers,
    places,
    tombstones,
)
from models.operations.idempotency import Key, once
from models.operations.places import Full, Places
from models.queries import availability, catalogue, first_run
from models.queries.bookings import PURPOSE, Contact
from models.queries.offices import OfficeView, office_by_id
from models.rules import references
from models.tables import Booking, BookingSlot

QR = "qr"
"""The purpose under which a holder's token gives the token of the QR code."""
ENDED = _n("この予約はもう変更できません。新しく予約してください。")
NOT_YET = _n("予約の受け付けは、まだ始まっていません。")


class SlotTaken(Conflict):
    """The time filled meanwhile; `alternatives` are the nearest free beginnings (UTC)."""

    kind = "slot-taken"
    default = _n("その時間は、ほかの方の予約でいっぱいになりました。近い時間から選んでください。")

    def __init__(self, alternatives: Sequence[datetime]) -> None:
        """Say where there is still room."""
        super().__init__()
        self.alternatives = tuple(alternatives)


@dataclass(frozen=True)
class Request:
    """What a resident asks for; `starts_at` is an instant, `contact` has been checked by the rules."""

    office: OfficeView
    procedures: tuple[str, ...]
    starts_at: datetime
    contact: Contact
    cards: int = 0
    language: str = "ja"
    notes: str = ""
    channel: str = "web"


@dataclass(frozen=True)
class Made:
    """The answer to a booking: only here is the token ever in clear."""

    reference: str
    token: str


def book(request: Request, key: Key | None = None) -> Made:
    """Take every place the visit needs and write the booking, or nothing.

    Raises `SlotTaken` (409) with alternatives, `Limit` where the contact holds (409) or just gave up (429) too many
    bookings, `Invalid` (422) where the time or a procedure is not on offer.
    """
    try:
        return _book(request, key)
    except Full as full:
        raise _taken(request.office, full) from full


def move(token: str, starts_at: datetime, actor: str = audit.RESIDENT) -> str:
    """Move a booking in one transaction; on `SlotTaken` the old time is still held. Gives the reference."""
    try:
        return _move(token, starts_at, actor)
    except Full as full:
        raise _taken(full.place, full) from full


@act
def cancel(session: Session, token: str, actor: str = audit.RESIDENT) -> None:
    """Cancel a booking, free its places at once, forget who it was; a second time changes nothing."""
    row = _held(session, token)
    if row.state == "cancelled":
        return
    if row.state != "booked":
        raise Gone(ENDED)
    held = _release(session, row)
    booking_notices.cancelled(session, row, token)
    tombstones.note(session, CANCELLED, row.reference)
    tombstones.forget_key(session, f"booking/{row.reference}", row.contact, row.notes)
    row.state, row.ended_at, row.contact, row.notes = "cancelled", now(), None, None
    applications.follow(session, row)
    _open(session, office_by_id(row.office_id), row.queue, held)
    audit.note(session, actor, "booking.cancel", row.reference)


@act
def _book(session: Session, request: Request, key: Key | None) -> Made:
    return once(session, key, Made, lambda: _booked(session, request))


@act
def _move(session: Session, token: str, starts_at: datetime, actor: str) -> str:
    row = _held(session, token)
    if row.state != "booked":
        raise Gone(ENDED)
    if starts_at == row.starts_at:
        return row.reference
    place = office_by_id(row.office_id)
    need = availability.need_of(catalogue.edition(row.edition), place, row.procedures, row.cards)
    held = _release(session, row)
    taken = places.take(session, place, need, starts_at)
    session.add_all(BookingSlot(booking_id=row.id, slot_id=slot) for slot in taken.slots)
    due, name = place.day_of(starts_at), f"booking/{row.reference}"
    if due != row.day:
        tombstones.forget_key(session, name, row.contact, row.notes)
    for field in ("contact", "notes"):
        sealed = getattr(row, field)
        if sealed is not None:
            text = unseal(sealed, row=name, field=field)
            setattr(row, field, seal(text, purpose=PURPOSE, due=due, row=name, field=field, alone=True))
    row.starts_at, row.ends_at, row.day = starts_at, taken.ends_at, due
    applications.follow(session, row)
    booking_notices.moved(session, row, place, token)
    _open(session, place, row.queue, [slot for slot in held if slot not in taken.slots])
    audit.note(session, actor, "booking.move", row.reference)
    return row.reference


def _booked(session: Session, request: Request) -> Made:
    if first_run.waiting() is not None:
        raise Conflict(NOT_YET)
    _, chosen = catalogue.newest()
    place = request.office
    need = availability.need_of(chosen, place, request.procedures, request.cards)
    booking_limits.check(session, place, request.contact, request.channel)
    return written(session, request, need, places.take(session, place, need, request.starts_at))


def written(
    session: Session, request: Request, need: availability.Need, taken: Places, token: str = ""
) -> Made:
    """Inside an act that holds the places: write the booking that stands on them, for a new token or this one."""
    edition, _ = catalogue.newest()
    place = request.office
    reference, token = references.new(secrets.token_bytes(8)), token or new_token()
    due = place.day_of(request.starts_at)
    contact = json.dumps(asdict(request.contact), ensure_ascii=False)
    values = {
        "reference": reference,
        "token_hash": fingerprint(token),
        "qr_hash": fingerprint(derived(token, QR)),
        "office_id": place.id,
        "queue": need.queue,
        "day": due,
        "starts_at": request.starts_at,
        "ends_at": taken.ends_at,
        "minutes": need.minutes,
        "cards": need.cards,
        "procedures": list(need.procedures),
        "edition": edition,
        "channel": request.channel,
        "language": request.language,
        "created_at": now(),
        "contact": _sealed(reference, due, "contact", contact),
        "notes": _sealed(reference, due, "notes", request.notes) if request.notes else None,
    }
    number = insert_unique(session, Booking, values)
    booking_limits.remember(session, number, request.contact)
    held = [{"booking_id": number, "slot_id": slot} for slot in taken.slots]
    session.execute(insert(plain(BookingSlot)), held)
    row = Booking(id=number, **{**values, "contact": None, "notes": None})
    booking_notices.booked(session, row, place, request.contact, token)
    audit.note(session, f"{audit.RESIDENT}/{request.channel}", "booking.book", reference)
    return Made(reference, token)


def _taken(place: OfficeView, full: Full) -> SlotTaken:
    return SlotTaken([free.starts_at for free in availability.nearest(place, full.need, full.wanted, now())])


def _release(session: Session, row: Booking) -> tuple[int, ...]:
    """Give back every place the booking holds; whose turn it is then is settled by `_open`."""
    session.flush()
    held = tuple(session.scalars(select(BookingSlot.slot_id).where(BookingSlot.booking_id == row.id)))
    places.give_back(session, held)
    session.execute(delete(BookingSlot).where(BookingSlot.booking_id == row.id))
    return held


def number_of(session: Session, reference: str) -> int | None:
    """The row of a reference."""
    return session.scalar(select(Booking.id).where(Booking.reference == reference))


def _open(session: Session, place: OfficeView, queue: str, held: Sequence[int]) -> None:
    """What was given back goes to whoever waits for it first; the rest opens at once or later, as the office says."""
    offers.make(session, place, queue)
    places.keep_closed(session, place, held)


def _held(session: Session, token: str) -> Booking:
    if not is_token(token):
        raise NotFound
    chosen = select(Booking).where(Booking.token_hash == fingerprint(token)).with_for_update()
    row = session.scalar(chosen)
    if row is None:
        raise NotFound
    return row


def _sealed(reference: str, due: date, field: str, text: str) -> bytes:
    return seal(text, purpose=PURPOSE, due=due, row=f"booking/{reference}", field=field, alone=True)
