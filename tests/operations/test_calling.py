"""From the call to the end: one at a time, every step by the table, several tickets under one number, and undoing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.core.errors import Conflict, Invalid, NotFound
from models.core.space import Space
from models.operations import arrivals, calling, counters, ending, hall, tickets
from models.operations.arrivals import Brought
from models.queries import call_order, line
from models.queries import hall as halls
from models.queries.line import TicketView
from models.queries.offices import office
from models.rules.ticket_states import Action
from tests import whole_line
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import serving, taken, today
from tests.operations.test_arrivals import booked
from tests.operations.test_booking import honcho

pytestmark = SQLITE

AOKI = "aoki"


@pytest.mark.usefixtures("city")
class TestCalling:
    @BOTH
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

    @BOTH
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

    @BOTH
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


def press(number: str, action: Action, desk: str | None = None) -> TicketView:
    return calling.step(honcho(), number, action, AOKI, desk)


def legs(number: str) -> list[tuple[int, str, str]]:
    """A visit's tickets: leg, queue, state."""
    visit = line.by_number(honcho(), today(), number).visit_id
    return [(one.leg, one.queue, one.state) for one in line.of_visit(visit or 0)]


def in_queue(queue: str) -> list[str]:
    return [one.number for one in call_order.within_queue(honcho(), today(), queue, now())]


@pytest.fixture(autouse=True)
def it_all_adds_up(city: Space) -> Iterator[None]:
    """Whatever a test here did, rows and histories agree at its end."""
    yield
    whole_line.check(honcho(), today())


class TestOneAtATime:
    @BOTH
    def test_a_counter_that_has_somebody_takes_nobody_else_by_any_step(self) -> None:
        held, other, mine = taken(), taken(), taken()
        serving(held, "1")
        press(held, "hold", "1")
        serving(other, "2")
        press(other, "back_office", "2")
        serving(mine, "1")
        wanted: list[tuple[str, Action]] = [(held, "resume"), (other, "deliver"), (taken(), "call")]
        for number, action in wanted:
            with pytest.raises(Conflict) as refused:
                press(number, action, "1")
            assert refused.value.extra == {"number": mine, "state": "serving"}
        press(mine, "finish", "1")
        assert press(held, "resume", "1").state == "serving"

    def test_what_was_held_goes_on_at_the_counter_that_resumes_it(self) -> None:
        number = taken()
        serving(number, "1")
        press(number, "hold", "1")
        assert press(number, "resume", "3").counter == "3"
        assert line.at_counter(honcho(), today(), "1") is None

    def test_the_hand_over_calls_to_another_counter_and_puts_nobody_on_there(self) -> None:
        number = taken()
        serving(number, "1")
        counters.open_counter(honcho(), "8", "hana")
        press(number, "back_office", "1")
        recalled = press(number, "deliver", "8")
        assert (recalled.state, recalled.counter, recalled.calls) == ("recalled", "8", 1)
        on = {shift.counter.number: shift.actor for shift in halls.on_now(honcho(), today())}
        assert on == {"1": "at 1", "8": "hana"}

    def test_a_recall_names_the_counter_that_the_visitor_is_to_go_to(self) -> None:
        number = taken()
        press(number, "call", "1")
        press(number, "recall", "3")
        assert line.events(line.by_number(honcho(), today(), number))[-1].counter == "1"

    def test_a_call_needs_a_counter_and_a_counter_that_exists(self) -> None:
        number = taken()
        with pytest.raises(Invalid):
            press(number, "call")
        with pytest.raises(NotFound):
            press(number, "call", "99")


class TestAbsence:
    def test_who_comes_back_is_next_even_before_whoever_is_due(self, clock: FrozenDateTimeFactory) -> None:
        booking = booked(30)
        away, other = taken(), taken()
        press(away, "call", "1")
        press(away, "absent", "1")
        arrivals.check_in(honcho(), booking, AOKI)
        clock.move_to(booking.starts_at)
        press(away, "return")
        called = calling.call_next(honcho(), "1", AOKI)
        assert called is not None
        assert called.number == away
        assert line.events(called)[-1].detail == "returned"
        assert line.by_number(honcho(), today(), other).state == "waiting"

    def test_an_absent_one_can_be_called_at_once(self) -> None:
        number = taken()
        press(number, "call", "1")
        press(number, "absent", "1")
        assert press(number, "call", "2").state == "called"
        assert line.by_number(honcho(), today(), number).counter == "2"

    @BOTH
    def test_who_stays_away_is_ended_after_the_time_that_the_office_keeps_it_and_may_still_return(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        number = taken()
        press(number, "call", "1")
        clock.tick(timedelta(minutes=2))
        press(number, "absent", "1")
        clock.tick(timedelta(minutes=30))
        assert ending.sweep(honcho()) == 0
        clock.tick(timedelta(seconds=1))
        assert (ending.sweep_all(), ending.sweep_all()) == (1, 0)
        assert line.by_number(honcho(), today(), number).state == "abandoned"
        assert press(number, "return").state == "waiting"


class TestSeveralTickets:
    @pytest.fixture(autouse=True)
    def walking(self, it_all_adds_up: None) -> None:
        hall.set_policy(honcho(), {"several": "walk"}, "aya")

    def test_the_next_one_enters_the_line_at_the_place_of_the_arrival(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        number = taken(("IDO-01", "JUM-01"))
        clock.tick(timedelta(minutes=5))
        later = taken()
        serving(number, "2")
        press(number, "finish", "2")
        assert legs(number) == [(1, "B", "done"), (2, "A", "waiting")]
        assert in_queue("A") == [number, later]

    @BOTH
    def test_a_transfer_goes_in_between_and_what_was_to_follow_follows(self) -> None:
        number = taken(("IDO-01", "JUM-01"))
        serving(number, "2")
        tickets.transfer(honcho(), number, "C", AOKI)
        assert legs(number) == [(1, "B", "transferred"), (2, "C", "waiting"), (3, "A", "planned")]
        serving(number, "3")
        press(number, "finish", "3")
        assert legs(number)[1:] == [(2, "C", "done"), (3, "A", "waiting")]
        undone = calling.undo(honcho(), number, "not_finished", AOKI)
        assert (undone.queue, undone.state) == ("C", "serving")
        assert legs(number)[1:] == [(2, "C", "serving"), (3, "A", "planned")]

    @pytest.mark.parametrize("action", ["no_show", "cancel"])
    def test_who_is_gone_needs_nothing_more_and_who_was_not_gone_needs_all_of_it_again(
        self, action: Action
    ) -> None:
        number = taken(("IDO-01", "JUM-01"))
        press(number, "call", "2")
        press(number, action, "2")
        assert [state for _, _, state in legs(number)] == [
            {"no_show": "no_show", "cancel": "cancelled"}[action], "cancelled",
        ]  # fmt: skip
        calling.undo(honcho(), number, "came_back", AOKI)
        assert [state for _, _, state in legs(number)] == ["called", "planned"]

    def test_who_returns_from_no_show_has_everything_before_them_again(self) -> None:
        number = taken(("IDO-01", "JUM-01"))
        press(number, "call", "2")
        press(number, "no_show", "2")
        press(number, "return")
        assert legs(number) == [(1, "B", "waiting"), (2, "A", "planned")]

    def test_priority_and_a_restored_time_are_the_visitors_not_one_tickets(self) -> None:
        number = taken(("IDO-01", "JUM-01"))
        tickets.prioritise(honcho(), number, AOKI)
        serving(number, "2")
        assert press(number, "finish", "2").number == number
        assert line.by_number(honcho(), today(), number).priority

    def test_the_finish_is_not_undone_once_the_next_counter_called(self) -> None:
        number = taken(("IDO-01", "JUM-01"))
        serving(number, "2")
        press(number, "finish", "2")
        press(number, "call", "1")
        undone = calling.undo(honcho(), number, "mispress", AOKI)
        assert (undone.leg, undone.state) == (2, "waiting")
        press(number, "call", "1")
        press(number, "absent", "1")
        press(number, "return")
        with pytest.raises(Conflict):
            calling.undo(honcho(), number, "mispress", AOKI)

    def test_in_a_booth_the_visitor_stays_where_the_first_team_sat_down_until_that_is_undone(self) -> None:
        hall.set_policy(honcho(), {"several": "booth"}, "aya")
        number = taken(("IDO-01", "JUM-01"))
        assert serving(number, "2").seat == "2"
        calling.undo(honcho(), number, "mispress", AOKI)
        assert line.by_number(honcho(), today(), number).seat is None
        press(number, "start", "2")
        press(number, "finish", "2")
        assert serving(number, "1").seat == "2"


class TestUndoing:
    @pytest.mark.parametrize(
        ("steps", "back_to"),
        [
            (("call",), "waiting"), (("call", "start"), "called"), (("call", "start", "hold"), "serving"),
            (("call", "start", "hold", "resume"), "held"), (("call", "start", "back_office"), "serving"),
            (("call", "start", "back_office", "deliver"), "back_office"), (("call", "start", "finish"), "serving"),
            (("call", "absent"), "called"), (("call", "no_show"), "called"), (("cancel",), "waiting"),
            (("call", "recall", "recall"), "waiting"),
        ],
    )  # fmt: skip
    def test_every_step_can_be_taken_back(self, steps: tuple[Action, ...], back_to: str) -> None:
        number = taken()
        for action in steps:
            press(number, action, "1")
        undone = calling.undo(honcho(), number, "mispress", AOKI)
        assert undone.state == back_to
        last, what = line.events(undone)[-1], [one for one in steps if one != "recall"][-1]
        assert (last.kind, last.detail) == ("undo", f"{what} mispress")

    def test_an_undone_transfer_takes_the_new_ticket_out_of_the_line(self) -> None:
        number = taken()
        serving(number, "1")
        tickets.transfer(honcho(), number, "B", AOKI)
        calling.undo(honcho(), number, "mispress", AOKI)
        assert legs(number) == [(1, "A", "serving"), (2, "B", "cancelled")]
        tickets.transfer(honcho(), number, "C", AOKI)
        assert line.by_number(honcho(), today(), number).queue == "C"

    def test_only_for_some_minutes_with_a_reason_and_not_twice(self, clock: FrozenDateTimeFactory) -> None:
        number = taken()
        with pytest.raises(Conflict):
            calling.undo(honcho(), number, "mispress", AOKI)
        press(number, "call", "1")
        with pytest.raises(Invalid):
            calling.undo(honcho(), number, "tea", AOKI)
        clock.tick(timedelta(minutes=10, seconds=1))
        with pytest.raises(Conflict, match="10"):
            calling.undo(honcho(), number, "mispress", AOKI)

    def test_not_onto_a_counter_that_has_somebody_else_by_now(self) -> None:
        number, other = taken(), taken()
        serving(number, "1")
        press(number, "finish", "1")
        press(other, "call", "1")
        with pytest.raises(Conflict) as refused:
            calling.undo(honcho(), number, "not_finished", AOKI)
        assert refused.value.extra["number"] == other

    def test_a_call_that_was_undone_does_not_count_for_the_bound(self, clock: FrozenDateTimeFactory) -> None:
        for _ in range(3):
            arrivals.issue(honcho(), ["JUM-01"], "kiosk", brought=Brought(priority=False))
        number = taken()
        press(number, "call", "1")
        assert call_order.ahead_in_a_row(honcho(), today()) == {"A": 1, "B": 1}
        calling.undo(honcho(), number, "mispress", AOKI)
        assert call_order.ahead_in_a_row(honcho(), today()) == {}


class TestTransfers:
    def test_who_only_waits_changes_the_line_and_keeps_the_place(self, clock: FrozenDateTimeFactory) -> None:
        first = taken()
        clock.tick(timedelta(minutes=1))
        other = taken(("IDO-01",))
        moved = tickets.transfer(honcho(), first, "B", AOKI)
        assert (moved.leg, moved.queue) == (1, "B")
        assert in_queue("B") == [first, other]
        with pytest.raises(Conflict):
            tickets.transfer(honcho(), first, "B", AOKI)
        with pytest.raises(Invalid):
            tickets.transfer(honcho(), first, "Z", AOKI)

    def test_who_was_called_meanwhile_is_not_moved_by_somebody_who_saw_them_waiting(self) -> None:
        number = taken()
        calling.call_next(honcho(), "1", AOKI)
        with pytest.raises(Conflict) as refused:
            tickets.transfer(honcho(), number, "B", "keiko", seen="waiting")
        assert refused.value.extra["state"] == "called"
        assert line.by_number(honcho(), today(), number).state == "called"

    def test_only_late_visitors_are_restored(self, clock: FrozenDateTimeFactory) -> None:
        booking = booked()
        with pytest.raises(Conflict):
            tickets.restore(honcho(), taken(), AOKI)
        clock.move_to(booking.starts_at + timedelta(minutes=20))
        late = arrivals.check_in(honcho(), booking, AOKI)
        restored = tickets.restore(honcho(), late.number, AOKI)
        assert restored.due_at == booking.starts_at - timedelta(minutes=2)
        with pytest.raises(Conflict):
            tickets.restore(honcho(), late.number, AOKI)


class TestLeaving:
    @BOTH
    def test_a_visitor_leaves_once_and_takes_what_was_to_follow_along(self) -> None:
        hall.set_policy(honcho(), {"several": "walk"}, "aya")
        number = taken(("IDO-01", "JUM-01"))
        visit = line.by_number(honcho(), today(), number).visit_id or 0
        assert calling.leave_line(honcho(), visit, "resident").state == "cancelled"
        version = halls.version(honcho())
        assert calling.leave_line(honcho(), visit, "resident").state == "cancelled"
        assert halls.version(honcho()) == version
        assert [state for _, _, state in legs(number)] == ["cancelled", "cancelled"]

    def test_who_is_being_served_cannot_leave_by_phone(self) -> None:
        number = taken()
        ticket = serving(number, "1")
        with pytest.raises(Conflict) as refused:
            calling.leave_line(honcho(), ticket.visit_id or 0, "resident")
        assert refused.value.extra["state"] == "serving"
