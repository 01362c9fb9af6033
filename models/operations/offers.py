"""ご案内: a place that was given up goes first to whoever has waited longest for one, and is held for a while."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.catalogue.definitions import Catalogue
from models.core.clock import now
from models.core.db import session as reading
from models.core.errors import Invalid
from models.core.keys import KeyDestroyed, Unreadable
from models.core.transaction import act, rows_changed
from models.core.vault import unseal
from models.operations import audit, places, tombstones
from models.operations.messages import Notice, Recipient, tell
from models.operations.places import Full, Places
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office_by_id, offices
from models.queries.places_policy import places_policy
from models.queries.waiting_list import line
from models.rules.places_policy import offered_until, told_from
from models.tables import FreedPlace, OfferedSlot, Slot, WaitingEntry

HALL = "hall"
AT_ONCE = 200


class _Elsewhere(Exception):
    """The entry does not wait any more."""


def make(session: Session, place: OfficeView, queue: str) -> int:
    """Inside an act: hold what is free for those who wait for it, in their order; how many were offered something.

    One who cannot use what is free is passed over and keeps the place in the line.
    """
    waiting = line(place, queue, place.day_of(now()))
    if not waiting or not places_policy(place).waiting_list:
        return 0
    session.flush()
    _, chosen = catalogue.newest()
    days, offered = availability.free_days(place, [queue], now()), 0
    for row in waiting:
        if not any(row.first_day <= day <= row.last_day for day in days):
            continue
        if _offer(session, place, row, chosen):
            offered += 1
            days = availability.free_days(place, [queue], now())
    return offered


def _offer(session: Session, place: OfficeView, row: WaitingEntry, chosen: Catalogue) -> bool:
    at, policy = now(), places_policy(place)
    try:
        need = availability.need_of(chosen, place, row.procedures, row.cards)
    except Invalid:  # the office does not offer it any more: the entry ends with its last day
        return False
    first = max(row.first_day, place.day_of(at))
    for free in availability.free_times(place, need, first, row.last_day, at):
        until = offered_until(at, free.starts_at, policy, place.zone, availability.LEAD)
        if until is None:
            continue
        try:
            taken = _held(session, place, row, need, free.starts_at, until)
        except _Elsewhere:
            return False
        if taken is None:
            continue
        session.add_all(OfferedSlot(entry_id=row.id, slot_id=slot) for slot in taken.slots)
        session.flush()
        session.refresh(row)
        _tell(session, place, row, free.starts_at, until)
        audit.note(session, HALL, "waiting.offer", row.reference)
        return True
    return False


def _held(
    session: Session,
    place: OfficeView,
    row: WaitingEntry,
    need: availability.Need,
    starts_at: datetime,
    until: datetime,
) -> Places | None:
    """Take the places and claim the entry, both or nothing; None where somebody has just booked them.

    Raises `_Elsewhere` where the entry was offered something by somebody else.
    """
    claim = update(WaitingEntry).where(WaitingEntry.id == row.id, WaitingEntry.state == "waiting")
    values = {"state": "offered", "offered_for": starts_at, "offered_until": until}
    try:
        with session.begin_nested():
            taken = places.take(session, place, need, starts_at)
            if rows_changed(session, claim.values(**values, offers=WaitingEntry.offers + 1)) != 1:
                raise _Elsewhere
    except Full:
        return None
    return taken


def _tell(
    session: Session, place: OfficeView, row: WaitingEntry, starts_at: datetime, until: datetime
) -> None:
    notice = Notice(
        "offer",
        f"offer/{row.reference}/{row.offers}",
        place,
        row.language,
        {"at": starts_at.isoformat(), "until": until.isoformat(), "number": row.reference},
        after=told_from(now(), place.zone),
        too_late_at=until,
    )
    contact, token = kept_of(row)
    tell(session, notice, Recipient(contact.email, contact.phone, token))


def kept_of(row: WaitingEntry) -> tuple[Contact, str]:
    """The contact and the holder's token of an entry; empty where they can be read no more."""
    if row.contact is None:
        return Contact(), ""
    try:
        kept = json.loads(unseal(row.contact, row=f"waiting/{row.reference}", field="contact"))
    except (KeyDestroyed, Unreadable):
        return Contact(), ""
    return Contact(kept["name"], kept["email"], kept["phone"]), kept["token"]


def free_offered(session: Session, row: WaitingEntry) -> list[int]:
    """Inside an act: give back what an entry holds; the slots."""
    held = list(session.scalars(select(OfferedSlot.slot_id).where(OfferedSlot.entry_id == row.id)))
    places.give_back(session, held)
    session.execute(delete(OfferedSlot).where(OfferedSlot.entry_id == row.id))
    return held


def end(session: Session, row: WaitingEntry, state: str) -> None:
    """Inside an act: an entry has ended; who it was is forgotten at once."""
    tombstones.forget_key(session, f"waiting/{row.reference}", row.contact)
    row.state, row.ended_at, row.contact = state, now(), None
    row.offered_for = row.offered_until = None


@act
def _lapse(session: Session, number: int) -> bool:
    """End one offer whose time is over: the entry goes behind those who had fewer, or ends after too many."""
    claim = select(WaitingEntry).where(WaitingEntry.id == number, WaitingEntry.state == "offered")
    row = session.scalar(claim.with_for_update())
    if row is None or row.offered_until is None or row.offered_until > now():
        return False
    pass_on(session, row, over="expired")
    return True


def pass_on(session: Session, row: WaitingEntry, over: str) -> None:
    """Inside an act: what was offered goes to the next. The entry waits on, or ends as `over` after its last lapse."""
    place = office_by_id(row.office_id)
    held = free_offered(session, row)
    if row.offers >= places_policy(place).most_lapses:
        _tell_end(session, place, row)
        end(session, row, over)
    else:
        row.state, row.offered_for, row.offered_until = "waiting", None, None
    session.flush()
    make(session, place, row.queue)
    places.keep_closed(session, place, held)
    audit.note(session, HALL, "waiting.lapse", row.reference)


def _tell_end(session: Session, place: OfficeView, row: WaitingEntry) -> None:
    contact, token = kept_of(row)
    values = {"number": row.reference}
    notice = Notice("offer_ended", f"offer_ended/{row.reference}", place, row.language, values)
    tell(session, notice, Recipient(contact.email, contact.phone, token))


@act
def _make(session: Session, place: OfficeView, queue: str) -> int:
    return make(session, place, queue)


@act
def _end_past(session: Session, number: int) -> bool:
    """End an entry whose last day is over."""
    row = session.scalar(select(WaitingEntry).where(WaitingEntry.id == number).with_for_update())
    if row is None or row.state != "waiting":
        return False
    end(session, row, "expired")
    audit.note(session, HALL, "waiting.end", row.reference)
    return True


def look() -> int:
    """End offers and entries whose time is over, and offer whatever is free to those who wait; how many were met.

    Found by what stands in the database, so that nothing is lost however long nobody looked.
    """
    met = 0
    for number in _due(WaitingEntry.state == "offered", WaitingEntry.offered_until <= now()):
        met += _lapse(number)
    for place in offices():
        today = place.day_of(now())
        mine = (WaitingEntry.office_id == place.id, WaitingEntry.state == "waiting")
        for number in _due(*mine, WaitingEntry.last_day < today):
            met += _end_past(number)
        for queue in _queues(place):
            if line(place, queue, today):
                met += _make(place, queue)
    return met


def _due(*conditions: object) -> list[int]:
    chosen = select(WaitingEntry.id).where(*conditions).order_by(WaitingEntry.id)  # type: ignore[arg-type]
    return list(reading().scalars(chosen.limit(AT_ONCE)))


def _queues(place: OfficeView) -> list[str]:
    mine = (WaitingEntry.office_id == place.id, WaitingEntry.state == "waiting")
    return list(reading().scalars(select(WaitingEntry.queue).where(*mine).distinct()))


@act
def open_freed(session: Session) -> int:
    """Open the freed places whose time has come, first to those who wait; how many. Each once, however many ask."""
    chosen = select(FreedPlace.id, Slot.id, Slot.office_id, Slot.queue).join(
        Slot, Slot.id == FreedPlace.slot_id
    )
    due = chosen.where(FreedPlace.opens_at <= now()).order_by(FreedPlace.id).limit(AT_ONCE)
    lines, opened = set(), 0
    for number, slot, office, queue in session.execute(due).all():
        if rows_changed(session, delete(FreedPlace).where(FreedPlace.id == number)):
            places.give_back(session, [slot])
            lines.add((office, queue))
            opened += 1
    for office, queue in sorted(lines):
        make(session, office_by_id(office), queue)
    return opened
