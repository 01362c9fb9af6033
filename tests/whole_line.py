"""What must be true of an office's day whatever was done in it: rows and histories agree, and nothing is torn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import func, select

from models.core.db import session
from models.queries import hall
from models.queries.offices import OfficeView
from models.rules.ticket_history import Happened, add_up, spans
from models.rules.ticket_numbers import FIRST_LEASED, LAST_LEASED, parts
from models.rules.ticket_states import AT_COUNTER, OVER, STEPS, Action, after
from models.tables import NumberLease, NumberSequence, Ticket, TicketEvent, Visit

MOVED = {
    "follow": ("planned", "waiting"),
    "drop": ("planned", "cancelled"),
    "replan": ("cancelled", "planned"),
}
BORN = {"arrive": "waiting", "plan": "planned"}


def tickets_of(place: OfficeView, day: date) -> list[Ticket]:
    """The day's rows as they are in the database now."""
    chosen = select(Ticket).where(Ticket.office_id == place.id, Ticket.day == day).order_by(Ticket.id)
    return list(session().scalars(chosen.execution_options(populate_existing=True)))


def events_of(place: OfficeView, day: date) -> list[TicketEvent]:
    """Every event of the day's tickets, in the order of the versions."""
    chosen = (
        select(TicketEvent)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.office_id == place.id, Ticket.day == day, TicketEvent.version.is_not(None))
        .order_by(TicketEvent.version)
    )
    return list(session().scalars(chosen))


def happened(events: Sequence[TicketEvent]) -> list[Happened]:
    """The same for the rules."""
    return [Happened(one.at, one.kind, one.before, one.after, one.counter) for one in events]


def check(place: OfficeView, day: date) -> None:
    """Assert everything that must always be true."""
    tickets, events = tickets_of(place, day), events_of(place, day)
    by_ticket: dict[int, list[TicketEvent]] = defaultdict(list)
    for event in events:
        by_ticket[event.ticket_id].append(event)
    check_versions(place, events)
    check_numbers(place, day, tickets)
    check_visits(place, day, tickets)
    for ticket in tickets:
        check_history(ticket, by_ticket[ticket.id])
    for visit_id in {ticket.visit_id for ticket in tickets}:
        legs = [ticket for ticket in tickets if ticket.visit_id == visit_id]
        check_stay(legs, by_ticket)
    busy = Counter(ticket.counter for ticket in tickets if ticket.state in AT_COUNTER)
    assert None not in busy
    assert set(busy.values()) <= {1}, "a counter has two tickets"


def check_versions(place: OfficeView, events: Sequence[TicketEvent]) -> None:
    """One version an event, each greater than the one before; the hall has the greatest."""
    versions = [event.version or 0 for event in events]
    assert all(one < other for one, other in zip(versions, versions[1:], strict=False))
    assert not versions or versions[-1] <= hall.version(place)


def check_history(ticket: Ticket, events: Sequence[TicketEvent]) -> None:
    """A row is what its events add up to, and every step was one of the table."""
    found = add_up(happened(events))
    assert (
        ticket.state, ticket.counter, ticket.calls, ticket.called_at, ticket.started_at, ticket.finished_at,
    ) == (found.state, found.counter, found.calls, found.called_at, found.started_at, found.finished_at)  # fmt: skip
    state: str | None = None
    at: datetime | None = None
    for event in events:
        assert at is None or event.at >= at, "time ran backwards"
        at = event.at
        if event.after is None:
            continue
        assert event.before == state, f"{event.kind} begins from {event.before}, not {state}"
        if event.kind in STEPS:
            assert state in STEPS[event.kind].before
            assert event.after == after(cast("Action", event.kind), state)
        elif event.kind in MOVED:
            assert (event.before, event.after) == MOVED[event.kind]
        elif event.kind in BORN:
            assert (event.before, event.after) == (None, BORN[event.kind])
        else:
            assert event.kind in ("undo", "undone")
        state = event.after


def check_stay(legs: Sequence[Ticket], by_ticket: dict[int, list[TicketEvent]]) -> None:
    """One of a visit's tickets at most is in the line or at a counter, and its spans are the stay, to the second."""
    assert len({ticket.number for ticket in legs}) == 1
    active = [ticket for ticket in legs if ticket.state not in (*OVER, "planned")]
    assert len(active) <= 1
    assert not [ticket for ticket in legs if ticket.state == "planned"] or active
    every = sorted(
        (event for one in legs for event in by_ticket[one.id]), key=lambda event: event.version or 0
    )
    changes = [event for event in every if event.after is not None]
    first, last = changes[0].at, changes[-1].at
    counted = sum(sum(spans(happened(by_ticket[one.id]), last).values()) for one in legs)
    out = timedelta()
    since: datetime | None = None
    states: dict[int, str] = {}
    for event in changes:
        if since is not None:
            out += event.at - since
        states[event.ticket_id] = event.after or ""
        nobody = all(state in (*OVER, "planned") for state in states.values())
        since = event.at if nobody else None
    stay = (last - first - out).total_seconds() / 60
    assert abs(counted - stay) * 60 < 1, f"{counted} minutes of {stay}"


def check_numbers(place: OfficeView, day: date, tickets: Sequence[Ticket]) -> None:
    """A number belongs to one visit; running numbers are exactly those that were counted, leased ones were leased."""
    visits: dict[str, set[int | None]] = defaultdict(set)
    for ticket in tickets:
        visits[ticket.number or ""].add(ticket.visit_id)
    assert all(len(found) == 1 for found in visits.values()), "a number was given out twice"
    running: dict[str, set[int]] = defaultdict(set)
    for number in visits:
        letter, value = parts(number) or ("", 0)
        if FIRST_LEASED <= value <= LAST_LEASED:
            assert leases(place, day, letter, value) == 1
        else:
            running[letter].add(value if value < FIRST_LEASED else value - LAST_LEASED + FIRST_LEASED - 1)
    for letter, counts in running.items():
        assert counts == set(range(1, counted(place, day, letter) + 1)), (
            "a number was skipped or never counted"
        )


def leases(place: OfficeView, day: date, letter: str, value: int) -> int:
    """How many blocks of the day hold this number."""
    mine = (NumberLease.office_id == place.id, NumberLease.day == day, NumberLease.letter == letter)
    holds = (NumberLease.first <= value, NumberLease.last >= value)
    return session().scalar(select(func.count()).select_from(NumberLease).where(*mine, *holds)) or 0


def counted(place: OfficeView, day: date, letter: str) -> int:
    """The last number of a letter's sequence row."""
    mine = (NumberSequence.office_id == place.id, NumberSequence.day == day, NumberSequence.letter == letter)
    return session().scalar(select(NumberSequence.last).where(*mine)) or 0


def check_visits(place: OfficeView, day: date, tickets: Sequence[Ticket]) -> None:
    """One business date: a visit, its tickets and their first instants are of the same day; none is without tickets."""
    days = dict(session().execute(select(Visit.id, Visit.day).where(Visit.office_id == place.id)).all())
    held = {ticket.visit_id for ticket in tickets}
    assert {visit for visit, its_day in days.items() if its_day == day} == {one for one in held if one}
    for ticket in tickets:
        assert days[ticket.visit_id or 0] == ticket.day == day
        if ticket.leg == 1 and ticket.arrived_at is not None:
            assert place.day_of(ticket.arrived_at) == day
