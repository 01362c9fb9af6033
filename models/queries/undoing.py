"""取り消せる操作: the last step of a ticket or a counter that can still be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.core.db import session
from models.queries import hall, line
from models.queries.line import EventView, Stay, TicketView
from models.queries.offices import OfficeView
from models.rules.ticket_history import Happened, last_step, untouched
from models.tables import Ticket, TicketEvent


def step_of(place: OfficeView, stay: Stay, at: datetime) -> EventView | None:
    """The step that an undo of a number would take back at an instant; None where there is none or it is too late.

    Where a visitor only went on to the next line, that is the last step of the ticket before.
    """
    touched, events = stay.ticket, stay.events
    if untouched(_history(events)):
        earlier = [one for one in stay.legs if one.leg < touched.leg and one.arrived_at]
        if earlier:
            touched, events = earlier[-1], stay.events_of(earlier[-1].leg)
    last = last_step(_history(events))
    if last is None or last.before is None or last.after != touched.state:
        return None
    if at - last.at > timedelta(minutes=hall.policy_of(place).undo_minutes):
        return None
    return next(
        one for one in reversed(events) if (one.at, one.kind, one.after) == (last.at, last.kind, last.after)
    )


def latest(place: OfficeView, day: date, counter: str, at: datetime) -> tuple[TicketView, EventView] | None:
    """The ticket that a counter took the latest step with, and that step if it can be taken back."""
    ticket_id = session().scalar(
        select(TicketEvent.ticket_id)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(
            Ticket.office_id == place.id,
            Ticket.day == day,
            TicketEvent.counter == counter,
            TicketEvent.after.is_not(None),
        )
        .order_by(TicketEvent.id.desc())
        .limit(1)
    )
    if ticket_id is None:
        return None
    ticket = line.one(ticket_id)
    step = step_of(place, line.stay_of(ticket), at)
    return None if step is None else (ticket, step)


def _history(events: Sequence[EventView]) -> list[Happened]:
    return [Happened(one.at, one.kind, one.before, one.after, one.counter) for one in events]
