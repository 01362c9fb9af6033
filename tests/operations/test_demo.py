"""The demo city: filled once, and everything in it is what the rules of the house accept."""

from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.operations import accounts, demo, demo_estimates
from models.queries import applications, bookings, catalogue, estimates, offices, receivers, staff
from models.rules.forms.validation import validate
from models.rules.planning.wait_scores import score
from models.tables import (
    Application,
    Baseline,
    Booking,
    CounterShift,
    Estimate,
    Receiver,
    Slot,
    Staff,
    Ticket,
    TicketEvent,
    Visit,
)
from tests.conftest import written

WEEKS = 3
"""So many are filled here."""
TABLES = (Visit, Ticket, TicketEvent, Booking, Application, Baseline, Estimate, Staff, Receiver, CounterShift)


@pytest.fixture(scope="module")
def filled(sqlite_template, tmp_path_factory):
    """Inside a demo city that was filled once for all tests of this file."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    with written(sqlite_template, folder):
        with patch.object(demo, "WEEKS", WEEKS):
            made = demo.fill()
        yield made


def counted():
    return [session().scalar(select(func.count()).select_from(table)) for table in TABLES]


def test_it_ships_with_eight_weeks_of_visits():
    assert demo.WEEKS == 8


@pytest.mark.engines("postgresql")
def test_in_postgresql_it_is_filled_once_too(city, monkeypatch):
    monkeypatch.setattr(demo, "WEEKS", 1)
    demo.fill()
    before = counted()
    assert before[1] > 625
    demo.fill()
    assert counted() == before


def test_it_has_all_its_weeks_of_visits_until_yesterday(filled):
    first, last = session().execute(select(func.min(Ticket.day), func.max(Ticket.day))).one()
    yesterday = offices.offices()[0].day_of(now()) - timedelta(days=1)
    assert yesterday - timedelta(weeks=WEEKS) < first <= yesterday - timedelta(weeks=WEEKS - 1)
    assert yesterday - timedelta(days=3) <= last <= yesterday
    assert counted()[1] > 625 * WEEKS


def test_the_copies_on_a_ticket_are_the_instants_of_its_events(filled):
    read = select(Ticket, TicketEvent).join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
    columns = {kind: column for column, kind in demo.EVENTS}
    for ticket, event in session().execute(read.where(Ticket.prefilled).limit(200)):
        assert getattr(ticket, columns[event.kind]) == event.at


def test_the_counters_of_its_days_were_on_and_closed_for_lunch(filled):
    days = session().scalar(select(func.count(Ticket.day.distinct())))
    shifts = session().scalars(select(CounterShift)).all()
    assert len({shift.day for shift in shifts}) == days
    assert all(shift.closed_at and shift.closed_at >= shift.opened_at for shift in shifts)
    assert {shift.ending for shift in shifts} == {"closed", "lunch"}


def test_a_second_time_adds_nothing(filled):
    before = counted()
    again = demo.fill()
    assert counted() == before
    assert again.booking == ""


def test_each_role_gets_a_code_that_opens_its_account_once(filled):
    opened = {accounts.enter_with_code(one.code).role for one in demo.fill().codes}
    assert opened == {"counter", "concierge", "manager", "administrator"}


def test_an_account_whose_owner_set_a_password_gets_no_new_code(filled):
    accounts.set_password("manager", "correct horse battery staple")
    again = demo.fill()
    assert "manager" not in {one.username for one in again.codes}
    assert staff.by_username("manager").password


def test_what_was_written_at_home_passes_the_rules(filled):
    rows = session().scalars(select(Application)).all()
    assert {row.form for row in rows} == {"F01", "F02"}
    for row in rows:
        view = applications.by_reference(row.reference)
        booking = bookings.by_id(row.booking_id or 0)
        found = validate(catalogue.current().forms[row.form], applications.fields_of(view), booking.day)
        assert found.errors == ()


def test_every_office_has_an_example_of_where_an_application_goes_on(filled):
    for place in offices.offices():
        assert {one.way for one in receivers.of_office(place)} == {"copy", "file"}


def test_the_shown_booking_is_to_come_and_has_a_form(filled):
    shown = bookings.by_token(filled.booking)
    assert shown.live
    assert shown.starts_at > now()
    assert applications.of_booking(shown.id)


def test_no_slot_holds_more_than_it_takes(filled):
    assert session().scalar(select(func.sum(Slot.taken))) >= counted()[3]
    assert session().scalar(select(func.count()).where(Slot.taken > Slot.capacity)) == 0


def test_estimates_of_some_days_were_made_at_the_arrival_of_those_who_were_told(filled):
    rows = session().execute(select(Estimate, Ticket).join(Ticket, Ticket.id == Estimate.ticket_id)).all()
    newest = session().scalar(select(func.max(Ticket.day)).where(Ticket.office_id == rows[0][1].office_id))
    days = sorted({told.day for told, _ in rows})
    assert days[-1] == newest
    assert 3 <= len(days) <= demo_estimates.DAYS
    assert len({day.weekday() for day in days}) > 1
    assert all(later - earlier >= timedelta(days=demo_estimates.APART) for earlier, later in pairwise(days))
    for told, ticket in rows:
        assert (told.at, told.day, told.office_id) == (ticket.arrived_at, ticket.day, ticket.office_id)
        assert 0 <= told.p10 <= told.p50 <= told.p80 <= told.p90
    found = score(estimates.shown(offices.offices()[0], days[0], newest))
    assert found.banded > 20
    assert 0.6 < found.in_time < 0.95
    assert 0.6 < found.in_band < 0.95
