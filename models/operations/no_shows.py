"""来なかった予約: bookings of past days that never became a visit are counted as no-shows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act, rows_changed
from models.queries import crossing
from models.rules.sides import OUTSIDE
from models.tables import Booking, Ticket, Visit


@act
def mark(session: Session, today: date) -> int:
    """Mark every booking before `today` that nobody came for, and leave a no-show ticket for the measures; how many.

    The outside of a separated network never hears who came: there, bookings of past days count as kept.
    """
    if crossing.side() == OUTSIDE:
        over = update(Booking).where(Booking.day < today, Booking.state == "booked")
        return rows_changed(session, over.values(state="arrived", ended_at=now()))
    rows = session.scalars(select(Booking).where(Booking.day < today, Booking.state == "booked")).all()
    marked = 0
    for row in rows:
        claim = update(Booking).where(Booking.id == row.id, Booking.state == "booked")
        if rows_changed(session, claim.values(state="no_show", ended_at=now())) != 1:
            continue
        visit = Visit(office_id=row.office_id, day=row.day, booking_id=row.id, arrived_at=row.starts_at)
        session.add(visit)
        session.flush()
        session.add(
            Ticket(
                visit_id=visit.id,
                office_id=row.office_id,
                day=row.day,
                queue=row.queue,
                procedure=row.procedures[0],
                procedures=list(row.procedures),
                source="booked",
                state="no_show",
                language=row.language,
                order_at=row.starts_at,
                booked_for=row.starts_at,
            )
        )
        marked += 1
    return marked
