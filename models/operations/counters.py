"""窓口の開け閉め: who is on at a counter from when to when; known from signing in there, never typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.days import instant
from models.core.errors import Conflict
from models.core.messages import _n, message
from models.core.transaction import act, flush_unique, rows_changed
from models.operations import audit, office_row
from models.queries import line
from models.queries.offices import CounterView, OfficeView, counter, week_of
from models.rules.closing import closing
from models.tables import Counter, CounterShift, Ticket, TicketEvent

Ending = Literal["closed", "lunch"]
SYSTEMS = "system/"
BUSY = _n("{number}を対応中です。終えてから窓口を閉じてください。")
SOMEBODY_ELSE = _n("この窓口では、ほかの職員が受付中です。代わるときは「交代する」を選んでください。")


@act
def open_counter(
    session: Session, place: OfficeView, number: str, actor: str, take_over: bool = False
) -> None:
    """Somebody is on at a counter now; the same person's shift at another counter ends.

    Raises `Conflict` where another person is on there, unless it is taken over.
    """
    office_row.enter(session, place)
    desk = counter(place, number)
    mine = _open_shift(session, desk)
    today = place.day_of(now())
    somebody = (
        mine is not None and mine.day == today and mine.actor != actor and not _stands_in(mine.actor, actor)
    )
    if somebody and not take_over:
        raise Conflict(SOMEBODY_ELSE, counter=number)
    begin(session, place, desk, actor)


@act
def close_counter(
    session: Session, place: OfficeView, number: str, actor: str, ending: Ending = "closed"
) -> None:
    """Nobody is on at a counter any more (for the day, or for lunch); `Conflict` while it serves somebody."""
    office_row.enter(session, place)
    desk = counter(place, number)
    at = now()
    busy = line.at_counter(place, place.day_of(at), desk.number)
    if busy is not None:
        raise Conflict(message(BUSY, number=busy.number), number=busy.number, state=busy.state)
    mine = update(CounterShift).where(CounterShift.counter_id == desk.id, CounterShift.closed_at.is_(None))
    if rows_changed(session, mine.values(closed_at=at, ending=ending)):
        office_row.advance(session, place)
        audit.note(session, actor, f"counter.{ending}", desk.number)


@act
def leave(session: Session, place: OfficeView, actor: str) -> None:
    """Whatever counter this person is on at is closed: signing out, or going elsewhere."""
    office_row.enter(session, place)
    _end(session, place, actor, ())


@act
def end_days_before(session: Session, place: OfficeView, day: date) -> int:
    """Close the shifts of earlier days that nobody closed, as of when the counter was last seen at work; how many."""
    office_row.enter(session, place)
    chosen = select(CounterShift).where(
        CounterShift.office_id == place.id, CounterShift.day < day, CounterShift.closed_at.is_(None)
    )
    stale = session.scalars(chosen).all()
    for shift in stale:
        _end_stale(session, place, shift)
    if stale:
        office_row.advance(session, place)
    return len(stale)


def begin(session: Session, place: OfficeView, desk: CounterView, actor: str) -> None:
    """Inside an act that has entered the hall: this person is on at this counter, and nobody else, and nowhere else.

    Whoever calls at a counter is there, so calling takes over from whoever was on.
    """
    at = now()
    today = place.day_of(at)
    mine = _open_shift(session, desk)
    if mine is not None and mine.day != today:
        _end_stale(session, place, mine)
        mine = None
    if mine is not None and (mine.actor == actor or _stands_in(mine.actor, actor)):
        return
    if mine is not None:
        mine.closed_at, mine.ending = at, "taken_over"
    session.flush()
    _end(session, place, actor, (desk.id,))
    session.add(CounterShift(office_id=place.id, day=today, counter_id=desk.id, actor=actor, opened_at=at))
    flush_unique(session)
    office_row.advance(session, place)
    audit.note(session, actor, "counter.open", desk.number)


def _end_stale(session: Session, place: OfficeView, shift: CounterShift) -> None:
    """A shift of another day ends when its office closed or its counter did something last, whichever is later."""
    number = select(Counter.number).where(Counter.id == shift.counter_id).scalar_subquery()
    last = session.scalar(
        select(func.max(TicketEvent.at))
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.office_id == place.id, Ticket.day == shift.day, TicketEvent.counter == number)
    )
    spans = week_of(place).on(shift.day)
    closed = instant(shift.day, closing(spans), place.zone) if spans else shift.opened_at
    shift.closed_at, shift.ending = max(shift.opened_at, closed, last or closed), "closed"


def _stands_in(on: str, actor: str) -> bool:
    """A system that calls for a counter where a person is on does not take it over."""
    return actor.startswith(SYSTEMS) and not on.startswith(SYSTEMS)


def _open_shift(session: Session, desk: CounterView) -> CounterShift | None:
    return session.scalar(
        select(CounterShift).where(CounterShift.counter_id == desk.id, CounterShift.closed_at.is_(None))
    )


def _end(session: Session, place: OfficeView, actor: str, but: Sequence[int]) -> None:
    """End a person's other shifts; a system may work for several counters."""
    if actor.startswith(SYSTEMS):
        return
    others = update(CounterShift).where(
        CounterShift.office_id == place.id,
        CounterShift.actor == actor,
        CounterShift.closed_at.is_(None),
        CounterShift.counter_id.not_in(but),
    )
    if rows_changed(session, others.values(closed_at=now(), ending="closed")):
        office_row.advance(session, place)
        audit.note(session, actor, "counter.closed", actor)
