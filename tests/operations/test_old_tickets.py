"""Tickets go after 37 months; what managers read of those days stays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.transaction import act
from models.operations import facts, old_tickets
from models.queries import facts as read
from models.queries.offices import office
from models.rules.retention import tickets_until
from models.tables import FactDay, Ticket, TicketEvent, Visit
from tests.conftest import BOTH, SQLITE
from tests.past_visits import past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
TODAY = date(2026, 11, 24)
OLD, KEPT = date(2023, 9, 29), date(2023, 10, 2)
SOON_AFTER = datetime(2023, 10, 5, tzinfo=UTC)
"""When those days are added up: three years later every day since would be, one by one."""


@act
def with_visits(db: Session) -> None:
    """Each ticket is part of a visit and has an event."""
    for ticket in db.scalars(select(Ticket)):
        visit = Visit(office_id=ticket.office_id, day=ticket.day, arrived_at=ticket.order_at)
        db.add(visit)
        db.flush()
        ticket.visit_id = visit.id
        db.add(TicketEvent(ticket_id=ticket.id, at=ticket.order_at, kind="issue", actor="test"))


def count(table: type[Ticket] | type[Visit] | type[TicketEvent]) -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(table)) or 0


def test_thirty_seven_whole_months_are_kept() -> None:
    assert tickets_until(TODAY) == date(2023, 10, 1)
    assert tickets_until(date(2026, 1, 31)) == date(2022, 12, 1)


@BOTH
def test_old_tickets_go_with_their_events_and_visits_and_their_figures_stay(
    clock: FrozenDateTimeFactory,
) -> None:
    clock.move_to(SOON_AFTER)
    for day in (OLD, KEPT):
        past(day, *["9:00 9:10 9:11 9:30"] * 10)
    with_visits()
    facts.make_all()
    before = read.lines([office("honcho")], OLD, KEPT, ("day",))
    session().rollback()
    assert old_tickets.forget(TODAY) == 10
    assert (count(Ticket), count(TicketEvent), count(Visit)) == (10, 10, 10)
    assert old_tickets.forget(TODAY) == 0
    facts.make_all()
    assert read.lines([office("honcho")], OLD, KEPT, ("day",)) == before
    assert [one.measures.visits for one in before] == [10, 10]


def test_what_was_never_added_up_is_kept(clock: FrozenDateTimeFactory) -> None:
    clock.move_to(SOON_AFTER)
    past(OLD, "9:00 9:10 9:11 9:30")
    assert old_tickets.forget(TODAY) == 0
    facts.make_all()

    @act
    def again(db: Session) -> None:
        facts.mark(db, office("honcho"), [OLD])

    again()
    assert session().scalar(select(FactDay.made_at).where(FactDay.day == OLD)) is None
    session().rollback()
    assert old_tickets.forget(TODAY) == 0
