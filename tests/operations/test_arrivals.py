"""A booking is checked in, a walk-in takes a number: each once, at its place, and not after numbers have ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, DomainError, Gone
from models.core.tokens import new_token
from models.operations import arrivals, hall
from models.operations.arrivals import Brought
from models.operations.booking import book, cancel
from models.operations.no_shows import mark
from models.queries import bookings, call_order, line
from models.queries.bookings import BookingView
from models.queries.offices import office
from models.rules.ticket_states import OVER
from models.tables import Booking, Ticket
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import device, leased, today
from tests.operations.test_booking import asked, free, honcho

pytestmark = SQLITE

AOKI = "aoki"


def booked(minutes_from_now: int = 60) -> BookingView:
    """A booking of today that begins about so many minutes from now."""
    wanted = now() + timedelta(minutes=minutes_from_now)
    starts_at = min(free(), key=lambda at: abs(at - wanted))
    return bookings.by_token(book(asked(starts_at)).token)


@pytest.mark.usefixtures("city")
class TestCheckIn:
    @BOTH
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

    @BOTH
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
def test_a_booking_nobody_came_for_is_a_no_show_the_next_day_once(clock: FrozenDateTimeFactory) -> None:
    booking = booked()
    today = booking.day
    assert mark(today) == 0
    clock.tick(timedelta(days=1))
    tomorrow = today + timedelta(days=1)
    assert (mark(tomorrow), mark(tomorrow)) == (1, 0)
    assert session().scalar(select(Booking.state)) == "no_show"
    assert session().scalar(select(Ticket.state)) == "no_show"


@pytest.mark.usefixtures("city")
class TestLate:
    def test_who_is_late_stands_at_the_end_of_the_line_until_staff_restore(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking = booked()
        clock.move_to(booking.starts_at + timedelta(minutes=11))
        walk_in = arrivals.issue(honcho(), ["JUM-01"], AOKI).number
        late = arrivals.check_in(honcho(), booking, AOKI)
        assert not late.on_time
        assert order() == [walk_in, late.number]

    def test_just_within_grace_is_in_time(self, clock: FrozenDateTimeFactory) -> None:
        booking = booked()
        clock.move_to(booking.starts_at + timedelta(minutes=10))
        arrivals.issue(honcho(), ["JUM-01"], AOKI)
        in_time = arrivals.check_in(honcho(), booking, AOKI)
        assert in_time.on_time
        assert order()[0] == in_time.number

    def test_who_came_early_waits_for_the_time_and_is_called_before_it_only_when_nobody_else_waits(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking = booked(60)
        early = arrivals.check_in(honcho(), booking, AOKI)
        walk_in = arrivals.issue(honcho(), ["JUM-01"], AOKI)
        assert order() == [walk_in.number, early.number]
        clock.move_to(booking.starts_at - timedelta(minutes=2))
        assert order() == [early.number, walk_in.number]


@pytest.mark.usefixtures("city")
class TestEndOfNumbers:
    def test_staff_end_numbers_for_today_and_may_still_give_one(self, clock: FrozenDateTimeFactory) -> None:
        hall.stop_issuing(honcho(), "aya")
        with pytest.raises(Conflict) as refused:
            arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        assert refused.value.extra == {"closed": True}
        assert arrivals.issue(honcho(), ["JUM-01"], AOKI, brought=Brought(by_staff=True)).number == "A001"
        hall.issue_again(honcho(), "aya")
        assert arrivals.issue(honcho(), ["JUM-01"], "kiosk").number == "A002"
        hall.stop_issuing(honcho(), "aya")
        clock.tick(timedelta(days=1))
        assert arrivals.issue(honcho(), ["JUM-01"], "kiosk").number == "A001"

    def test_as_shipped_numbers_go_on_after_closing_and_end_by_themselves_where_the_office_wants_it(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        clock.tick(timedelta(hours=8, minutes=14))
        hall.set_policy(honcho(), {"stops_at_closing": True}, "aya")
        arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        clock.tick(timedelta(minutes=1))
        with pytest.raises(Conflict):
            arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        hall.set_policy(honcho(), {"stops_at_closing": False}, "aya")
        arrivals.issue(honcho(), ["JUM-01"], "kiosk")

    @BOTH
    def test_a_queue_gives_out_its_contingent_and_no_more(self) -> None:
        hall.set_limits(honcho(), {"A": 2}, "aya")
        for _ in range(2):
            arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        with pytest.raises(Conflict) as refused:
            arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        assert refused.value.extra["queue"] == "A"
        assert arrivals.issue(honcho(), ["IDO-01"], "kiosk").number == "B001"
        hall.set_limits(honcho(), {"A": None}, "aya")
        assert arrivals.issue(honcho(), ["JUM-01"], "kiosk").number == "A003"


@pytest.mark.usefixtures("city")
class TestSeveral:
    def test_a_set_is_one_ticket_or_one_a_queue_as_the_office_wants(self) -> None:
        together = arrivals.issue(honcho(), ["JUM-01", "IDO-01"], "kiosk")
        assert line.one(together.ticket_id).procedures == ("JUM-01", "IDO-01")
        hall.set_policy(honcho(), {"several": "walk"}, "aya")
        walk = arrivals.issue(honcho(), ["JUM-01", "IDO-01"], "kiosk")
        legs = line.of_visit(line.one(walk.ticket_id).visit_id or 0)
        assert [(one.number, one.leg, one.queue, one.state) for one in legs] == [
            (walk.number, 1, "B", "waiting"), (walk.number, 2, "A", "planned"),
        ]  # fmt: skip
        assert legs[0].state not in OVER


@pytest.mark.usefixtures("city")
class TestNumbersOfAKiosk:
    """What a kiosk gave out by itself while its line was cut."""

    @BOTH
    def test_a_leased_number_comes_in_later_at_its_own_time(self, clock: FrozenDateTimeFactory) -> None:
        block = leased("A", 3, device())
        given = now()
        clock.tick(timedelta(minutes=20))
        before = arrivals.issue(honcho(), ["JUM-01"], "kiosk")
        number, token = f"A{block.first}", new_token()
        made = arrivals.issue(
            honcho(), ["JUM-01"], "kiosk", brought=Brought(number=number, token=token, at=given)
        )
        assert (made.number, made.token) == (number, token)
        assert order() == [number, before.number]

    @pytest.mark.parametrize("number", ["A950", "A001", "B900", "A9", "札900"])
    def test_a_number_that_was_not_leased_is_refused(self, number: str) -> None:
        leased("A", 3, device())
        with pytest.raises(Conflict):
            arrivals.issue(
                honcho(), ["JUM-01"], "kiosk", brought=Brought(number=number, token=new_token(), at=now())
            )
        assert session().scalar(select(Ticket.id)) is None

    def test_a_number_that_came_in_already_is_refused(self) -> None:
        number = f"A{leased('A', 3, device()).first}"
        arrivals.issue(
            honcho(), ["JUM-01"], "kiosk", brought=Brought(number=number, token=new_token(), at=now())
        )
        with pytest.raises(Conflict, match=number):
            arrivals.issue(
                honcho(), ["JUM-01"], "kiosk", brought=Brought(number=number, token=new_token(), at=now())
            )


def order() -> list[str]:
    """The numbers in the order of the calls."""
    return [ticket.number for ticket, _ in call_order.for_hall(honcho(), today(), now())]
