"""受付番号を動かす: to another queue or counter, ahead of the line, out of it; and what a scan or a print adds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n
from models.core.transaction import act, rows_changed
from models.operations import calling, hall
from models.operations.calling import Taken
from models.operations.hall import Change
from models.queries import availability, catalogue, line
from models.queries import hall as halls
from models.queries.line import TicketView
from models.queries.offices import OfficeView, counters_of
from models.rules.ticket_states import allowed
from models.tables import Ticket, TicketEvent

NO_QUEUE = _n("この庁舎に、その業務の窓口はありません。")
SAME_QUEUE = _n("もうその業務の列にいます。")
NOT_LATE = _n("予約の順番に戻せるのは、予約のある人だけです。")


@act
def transfer(
    session: Session,
    place: OfficeView,
    number: str,
    queue: str,
    actor: str,
    procedures: Sequence[str] = (),
) -> TicketView:
    """The visitor goes on to another queue and keeps number and place; who only waits changes the line.

    `procedures` are what is to be done there, as before where none are given. Raises `Invalid` for a queue that no
    counter of this office serves, `Conflict` where the state forbids it.
    """
    hall.enter(session, place)
    if not any(queue in one.queues for one in counters_of(place)):
        raise invalid("queue", NO_QUEUE)
    today = place.day_of(now())
    ticket = line.by_number(place, today, number)
    codes = procedures or ticket.procedures
    if procedures:
        codes = availability.need_of(catalogue.current(), place, procedures).procedures
    if not allowed("transfer", ticket.state):
        raise calling.refused(ticket)
    if ticket.state == "waiting":
        return _requeued(session, place, ticket, queue, codes, actor)
    if not calling.take(session, place, ticket, Taken("transfer", actor, detail=queue)):
        raise calling.refused(line.one(ticket.id))
    return _following(session, place, ticket, queue, codes, actor)


def _requeued(
    session: Session, place: OfficeView, ticket: TicketView, queue: str, codes: Sequence[str], actor: str
) -> TicketView:
    if ticket.queue == queue:
        raise Conflict(SAME_QUEUE, state=ticket.state)
    values = {"queue": queue, "procedure": codes[0], "procedures": list(codes)}
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == "waiting").values(values)
    if rows_changed(session, claim) != 1:
        raise calling.refused(line.one(ticket.id))
    hall.note(session, place, ticket.id, Change("requeue", actor, detail=queue))
    return line.one(ticket.id)


def _following(
    session: Session, place: OfficeView, ticket: TicketView, queue: str, codes: Sequence[str], actor: str
) -> TicketView:
    leg = session.scalar(
        select(func.max(Ticket.leg)).where(
            Ticket.office_id == place.id,
            Ticket.day == place.day_of(now()),
            Ticket.number == ticket.number,
        )
    )
    row = Ticket(
        visit_id=ticket.visit_id, office_id=place.id, day=place.day_of(now()), queue=queue, number=ticket.number,
        leg=(leg or 1) + 1, procedure=codes[0], procedures=list(codes), source=ticket.source,
        prefilled=ticket.prefilled, state="waiting", language=ticket.language, order_at=ticket.order_at,
        due_at=ticket.due_at, priority=ticket.priority, booked_for=ticket.booked_for, arrived_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    hall.note(session, place, row.id, Change("arrive", actor, "waiting", detail=ticket.queue))
    return line.one(row.id)


@act
def prioritise(session: Session, place: OfficeView, number: str, actor: str, on: bool = True) -> TicketView:
    """Staff's decision that somebody cannot wait long (or not any more); why is kept nowhere."""
    return _changed(session, place, number, {"priority": on}, "priority" if on else "no_priority", actor)


@act
def restore(session: Session, place: OfficeView, number: str, actor: str) -> TicketView:
    """A booked visitor who came late stands at the booked time again: staff's decision."""
    ticket = line.by_number(place, place.day_of(now()), number)
    if ticket.booked_for is None:
        raise Conflict(NOT_LATE, state=ticket.state)
    due = ticket.booked_for - halls.policy_of(place).lead
    return _changed(session, place, number, {"due_at": due}, "restore", actor)


def _changed(
    session: Session, place: OfficeView, number: str, values: dict[str, object], kind: str, actor: str
) -> TicketView:
    hall.enter(session, place)
    ticket = line.by_number(place, place.day_of(now()), number)
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state.in_(("waiting", "planned", "absent")))
    if rows_changed(session, claim.values(values)) != 1:
        raise calling.refused(line.one(ticket.id))
    hall.note(session, place, ticket.id, Change(kind, actor))
    return line.one(ticket.id)


def record(session: Session, ticket_id: int, kind: str, desk: str | None, actor: str) -> None:
    """Add a QR read or a print to a ticket's history inside another act; the first one sets its instant."""
    column = {"scan": Ticket.scanned_at, "print": Ticket.printed_at}[kind]
    at = now()
    session.execute(update(Ticket).where(Ticket.id == ticket_id, column.is_(None)).values({column.key: at}))
    session.add(TicketEvent(ticket_id=ticket_id, at=at, kind=kind, counter=desk, actor=actor))
