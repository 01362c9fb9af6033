"""Planted drift is found, named and, where nothing is guessed, mended; a city that was used shows none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import Connection, delete, select, update

from models.core.clock import now
from models.core.db import ground, session, writing
from models.core.space import current_space
from models.operations import agreement, arrivals, calling, jobs, slot_changes
from models.operations.booking import book, cancel
from models.queries import bookings, slots
from models.queries.agreement import disagreement
from models.queries.jobs import troubles
from models.rules.slot_changes import CAPACITY, Change
from models.tables import AuditEntry, Booking, BookingSlot, Slot, Ticket, Visit
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import asked, fill, free, honcho

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def plant(statement: object) -> None:
    """Write past every act."""
    session().rollback()
    mark = writing.set(True)
    try:
        with ground().engine(current_space()).begin() as connection:
            assert isinstance(connection, Connection)
            connection.execute(statement)  # type: ignore[call-overload]
    finally:
        writing.reset(mark)
        session().rollback()
        session().expire_all()


def used() -> list[str]:
    """A day on which people booked, came, gave up and took numbers; the tokens of the bookings."""
    tokens = [book(asked(start)).token for start in free()[:3]]
    arrivals.check_in(honcho(), bookings.by_token(tokens[0]), "test")
    cancel(tokens[1])
    for _ in range(2):
        arrivals.issue(honcho(), ["JUM-01"], "test")
    called = calling.call_next(honcho(), "1", "aoki")
    assert called is not None
    calling.step(honcho(), called.number, "start", "aoki", "1")
    calling.step(honcho(), called.number, "finish", "aoki", "1")
    return tokens


@BOTH
def test_a_city_that_was_used_agrees_with_itself(clock: FrozenDateTimeFactory) -> None:
    used()
    assert not disagreement(TODAY).found
    clock.tick(timedelta(days=1))
    jobs.run("end-days", TOMORROW.isoformat())
    jobs.run("mark-no-shows", TOMORROW.isoformat())
    found = jobs.run("check-counters", TOMORROW.isoformat())
    assert found is not None
    assert (found["wrong_slots"], found["wrong_tickets"], found["wrong_bookings"]) == (0, 0, 0)
    assert found["looked_at"] > 1000


@BOTH
def test_a_slot_that_counts_wrong_is_found_and_counted_anew(clock: FrozenDateTimeFactory) -> None:
    tokens = used()
    start = bookings.by_token(tokens[2]).starts_at
    mine = select(Slot.id).where(Slot.office_id == honcho().id, Slot.queue == "A", Slot.starts_at == start)
    number = session().scalars(mine).one()
    plant(update(Slot).where(Slot.id == number).values(taken=0))
    found = jobs.run("check-counters", TODAY.isoformat())
    assert found is not None
    assert (found["wrong_slots"], found["rows"]) == (1, [f"slot {number}"])
    assert troubles(now()) == (("check-counters", "found"),)
    assert agreement.mend(TODAY, "test") == 1
    assert session().scalar(select(Slot.taken).where(Slot.id == number)) == 1
    assert agreement.mend(TODAY, "test") == 0
    noted = session().scalars(select(AuditEntry).where(AuditEntry.action == "slot.recount")).one()
    assert (noted.subject, noted.detail) == (str(number), "0 -> 1")
    assert jobs.ask("check-counters", "test")
    jobs.run("check-counters", TODAY.isoformat())
    assert troubles(now()) == ()


def test_more_bookings_than_places_are_counted_and_none_is_lost() -> None:
    start = free()[0]
    made = fill(start)
    mine = (Slot.office_id == honcho().id, Slot.queue == "A", Slot.starts_at == start)
    plant(update(Slot).where(*mine).values(taken=0))
    made += fill(start)
    assert agreement.mend(TODAY, "test") == 1
    row = session().scalars(select(Slot).where(*mine).execution_options(populate_existing=True)).one()
    assert (row.taken, row.capacity, row.kept) == (len(made), 1, len(made) - 1)


@BOTH
def test_a_ticket_that_is_not_what_its_events_add_up_to_is_found() -> None:
    used()
    ticket = session().scalars(select(Ticket).where(Ticket.state == "done")).one().id
    plant(update(Ticket).where(Ticket.id == ticket).values(state="waiting"))
    assert disagreement(TOMORROW).tickets == (ticket,)


def test_a_booking_that_came_without_a_visit_or_did_not_and_has_one_is_found() -> None:
    used()
    rows = {row.state: row.id for row in session().scalars(select(Booking))}
    visit = session().scalars(select(Visit.id).where(Visit.booking_id == rows["arrived"])).one()
    plant(update(Visit).where(Visit.id == visit).values(booking_id=rows["booked"]))
    assert disagreement(TOMORROW).bookings == tuple(sorted((rows["arrived"], rows["booked"])))


def test_an_allowance_that_is_not_needed_any_more_is_given_back() -> None:
    start = free()[0]
    day = honcho().day_of(start)
    wide, narrow = (Change(CAPACITY, day, day, queue="A", capacity=one) for one in (3, 0))
    slot_changes.change(honcho(), wide, slots.preview(honcho(), wide, day).digest, "aya")
    made = fill(start)
    slot_changes.change(honcho(), narrow, slots.preview(honcho(), narrow, day).digest, "aya")
    for one in made[:2]:
        cancel(one.token)
    kept = select(Slot.kept).where(Slot.starts_at == start, Slot.queue == "A", Slot.office_id == honcho().id)
    assert session().scalar(kept) == 3
    agreement.check(TODAY)
    assert session().scalar(kept) == 1


@BOTH
def test_a_place_that_nobody_counts_is_found() -> None:
    book(asked(free()[0]))
    plant(delete(BookingSlot))
    assert len(disagreement(TODAY).slots) == 1
