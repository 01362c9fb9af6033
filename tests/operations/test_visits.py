"""From arrival to the end: numbers, calls and times come out of the events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, DomainError, Gone, NotFound
from models.operations import arrivals, calling, counters
from models.operations.booking import book, cancel
from models.operations.no_shows import mark
from models.queries import bookings, call_order, line
from models.queries.bookings import BookingView
from models.queries.offices import office
from models.tables import Booking, Ticket
from tests.operations.test_booking import asked, free, honcho

AOKI = "aoki"


def booked(minutes_from_now: int = 60) -> BookingView:
    """A booking of today that begins about so many minutes from now."""
    wanted = now() + timedelta(minutes=minutes_from_now)
    starts_at = min(free(), key=lambda at: abs(at - wanted))
    return bookings.by_token(book(asked(starts_at)).token)


@pytest.mark.usefixtures("city")
class TestCheckIn:
    def test_a_booking_becomes_a_ticket_with_the_letter_of_booked_visits(self) -> None:
        booking = booked()
        issued = arrivals.check_in(honcho(), booking, AOKI)
        assert (issued.number, issued.early_minutes, issued.late_minutes) == ("R001", 60, 0)
        ticket = line.by_number(honcho(), booking.day, "R001")
        assert (ticket.booked_for, ticket.arrived_at, ticket.state) == (booking.starts_at, now(), "waiting")

    def test_a_second_check_in_names_the_first(self) -> None:
        booking = booked()
        arrivals.check_in(honcho(), booking, AOKI)
        with pytest.raises(Conflict) as refused:
            arrivals.check_in(honcho(), bookings.by_id(booking.id), AOKI)
        assert refused.value.extra["number"] == "R001"

    def test_two_check_ins_of_one_booking_seen_before_either_give_one_ticket(self) -> None:
        seen = booked()
        arrivals.check_in(honcho(), seen, AOKI)
        with pytest.raises(DomainError):
            arrivals.check_in(honcho(), seen, AOKI)
        assert len(session().scalars(select(Ticket)).all()) == 1

    def test_late_visitors_take_a_normal_number(self, clock: FrozenDateTimeFactory) -> None:
        booking = booked()
        clock.move_to(booking.starts_at + timedelta(minutes=20))
        issued = arrivals.check_in(honcho(), booking, AOKI)
        assert (issued.number, issued.late_minutes) == ("A001", 20)

    def test_other_office_other_day_past_and_cancelled_are_refused_each_in_its_words(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking = booked()
        with pytest.raises(Conflict, match="本庁舎"):
            arrivals.check_in(office("higashi"), booking, AOKI)
        later = bookings.by_token(book(asked(free()[-1])).token)
        with pytest.raises(Conflict, match="きょうは"):
            arrivals.check_in(honcho(), later, AOKI)
        made = book(asked(free()[3]))
        cancel(made.token)
        with pytest.raises(Gone, match="取り消され"):
            arrivals.check_in(honcho(), bookings.by_token(made.token), AOKI)
        clock.tick(timedelta(days=1))
        with pytest.raises(Gone, match="終わって"):
            arrivals.check_in(honcho(), booking, AOKI)


@pytest.mark.usefixtures("city")
class TestCalling:
    def test_times_come_out_of_the_events(self, clock: FrozenDateTimeFactory) -> None:
        arrivals.issue(honcho(), ["JUM-01"], AOKI)
        clock.tick(timedelta(minutes=7))
        called = calling.call_next(honcho(), "1", AOKI)
        assert called is not None
        clock.tick(timedelta(minutes=1))
        calling.step(honcho(), called.number, "start", AOKI)
        clock.tick(timedelta(minutes=11))
        done = calling.step(honcho(), called.number, "finish", AOKI)
        assert done.arrived_at
        assert done.called_at
        assert done.started_at
        assert done.finished_at
        assert done.called_at - done.arrived_at == timedelta(minutes=7)
        assert done.finished_at - done.started_at == timedelta(minutes=11)
        assert [event.kind for event in line.events(done)] == ["arrive", "call", "start", "finish"]

    def test_numbers_count_up_by_letter_and_start_again_the_next_day(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        numbers = [arrivals.issue(honcho(), [code], AOKI).number for code in ("JUM-01", "IDO-01", "JUM-01")]
        assert numbers == ["A001", "B001", "A002"]
        clock.tick(timedelta(days=1))
        assert arrivals.issue(honcho(), ["JUM-01"], AOKI).number == "A001"
        assert arrivals.issue(office("higashi"), ["JUM-01"], AOKI).number == "A001"

    def test_the_first_who_came_is_called_first_and_a_booked_visitor_at_the_booked_time(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking = booked(40)
        arrivals.check_in(honcho(), booking, AOKI)
        first = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        clock.move_to(booking.starts_at)
        late = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        order = [ticket.number for ticket, _ in call_order.for_hall(honcho(), booking.day, now())]
        assert order == ["R001", first, late]

    def test_a_counter_calls_only_its_queues_main_one_first_and_one_at_a_time(self) -> None:
        arrivals.issue(honcho(), ["ZEI-01"], AOKI)
        moving = arrivals.issue(honcho(), ["IDO-01"], AOKI).number
        paper = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        counters.open_counter(honcho(), "2", "baba")
        called = calling.call_next(honcho(), "1", AOKI)
        assert called is not None
        assert called.number == paper
        with pytest.raises(Conflict, match=paper):
            calling.call_next(honcho(), "1", AOKI)
        calling.step(honcho(), paper, "start", AOKI)
        calling.step(honcho(), paper, "finish", AOKI)
        following = calling.call_next(honcho(), "1", AOKI)
        assert following is not None
        assert following.number == moving
        calling.step(honcho(), moving, "no_show", AOKI)
        assert calling.call_next(honcho(), "1", AOKI) is None

    def test_a_forbidden_step_tells_the_real_state(self) -> None:
        number = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        for action in ("start", "finish", "recall", "no_show"):
            with pytest.raises(Conflict) as refused:
                calling.step(honcho(), number, action, AOKI)
            assert refused.value.extra["state"] == "waiting"
        with pytest.raises(NotFound):
            calling.step(honcho(), "Z999", "start", AOKI)


@pytest.mark.usefixtures("city")
def test_a_booking_nobody_came_for_is_a_no_show_the_next_day_once(clock: FrozenDateTimeFactory) -> None:
    booking = booked()
    today = booking.day
    assert mark(today) == 0
    clock.tick(timedelta(days=1))
    tomorrow = today + timedelta(days=1)
    assert (mark(tomorrow), mark(tomorrow)) == (1, 0)
    assert session().scalar(select(Booking.state)) == "no_show"
    assert session().scalar(select(Ticket.state)) == "no_show"
