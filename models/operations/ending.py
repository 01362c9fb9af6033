"""終わり: what was absent too long, and what an earlier day left open: tickets in the line and counters that are on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session as reading
from models.core.transaction import act
from models.operations import counters, office_row
from models.operations.steps import Taken, drop_planned, take
from models.queries import hall as halls
from models.queries import line
from models.queries.offices import OfficeView, offices
from models.tables import CounterShift, Ticket, TicketEvent

HALL = "hall"
"""Who ends things by itself, in histories."""
LEFT = ("planned", "waiting", "called", "absent")
"""States in which a ticket is still to be served: at the end of the day its visitor has left.

Whoever is at a counter, put aside, or called for the hand-over was served (measures, `outcome`) and stays so.
"""


def expire(session: Session, place: OfficeView, day: date, at: datetime) -> int:
    """Inside an act: end what has been absent longer than the office keeps it; how many."""
    hold = halls.policy_of(place).hold
    ended = 0
    for one in line.line(place, day, states=("absent",)):
        since = session.scalar(
            select(TicketEvent.at)
            .where(TicketEvent.ticket_id == one.id, TicketEvent.after == "absent")
            .order_by(TicketEvent.id.desc())
            .limit(1)
        )
        if since is not None and at - since > hold and take(session, place, one, Taken("expire", HALL)):
            ended += 1
            drop_planned(session, place, one, HALL)
    return ended


@act
def sweep(session: Session, place: OfficeView) -> int:
    """End what has been absent too long, also where no counter calls; how many."""
    office_row.enter(session, place)
    at = now()
    return expire(session, place, place.day_of(at), at)


@act
def end_day(session: Session, place: OfficeView, day: date) -> int:
    """Close what a day that is over left in the line: whoever was not served has left; how many.

    A day that is not over yet is left alone.
    """
    office_row.enter(session, place)
    if day >= place.day_of(now()):
        return 0
    ended = 0
    for one in line.line(place, day, states=LEFT):
        if one.state != "planned" and take(session, place, one, Taken("expire", HALL)):
            drop_planned(session, place, one, HALL)
            ended += 1
    return ended


def sweep_all() -> int:
    """`sweep` in every office; how many."""
    return sum(sweep(place) for place in offices())


def end_days(until: date) -> dict[str, int]:
    """End every day before `until` in every office, however long ago; how many tickets and shifts were left."""
    tickets = shifts = 0
    for place in offices():
        last = min(until, place.day_of(now()))
        for day in _days_left(place, last):
            tickets += end_day(place, day)
        if _shift_left(place, last):
            shifts += counters.end_days_before(place, last)
    return {"tickets": tickets, "shifts": shifts}


def _days_left(place: OfficeView, until: date) -> list[date]:
    mine = (Ticket.office_id == place.id, Ticket.day < until, Ticket.state.in_(LEFT))
    return list(reading().scalars(select(Ticket.day).where(*mine).distinct().order_by(Ticket.day)))


def _shift_left(place: OfficeView, until: date) -> bool:
    mine = (CounterShift.office_id == place.id, CounterShift.day < until, CounterShift.closed_at.is_(None))
    return reading().scalar(select(CounterShift.id).where(*mine).limit(1)) is not None
