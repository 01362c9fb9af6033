"""目安の記録: every estimate that people were told is kept, so that it can be held against the truth.

No personal data: a ticket's row, an instant and four numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act, rows_changed
from models.queries import estimates, hall_now
from models.queries.estimates import WaitEstimate
from models.queries.offices import OfficeView, offices, week_of
from models.tables import Estimate

KEPT = timedelta(days=400)
APART = timedelta(minutes=4)
"""Boards and phones are noted every few minutes, not more often however often the scheduler looks."""
LONGEST_LINE = 300
"""People in line beyond which nothing is noted at the moment of issue: no hall is so full, a burst of numbers is."""
SLIP, SCREEN = "slip", "screen"


def note_issued(place: OfficeView, ticket_id: int) -> bool:
    """Keep what somebody is told who has just taken a number or was checked in; False where nothing is told."""
    at = now()
    if hall_now.people_waiting(place, place.day_of(at)) > LONGEST_LINE:
        return False
    found = estimates.of_hall(place, at).tickets.get(ticket_id)
    return found is not None and _note(place, at, SLIP, {ticket_id: found}) > 0


def note_screens() -> int:
    """Keep what boards and phones show now, in every office that is open; how many estimates."""
    at = now()
    return sum(_note_screen(place, at) for place in offices() if _open(place, at))


def _note_screen(place: OfficeView, at: datetime) -> int:
    shown = estimates.of_hall(place, at).tickets
    return _note(place, at, SCREEN, shown) if shown else 0


def _open(place: OfficeView, at: datetime) -> bool:
    local = at.astimezone(place.zone)
    return any(span.opens <= local.time() < span.closes for span in week_of(place).on(local.date()))


@act
def _note(
    session: Session, place: OfficeView, at: datetime, shown_on: str, found: Mapping[int, WaitEstimate]
) -> int:
    """Write what was shown, once for a slip and not too often for screens; how many."""
    before = select(func.max(Estimate.at)).where(
        Estimate.office_id == place.id, Estimate.day == place.day_of(at), Estimate.shown_on == shown_on
    )
    if shown_on == SLIP:
        before = before.where(Estimate.ticket_id.in_(tuple(found)))
    latest = session.scalar(before)
    if latest is not None and (shown_on == SLIP or at - latest < APART):
        return 0
    rows = [_row(place, shown_on, ticket, at, one) for ticket, one in found.items()]
    session.execute(insert(Estimate), rows)
    return len(rows)


@act
def note_past(session: Session, place: OfficeView, told: Sequence[tuple[int, datetime, WaitEstimate]]) -> int:
    """Keep what people were told with their number on days that are over: ticket, instant, estimate; how many."""
    rows = [_row(place, SLIP, *one) for one in told]
    session.execute(insert(Estimate), rows)
    return len(rows)


def _row(place: OfficeView, shown_on: str, ticket: int, at: datetime, one: WaitEstimate) -> dict[str, Any]:
    return {
        "office_id": place.id, "day": place.day_of(at), "ticket_id": ticket, "at": at, "shown_on": shown_on,
        "p10": one.p10, "p50": one.p50, "p80": one.p80, "p90": one.p90,
    }  # fmt: skip


@act
def forget(session: Session, day: date) -> int:
    """Delete what was shown more than 400 days before `day`; how many."""
    return rows_changed(session, delete(Estimate).where(Estimate.day < day - KEPT))
