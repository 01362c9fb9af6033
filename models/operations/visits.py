"""来庁: check in, take a number, call, start, finish; every step is one event and one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, Gone, NotFound
from models.core.messages import _n, message
from models.core.tokens import fingerprint, new_token
from models.core.transaction import Passing, act, flush_unique, rows_changed
from models.operations import audit
from models.operations.idempotency import Key, once
from models.queries import availability, catalogue, line
from models.queries.applications import ApplicationView
from models.queries.bookings import BookingView
from models.queries.line import TicketView
from models.queries.offices import OfficeView, counter
from models.rules.ticket_states import STEPS, Action
from models.tables import Application, Booking, NumberSequence, Ticket, TicketEvent, Visit

BOOKED_LETTER = "R"
LEAD = timedelta(minutes=2)
"""A booked visitor's place in the line is two minutes before the booked time (queue rules, booked_call)."""
PRIORITY = timedelta(minutes=15)
"""How much earlier somebody who cannot wait long stands in the line (queue rules, priority)."""
GRACE = timedelta(minutes=10)
"""Later than this after the booked time, a booked visitor waits in the normal order."""
INSTANTS: dict[Action, str] = {"call": "called_at", "start": "started_at", "finish": "finished_at"}
OTHER_DAY = _n("{day}の予約です。きょうは受付できません。")
OTHER_OFFICE = _n("{office}の予約です。こちらでは受付できません。")
PAST = _n("{day}の予約で、もう終わっています。新しく受付してください。")
CANCELLED = _n("この予約は取り消されています。新しく受付してください。")
ALREADY = _n("もう受付が済んでいます（{number}）。")
FORM_USED = _n("この申請書は、もう別の受付番号で受け付けています。")
WRONG_STEP = _n("{number}はいま「{state}」です。この操作はできません。")
BUSY_COUNTER = _n("この窓口は{number}を対応中です。終えてから次を呼んでください。")


@dataclass(frozen=True)
class Issued:
    """A fresh ticket: only here is its token ever in clear."""

    ticket_id: int
    number: str
    token: str
    early_minutes: int = 0
    late_minutes: int = 0


@dataclass(frozen=True)
class Brought:
    """What a walk-in brings along: forms filled in at home, and a reason to be called a little earlier."""

    applications: tuple[ApplicationView, ...] = ()
    priority: bool = False


@act
def check_in(
    session: Session, place: OfficeView, booking: BookingView, actor: str, key: Key | None = None
) -> Issued:
    """A booked visitor is here: the booking becomes a visit with a ticket, once.

    Raises `Conflict` (other office, other day, already here) or `Gone` (cancelled, past) with a plain message.
    """
    return once(session, key, Issued, lambda: _checked_in(session, place, booking, actor))


def _checked_in(session: Session, place: OfficeView, booking: BookingView, actor: str) -> Issued:
    at = now()
    today = place.day_of(at)
    _refuse(place, booking, today)
    claimed = update(Booking).where(Booking.id == booking.id, Booking.state == "booked")
    if rows_changed(session, claimed.values(state="arrived", ended_at=at)) != 1:
        raise Passing
    visit = Visit(office_id=place.id, day=today, booking_id=booking.id, arrived_at=at)
    session.add(visit)
    session.flush()
    late = at > booking.starts_at + GRACE
    ticket = Ticket(
        queue=booking.queue,
        procedure=booking.procedures[0],
        procedures=list(booking.procedures),
        source="booked",
        language=booking.language,
        order_at=at if late else booking.starts_at - LEAD,
        booked_for=booking.starts_at,
    )
    issued = _issued(session, place, visit, ticket, booking.queue if late else BOOKED_LETTER, actor)
    attached = update(Application).where(Application.booking_id == booking.id, Application.state == "ready")
    if rows_changed(session, attached.values(ticket_id=issued.ticket_id)):
        ticket.prefilled = True
    gap = round((at - booking.starts_at).total_seconds() / 60)
    return Issued(issued.ticket_id, issued.number, issued.token, max(0, -gap), max(0, gap))


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

    Raises `Conflict` where a form came with another ticket already.
    """

    def made() -> Issued:
        at = now()
        need = availability.need_of(catalogue.current(), place, procedures)
        visit = Visit(office_id=place.id, day=place.day_of(at), arrived_at=at)
        session.add(visit)
        session.flush()
        ticket = Ticket(
            queue=need.queue,
            procedure=need.procedures[0],
            procedures=list(need.procedures),
            source="walk_in",
            language=language,
            order_at=at - PRIORITY if brought.priority else at,
        )
        issued = _issued(session, place, visit, ticket, need.queue, actor)
        _bring(session, ticket, brought.applications)
        return issued

    return once(session, key, Issued, made)


@act
def call_next(session: Session, place: OfficeView, number: str, actor: str) -> TicketView | None:
    """The counter calls the next waiting ticket of its queues, main queue first; None when nobody waits.

    Raises `Conflict` while the counter still has a ticket.
    """
    desk = counter(place, number)
    today = place.day_of(now())
    _refuse_second(line.at_counter(place, today, desk.number))
    for ticket in in_order(line.line(place, today, queues=desk.queues), desk.queues):
        if _claimed(session, ticket.id, "call", desk.number):
            _note(session, ticket.id, "call", desk.number, actor)
            return _fresh(session, ticket.id)
    return None


def in_order(tickets: Sequence[TicketView], queues: Sequence[str]) -> list[TicketView]:
    """The order in which a counter with these queues calls: main queue first, then as in the line."""
    rank = {queue: place for place, queue in enumerate(queues)}
    return sorted(tickets, key=lambda ticket: rank[ticket.queue])


@act
def step(
    session: Session,
    place: OfficeView,
    number: str,
    action: Action,
    actor: str,
    desk: str | None = None,
    outcomes: Sequence[str] = (),
) -> TicketView:
    """One step of one of today's tickets; `Conflict` tells the real state where the table forbids it.

    `outcomes` are the procedures that were handled in the end; the ticket keeps them and counts for the first.
    """
    today = place.day_of(now())
    ticket = line.by_number(place, today, number)
    if desk is not None:
        counter(place, desk)
        if action == "call":
            _refuse_second(line.at_counter(place, today, desk))
    if not _claimed(session, ticket.id, action, desk):
        real = _fresh(session, ticket.id)
        raise Conflict(message(WRONG_STEP, number=number, state=STATE_WORDS[real.state]), state=real.state)
    if outcomes:
        handled = availability.need_of(catalogue.current(), place, outcomes).procedures
        values = {"procedures": list(handled), "procedure": handled[0]}
        session.execute(update(Ticket).where(Ticket.id == ticket.id).values(values))
    _note(session, ticket.id, action, desk or ticket.counter, actor)
    return _fresh(session, ticket.id)


STATE_WORDS = {
    "waiting": _n("お待ち"),
    "called": _n("呼出中"),
    "absent": _n("不在"),
    "serving": _n("対応中"),
    "held": _n("保留"),
    "back_office": _n("処理中"),
    "recalled": _n("交付の呼出中"),
    "transferred": _n("移動"),
    "done": _n("終了"),
    "cancelled": _n("取消"),
    "no_show": _n("来なかった"),
    "abandoned": _n("途中で帰った"),
}


def record(session: Session, ticket_id: int, kind: str, desk: str | None, actor: str) -> None:
    """Add a QR read or a print to a ticket's history inside another act; the first one sets its instant."""
    column = {"scan": Ticket.scanned_at, "print": Ticket.printed_at}[kind]
    at = now()
    session.execute(update(Ticket).where(Ticket.id == ticket_id, column.is_(None)).values({column.key: at}))
    session.add(TicketEvent(ticket_id=ticket_id, at=at, kind=kind, counter=desk, actor=actor))


def _refuse_second(mine: TicketView | None) -> None:
    if mine is not None:
        raise Conflict(message(BUSY_COUNTER, number=mine.number), number=mine.number, state=mine.state)


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
        raise Conflict(
            message(ALREADY, number=ticket.number),
            number=ticket.number,
            counter=ticket.counter,
            already_checked_in=True,
        )


def _bring(session: Session, ticket: Ticket, found: Sequence[ApplicationView]) -> None:
    for one in found:
        claim = update(Application).where(Application.id == one.id, Application.ticket_id.is_(None))
        if rows_changed(session, claim.values(ticket_id=ticket.id)) != 1:
            raise Conflict(FORM_USED)
        ticket.prefilled = True


def _issued(
    session: Session, place: OfficeView, visit: Visit, ticket: Ticket, letter: str, actor: str
) -> Issued:
    token = new_token()
    ticket.visit_id, ticket.office_id, ticket.day = visit.id, place.id, visit.day
    ticket.arrived_at, ticket.token_hash = visit.arrived_at, fingerprint(token)
    ticket.number = _next_number(session, place, visit.day, letter)
    session.add(ticket)
    session.flush()
    session.add(
        TicketEvent(ticket_id=ticket.id, at=visit.arrived_at, kind="arrive", counter=None, actor=actor)
    )
    audit.note(session, actor, "ticket.issue", ticket.number)
    return Issued(ticket.id, ticket.number, token)


def _next_number(session: Session, place: OfficeView, day: date, letter: str) -> str:
    """The next number of a letter on a business day, from its sequence row: never twice, whoever asks."""
    mine = (NumberSequence.office_id == place.id, NumberSequence.day == day, NumberSequence.letter == letter)
    if rows_changed(session, update(NumberSequence).where(*mine).values(last=NumberSequence.last + 1)) == 0:
        session.add(NumberSequence(office_id=place.id, day=day, letter=letter, last=1))
        flush_unique(session)
    last = session.scalar(select(NumberSequence.last).where(*mine)) or 1
    return f"{letter}{last:03d}"


def _claimed(session: Session, ticket_id: int, action: Action, desk: str | None) -> bool:
    chosen = STEPS[action]
    values: dict[str, Any] = {"state": chosen.after}
    if action in INSTANTS:
        values[INSTANTS[action]] = now()
    if action == "call":
        values["counter"] = desk
    claim = update(Ticket).where(Ticket.id == ticket_id, Ticket.state.in_(chosen.before)).values(values)
    return rows_changed(session, claim) == 1


def _note(session: Session, ticket_id: int, kind: str, desk: str | None, actor: str) -> None:
    session.add(TicketEvent(ticket_id=ticket_id, at=now(), kind=kind, counter=desk, actor=actor))
    audit.note(session, actor, f"ticket.{kind}", str(ticket_id))


def _fresh(session: Session, ticket_id: int) -> TicketView:
    session.flush()
    row = session.get(Ticket, ticket_id, populate_existing=True)
    if row is None:
        raise NotFound
    return line.view(row)
