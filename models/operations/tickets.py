"""受付番号を動かす: to another queue or counter, ahead of the line, out of it; and what a scan or a print adds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n
from models.core.transaction import act, rows_changed
from models.operations import hall, office_row
from models.operations.hall import Change
from models.operations.steps import Taken, moment, refused, take
from models.queries import availability, catalogue, line
from models.queries import hall as halls
from models.queries.line import TicketView
from models.queries.offices import OfficeView, counters_of
from models.rules.ticket_states import allowed
from models.tables import Ticket, TicketEvent

NO_QUEUE = _n("この庁舎に、その業務の窓口はありません。")
SAME_QUEUE = _n("もうその業務の列にいます。")
NOT_LATE = _n("予約の順番に戻せるのは、予約のある人だけです。")
IN_TIME = _n("もう予約の順番にいます。")


@act
def transfer(
    session: Session,
    place: OfficeView,
    number: str,
    queue: str,
    actor: str,
    procedures: Sequence[str] = (),
    seen: str = "",
) -> TicketView:
    """The visitor goes on to another queue and keeps number and place; who only waits changes the line.

    `seen` is the state in which the person who decides this saw the ticket: called meanwhile, it stays where it is.
    `procedures` are what is to be done there, as before where none are given. Raises `Invalid` for a queue that no
    counter of this office serves, `Conflict` where the state forbids it.
    """
    office_row.enter(session, place)
    if not any(queue in one.queues for one in counters_of(place)):
        raise invalid("queue", NO_QUEUE)
    today = place.day_of(now())
    ticket = line.by_number(place, today, number)
    codes = procedures or ticket.procedures
    if procedures:
        codes = availability.need_of(catalogue.current(), place, procedures).procedures
    if not allowed("transfer", ticket.state) or seen not in ("", ticket.state):
        raise refused(ticket)
    if ticket.state == "waiting":
        return _requeued(session, place, ticket, queue, codes, actor)
    if not take(session, place, ticket, Taken("transfer", actor, detail=queue)):
        raise refused(line.one(ticket.id))
    return _following(session, place, ticket, queue, codes, actor)


def _requeued(
    session: Session, place: OfficeView, ticket: TicketView, queue: str, codes: Sequence[str], actor: str
) -> TicketView:
    if ticket.queue == queue:
        raise Conflict(SAME_QUEUE, state=ticket.state)
    values = {"queue": queue, "procedure": codes[0], "procedures": list(codes)}
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == "waiting").values(values)
    if rows_changed(session, claim) != 1:
        raise refused(line.one(ticket.id))
    hall.note(session, place, ticket.id, Change("requeue", actor, detail=queue))
    return line.one(ticket.id)


def _following(
    session: Session, place: OfficeView, ticket: TicketView, queue: str, codes: Sequence[str], actor: str
) -> TicketView:
    at = moment(session, ticket)
    _make_room(session, ticket)
    row = Ticket(
        visit_id=ticket.visit_id, office_id=place.id, day=ticket.day, queue=queue, number=ticket.number,
        leg=ticket.leg + 1, procedure=codes[0], procedures=list(codes), source=ticket.source,
        prefilled=ticket.prefilled, state="waiting", language=ticket.language, order_at=ticket.order_at,
        due_at=ticket.due_at, priority=ticket.priority, booked_for=ticket.booked_for, arrived_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    hall.note(session, place, row.id, Change("arrive", actor, "waiting", detail=ticket.queue, at=at))
    return line.one(row.id)


def _make_room(session: Session, ticket: TicketView) -> None:
    """What was to follow comes one later: a visit's tickets are counted in the order of its stay."""
    if ticket.visit_id is None:
        return
    for one in reversed(line.of_visit(ticket.visit_id)):
        if one.leg > ticket.leg:
            session.execute(update(Ticket).where(Ticket.id == one.id).values(leg=one.leg + 1))


@act
def prioritise(session: Session, place: OfficeView, number: str, actor: str, on: bool = True) -> TicketView:
    """Staff's decision that somebody cannot wait long (or not any more); why is kept nowhere."""
    office_row.enter(session, place)
    ticket = line.by_number(place, place.day_of(now()), number)
    return _changed(session, place, ticket, {"priority": on}, "priority" if on else "no_priority", actor)


@act
def restore(session: Session, place: OfficeView, number: str, actor: str) -> TicketView:
    """A booked visitor who came late stands at the booked time again: staff's decision."""
    office_row.enter(session, place)
    ticket = line.by_number(place, place.day_of(now()), number)
    if ticket.booked_for is None or ticket.due_at is not None:
        raise Conflict(NOT_LATE if ticket.booked_for is None else IN_TIME, state=ticket.state)
    due = ticket.booked_for - halls.policy_of(place).lead
    return _changed(session, place, ticket, {"due_at": due}, "restore", actor)


def _changed(
    session: Session, place: OfficeView, ticket: TicketView, values: dict[str, object], kind: str, actor: str
) -> TicketView:
    """Change where a ticket stands, with those that are to follow it."""
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state.in_(("waiting", "absent")))
    if rows_changed(session, claim.values(values)) != 1:
        raise refused(line.one(ticket.id))
    if ticket.visit_id is not None:
        following = update(Ticket).where(Ticket.visit_id == ticket.visit_id, Ticket.state == "planned")
        session.execute(following.values(values))
    hall.note(session, place, ticket.id, Change(kind, actor))
    return line.one(ticket.id)


def record(session: Session, ticket_id: int, kind: str, desk: str | None, actor: str) -> None:
    """Add a QR read or a print to a ticket's history inside another act; the first one sets its instant."""
    column = {"scan": Ticket.scanned_at, "print": Ticket.printed_at}[kind]
    at = now()
    session.execute(update(Ticket).where(Ticket.id == ticket_id, column.is_(None)).values({column.key: at}))
    session.add(TicketEvent(ticket_id=ticket_id, at=at, kind=kind, counter=desk, actor=actor))
