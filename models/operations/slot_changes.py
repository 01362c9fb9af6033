"""予約枠を変える: what was previewed is done, or proposed to a second person.

Nobody who has booked loses the booking: it stands, is listed for contact, and no place above the new capacity is given.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, NotFound
from models.core.messages import _n
from models.core.transaction import act
from models.operations import audit, booking_notices, setting_changes
from models.queries import slots
from models.queries.offices import OfficeView, office_by_id, week_of
from models.queries.setting_changes import DAYS as DAYS_SET
from models.queries.setting_changes import SLOTS as SLOTS_SET
from models.queries.setting_changes import WEEK as WEEK_SET
from models.queries.slots import Preview
from models.rules import exceptional_days, week_hours
from models.rules.slot_changes import CAPACITY, CLOSE, DAYS, HOURS, TIMES, WEEK, Change
from models.tables import Booking, BookingSlot, ExceptionalDay, Office, Slot, SlotPattern, SlotProposal


class OtherWorld(Conflict):
    """The slots are not as they were previewed: look again."""

    kind = "preview-outdated"
    default = _n("見たあとに枠が変わりました。もう一度、変わるところを確かめてください。")


class SecondPerson(Conflict):
    """This change needs a second administrator."""

    kind = "second-person"
    default = _n("この変更は、提案した人とは別の管理者の確認が必要です。")


@act
def change(session: Session, place: OfficeView, wanted: Change, digest: str, actor: str) -> Preview:
    """Do a change exactly as it was previewed (`digest`); what it did.

    Raises `OtherWorld` (409) where the slots differ by now, `SecondPerson` (409) where one is not enough.
    """
    found = _as_previewed(session, place, wanted, digest)
    if found.reasons:
        raise SecondPerson
    _apply(session, place, found, actor)
    return found


@act
def propose(session: Session, place: OfficeView, wanted: Change, digest: str, actor: str) -> int:
    """Keep a change for a second administrator; its number. Raises `OtherWorld` like `change`."""
    found = _as_previewed(session, place, wanted, digest)
    plan = {"change": wanted.as_data(), "digest": digest, "reasons": list(found.reasons)}
    row = SlotProposal(office_id=place.id, plan=plan, proposed_at=now(), proposed_by=actor)
    session.add(row)
    session.flush()
    audit.note(session, actor, "slots.propose", str(row.id), _told(wanted))
    return row.id


@act
def confirm(session: Session, proposal: int, digest: str, actor: str) -> Preview:
    """Do what somebody else proposed, as both have seen it; what it did.

    Raises `SecondPerson` for the one who proposed it, `OtherWorld` where the slots differ from the proposal's or from
    what was shown (`digest`), `NotFound` where it does not wait.
    """
    row = _waiting(session, proposal)
    if row.proposed_by == actor:
        raise SecondPerson
    view = slots.proposal_view(row)
    if view.digest != digest:
        raise OtherWorld
    place = office_by_id(row.office_id)
    found = _as_previewed(session, place, view.change, digest)
    _apply(session, place, found, actor)
    _decide(row, "done", actor)
    audit.note(session, actor, "slots.confirm", str(row.id), f"by {row.proposed_by}")
    return found


@act
def drop(session: Session, proposal: int, actor: str) -> None:
    """Put a proposal away, also one's own. Raises `NotFound` where it does not wait."""
    row = _waiting(session, proposal)
    _decide(row, "dropped", actor)
    audit.note(session, actor, "slots.drop", str(row.id))


def _waiting(session: Session, proposal: int) -> SlotProposal:
    row = session.scalar(select(SlotProposal).where(SlotProposal.id == proposal).with_for_update())
    if row is None or row.state != "proposed":
        raise NotFound
    return row


def _decide(row: SlotProposal, state: str, actor: str) -> None:
    row.state, row.decided_at, row.decided_by = state, now(), actor


def _as_previewed(session: Session, place: OfficeView, wanted: Change, digest: str) -> Preview:
    """The change's preview now, with its slots locked against bookings until the act is over."""
    mine = (Slot.office_id == place.id, Slot.day.between(wanted.first, wanted.last))
    session.execute(select(Slot.id).where(*mine).order_by(Slot.starts_at, Slot.id).with_for_update())
    found = slots.preview(place, wanted, place.day_of(now()))
    if found.digest != digest:
        raise OtherWorld
    return found


def _apply(session: Session, place: OfficeView, found: Preview, actor: str) -> None:
    wanted = found.change
    if wanted.kind in (CLOSE, HOURS, DAYS):
        _set_days(session, place, wanted, actor)
    if wanted.kind == WEEK:
        _set_week(session, place, wanted, actor)
    for one in found.effects:
        mine = (Slot.office_id == place.id, Slot.queue == one.queue, Slot.starts_at == one.starts_at)
        above = case((Slot.taken > one.after, Slot.taken - one.after), else_=0)
        if one.before is not None:
            session.execute(update(Slot).where(*mine).values(capacity=one.after, kept=above))
    new: list[dict[str, Any]] = [
        {
            "office_id": place.id, "queue": one.queue, "day": one.day, "starts_at": one.starts_at,
            "ends_at": one.ends_at, "capacity": one.after, "taken": 0, "whole": one.whole,
        }
        for one in found.effects
        if one.before is None
    ]  # fmt: skip
    if new:
        session.execute(insert(Slot), new)
    if wanted.kind == TIMES:
        _keep_times(session, place, wanted)
    if wanted.kind in (CAPACITY, TIMES):
        _keep_places(session, place, found, actor)
    told = _tell_booked(session, place, found)
    detail = f"{_told(wanted)} {len(found.effects)} slots, {told} told"
    audit.note(session, actor, "slots.change", place.code, detail)


def _tell_booked(session: Session, place: OfficeView, found: Preview) -> int:
    """Tell the holders of bookings that stand on slots which are no more; how many messages."""
    gone = [one.starts_at for one in found.effects if one.before and not one.after]
    queues = {one.queue for one in found.effects if one.before and not one.after}
    if not gone:
        return 0
    held = select(BookingSlot.booking_id).join(Slot, Slot.id == BookingSlot.slot_id)
    on_them = held.where(Slot.office_id == place.id, Slot.queue.in_(queues), Slot.starts_at.in_(gone))
    chosen = select(Booking).where(
        Booking.id.in_(on_them), Booking.state == "booked", Booking.starts_at > now()
    )
    change = f"{now():%Y%m%dT%H%M%S}"
    return sum(
        booking_notices.day_changed(session, row, place, change) for row in session.scalars(chosen).all()
    )


def _keep_times(session: Session, place: OfficeView, wanted: Change) -> None:
    """For the days that are published later; on those that are, a place takes a whole visit now."""
    session.add_all(
        SlotPattern(
            office_id=place.id,
            queue=wanted.queue,
            weekday=weekday,
            first_day=wanted.first,
            last_day=None if wanted.lasting else wanted.last,
            times={str(minute): places for minute, places in wanted.times_on(weekday).items()},
        )
        for weekday in wanted.weekdays
    )
    days = [day for day in wanted.days if day.weekday() in wanted.weekdays]
    mine = (Slot.office_id == place.id, Slot.queue == wanted.queue, Slot.day.in_(days))
    session.execute(update(Slot).where(*mine).values(whole=bool(wanted.times)))


def _keep_places(session: Session, place: OfficeView, found: Preview, actor: str) -> None:
    """Among the changes: how many places there were and are; `each` where every slot had or has as many."""
    wanted = found.change
    which = {
        "kind": wanted.kind,
        "queue": wanted.queue,
        "first": _day(wanted.first),
        "last": _day(wanted.last),
    }
    before, after = [one.before or 0 for one in found.effects], [one.after for one in found.effects]
    was, becomes = ({**which, "places": sum(one), "each": _same(one)} for one in (before, after))
    setting_changes.keep(session, SLOTS_SET, place.code, was, becomes, actor)


def _same(numbers: list[int]) -> int | None:
    return numbers[0] if len(set(numbers)) == 1 else None


def _set_days(session: Session, place: OfficeView, wanted: Change, actor: str) -> None:
    days = wanted.exceptional
    before = {one.day: one for one in week_of(place).exceptions}
    mine = (ExceptionalDay.office_id == place.id, ExceptionalDay.day.in_(list(days)))
    session.execute(delete(ExceptionalDay).where(*mine))
    session.add_all(
        ExceptionalDay(
            office_id=place.id,
            day=day,
            opens=one.span.opens if one.span else None,
            closes=one.span.closes if one.span else None,
            reason=one.reason,
        )
        for day, one in days.items()
        if one is not None
    )
    kept = exceptional_days.as_data((day, before.get(day)) for day in days)
    setting_changes.keep(session, DAYS_SET, place.code, kept, exceptional_days.as_data(days.items()), actor)


def _set_week(session: Session, place: OfficeView, wanted: Change, actor: str) -> None:
    """The weekly hours from the change's first day on; others that begin later stay."""
    first, text = wanted.first.isoformat(), week_hours.written(wanted.week)
    before = week_hours.written(week_of(place).usual(wanted.first))
    row = session.scalar(select(Office).where(Office.id == place.id).with_for_update())
    if row is None:
        raise NotFound
    row.later_hours = {**(row.later_hours or {}), first: text}
    kept = [{"first": first, "week": one} for one in (before, text)]
    setting_changes.keep(session, WEEK_SET, place.code, kept[0], kept[1], actor)


def _told(wanted: Change) -> str:
    """A change in a line of the audit, without what somebody wrote."""
    what: dict[str, Any] = {
        CAPACITY: f"{wanted.queue} {wanted.capacity}",
        HOURS: f"{wanted.opens}-{wanted.closes}",
        WEEK: week_hours.written(wanted.week)[:100],
        TIMES: f"{wanted.queue} {len(wanted.times)} times{' lasting' if wanted.lasting else ''}",
    }
    return f"{wanted.kind} {_day(wanted.first)}..{_day(wanted.last)} {what.get(wanted.kind, '')}".rstrip()


def _day(day: date) -> str:
    return day.isoformat()
