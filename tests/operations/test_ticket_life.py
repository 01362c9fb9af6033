"""R7: the whole life of tickets, played at random by two sessions that take turns and press at once.

After every single thing: rows and histories say the same, nothing is torn, and whatever was refused changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import db, session
from models.core.errors import Conflict, DomainError, Invalid
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import arrivals, calling, counters, hall, tickets
from models.operations.booking import book
from models.queries import availability, bookings, catalogue, line
from models.queries import hall as halls
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.hall_policy import SEVERAL
from models.rules.ticket_states import STEPS, UNDO_REASONS, Action, allowed
from models.tables import Hall, Ticket, TicketEvent
from tests import whole_line
from tests.operations.sessions import Seat, at_once, done, two
from tests.operations.test_booking import asked, honcho
from tests.races.crowd import sized

DESKS = ("1", "2", "3")
SETS = (("JUM-01",), ("IDO-01",), ("JUM-01", "IDO-01"), ("IDO-01", "KOS-01", "JUM-01"))
MORNING = datetime.fromisoformat("2026-11-24T00:00:00+00:00")

seats = st.sampled_from([0, 1])
desks = st.sampled_from(DESKS)
actions = st.sampled_from(sorted({*STEPS} - {"transfer", "expire"}))
ON: tuple[Action, ...] = (
    "call", "recall", "start", "hold", "resume", "back_office", "deliver", "finish", "absent", "no_show", "return",
)  # fmt: skip
queues = st.sampled_from(["A", "B", "C", "Z"])
which = st.integers(0, 30)


@act
def empty(db_session: Session, place: OfficeView) -> None:
    """The hall as in the morning of a first day: its own rules are forgotten."""
    db_session.execute(update(Hall).where(Hall.office_id == place.id).values(policy={}, stopped_on=None))


class TicketLife(RuleBasedStateMachine):
    """One business day of one office; each example takes the next day of the same city."""

    clock: FrozenDateTimeFactory
    pair: tuple[Seat, Seat]
    days = 0

    @initialize(several=st.sampled_from(SEVERAL))
    def begin(self, several: str) -> None:
        type(self).days += 1
        self.clock.move_to(MORNING + timedelta(days=self.days))
        self.place = honcho()
        self.day = self.place.day_of(now())
        self.version = halls.version(self.place)
        empty(self.place)
        hall.set_policy(self.place, {"several": several}, "aya")
        for desk in DESKS:
            counters.open_counter(self.place, desk, f"at {desk}", take_over=True)

    def pick(self, at: int) -> TicketView | None:
        """One of the day's visits by its place."""
        db.session.rollback()
        numbers = list(
            session().scalars(
                select(Ticket.number)
                .where(Ticket.office_id == self.place.id, Ticket.day == self.day)
                .distinct()
                .order_by(Ticket.number)
            )
        )
        return line.by_number(self.place, self.day, numbers[at % len(numbers)] or "") if numbers else None

    def everything(self) -> Any:
        """All that a refused act must leave as it was."""
        db.session.rollback()
        rows = session().execute(select(Ticket.__table__).where(Ticket.day == self.day).order_by(Ticket.id))
        events = session().scalar(select(func.count()).select_from(TicketEvent))
        return [tuple(row) for row in rows], events, halls.version(self.place)

    def do(self, seat: int, wanted: Callable[[], Any]) -> Any:
        """One session does it; a refusal changes nothing."""
        before = self.everything()
        found = done(self.pair[seat], wanted)
        if isinstance(found, DomainError):
            assert self.everything() == before, f"refused with {found!r}, but something changed"
        return found

    @rule(minutes=st.integers(0, 25))
    def time_passes(self, minutes: int) -> None:
        self.clock.tick(timedelta(minutes=minutes))

    @rule(seat=seats, codes=st.sampled_from(SETS), priority=st.booleans())
    def take_a_number(self, seat: int, codes: tuple[str, ...], priority: bool) -> None:
        brought = arrivals.Brought(priority=priority)
        made = self.do(seat, partial(arrivals.issue, self.place, codes, "kiosk", brought=brought))
        assert isinstance(made, (arrivals.Issued, Conflict))

    @rule(seat=seats, late=st.integers(-3, 3))
    def come_with_a_booking(self, seat: int, late: int) -> None:
        need = availability.need_of(catalogue.current(), self.place, ("JUM-01",))
        times = availability.free_times(self.place, need, self.day, self.day, now())
        if not times:
            return
        made = book(asked(times[0].starts_at))
        self.clock.tick(timedelta(minutes=abs(late) * 5))
        seen = bookings.by_token(made.token)
        checked_in = self.do(seat, partial(arrivals.check_in, self.place, seen, "kiosk"))
        assert isinstance(checked_in, arrivals.Issued)
        again = self.do(1 - seat, partial(arrivals.check_in, self.place, seen, "kiosk"))
        assert isinstance(again, Conflict)
        assert again.extra["number"] == checked_in.number

    @rule(seat=seats, desk=desks)
    def call_next(self, seat: int, desk: str) -> None:
        mine = line.at_counter(self.place, self.day, desk)
        found = self.do(seat, partial(calling.call_next, self.place, desk, f"at {desk}"))
        if mine is not None:
            assert isinstance(found, Conflict)
            assert found.extra["number"] == mine.number
        elif found is not None:
            assert (found.state, found.counter, found.calls) == ("called", desk, 1)

    @rule(at=st.integers(0, 4), turns=st.lists(st.tuples(seats, which, desks), min_size=3, max_size=12))
    def go_on(self, at: int, turns: list[tuple[int, int, str]]) -> None:
        """Steps that the state allows, one after the other, at any counter: what a life is made of."""
        for seat, turn, desk in turns:
            ticket = self.pick(at)
            possible = [one for one in ON if ticket is not None and allowed(one, ticket.state)]
            if ticket is not None and possible:
                self.press(seat, ticket, possible[turn % len(possible)], desk)

    @rule(seat=seats, at=which, action=actions, desk=st.none() | desks)
    def take_a_step(self, seat: int, at: int, action: str, desk: str | None) -> None:
        ticket = self.pick(at)
        if ticket is not None:
            self.press(seat, ticket, cast("Action", action), desk)

    def press(self, seat: int, ticket: TicketView, step: Action, desk: str | None) -> None:
        """A step goes as the table says, unless the counter has somebody else."""
        found = self.do(seat, partial(calling.step, self.place, ticket.number, step, "aoki", desk))
        if isinstance(found, Invalid):
            assert (step, desk, ticket.counter) == ("call", None, None)
        elif isinstance(found, Conflict) and found.extra.get("number", ticket.number) != ticket.number:
            assert line.at_counter(self.place, self.day, desk or ticket.counter or "") is not None
        elif isinstance(found, Conflict):
            assert not allowed(step, ticket.state)
            assert found.extra["state"] == ticket.state
        else:
            assert allowed(step, ticket.state)

    @rule(seat=seats, at=which, queue=queues)
    def move_on(self, seat: int, at: int, queue: str) -> None:
        ticket = self.pick(at)
        if ticket is None:
            return
        found = self.do(seat, partial(tickets.transfer, self.place, ticket.number, queue, "aoki"))
        if not isinstance(found, DomainError):
            assert (found.number, found.state, found.queue) == (ticket.number, "waiting", queue)
            assert (found.order_at, found.due_at) == (ticket.order_at, ticket.due_at)

    @rule(seat=seats, at=which, reason=st.sampled_from(UNDO_REASONS))
    def take_it_back(self, seat: int, at: int, reason: str) -> None:
        ticket = self.pick(at)
        if ticket is None:
            return
        found = self.do(seat, partial(calling.undo, self.place, ticket.number, reason, "aoki"))
        assert isinstance(found, (TicketView, Conflict))

    @rule(seat=seats, at=which, on=st.booleans())
    def say_who_cannot_wait(self, seat: int, at: int, on: bool) -> None:
        ticket = self.pick(at)
        if ticket is not None:
            self.do(seat, partial(tickets.prioritise, self.place, ticket.number, "aoki", on))

    @rule(seat=seats, at=which)
    def restore(self, seat: int, at: int) -> None:
        ticket = self.pick(at)
        if ticket is not None:
            self.do(seat, partial(tickets.restore, self.place, ticket.number, "aoki"))

    @rule(seat=seats, at=which)
    def go_home(self, seat: int, at: int) -> None:
        ticket = self.pick(at)
        if ticket is not None and ticket.visit_id is not None:
            self.do(seat, partial(calling.leave_line, self.place, ticket.visit_id, "resident"))

    @rule(seat=seats, desk=desks, open_=st.booleans(), who=st.sampled_from(["aoki", "baba"]))
    def open_or_close(self, seat: int, desk: str, open_: bool, who: str) -> None:
        if open_:
            self.do(seat, partial(counters.open_counter, self.place, desk, who))
        else:
            self.do(seat, partial(counters.close_counter, self.place, desk, who, "lunch"))
        on = [shift.actor for shift in halls.on_now(self.place, self.day)]
        assert len(on) == len(set(on)), "one person is on at two counters"

    @rule(seat=seats, stop=st.booleans(), most=st.none() | st.integers(0, 6))
    def end_numbers(self, seat: int, stop: bool, most: int | None) -> None:
        self.do(seat, partial(hall.stop_issuing if stop else hall.issue_again, self.place, "aya"))
        self.do(seat, partial(hall.set_limits, self.place, {"A": most}, "aya"))

    @rule(seat=seats)
    def look_for_the_absent(self, seat: int) -> None:
        self.do(seat, partial(calling.sweep, self.place))

    @rule(at=which, steps=st.tuples(actions, actions), to=st.tuples(desks, desks))
    def both_press_at_once(self, at: int, steps: tuple[str, str], to: tuple[str, str]) -> None:
        ticket = self.pick(at)
        if ticket is None:
            return
        wanted = [
            partial(calling.step, self.place, ticket.number, cast("Action", step), "aoki", desk)
            for step, desk in zip(steps, to, strict=True)
        ]
        for found in at_once(self.pair, wanted):
            assert isinstance(found, (TicketView, Conflict))

    @rule(to=st.tuples(desks, desks))
    def both_call_at_once(self, to: tuple[str, str]) -> None:
        wanted = [partial(calling.call_next, self.place, desk, f"at {desk}") for desk in to]
        called = [found for found in at_once(self.pair, wanted) if isinstance(found, TicketView)]
        assert len({one.id for one in called}) == len(called)

    @invariant()
    def it_all_adds_up(self) -> None:
        if not hasattr(self, "day"):
            return
        db.session.rollback()
        whole_line.check(self.place, self.day)
        assert halls.version(self.place) >= self.version
        self.version = halls.version(self.place)

    def teardown(self) -> None:
        if not hasattr(self, "day"):
            return
        self.clock.move_to(MORNING + timedelta(days=self.days, hours=17))
        calling.end_day(self.place, self.day)
        db.session.rollback()
        whole_line.check(self.place, self.day)
        left = session().scalars(select(Ticket.state).where(Ticket.day == self.day)).all()
        assert not {"planned", "waiting", "called", "absent"} & set(left)


def test_whatever_two_sessions_do_with_tickets_it_all_adds_up(
    settings: Settings, city: object, clock: FrozenDateTimeFactory
) -> None:
    with two(settings) as pair:
        machine = type("Life", (TicketLife,), {"clock": clock, "pair": pair, "days": 0})
        run_state_machine_as_test(
            machine,
            settings=of_hypothesis(
                max_examples=sized(20, 6),
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )
