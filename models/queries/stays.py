"""来庁の流れ of an office over up to 400 days: stays, lateness, reading and printing, out of tickets and prints."""

from __future__ import annotations

from datetime import date

from sqlalchemy import case, func, select

from models.core.days import day_bounds
from models.core.db import session
from models.queries import hall, measures
from models.queries.kept import Question
from models.queries.offices import OfficeView
from models.rules.stays import Reading, Stays, stays_of
from models.tables import Application, PrintJob, Ticket
from models.tables.paper import LEFT_THE_HOUSE


def of_span(place: OfficeView, first: date, last: date, queue: str | None = None) -> Stays:
    """Stays of a span's tickets; `Invalid` for a span that is none. Prints are of the whole office."""
    tickets = measures.handled(place, first, last, queue)
    grace = hall.policy_of(place).grace
    return stays_of(tickets, grace, _readings(place, first, last, queue), _prints(place, first, last))


STAYS = Question("stays", Stays, of_span, lambda place: hall.policy_of(place).grace)


def _readings(place: OfficeView, first: date, last: date, queue: str | None) -> list[Reading]:
    chosen = select(Ticket.scanned_at, Ticket.printed_at).where(
        Ticket.office_id == place.id,
        Ticket.day.between(first, last),
        Ticket.printed_at >= Ticket.scanned_at,
    )
    if queue is not None:
        chosen = chosen.where(Ticket.queue == queue)
    rows = session().execute(chosen)
    return [Reading(row.scanned_at, row.printed_at) for row in rows]


def _prints(place: OfficeView, first: date, last: date) -> tuple[int, int]:
    """Sheets that left the house, and those of them that were printed again."""
    begins, ends = day_bounds(first, last, place.zone)
    again = func.sum(case((PrintJob.copy > 1, 1), else_=0))
    found = (
        session()
        .execute(
            select(func.count().label("sheets"), again.label("again"))
            .select_from(PrintJob)
            .join(Application, Application.id == PrintJob.application_id)
            .where(
                Application.office_id == place.id,
                PrintJob.state.in_(LEFT_THE_HOUSE),
                PrintJob.asked_at >= begins,
                PrintJob.asked_at < ends,
            )
        )
        .one()
    )
    return int(found.sheets), int(found.again or 0)
