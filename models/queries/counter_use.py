"""窓口の開いていた時間: of one office day, when counters stood open and when they served; no person is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Row, func, select

from models.core.clock import now
from models.core.db import session
from models.queries.offices import OfficeView, counters_of
from models.rules.ticket_history import Happened
from models.rules.utilisation import LONGEST, Span, Use, served, uses
from models.tables import Counter, CounterShift, Ticket, TicketEvent


def of_day(place: OfficeView, day: date) -> list[Use]:
    """Minutes by group of counters (their main queue) and half hour; of today up to now."""
    at = now()
    return uses(_opened(place, day, at), _busy(place, day, at), main_queues(place), place.zone)


def main_queues(place: OfficeView) -> Mapping[str, str]:
    """Each counter's main queue, by the counter's number."""
    return {one.number: one.queues[0] for one in counters_of(place) if one.queues}


def _opened(place: OfficeView, day: date, at: datetime) -> list[Span]:
    rows = session().execute(
        select(Counter.number, CounterShift.opened_at, CounterShift.closed_at)
        .join(Counter, Counter.id == CounterShift.counter_id)
        .where(CounterShift.office_id == place.id, CounterShift.day == day)
    )
    return [Span(row.number, row.opened_at, row.closed_at or at) for row in rows]


def _busy(place: OfficeView, day: date, at: datetime) -> Iterator[Span]:
    """Out of each ticket's history; where a log brought none, from its start to its end."""
    histories = _histories(place, day)
    chosen = select(
        Ticket.id,
        Ticket.counter,
        Ticket.called_at,
        Ticket.started_at,
        func.coalesce(Ticket.served_end_at, Ticket.finished_at).label("ends_at"),
    )
    for row in session().execute(chosen.where(Ticket.office_id == place.id, Ticket.day == day)):
        if row.id in histories:
            yield from served(histories[row.id], at)
        else:
            yield from _logged(row)


def _histories(place: OfficeView, day: date) -> dict[int, list[Happened]]:
    """The events that changed a ticket's state, by ticket."""
    rows = session().execute(
        select(
            TicketEvent.ticket_id,
            TicketEvent.at,
            TicketEvent.kind,
            TicketEvent.before,
            TicketEvent.after,
            TicketEvent.counter,
        )
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.office_id == place.id, Ticket.day == day, TicketEvent.after.is_not(None))
        .order_by(TicketEvent.id)
    )
    found: dict[int, list[Happened]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(
            Happened(row.at, row.kind, row.before, row.after, row.counter)
        )
    return found


def _logged(row: Row[*tuple[object, ...]]) -> Iterator[Span]:
    begins_at = row.started_at or row.called_at
    if row.counter and begins_at and row.ends_at and row.ends_at > begins_at:
        yield Span(row.counter, begins_at, min(row.ends_at, begins_at + LONGEST))
