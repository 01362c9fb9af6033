"""運ばれた予約: what a day-list says of a booking is written here, unless a newer list or the counter knows better."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.definitions import Catalogue
from models.core.clock import now
from models.core.messages import Message, _n, message
from models.core.tokens import fingerprint, new_token
from models.core.transaction import flush_unique
from models.core.vault import seal
from models.operations import applications, audit
from models.papers import sealed
from models.papers.carried import Header
from models.papers.day_list import Line
from models.queries import bookings, catalogue, envelopes
from models.queries.applications import PURPOSE
from models.queries.offices import OfficeView, office_by_id
from models.rules import references
from models.tables import Booking, CarriedBooking, Envelope

CHANNEL = "carried"
Told = str | Message
"""What became of a line: `new`, `changed`, `unchanged`, or why it was refused."""
NO_QUEUE = _n("業務（{queue}）が、こちらの目録にありません。")
NO_PROCEDURE = _n("手続き（{procedure}）が、こちらの目録にありません。両側の目録をそろえてください。")
OTHER_DAY = _n("時刻が、この一覧の日のものではありません。")
MADE_HERE = _n("同じ受付記号の予約が、こちらで取られています。")
NEWER = _n("もっと新しい一覧（{time}）で、もう変わっています。")
HERE = _n("もう受付が済んでいるため、変えていません。")
SAME_CODE = _n("同じQRコードの予約が、ほかにあります。")


def write(
    session: Session, place: OfficeView, header: Header, lines: Sequence[Line]
) -> Iterator[tuple[Told, Line]]:
    """Inside an act: write each line, and say what became of it."""
    edition, known = catalogue.newest()
    rows = _by_reference(session, [one.reference for one in lines])
    stamps = _stamps(session, [row.id for row in rows.values()])
    codes = _by_code(session, [one.code for one in lines])
    for one in lines:
        row = rows.get(one.reference)
        told = _refusal(place, header, one, known) or _clash(row, stamps, header, one, codes)
        yield told or _written(session, place, header, one, row, stamps, edition), one


def cancel_all_but(
    session: Session, place: OfficeView, header: Header, lines: Sequence[Line], actor: str
) -> list[str]:
    """Inside an act: bookings of the day that an older list brought and this one has no more were given up; which."""
    named = {one.reference for one in lines}
    carried = (
        select(Booking)
        .join(CarriedBooking, CarriedBooking.booking_id == Booking.id)
        .where(Booking.office_id == place.id, Booking.day == header.day, Booking.state == "booked")
        .where(CarriedBooking.made_at <= header.made_at)
    )
    found = []
    for row in session.scalars(carried.order_by(Booking.starts_at)).all():
        if row.reference not in named:
            row.state, row.ended_at = "cancelled", now()
            applications.follow(session, row)
            audit.note(session, actor, "booking.cancel", row.reference, "day-list")
            found.append(row.reference)
    return found


def _refusal(place: OfficeView, header: Header, one: Line, known: Catalogue) -> Message | None:
    """Why a line can never be taken here."""
    if one.queue not in known.queues:
        return message(NO_QUEUE, queue=one.queue)
    missing = next((code for code in one.procedures if code not in known.procedures), None)
    if missing:
        return message(NO_PROCEDURE, procedure=missing)
    if place.day_of(one.starts_at) != header.day or one.ends_at <= one.starts_at:
        return message(OTHER_DAY)
    return None


def _clash(
    row: Booking | None, stamps: dict[int, CarriedBooking], header: Header, one: Line, codes: dict[bytes, str]
) -> Message | None:
    """Why a line cannot be taken over what is here."""
    if codes.get(one.code, one.reference) != one.reference:
        return message(SAME_CODE)
    if row is None:
        return None
    stamp = stamps.get(row.id)
    if stamp is None:
        return message(MADE_HERE)
    if stamp.made_at > header.made_at:
        return message(NEWER, time=f"{stamp.made_at:%Y-%m-%d %H:%M} UTC")
    if row.state == "arrived" and _differs(row, one, office_by_id(row.office_id)):
        return message(HERE)
    return None


def _written(
    session: Session,
    place: OfficeView,
    header: Header,
    one: Line,
    row: Booking | None,
    stamps: dict[int, CarriedBooking],
    edition: int,
) -> str:
    if row is None:
        row = Booking(
            reference=one.reference, token_hash=fingerprint(new_token()), channel=CHANNEL, edition=edition,
            created_at=now(),
        )  # fmt: skip
        _fill(row, place, one)
        session.add(row)
        flush_unique(session)
        session.add(CarriedBooking(booking_id=row.id, made_at=header.made_at))
        _keep_envelopes(session, place, row, one)
        return "new"
    stamps[row.id].made_at = header.made_at
    if row.state == "arrived":
        return "unchanged"
    changed = row.state != "booked" or row.office_id != place.id or _differs(row, one, place)
    if changed:
        row.state, row.ended_at = "booked", None
        _fill(row, place, one)
        applications.follow(session, row)
        session.flush()
    return "changed" if _keep_envelopes(session, place, row, one) or changed else "unchanged"


def _fill(row: Booking, place: OfficeView, one: Line) -> None:
    row.office_id, row.day, row.qr_hash, row.queue = (
        place.id,
        place.day_of(one.starts_at),
        one.code,
        one.queue,
    )
    row.starts_at, row.ends_at, row.minutes, row.cards = one.starts_at, one.ends_at, one.minutes, one.cards
    row.procedures, row.language = list(one.procedures), one.language


def _differs(row: Booking, one: Line, place: OfficeView) -> bool:
    here = (
        row.qr_hash, row.queue, row.starts_at, row.ends_at, row.minutes, row.cards, tuple(row.procedures),
        row.language, row.day,
    )  # fmt: skip
    return here != (
        one.code, one.queue, one.starts_at, one.ends_at, one.minutes, one.cards, one.procedures, one.language,
        place.day_of(one.starts_at),
    )  # fmt: skip


def _keep_envelopes(session: Session, place: OfficeView, row: Booking, one: Line) -> bool:
    """What was sealed for the visit, in place of what an older list brought; whether that is something else."""
    wanted = {sealed.digest(whole): whole for whole in one.envelopes}
    held = session.scalars(select(Envelope).where(Envelope.booking_id == row.id)).all()
    gone = [old for old in held if old.digest not in wanted or old.office_id != place.id]
    for old in gone:
        applications.end_envelope(session, old)
    kept = {old.digest for old in held if old not in gone}
    due = applications.due_of(place, bookings.view(row))
    for digest, whole in wanted.items():
        if digest not in kept:
            session.add(_envelope(place, row, digest, whole, due))
    session.flush()
    return bool(gone) or set(wanted) != kept


def _envelope(place: OfficeView, row: Booking, digest: bytes, whole: bytes, due: date) -> Envelope:
    reference = references.new(secrets.token_bytes(8))
    text = base64.b64encode(whole).decode()
    name = envelopes.name_of(reference)
    return Envelope(
        reference=reference, token_hash=fingerprint(new_token()), digest=digest, office_id=place.id,
        booking_id=row.id, due=due, created_at=now(),
        content=seal(text, purpose=PURPOSE, due=due, row=name, field="content", alone=True),
    )  # fmt: skip


def _by_reference(session: Session, wanted: list[str]) -> dict[str, Booking]:
    rows = session.scalars(select(Booking).where(Booking.reference.in_(wanted)).with_for_update())
    return {row.reference: row for row in rows}


def _by_code(session: Session, wanted: list[bytes]) -> dict[bytes, str]:
    found = session.execute(select(Booking.qr_hash, Booking.reference).where(Booking.qr_hash.in_(wanted)))
    return {row.qr_hash: row.reference for row in found}


def _stamps(session: Session, wanted: list[int]) -> dict[int, CarriedBooking]:
    rows = session.scalars(select(CarriedBooking).where(CarriedBooking.booking_id.in_(wanted)))
    return {row.booking_id: row for row in rows}
