"""What boards and phones see of a hall: never a person, never an old call before a newer one, cheap to ask again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import event, update

from models.core.clock import now
from models.core.db import ground, session
from models.core.space import current_space
from models.core.transaction import transaction
from models.operations import arrivals, calling, counters, hall, office_row
from models.queries import live
from models.queries.hall_state import CallShown, HallState, QueueState
from models.rules.ticket_states import Action
from models.tables import Hall, Ticket, TicketEvent, Visit
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import honcho

pytestmark = SQLITE

AOKI = "aoki"
SPARE_PART = ["JUM-01"]
WORDS_OF_PEOPLE = ("name", "procedure", "reason", "actor", "token", "contact")


def take_number() -> str:
    return arrivals.issue(honcho(), SPARE_PART, AOKI).number


def call(counter: str = "1") -> str:
    called = calling.call_next(honcho(), counter, AOKI)
    assert called is not None
    return called.number


def step(number: str, action: Action) -> None:
    calling.step(honcho(), number, action, AOKI, "1")


def serve(counter: str = "1") -> str:
    """Call the next one and serve them to the end."""
    number = call(counter)
    step(number, "start")
    step(number, "finish")
    return number


def advance_and_fail() -> None:
    """An act that looks at the hall after changing it, and is taken back."""
    with transaction() as writing:
        office_row.enter(writing, honcho())
        office_row.advance(writing, honcho())
        shown()
        raise ZeroDivisionError


def shown() -> HallState:
    return live.state(honcho(), now())


def queue(code: str = "A") -> QueueState:
    return next(one for one in shown().queues if one.code == code)


def numbers(calls: tuple[CallShown, ...] | None) -> list[str]:
    assert calls is not None
    return [one.number for one in calls]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that goes to the database inside the block."""
    found: list[str] = []
    engine = ground().engine(current_space())

    def noted(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", noted)
    yield found
    event.remove(engine, "before_cursor_execute", noted)


@pytest.mark.usefixtures("city")
class TestState:
    def test_an_empty_morning(self) -> None:
        state = shown()
        assert (state.calls, state.absent, state.deliveries, state.counters_on) == ((), (), (), ())
        assert (state.open, state.closes, state.stopped) == (True, time(17, 15), False)
        assert (state.mean_wait_today, state.served_today) == (None, 0)
        assert {one.waiting for one in state.queues} == {0}

    @BOTH
    def test_it_shows_who_waits_who_is_called_where_and_how_long_it_took(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        first, second = take_number(), take_number()
        clock.tick(timedelta(minutes=6))
        assert call() == first
        state = shown()
        assert queue().waiting == 1
        assert queue().now_calling == first
        assert queue().counters == ("1",)
        assert state.counters_on == ("1",)
        assert [(one.number, one.counter, one.kind, one.at) for one in state.calls] == [
            (first, "1", "call", now())
        ]
        assert state.mean_wait_today == 6
        step(first, "start")
        step(first, "finish")
        assert call() == second
        assert numbers(shown().calls) == [second, first]
        assert shown().served_today == 1

    def test_whoever_is_called_now_stands_before_newer_calls_that_are_over(self) -> None:
        for _ in range(3):
            take_number()
        stays = call("1")
        over = call("2")
        calling.step(honcho(), over, "start", AOKI, "2")
        calling.step(honcho(), over, "finish", AOKI, "2")
        assert numbers(shown().calls) == [stays, over]

    def test_a_recall_stands_for_the_call_and_a_number_is_shown_once(self) -> None:
        number = take_number()
        call()
        step(number, "recall")
        (one,) = shown().calls
        assert (one.number, one.kind, one.version) == (number, "recall", shown().version)

    def test_a_hand_over_is_a_delivery_also_when_it_is_repeated(self) -> None:
        number = take_number()
        call()
        step(number, "start")
        step(number, "back_office")
        step(number, "deliver")
        assert [(one.number, one.kind) for one in shown().deliveries] == [(number, "deliver")]
        step(number, "recall")
        assert [(one.number, one.kind) for one in shown().deliveries] == [(number, "deliver")]

    def test_whoever_was_not_there_is_named_by_number(self) -> None:
        number = take_number()
        call()
        step(number, "absent")
        assert shown().absent == (number,)

    def test_a_call_that_was_taken_back_is_not_shown(self) -> None:
        number = take_number()
        before = shown().version
        call()
        calling.undo(honcho(), number, "mispress", AOKI)
        assert shown().calls == ()
        assert live.calls_since(honcho(), before) == ()

    def test_calls_of_an_hour_ago_are_gone_except_for_whoever_is_still_called(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        take_number()
        still = take_number()
        serve("1")
        assert call("2") == still
        clock.tick(timedelta(minutes=61))
        assert numbers(shown().calls) == [still]

    @BOTH
    def test_a_visitor_in_a_booth_is_not_called_in_the_hall(self) -> None:
        number = take_number()
        before = shown().version
        call()
        with transaction() as writing:
            writing.execute(update(Visit).values(seat="3"))
            office_row.advance(writing, honcho())
        assert number not in numbers(shown().calls)
        assert live.calls_since(honcho(), before) == ()
        with transaction() as writing:
            writing.execute(update(Visit).values(seat="1"))
            office_row.advance(writing, honcho())
        assert numbers(shown().calls) == [number]

    def test_nothing_about_a_person_is_in_it(self) -> None:
        take_number()
        call()
        names = {
            name
            for part in (HallState, QueueState, CallShown)
            for name in (field.name for field in dataclasses.fields(part))
        }
        assert not [name for name in names for word in WORDS_OF_PEOPLE if word in name]
        assert "JUM-01" not in repr(shown())
        assert AOKI not in repr(shown())

    def test_staff_end_the_numbers_and_write_a_notice(self, clock: FrozenDateTimeFactory) -> None:
        hall.stop_issuing(honcho(), AOKI)
        hall.set_notice(honcho(), "きょうは混んでいます。", AOKI)
        assert (shown().stopped, shown().notice) == (True, "きょうは混んでいます。")
        clock.tick(timedelta(days=1))
        assert not shown().stopped

    def test_closing_time_and_a_closed_day(self, clock: FrozenDateTimeFactory) -> None:
        clock.tick(timedelta(hours=9))
        assert (shown().open, shown().closes, shown().stopped) == (False, time(17, 15), False)
        hall.set_policy(honcho(), {"stops_at_closing": True}, AOKI)
        assert shown().stopped
        clock.tick(timedelta(days=4))
        assert (shown().open, shown().closes) == (False, None)

    def test_a_wait_is_a_range_that_begins_at_zero_when_nobody_waits(self) -> None:
        counters.open_counter(honcho(), "1", AOKI)
        empty = queue()
        assert (empty.low, empty.high) == (0, 0)
        for _ in range(12):
            take_number()
        full = queue()
        assert full.low is not None
        assert full.high is not None
        assert 0 < full.low <= full.high
        assert full.low % 5 == full.high % 5 == 0


@pytest.mark.usefixtures("city")
class TestAskingAgain:
    @BOTH
    def test_the_etag_reads_one_row_and_no_ticket(self) -> None:
        place = honcho()
        with statements() as asked:
            live.etag(place, now())
        assert len(asked) == 1
        assert "ticket" not in asked[0]

    def test_it_changes_with_every_change_and_every_half_minute(self, clock: FrozenDateTimeFactory) -> None:
        seen = [live.etag(honcho(), now())]
        assert live.etag(honcho(), now()) == seen[0]
        take_number()
        seen.append(live.etag(honcho(), now()))
        clock.tick(timedelta(seconds=live.BUCKET_SECONDS))
        seen.append(live.etag(honcho(), now()))
        call()
        seen.append(live.etag(honcho(), now()))
        assert len(set(seen)) == 4

    def test_a_state_that_was_made_is_given_again_for_one_row(self) -> None:
        take_number()
        first, place = shown(), honcho()
        with statements() as asked:
            assert live.state(place, now()) is first
        assert len(asked) == 1
        call()
        assert shown() is not first

    def test_what_an_act_saw_that_failed_is_not_kept(self) -> None:
        before = shown()
        with pytest.raises(ZeroDivisionError):
            advance_and_fail()
        hall.set_notice(honcho(), "お知らせ", AOKI)
        assert (shown().version, shown().notice) == (before.version + 1, "お知らせ")

    @BOTH
    def test_the_cost_does_not_grow_with_history(self, clock: FrozenDateTimeFactory) -> None:
        def few() -> list[str]:
            with statements() as asked:
                shown()
            return asked

        take_number()
        before = few()
        for _ in range(8):
            take_number()
            serve()
        clock.tick(timedelta(days=1))
        take_number()
        after = few()
        assert len(after) == len(before) <= 30
        assert (shown().served_today, shown().mean_wait_today, len(shown().calls)) == (0, None, 0)


@pytest.mark.usefixtures("city")
class TestCallsSince:
    @BOTH
    def test_every_missed_call_in_order(self) -> None:
        for _ in range(3):
            take_number()
        seen = shown().version
        missed = [serve() for _ in range(3)]
        assert numbers(live.calls_since(honcho(), seen)) == missed
        assert live.calls_since(honcho(), shown().version) == ()

    def test_after_each_call_only_what_came_later(self) -> None:
        for _ in range(3):
            take_number()
        seen = shown().version
        first = serve()
        calls = live.calls_since(honcho(), seen)
        assert calls is not None
        assert numbers(calls) == [first]
        second = serve()
        assert numbers(live.calls_since(honcho(), calls[0].version)) == [second]

    def test_too_many_calls_are_a_snapshot(self) -> None:
        for _ in range(4):
            take_number()
        seen = shown().version
        for _ in range(4):
            serve()
        assert live.calls_since(honcho(), seen, most=3) is None
        assert live.calls_since(honcho(), seen, most=4) is not None

    @BOTH
    def test_too_many_versions_are_a_snapshot(self) -> None:
        seen = shown().version
        with transaction() as writing:
            writing.execute(update(Hall).values(version=Hall.version + live.LARGEST_GAP))
        assert live.calls_since(honcho(), seen) == ()
        with transaction() as writing:
            writing.execute(update(Hall).values(version=Hall.version + 1))
        assert live.calls_since(honcho(), seen) is None

    def test_a_version_that_never_was_is_a_snapshot(self) -> None:
        assert live.calls_since(honcho(), shown().version + 1) is None
        assert live.calls_since(honcho(), -1) is None

    def test_another_day_is_a_snapshot(self, clock: FrozenDateTimeFactory) -> None:
        take_number()
        seen = shown().version
        serve()
        clock.tick(timedelta(days=1))
        assert live.calls_since(honcho(), seen) is None
        take_number()
        today = shown().version
        number = serve()
        assert live.calls_since(honcho(), today - 1) is None
        assert numbers(live.calls_since(honcho(), today)) == [number]

    def test_the_events_carry_the_versions_that_the_calls_are_found_by(self) -> None:
        take_number()
        call()
        newest = session().query(TicketEvent.version).order_by(TicketEvent.id.desc()).first()
        assert newest is not None
        assert newest[0] == shown().version == shown().calls[0].version
        assert session().query(Ticket).count() == 1
