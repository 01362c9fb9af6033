"""キャンセル待ちに並ぶ: wait for a place on days that are full; take what is offered, or leave it to the next."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Gone, NotFound, invalid
from models.core.messages import _n, message
from models.core.tokens import derived, fingerprint, is_token, new_token
from models.core.transaction import act, flush_unique
from models.core.vault import seal
from models.operations import audit, booking, booking_limits, offers
from models.operations.booking import Made, Request
from models.operations.idempotency import Key, once
from models.operations.messages import Notice, Recipient, tell
from models.operations.places import Places
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office_by_id
from models.queries.places_policy import places_policy
from models.queries.waiting_list import ALIVE
from models.rules import references
from models.tables import OfferedSlot, Office, Slot, WaitingEntry

PURPOSE = "waiting"
LONGEST = timedelta(days=31)
CLOSED = _n("この庁舎では、キャンセル待ちを受け付けていません。")
BAD_DAYS = _n("予約できる日の中から、31日以内の期間を選んでください。")
STILL_FREE = _n("その期間には、まだ空いている時間があります。カレンダーから予約してください。")
ALREADY = _n("同じ手続きのキャンセル待ちに、もう並んでいます。")
TOO_MANY = _n("キャンセル待ちは、お1人{most}件までです。")
OVER = _n("このご案内は終わりました。順番が来たら、もう一度お知らせします。")
ENDED = _n("このキャンセル待ちは終わっています。")


@dataclass(frozen=True)
class Wish:
    """What somebody waits for: a visit between two office-local days; `contact` has been checked by the rules."""

    office: OfficeView
    procedures: tuple[str, ...]
    first_day: date
    last_day: date
    contact: Contact
    cards: int = 0
    language: str = "ja"
    channel: str = "web"


def booking_token(token: str) -> str:
    """The token of the booking that an entry becomes, which only the entry's holder can work out."""
    return derived(token, "booking")


def join(wish: Wish, key: Key | None = None) -> Made:
    """Wait in line for a place; the answer's token opens the entry.

    Raises `Invalid` where the office has no waiting list, the days cannot be booked or still have room, and `Conflict`
    where the same person waits for the same already, or for too many visits.
    """
    return _join(wish, key)


@act
def _join(session: Session, wish: Wish, key: Key | None) -> Made:
    return once(session, key, Made, lambda: _joined(session, wish))


def _joined(session: Session, wish: Wish) -> Made:
    place, at = wish.office, now()
    need = availability.need_of(catalogue.newest()[1], place, wish.procedures, wish.cards)
    _check_days(place, wish, need)
    whose = booking_limits.hashes(wish.contact)
    _check_person(session, place, whose, need)
    reference, token = references.new(secrets.token_bytes(8)), new_token()
    kept = json.dumps({**asdict(wish.contact), "token": token}, ensure_ascii=False)
    session.add(
        WaitingEntry(
            reference=reference,
            token_hash=fingerprint(token),
            person_hash=whose[0],
            office_id=place.id,
            queue=need.queue,
            procedures=list(need.procedures),
            cards=need.cards,
            first_day=wish.first_day,
            last_day=wish.last_day,
            language=wish.language,
            channel=wish.channel,
            contact=seal(
                kept,
                purpose=PURPOSE,
                due=wish.last_day,
                row=f"waiting/{reference}",
                field="contact",
                alone=True,
            ),
            due=wish.last_day,
            created_at=at,
        )
    )
    flush_unique(session)
    notice = Notice("waiting", f"waiting/{reference}", place, wish.language, {"number": reference})
    tell(session, notice, Recipient(wish.contact.email, wish.contact.phone, token))
    audit.note(session, f"{audit.RESIDENT}/{wish.channel}", "waiting.join", reference)
    return Made(reference, token)


def _check_days(place: OfficeView, wish: Wish, need: availability.Need) -> None:
    if not places_policy(place).waiting_list:
        raise invalid("office", CLOSED)
    first, last = availability.horizon(place, now())
    if not (first <= wish.first_day <= wish.last_day <= last) or wish.last_day - wish.first_day >= LONGEST:
        raise invalid("first_day", BAD_DAYS)
    if availability.free_times(place, need, wish.first_day, wish.last_day, now()):
        raise invalid("first_day", STILL_FREE)


def _check_person(
    session: Session, place: OfficeView, whose: Sequence[bytes], need: availability.Need
) -> None:
    session.execute(
        select(Office.id).where(Office.id == place.id).with_for_update()
    )  # joins one after the other
    mine = select(WaitingEntry).where(
        WaitingEntry.person_hash.in_(whose),
        WaitingEntry.state.in_(ALIVE),
        WaitingEntry.last_day >= place.day_of(now()),
    )
    rows = session.scalars(mine.with_for_update()).all()
    if any(set(row.procedures) == set(need.procedures) for row in rows):
        raise Conflict(ALREADY)
    most = places_policy(place).most_waiting
    if len(rows) >= most:
        raise Conflict(message(TOO_MANY, most=most))


@act
def leave(session: Session, token: str) -> None:
    """Wait no more; what was offered goes to the next. A second time changes nothing."""
    row = _held(session, token)
    if row.state not in ALIVE:
        return
    if row.state == "offered":
        _let_go(session, row)
    offers.end(session, row, "left")
    audit.note(session, audit.RESIDENT, "waiting.leave", row.reference)


@act
def decline(session: Session, token: str) -> None:
    """Leave this offer to the next and wait on; raises `Gone` where there is none (any more)."""
    row = _held(session, token)
    if row.state != "offered":
        raise Gone(OVER if row.state == "waiting" else ENDED)
    offers.pass_on(session, row, over="left")


@act
def accept(session: Session, token: str) -> Made:
    """Turn what is held into a booking, in one transaction; its token opens the booking.

    Raises `Gone` where the offer is over, `Limit` where the contact holds too many bookings: the offer stands.
    """
    row = _held(session, token)
    if row.state != "offered" or row.offered_for is None or row.offered_until is None:
        raise Gone(OVER if row.state == "waiting" else ENDED)
    if row.offered_until <= now():
        raise Gone(OVER)
    place, (contact, _) = office_by_id(row.office_id), offers.kept_of(row)
    booking_limits.check(session, place, contact, "web", again=False)
    need = availability.need_of(catalogue.newest()[1], place, row.procedures, row.cards)
    held = select(Slot.id).join(OfferedSlot, OfferedSlot.slot_id == Slot.id)
    slots = session.scalars(held.where(OfferedSlot.entry_id == row.id).order_by(Slot.starts_at)).all()
    session.execute(delete(OfferedSlot).where(OfferedSlot.entry_id == row.id))
    request = Request(
        place, tuple(row.procedures), row.offered_for, contact, row.cards, row.language, channel=row.channel
    )
    taken = Places(tuple(slots), availability.ends_at(need, row.offered_for))
    made = booking.written(session, request, need, taken, booking_token(token))
    row.booking_id = booking.number_of(session, made.reference)
    offers.end(session, row, "booked")
    audit.note(session, audit.RESIDENT, "waiting.accept", row.reference)
    return made


def _let_go(session: Session, row: WaitingEntry) -> None:
    """Give what is held to the next in line."""
    place = office_by_id(row.office_id)
    offers.free_offered(session, row)
    row.state = "left"
    session.flush()
    offers.make(session, place, row.queue)


def _held(session: Session, token: str) -> WaitingEntry:
    chosen = select(WaitingEntry).where(WaitingEntry.token_hash == fingerprint(token)).with_for_update()
    row = session.scalar(chosen) if is_token(token) else None
    if row is None:
        raise NotFound
    return row
