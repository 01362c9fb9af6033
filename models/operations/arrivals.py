"""来庁: a booking is checked in, a walk-in takes a number; either way a visit begins with its first ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import _n, message
from models.core.tokens import fingerprint, new_token
from models.core.transaction import Passing, act, afterwards, flush_unique, rows_changed
from models.operations import audit, estimates, hall, numbering, office_row
from models.operations.hall import Change
from models.operations.idempotency import Key, once
from models.queries import availability, bookings, catalogue, line
from models.queries import hall as halls
from models.queries.applications import ApplicationView
from models.queries.bookings import BookingView
from models.queries.hall import HallView
from models.queries.offices import OfficeView, week_of
from models.rules.closing import issuing_ends
from models.rules.visits import by_queue
from models.tables import Application, Booking, Ticket, Visit

BOOKED_LETTER = "R"
OTHER_DAY = _n("{day}の予約です。きょうは受付できません。")
OTHER_OFFICE = _n("{office}の予約です。こちらでは受付できません。")
PAST = _n("{day}の予約で、もう終わっています。新しく受付してください。")
CANCELLED = _n("この予約は取り消されています。新しく受付してください。")
ALREADY = _n("もう受付が済んでいます（{number}）。")
NOT_LEASED = _n("{number}は、この機械に預けた番号ではありません。")
NUMBER_USED = _n("{number}は、もう使われています。")
FORM_USED = _n("この申請書は、もう別の受付番号で受け付けています。")
STOPPED = _n("きょうの番号札は終わりました。窓口の職員に声をかけるか、別の日に予約してください。")


@dataclass(frozen=True)
class Issued:
    """A fresh ticket: only here is its token ever in clear."""

    ticket_id: int
    number: str
    token: str
    early_minutes: int = 0
    late_minutes: int = 0
    on_time: bool = True


@dataclass(frozen=True)
class Brought:
    """What a walk-in brings along: forms filled in at home, and whether this is somebody who cannot wait long.

    `by_staff`: staff may give a number after numbers have ended. `token` and `number` are set where a kiosk gave both
    out by itself while its line was cut, `at` is when that was.
    """

    applications: tuple[ApplicationView, ...] = ()
    priority: bool = False
    by_staff: bool = False
    number: str = ""
    token: str = ""
    at: datetime | None = None


@act
def check_in(
    session: Session, place: OfficeView, booking: BookingView, actor: str, key: Key | None = None
) -> Issued:
    """A booked visitor is here: the booking becomes a visit with a ticket, once.

    Raises `Conflict` (other office, other day, already here) or `Gone` (cancelled, past) with a plain message.
    """
    return once(session, key, Issued, lambda: _checked_in(session, place, booking, actor))


def _checked_in(session: Session, place: OfficeView, booking: BookingView, actor: str) -> Issued:
    office_row.enter(session, place)
    at = now()
    today = place.day_of(at)
    booking = bookings.by_id(booking.id)
    _refuse(place, booking, today)
    claimed = update(Booking).where(Booking.id == booking.id, Booking.state == "booked")
    if rows_changed(session, claimed.values(state="arrived", ended_at=at)) != 1:
        raise Passing
    policy = halls.policy_of(place)
    late = at > booking.starts_at + policy.grace
    visit = Visit(office_id=place.id, day=today, booking_id=booking.id, arrived_at=at)
    first = Ticket(
        source="booked",
        language=booking.language,
        order_at=_end_of_line(session, place, today, at) if late else at,
        due_at=None if late else booking.starts_at - policy.lead,
        booked_for=booking.starts_at,
    )
    letter = booking.queue if late else BOOKED_LETTER
    number = numbering.next_number(session, place, today, letter)
    begun = Begun(visit, first, number, booking.procedures, booking.queue)
    issued = begin(session, place, begun, actor)
    attached = update(Application).where(Application.booking_id == booking.id, Application.state == "ready")
    if rows_changed(session, attached.values(ticket_id=issued.ticket_id)):
        session.execute(update(Ticket).where(Ticket.visit_id == visit.id).values(prefilled=True))
    gap = round((at - booking.starts_at).total_seconds() / 60)
    return Issued(issued.ticket_id, issued.number, issued.token, max(0, -gap), max(0, gap), not late)


@act
def issue(
    session: Session,
    place: OfficeView,
    procedures: Sequence[str],
    actor: str,
    language: str = "ja",
    key: Key | None = None,
    brought: Brought = Brought(),
) -> Issued:
    """A walk-in takes a number for these procedures; the forms that were brought wait for that ticket.

    Raises `Conflict` where a form came with another ticket already, where numbers have ended for today, or where the
    queue's contingent is used up.
    """
    return once(session, key, Issued, lambda: issued(session, place, procedures, actor, language, brought))


def issued(
    session: Session,
    place: OfficeView,
    procedures: Sequence[str],
    actor: str,
    language: str,
    brought: Brought,
) -> Issued:
    """As `issue`, inside another act."""
    need = availability.need_of(catalogue.current(), place, procedures)
    row = office_row.enter(session, place)
    at = brought.at or now()
    today = place.day_of(at)
    if not (brought.by_staff or brought.number):
        refuse_after_end(place, halls.hall(place, today), at)
    visit = Visit(office_id=row.office_id, day=today, arrived_at=at)
    if brought.token:
        visit.token_hash = fingerprint(brought.token)
    if brought.number:
        _refuse_number(session, place, today, brought.number, need.queue)
    stands_at = brought.at or _end_of_line(session, place, today, at)
    first = Ticket(source="walk_in", language=language, order_at=stands_at, priority=brought.priority)
    number = brought.number or numbering.next_number(session, place, today, need.queue, need.queue)
    issued = begin(session, place, Begun(visit, first, number, need.procedures, need.queue), actor)
    for one in brought.applications:
        claim = update(Application).where(Application.id == one.id, Application.ticket_id.is_(None))
        if rows_changed(session, claim.values(ticket_id=issued.ticket_id)) != 1:
            raise Conflict(FORM_USED)
        first.prefilled = True
    return Issued(issued.ticket_id, issued.number, brought.token or issued.token)


def _end_of_line(session: Session, place: OfficeView, day: date, at: datetime) -> datetime:
    """Where somebody stands who comes now: behind everybody who took a number before, even if the clock went back."""
    mine = (
        Ticket.office_id == place.id,
        Ticket.day == day,
        Ticket.state == "waiting",
        Ticket.due_at.is_(None),
    )
    last = session.scalar(select(func.max(Ticket.order_at)).where(*mine))
    return at if last is None else max(at, last)


def _refuse_number(session: Session, place: OfficeView, day: date, number: str, letter: str) -> None:
    """`Conflict` for a number that a kiosk gave out by itself and that was not leased, or is taken already."""
    if not numbering.leased(session, place, day, number, letter):
        raise Conflict(message(NOT_LEASED, number=number), number=number)
    taken = select(Ticket.id).where(Ticket.office_id == place.id, Ticket.day == day, Ticket.number == number)
    if session.scalar(taken.limit(1)) is not None:
        raise Conflict(message(NUMBER_USED, number=number), number=number)


@dataclass(frozen=True)
class Begun:
    """A visit that begins: its row, its first ticket's row, its number, what for and in which queue first."""

    visit: Visit
    first: Ticket
    number: str
    procedures: Sequence[str]
    queue: str


def begin(session: Session, place: OfficeView, begun: Begun, actor: str) -> Issued:
    """Write a visit with its tickets: one for all procedures, or one a queue where the office's policy says so."""
    token = new_token()
    visit, first = begun.visit, begun.first
    visit.token_hash = visit.token_hash or fingerprint(token)
    session.add(visit)
    flush_unique(session)
    for leg, (of_queue, codes) in enumerate(_legs(place, begun.procedures, begun.queue), start=1):
        ticket = first if leg == 1 else _later(first)
        ticket.visit_id, ticket.office_id, ticket.day = visit.id, place.id, visit.day
        ticket.queue, ticket.procedure, ticket.procedures = of_queue, codes[0], list(codes)
        ticket.number, ticket.leg = begun.number, leg
        ticket.arrived_at = visit.arrived_at if leg == 1 else None
        ticket.state = "waiting" if leg == 1 else "planned"
        session.add(ticket)
        session.flush()
        kind = "arrive" if leg == 1 else "plan"
        hall.note(session, place, ticket.id, Change(kind, actor, after=ticket.state))
    audit.note(session, actor, "ticket.issue", begun.number)
    afterwards(session, partial(estimates.note_issued, place, first.id))
    return Issued(first.id, begun.number, token)


def _later(first: Ticket) -> Ticket:
    return Ticket(
        source=first.source, language=first.language, order_at=first.order_at, due_at=first.due_at,
        priority=first.priority, booked_for=first.booked_for,
    )  # fmt: skip


def _legs(place: OfficeView, procedures: Sequence[str], queue: str) -> list[tuple[str, tuple[str, ...]]]:
    if halls.policy_of(place).several == "together":
        return [(queue, tuple(procedures))]
    known = catalogue.current().procedures
    return by_queue([known[code] for code in procedures if code in known], queue) or [
        (queue, tuple(procedures))
    ]


def refuse_after_end(place: OfficeView, view: HallView, at: datetime) -> None:
    """`Conflict` where numbers have ended for today: staff stopped them, or (if the office wants it) closing is near.

    Before the doors open numbers are given out: people stand in front of them.
    """
    spans = week_of(place).on(view.day)
    local = at.astimezone(place.zone).time()
    over = not spans or local >= issuing_ends(spans, view.policy.stop_minutes)
    if view.stopped or (view.policy.stops_at_closing and over):
        raise Conflict(STOPPED, closed=True)


def _refuse(place: OfficeView, booking: BookingView, today: date) -> None:
    if booking.office.id != place.id:
        raise Conflict(message(OTHER_OFFICE, office=booking.office.name), office=booking.office.name)
    if booking.state == "cancelled":
        raise Gone(CANCELLED)
    if booking.day < today:
        raise Gone(message(PAST, day=booking.day))
    if booking.day > today:
        raise Conflict(message(OTHER_DAY, day=booking.day), day=booking.day.isoformat())
    if booking.state != "booked":
        ticket = line.of_booking(booking.id)
        if ticket is None:
            raise NotFound
        at = ticket.arrived_at.astimezone(place.zone) if ticket.arrived_at else None
        raise Conflict(
            message(ALREADY, number=ticket.number),
            number=ticket.number,
            counter=ticket.counter,
            time=f"{at:%H:%M}" if at else None,
            already_checked_in=True,
        )
