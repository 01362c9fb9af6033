"""The order of calls: every rule by example, then what must hold whatever comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.call_order import Choice, Desk, Hall, Standing, counted, next_for, order, passes_by
from models.rules.hall_policy import HallPolicy

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
POLICY = HallPolicy()
TARGETS = {"A": 10.0, "B": 15.0, "C": 15.0}
ONE = Desk(("A", "B"))
UNTIMED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def walk_in(number: int, ago: float, queue: str = "A", priority: bool = False) -> Standing:
    """A walk-in who came so many minutes ago."""
    at = NOW - minutes(ago)
    return Standing(number, queue, at, at, priority=priority)


def booked(number: int, due_in: float, ago: float = 20, queue: str = "A", priority: bool = False) -> Standing:
    """A booked visitor who checked in so many minutes ago and is due in so many."""
    at = NOW - minutes(ago)
    return Standing(number, queue, at, at, NOW + minutes(due_in), booked=True, priority=priority)


def back(ticket: Standing) -> Standing:
    """The same after absence."""
    return replace(ticket, due_at=min(ticket.due_at or ticket.order_at, NOW), returned=True)


def hall(ahead: Mapping[str, int] | None = None, policy: HallPolicy = POLICY) -> Hall:
    return Hall(policy, TARGETS, ahead or {})


def said(desk: Desk, waiting: Sequence[Standing], state: Hall | None = None) -> list[tuple[int, str, str]]:
    return [(one.ticket.id, one.reason, one.help) for one in order(desk, waiting, state or hall(), NOW)]


def first(desk: Desk, waiting: Sequence[Standing], state: Hall | None = None) -> tuple[int, str, str] | None:
    choice = next_for(desk, waiting, state or hall(), NOW)
    return None if choice is None else (choice.ticket.id, choice.reason, choice.help)


class TestLine:
    def test_nobody_waits(self) -> None:
        assert first(ONE, []) is None
        assert first(ONE, [walk_in(1, 5, "C")]) is None
        assert first(Desk(()), [walk_in(1, 5)]) is None

    def test_who_came_first_is_called_first_and_of_two_at_once_the_lower_row(self) -> None:
        assert [one for one, _, _ in said(ONE, [walk_in(3, 5), walk_in(2, 9), walk_in(1, 5)])] == [2, 1, 3]

    def test_priority_is_a_head_start_in_time(self) -> None:
        waiting = [walk_in(1, 21), walk_in(2, 20), walk_in(3, 5.5, priority=True)]
        assert said(ONE, waiting) == [(1, "line", "own"), (3, "priority", "own"), (2, "line", "own")]

    def test_priority_that_passes_by_nobody_is_the_line(self) -> None:
        assert first(ONE, [walk_in(1, 9, priority=True), walk_in(2, 5)]) == (1, "line", "own")

    def test_a_transfer_keeps_its_place(self) -> None:
        moved = replace(walk_in(9, 0, "B"), order_at=NOW - minutes(30))
        assert [one for one, _, _ in said(ONE, [walk_in(1, 20, "B"), moved, walk_in(2, 40, "B")])] == [
            2,
            9,
            1,
        ]


class TestDue:
    def test_a_booked_visitor_goes_first_from_the_moment_of_being_due(self) -> None:
        assert first(ONE, [walk_in(1, 9), booked(2, 0)]) == (2, "due", "own")
        assert first(ONE, [walk_in(1, 9), booked(2, 0.1)]) == (1, "line", "own")

    def test_the_earliest_due_goes_first(self) -> None:
        assert [one for one, _, _ in said(ONE, [booked(1, -1), booked(2, -5, ago=1)])] == [2, 1]

    def test_before_time_a_booked_visitor_is_called_only_when_nobody_else_waits(self) -> None:
        waiting = [booked(1, 30), walk_in(2, 1, "B")]
        assert said(ONE, waiting) == [(2, "line", "own"), (1, "early", "own")]

    def test_who_came_late_stands_in_the_line(self) -> None:
        late = replace(booked(1, 0, ago=3), due_at=None)
        assert said(ONE, [late, walk_in(2, 4)]) == [(2, "line", "own"), (1, "line", "own")]

    def test_priority_makes_a_booked_visitor_due_sooner(self) -> None:
        waiting = [walk_in(1, 20), booked(2, 14, priority=True)]
        assert first(ONE, waiting) == (2, "priority", "own")
        assert first(ONE, [walk_in(1, 20), booked(2, 16, priority=True)]) == (1, "line", "own")


class TestReturned:
    def test_who_is_back_is_next_before_whoever_is_due(self) -> None:
        waiting = [booked(1, -30), back(walk_in(2, 10)), walk_in(3, 60)]
        assert [one for one, _, _ in said(ONE, waiting)] == [2, 1, 3]
        assert first(ONE, waiting) == (2, "returned", "own")

    def test_who_was_called_early_and_is_back_is_next_too(self) -> None:
        assert first(ONE, [walk_in(1, 20), back(booked(2, 25))]) == (2, "returned", "own")

    def test_a_transfer_of_somebody_who_was_back_stays_before_the_line(self) -> None:
        moved = replace(walk_in(2, 10), due_at=NOW - minutes(10))
        assert first(ONE, [walk_in(1, 20), moved]) == (2, "returned", "own")


class TestBound:
    def test_after_two_ahead_who_waited_over_the_bound_is_next(self) -> None:
        waiting = [booked(1, -1), walk_in(2, 46), walk_in(3, 50)]
        assert first(ONE, waiting, hall({"A": 1})) == (1, "due", "own")
        assert first(ONE, waiting, hall({"A": 2})) == (3, "bound", "own")

    def test_under_the_bound_the_due_go_on(self) -> None:
        assert first(ONE, [booked(1, -1), walk_in(2, 44)], hall({"A": 9})) == (1, "due", "own")

    def test_the_count_begins_again_after_one_from_the_line(self) -> None:
        waiting = [*(booked(number, -number) for number in (1, 2, 3, 4)), walk_in(5, 60), walk_in(6, 50)]
        reasons = [reason for _, reason, _ in said(ONE, waiting)]
        assert reasons == ["due", "due", "bound", "due", "due", "bound"]

    def test_priority_does_not_lose_by_the_bound(self) -> None:
        waiting = [booked(1, -1), walk_in(2, 60, priority=True), walk_in(3, 50)]
        assert first(ONE, waiting, hall({"A": 2})) == (2, "bound", "own")

    def test_a_call_ahead_in_one_of_a_counters_own_queues_counts_for_all_of_them(self) -> None:
        waiting = [*(booked(number, -number) for number in (1, 2, 3)), walk_in(4, 60, "B")]
        assert [one for one, _, _ in said(ONE, waiting)] == [3, 2, 4, 1]
        kept = Desk(("A", "B"), frozenset({"B"}))
        assert counted({"A": 1, "B": 1}, kept.own, "A", True) == {"A": 2, "B": 1}
        assert counted({"A": 1, "B": 1}, kept.own, "B", False) == {"A": 1, "B": 0}


class TestHelp:
    KEPT = Desk(("A", "B", "C"), frozenset({"B", "C"}))

    def test_the_own_queue_goes_first_however_long_the_other_waits_within_its_target(self) -> None:
        assert first(self.KEPT, [walk_in(1, 15, "B"), walk_in(2, 1)]) == (2, "line", "own")

    def test_another_queue_is_helped_when_somebody_there_waits_over_target(self) -> None:
        assert first(self.KEPT, [walk_in(1, 16, "B"), walk_in(2, 9)]) == (1, "line", "overdue")

    def test_it_is_enough_that_anybody_there_waits_too_long(self) -> None:
        waiting = [booked(1, 0, queue="B"), walk_in(2, 16, "B"), walk_in(3, 9)]
        assert first(self.KEPT, waiting) == (1, "due", "overdue")

    def test_but_not_while_the_own_waits_too_long_or_goes_ahead(self) -> None:
        other = walk_in(1, 40, "B")
        assert first(self.KEPT, [other, walk_in(2, 11)]) == (2, "line", "own")
        assert first(self.KEPT, [other, booked(2, 0)]) == (2, "due", "own")
        assert first(self.KEPT, [other, back(walk_in(2, 1))]) == (2, "returned", "own")

    def test_an_idle_counter_helps_in_the_order_of_its_list(self) -> None:
        waiting = [walk_in(1, 9, "C"), walk_in(2, 1, "B")]
        assert said(self.KEPT, waiting) == [(2, "line", "idle"), (1, "line", "idle")]
        assert first(self.KEPT, [walk_in(1, 16, "C"), walk_in(2, 1, "B")]) == (1, "line", "overdue")

    def test_a_queue_that_no_other_counter_keeps_is_as_its_own(self) -> None:
        waiting = [walk_in(1, 9), walk_in(2, 10, "B")]
        assert said(Desk(("A", "B")), waiting) == [(2, "line", "own"), (1, "line", "own")]

    def test_a_hall_of_one_counter_calls_all_its_queues_as_one_line(self) -> None:
        alone = Desk(("S", "A", "K", "D"))
        waiting = [walk_in(1, 1, "S"), walk_in(2, 3, "A"), walk_in(3, 2, "K"), walk_in(4, 4, "D")]
        assert [one for one, _, _ in said(alone, waiting)] == [4, 2, 3, 1]


class TestPassingBy:
    def test_a_chosen_ticket_passes_by_whoever_came_before_in_its_queue(self) -> None:
        early, late, other = walk_in(1, 9), walk_in(2, 5), walk_in(3, 30, "B")
        assert passes_by(late, [early, late, other])
        assert not passes_by(early, [early, late, other])
        assert passes_by(booked(4, 5), [])


QUEUES = ("A", "B", "C")
wait = st.integers(0, 120)


@st.composite
def tickets(draw: st.DrawFn) -> list[Standing]:
    """Anybody who could stand in the line at once; nobody is due later who was not booked."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        arrived, stood = draw(wait), draw(st.integers(0, 60))
        due = draw(st.none() | st.integers(-60, 60))
        one = walk_in(number, arrived, draw(st.sampled_from(QUEUES)), draw(st.booleans()))
        one = replace(one, order_at=one.order_at - minutes(stood))
        if due is not None:
            one = replace(one, due_at=NOW + minutes(due), booked=due > 0 or draw(st.booleans()))
        found.append(back(one) if draw(st.integers(0, 9)) == 0 else one)
    return found


desks = st.builds(
    Desk,
    st.permutations(QUEUES).flatmap(lambda all_: st.integers(1, 3).map(lambda count: tuple(all_[:count]))),
    st.frozensets(st.sampled_from(QUEUES)),
)
halls = st.builds(
    hall,
    st.dictionaries(st.sampled_from(QUEUES), st.integers(0, 4)),
    st.builds(HallPolicy, ahead_in_a_row=st.integers(1, 4), walk_in_bound_minutes=st.integers(5, 90)),
)


class TestAlways:
    @UNTIMED
    @given(desks, tickets(), halls, st.randoms())
    def test_nobody_is_skipped_or_called_twice_and_the_same_is_said_again(self, desk, waiting, state, chance):
        found = order(desk, waiting, state, NOW)
        mine = [one.id for one in waiting if one.queue in desk.queues]
        assert sorted(choice.ticket.id for choice in found) == sorted(mine)
        shuffled = list(waiting)
        chance.shuffle(shuffled)
        assert order(desk, shuffled, state, NOW) == found

    @UNTIMED
    @given(desks, tickets(), halls)
    def test_the_first_of_the_order_is_whoever_is_called(self, desk, waiting, state):
        found = order(desk, waiting, state, NOW)
        assert next_for(desk, waiting, state, NOW) == (found[0] if found else None)

    @UNTIMED
    @given(desks, tickets(), halls)
    def test_within_a_queue_the_due_go_by_time_and_walk_ins_as_they_came(self, desk, waiting, state):
        for queue in desk.queues:
            mine = [choice for choice in order(desk, waiting, state, NOW) if choice.ticket.queue == queue]
            plain = [one for one in mine if not one.ticket.priority and not one.ticket.returned]
            due = [one.ticket.due_at for one in plain if one.ticket.due_at is not None]
            assert due == sorted(due)
            in_turn = [one.ticket for one in plain if one.ticket.in_line and one.reason != "bound"]
            stood = [(one.order_at, one.id) for one in in_turn]
            assert stood == sorted(stood)

    @UNTIMED
    @given(desks, tickets(), halls)
    def test_never_more_ahead_in_a_row_than_the_bound_while_somebody_waits_longer(self, desk, waiting, state):
        state = replace(state, ahead={})
        left = {one.id: one for one in waiting if one.queue in desk.queues}
        row = 0
        for choice in order(desk, waiting, state, NOW):
            over = any(
                one.in_line and NOW - one.arrived_at > state.policy.walk_in_bound and one.queue in desk.own
                for one in left.values()
            )
            if choice.ticket.queue in desk.own:
                row = row + 1 if choice.goes_ahead else 0
                assert not over or row <= state.policy.ahead_in_a_row
            del left[choice.ticket.id]

    @UNTIMED
    @given(desks, tickets(), halls, st.sampled_from(QUEUES))
    def test_a_walk_in_who_comes_now_changes_nothing_about_who_is_next(self, desk, waiting, state, queue):
        before = next_for(desk, waiting, state, NOW)
        newcomer = walk_in(
            1000, 0, queue
        )  # whose own arrival may open a queue that comes before the helped one
        after = next_for(desk, [*waiting, newcomer], state, NOW)
        if before is None or queue not in desk.queues or before.reason == "early":
            return
        sooner = desk.queues.index(queue) < desk.queues.index(before.ticket.queue)
        if before.help == "idle" and (queue in desk.own or sooner):
            return
        ahead = any(one.priority and one.booked and one.queue == queue for one in waiting)
        if before.help == "overdue" and ahead:  # a head start counts as soon as there is somebody to pass by
            return
        assert after is not None
        assert after.ticket == before.ticket

    @UNTIMED
    @given(desks, tickets(), halls, st.data())
    def test_a_transfer_stands_in_the_other_queue_where_its_arrival_puts_it(self, desk, waiting, state, data):
        walkers = [one for one in waiting if one.in_line]
        if not walkers:
            return
        moved = data.draw(st.sampled_from(walkers))
        queue = data.draw(st.sampled_from(QUEUES))
        there = [one for one in waiting if one.id != moved.id]
        went = replace(moved, queue=queue, arrived_at=NOW)
        plain = replace(state, policy=replace(state.policy, ahead_in_a_row=20))
        after = [one.ticket for one in order(Desk((queue,)), [*there, went], plain, NOW)]
        for one in after:
            if one.in_line and not one.priority and not moved.priority and one.id != moved.id:
                came_first = (one.order_at, one.id) < (moved.order_at, moved.id)
                assert (after.index(one) < after.index(went)) == came_first

    @UNTIMED
    @given(tickets(), halls)
    def test_help_is_given_only_where_it_is_overdue_or_the_own_is_empty(self, waiting, state):
        desk = Desk(("A", "B", "C"), frozenset({"B", "C"}))
        choice = next_for(desk, waiting, state, NOW)
        if choice is None or choice.help == "own":
            return
        mine = [one for one in waiting if one.queue == "A"]
        there = [one for one in waiting if one.queue == choice.ticket.queue]
        late = any(one.waited(NOW) > minutes(TARGETS[one.queue]) for one in there)
        assert (choice.help == "overdue" and late) or (choice.help == "idle" and not mine)


class TestWholeDay:
    """Nobody is left: a day of arrivals at several counters, simulated."""

    DESKS = (("A", "B"), ("B", "C", "A"), ("C", "A"))

    @settings(UNTIMED, max_examples=15)
    @given(st.randoms(use_true_random=False), st.integers(1, 3), st.booleans())
    def test_everybody_is_called_within_a_bound(self, chance, counters, booked_only_ahead):
        """Load below capacity, four in ten booked: nobody waits longer than two hours."""
        queues = self.DESKS[:counters]
        served = [queue for queue in QUEUES if any(queue in listed for listed in queues)]
        firsts = [listed[0] for listed in queues]
        desks_ = [Desk(listed, frozenset(firsts[:at] + firsts[at + 1 :])) for at, listed in enumerate(queues)]
        free_at = [NOW] * counters
        coming = self._arrivals(chance, served, counters, booked_only_ahead)
        waiting: list[Standing] = []
        ahead: Mapping[str, int] = {}
        longest = timedelta()
        clock, called = NOW, 0
        while coming or waiting:
            clock += minutes(1)
            while coming and coming[0].arrived_at <= clock:
                waiting.append(coming.pop(0))
            for at, desk in enumerate(desks_):
                choice: Choice | None = None
                if free_at[at] <= clock:
                    choice = next_for(desk, waiting, Hall(POLICY, TARGETS, ahead), clock)
                if choice is None:
                    continue
                ahead = counted(ahead, desk.own, choice.ticket.queue, choice.goes_ahead)
                waiting.remove(choice.ticket)
                called += 1
                longest = max(longest, choice.ticket.waited(clock))
                free_at[at] = clock + minutes(chance.randint(2, 9))
            assert clock < NOW + timedelta(hours=16)
        assert called > 0
        assert longest < timedelta(hours=2)

    @staticmethod
    def _arrivals(chance, served: Sequence[str], counters: int, booked_only_ahead: bool) -> list[Standing]:
        found = []
        for number in range(50 * counters):
            at = NOW + minutes(chance.randint(0, 420))
            one = Standing(number, chance.choice(served), at, at, priority=chance.random() < 0.05)
            if chance.random() < 0.4:
                due = at + minutes(chance.randint(-8, 15))
                one = replace(one, due_at=due, booked=True, priority=one.priority and not booked_only_ahead)
            found.append(one)
        return sorted(found, key=lambda one: one.arrived_at)


@pytest.mark.parametrize("size", [1000])
def test_the_order_of_a_very_full_hall_is_worked_out_in_counted_steps(size: int) -> None:
    waiting = [walk_in(number, number % 90, QUEUES[number % 3]) for number in range(size)]
    found = order(Desk(QUEUES), waiting, hall(), NOW)
    assert len(found) == size
