"""Who is on at a counter: known from signing in and calling there, one place a person, one person a place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict
from models.operations import calling, counters, ending
from models.queries import call_order, hall, line
from models.queries.line import TicketView
from models.queries.offices import counter
from models.tables import CounterShift
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import serving, taken, today
from tests.operations.test_booking import honcho

pytestmark = SQLITE


def on() -> dict[str, str]:
    """Who is on where."""
    return {shift.counter.number: shift.actor for shift in hall.on_now(honcho(), today())}


@pytest.mark.usefixtures("city")
class TestShifts:
    @BOTH
    def test_a_person_is_on_at_one_counter_and_a_counter_has_one_person(self) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        counters.open_counter(honcho(), "1", "aoki")
        counters.open_counter(honcho(), "2", "aoki")
        assert on() == {"2": "aoki"}
        with pytest.raises(Conflict):
            counters.open_counter(honcho(), "2", "baba")
        counters.open_counter(honcho(), "2", "baba", take_over=True)
        assert on() == {"2": "baba"}
        endings = session().scalars(select(CounterShift.ending).order_by(CounterShift.id)).all()
        assert endings == ["closed", "taken_over", None]

    def test_calling_is_proof_enough(self) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        taken()
        calling.call_next(honcho(), "1", "baba")
        assert on() == {"1": "baba"}

    def test_a_system_may_call_for_several_and_takes_nobodys_place(self) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        for desk in ("1", "2", "3"):
            calling.call_next(honcho(), desk, "system/7")
        assert on() == {"1": "aoki", "2": "system/7", "3": "system/7"}

    def test_a_counter_that_serves_somebody_is_not_closed(self) -> None:
        number = taken()
        serving(number, "1")
        with pytest.raises(Conflict) as refused:
            counters.close_counter(honcho(), "1", "at 1", "lunch")
        assert refused.value.extra == {"number": number, "state": "serving"}
        calling.step(honcho(), number, "hold", "at 1", "1")
        counters.close_counter(honcho(), "1", "at 1", "lunch")
        assert on() == {}

    def test_at_lunch_the_others_call_the_queue_as_their_own(self) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        counters.open_counter(honcho(), "2", "baba")
        two = counter(honcho(), "2")
        assert call_order.desk_of(honcho(), today(), two).own == {"B", "C"}
        counters.close_counter(honcho(), "1", "aoki", "lunch")
        assert call_order.desk_of(honcho(), today(), two).own == {"A", "B", "C"}

    def test_signing_out_ends_it(self) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        counters.leave(honcho(), "aoki")
        assert on() == {}

    def test_every_change_of_who_is_on_is_a_version(self) -> None:
        versions = [hall.version(honcho())]
        for change in (
            lambda: counters.open_counter(honcho(), "1", "aoki"),
            lambda: counters.open_counter(honcho(), "2", "aoki"),
            lambda: counters.close_counter(honcho(), "2", "aoki"),
        ):
            change()
            versions.append(hall.version(honcho()))
        assert versions == sorted(set(versions))


@pytest.mark.usefixtures("city")
class TestYesterday:
    def test_a_shift_of_yesterday_keeps_nobody_from_opening(self, clock: FrozenDateTimeFactory) -> None:
        counters.open_counter(honcho(), "1", "aoki")
        clock.tick(timedelta(days=1))
        assert on() == {}
        counters.open_counter(honcho(), "1", "baba")
        assert on() == {"1": "baba"}
        closed = session().scalar(select(CounterShift.closed_at).where(CounterShift.actor == "aoki"))
        assert closed == datetime(2026, 11, 24, 8, 15, tzinfo=UTC), "closing time, not the next morning"

    def test_it_ends_with_the_last_thing_its_counter_did_where_that_was_later(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        number = taken()
        serving(number, "1")
        clock.tick(timedelta(hours=9))
        calling.step(honcho(), number, "finish", "at 1", "1")
        last = now()
        clock.tick(timedelta(days=2))
        assert ending.end_days(today()) == {"tickets": 0, "shifts": 1}
        assert session().scalar(select(CounterShift.closed_at)) == last
        assert ending.end_days(today()) == {"tickets": 0, "shifts": 0}

    @BOTH
    def test_what_earlier_days_left_in_the_line_is_ended_in_every_office_however_late(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        from_today, at_a_counter = taken(), taken()
        calling.step(honcho(), from_today, "call", "aoki", "1")
        serving(at_a_counter, "2")
        first = today()
        clock.tick(timedelta(days=3))
        taken()
        assert ending.end_days(today())["tickets"] == 1
        states = {one.number: one.state for one in line_of(first)}
        assert states == {from_today: "abandoned", at_a_counter: "serving"}
        assert [one.state for one in line_of(today())] == ["waiting"]


def line_of(day: date) -> list[TicketView]:
    """Everybody of a day."""
    return line.line(honcho(), day, ("waiting", "called", "serving", "abandoned"))
