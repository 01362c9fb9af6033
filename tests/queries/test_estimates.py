"""What an office knows becomes an estimate: cheap to ask again, with today's hall and the weeks before in it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.core.db import session
from models.operations import arrivals, calling, counters, tickets
from models.operations.booking import Request, book
from models.queries import availability, bookings, catalogue, estimates, hall_now, handling
from models.queries.bookings import BookingView, Contact
from models.queries.estimates import HallEstimates, WaitEstimate
from models.queries.offices import OfficeView, office
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY, past
from tests.queries.test_live import statements

AOKI, UENO = "aoki", "ueno"
CERTIFICATE, MOVE = "JUM-01", "IDO-01"
pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def honcho() -> OfficeView:
    return office("honcho")


def found() -> HallEstimates:
    return estimates.of_hall(honcho(), now())


def number(*procedures: str) -> int:
    return arrivals.issue(honcho(), procedures or (CERTIFICATE,), AOKI).ticket_id


def opened(*desks: str) -> None:
    for desk in desks:
        counters.open_counter(honcho(), desk, f"clerk {desk}")


def serve_one(desk: str = "1") -> None:
    called = calling.call_next(honcho(), desk, f"clerk {desk}")
    assert called is not None
    calling.step(honcho(), called.number, "start", f"clerk {desk}", desk)


class TestTheHallNow:
    def test_an_empty_hall_says_at_once_for_every_queue_that_a_counter_serves(self) -> None:
        assert {code: estimates.shown_range(one) for code, one in found().queues.items()} == dict.fromkeys(
            "ABCDFGHKS", (0, 0)
        )

    def test_each_person_ahead_adds_to_the_wait_of_the_next(self) -> None:
        opened("1")
        ids = [number() for _ in range(5)]
        waits = [found().tickets[ticket].p50 for ticket in ids]
        assert waits == sorted(waits)
        assert waits[0] < 1
        assert waits[4] > 3 * 8

    def test_counters_that_are_on_count_and_one_more_shortens_the_wait(self) -> None:
        opened("1")
        last = [number() for _ in range(8)][-1]
        alone = found().tickets[last].p50
        opened("2", "3", "4")
        assert found().tickets[last].p50 < alone / 2

    def test_whoever_is_being_served_is_nearly_done_after_a_while(self, clock: FrozenDateTimeFactory) -> None:
        opened("1")
        number()
        serve_one()
        ticket = number()
        before = found().tickets[ticket].p50
        clock.tick(timedelta(minutes=5))
        assert found().tickets[ticket].p50 < before

    @BOTH
    def test_a_booking_to_come_makes_the_line_longer(self, clock: FrozenDateTimeFactory) -> None:
        clock.move_to("2026-11-24T00:27:00+00:00")
        opened("1")
        last = [number() for _ in range(4)][-1]
        without = found().tickets[last]
        clock.move_to("2026-11-24T00:00:00+00:00")
        need = availability.need_of(catalogue.current(), honcho(), (CERTIFICATE,))
        today = honcho().day_of(now())
        for free in availability.free_times(honcho(), need, today, today, now()):
            if free.starts_at.hour == 0 and free.starts_at.minute >= 30:
                contact = Contact(name="マエニワ　アイコ", email="aiko@example.jp")
                book(Request(honcho(), (CERTIFICATE,), free.starts_at, contact))
        clock.move_to("2026-11-24T00:27:30+00:00")
        assert found().tickets[last].p80 > without.p80 + 3

    def test_priority_is_a_head_start(self) -> None:
        opened("1")
        ids = [number() for _ in range(4)]
        number_of_last = max(ids)
        tickets.prioritise(honcho(), "A004", AOKI)
        answer = found().tickets
        assert answer[number_of_last].p50 <= answer[ids[0]].p50

    def test_lunch_by_turns_makes_the_wait_longer_where_counters_close_for_it(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        clock.move_to("2026-11-24T02:25:00+00:00")
        opened("1", "2", "3")
        last = [number() for _ in range(14)][-1]
        before_lunch = found().tickets[last].p50
        clock.move_to("2026-11-24T04:35:00+00:00")
        assert found().tickets[last].p50 < before_lunch

    def test_before_the_doors_open_nobody_is_called(self, clock: FrozenDateTimeFactory) -> None:
        clock.move_to("2026-11-23T23:10:00+00:00")
        told = found().queues["A"]
        assert 20 < told.p10 < told.p90 < 22, "and then somebody has to see who came"

    def test_a_queue_that_no_open_counter_serves_is_told_as_if_one_were_opened(self) -> None:
        opened("1")
        ticket = number("MNC-01")
        assert found().tickets[ticket].p50 < 1


class TestWhoIsBooked:
    def booked(self, clock: FrozenDateTimeFactory) -> BookingView:
        """The booking of the first time that can be had today from 9:30 on; it is nine o'clock."""
        clock.move_to("2026-11-24T00:00:00+00:00")
        need = availability.need_of(catalogue.current(), honcho(), (CERTIFICATE,))
        today = honcho().day_of(now())
        times = [one.starts_at for one in availability.free_times(honcho(), need, today, today, now())]
        half_past = now() + timedelta(minutes=30)
        contact = Contact(name="マエニワ　アイコ", email="aiko@example.jp")
        made = book(Request(honcho(), (CERTIFICATE,), min(at for at in times if at >= half_past), contact))
        return bookings.by_token(made.token)

    def test_who_is_late_counts_less_the_later_it_is_and_not_at_all_after_the_grace(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking, chances = self.booked(clock), []
        for late in (-15, 0, 5, 9):
            clock.move_to(booking.starts_at + timedelta(minutes=late))
            chances += [one.comes for one in hall_now.read(honcho(), now()).people if one.arrives is not None]
        assert chances == sorted(chances, reverse=True)
        no_show = handling.habits(honcho(), honcho().day_of(now())).learned.no_show
        assert 0.8 < chances[0] <= 1 - no_show
        assert chances[3] < chances[1]
        clock.move_to(booking.starts_at + timedelta(minutes=11))
        assert not [one for one in hall_now.read(honcho(), now()).people if one.arrives is not None]

    def test_who_is_booked_and_here_goes_before_the_line_from_the_lead_on(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        booking = self.booked(clock)
        opened("1")
        clock.move_to(booking.starts_at - timedelta(minutes=20))
        walk_ins = [number() for _ in range(8)]
        mine = arrivals.check_in(honcho(), booking, AOKI).ticket_id
        early = found().tickets
        assert early[walk_ins[0]].p50 < early[mine].p50 < early[walk_ins[-1]].p50
        clock.move_to(booking.starts_at)
        due = found().tickets
        assert due[mine].p50 < due[walk_ins[0]].p50


class TestAskingAgain:
    def test_it_costs_one_row_while_nothing_changes(self) -> None:
        number()
        place, first = honcho(), found()
        with statements() as asked:
            assert estimates.of_hall(place, now()) is first
        assert len(asked) == 1

    def test_a_change_or_half_a_minute_makes_it_anew(self, clock: FrozenDateTimeFactory) -> None:
        first = found()
        number()
        second = found()
        assert second is not first
        assert second.version > first.version
        clock.tick(timedelta(seconds=30))
        assert found() is not second

    @BOTH
    def test_few_statements_even_the_first_time(self) -> None:
        opened("1", "2")
        for _ in range(10):
            number()
        found()
        place = honcho()
        number()
        with statements() as asked:
            estimates.of_hall(place, now())
        assert len(asked) <= 16

    def test_two_cities_halls_are_told_apart(self) -> None:
        other = office("higashi")
        number()
        assert found().tickets
        assert estimates.of_hall(other, now()).tickets == {}


class TestHabits:
    def test_long_handling_in_the_log_makes_the_wait_longer(self, clock: FrozenDateTimeFactory) -> None:
        opened("1")
        last = [number() for _ in range(4)][-1]
        before = found().tickets[last].p50
        past(MONDAY, *["9:00 9:02 9:03 9:43"] * 60)
        clock.move_to("2026-11-25T00:00:00+00:00")
        opened("1")
        last = [number() for _ in range(4)][-1]
        assert found().tickets[last].p50 > 2 * before

    def test_few_visits_weigh_little_beside_the_catalogue_and_many_outweigh_it(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        means = []
        for day, visits in enumerate((0, 3, 60)):
            clock.move_to(f"2026-11-{24 + day}T00:00:00+00:00")
            past(MONDAY - timedelta(weeks=day), *["9:00 9:02 9:03 9:43"] * visits)
            opened("1")
            number()
            (waiting,) = [one for one in hall_now.read(honcho(), now()).people if one.ticket]
            means.append(float(waiting.takes.mean()))
        catalogue_only, few, many = means
        assert catalogue_only < few < catalogue_only + 0.4 * (40 - catalogue_only)
        assert many > catalogue_only + 0.7 * (40 - catalogue_only)

    def test_they_are_learned_once_a_day(self) -> None:
        place, day = honcho(), honcho().day_of(now())
        first = handling.habits(place, day)
        session().rollback()
        with statements() as asked:
            assert handling.habits(place, day) is first
        assert len(asked) == 1
        assert handling.habits(place, day + timedelta(days=1)) is not first

    @BOTH
    def test_only_the_last_weeks_are_read(self) -> None:
        old = MONDAY - timedelta(weeks=handling.WEEKS + 2)
        past(old, *["9:00 9:02 9:03 9:43"] * 5)
        assert handling.habits(honcho(), date(2026, 11, 24)).learned.visits == 0

    @BOTH
    def test_gaps_lateness_walk_ins_and_no_shows_are_counted(self) -> None:
        past(
            MONDAY,
            "9:00 9:05 9:06 9:10",
            "9:01 9:12 9:13 9:20",
            "9:55 10:00 10:01 10:10 10:00",
            "- - - - 11:00",
        )
        found = handling.habits(honcho(), date(2026, 11, 24))
        assert found.walk_ins == {("A", 540): 2}
        assert 2.0 in found.learned.gap
        assert not [one for one in found.learned.answer if one > 2]
        assert -5.0 in found.learned.lateness
        assert found.learned.no_show > found.learned.prior.no_show

    def test_it_is_counted_how_soon_an_idle_counter_calls_who_comes(self) -> None:
        past(
            MONDAY,
            "9:00 9:05 9:06 9:10",
            "9:09 9:12 9:13 9:20",
            "9:30 9:34 9:35 9:40",
            "10:55 11:03 11:04 11:10 11:00",
            "11:20 11:35 11:36 11:40",
        )
        answer = handling.habits(honcho(), date(2026, 11, 24)).learned.answer
        assert [one for one in answer if one > 2] == [4.0], (
            "walk-ins, and nobody who waited until somebody was back"
        )

    def test_a_visit_for_several_procedures_is_longer_than_for_one(self) -> None:
        opened("1")
        number()
        one = found().queues["A"].p50
        calling.step(honcho(), "A001", "cancel", AOKI)
        number("JUM-01", "INK-01")
        assert found().queues["A"].p50 > one


def test_estimates_of_a_closed_counter_are_finite() -> None:
    assert found().queues["A"] == WaitEstimate(0, 0, 0, 0)
