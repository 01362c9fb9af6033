"""古い受付の記録: tickets and their events go after three years and a month; what they add up to stays as facts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from models.core.transaction import act, rows_changed
from models.rules.retention import tickets_until
from models.tables import (
    Application,
    Estimate,
    FactDay,
    Message,
    SlipJob,
    Subscription,
    Ticket,
    TicketEvent,
    Visit,
)

AT_ONCE = 500


def forget(today: date) -> int:
    """Delete what is older; how many tickets. A day whose facts were never made, or are to be made again, is kept."""
    total = 0
    while count := _tickets(tickets_until(today)):
        total += count
    while _visits(tickets_until(today)):
        continue
    return total


@act
def _tickets(session: Session, before: date) -> int:
    made = exists().where(
        FactDay.office_id == Ticket.office_id, FactDay.day == Ticket.day, FactDay.made_at.is_not(None)
    )
    old = select(Ticket.id).where(Ticket.day < before, made).order_by(Ticket.day).limit(AT_ONCE)
    numbers = list(session.scalars(old))
    if not numbers:
        return 0
    session.execute(delete(TicketEvent).where(TicketEvent.ticket_id.in_(numbers)))
    session.execute(delete(Estimate).where(Estimate.ticket_id.in_(numbers)))
    mine = Application.ticket_id.in_(numbers)
    session.execute(update(Application).where(mine).values(ticket_id=None))
    return rows_changed(session, delete(Ticket).where(Ticket.id.in_(numbers)))


@act
def _visits(session: Session, before: date) -> int:
    """Visits that have no ticket any more."""
    empty = ~exists().where(Ticket.visit_id == Visit.id)
    numbers = list(session.scalars(select(Visit.id).where(Visit.day < before, empty).limit(AT_ONCE)))
    if not numbers:
        return 0
    for table in (SlipJob, Message, Subscription):
        session.execute(update(table).where(table.visit_id.in_(numbers)).values(visit_id=None))
    return rows_changed(session, delete(Visit).where(Visit.id.in_(numbers)))
