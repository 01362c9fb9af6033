"""庁舎のいまの様子: who waits, who is served and since when, which counters are on and who is still to come today.

As the wait estimate plays it: minutes from now, and distributions for what is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import exists, func, select

from models.core.db import session
from models.queries import call_order
from models.queries.hall_counters import stations
from models.queries.handling import HALF_HOUR
from models.queries.line import TicketView, line
from models.queries.moment import Moment, moment
from models.queries.offices import OfficeView
from models.rules.planning.handling_times import Minutes, mixture, still_comes
from models.rules.planning.waits import Flow, Manners, Person, Station
from models.tables import Application, Booking, Ticket

STATES = ("waiting", "planned", "called", "serving", "recalled")
COMING = 3
"""Half hours whose walk-ins are played."""
NEAREST, FARTHEST = 45.0, 240.0
"""Minutes from now until which bookings are played: at least, at most."""


@dataclass(frozen=True)
class HallNow:
    """What the estimate plays."""

    people: tuple[Person, ...]
    stations: tuple[Station, ...]
    manners: Manners
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A booking that is not here."""

    queue: str
    procedures: tuple[str, ...]
    starts_at: datetime
    prefilled: bool


def read(place: OfficeView, at: datetime) -> HallNow:
    """An office's hall at an instant, in few statements whatever its history."""
    now = moment(place, at)
    tickets = line(place, now.day, states=STATES)
    return laid_out(
        now,
        tickets,
        tuple(stations(now, tickets)),
        ahead=lambda: call_order.ahead_in_a_row(now.place, now.day),
        expected=lambda first, last: _booked(now, first, last),
    )


def laid_out(
    now: Moment,
    tickets: Sequence[TicketView],
    counters: tuple[Station, ...],
    ahead: Callable[[], Mapping[str, int]],
    expected: Callable[[datetime, datetime], Iterable[Expected]],
) -> HallNow:
    """The hall of these open tickets and counters; `ahead`, and who is `expected` from when to when, are asked late."""
    waiting = [_waiting(now, one) for one in tickets if one.state == "waiting"]
    load = sum(float(one.takes.mean()) for one in waiting) / max(1, len(counters))
    until = now.at + timedelta(minutes=min(FARTHEST, max(NEAREST, 1.5 * load)))
    coming = _coming(now, expected(now.at - timedelta(minutes=now.policy.grace_minutes), until))
    helps = any(len(one.own) < len(one.queues) for one in counters)
    return HallNow(
        people=(*waiting, *_following(now, tickets), *coming),
        stations=counters,
        manners=_manners(now, waiting, ahead),
        flows=tuple(_flows(now, counters)) if helps else (),
    )


def _manners(now: Moment, waiting: Sequence[Person], ahead: Callable[[], Mapping[str, int]]) -> Manners:
    """How the hall calls; runs of calls ahead of the line matter where somebody may go ahead of it."""
    targets = {code: float(queue.target_wait_minutes) for code, queue in now.catalogue.queues.items()}
    runs = ahead() if any(one.due is not None or one.priority for one in waiting) else {}
    return Manners(targets, now.policy.walk_in_bound_minutes, now.policy.ahead_in_a_row, runs)


def _waiting(now: Moment, ticket: TicketView) -> Person:
    """Somebody in the line."""
    standing = call_order.standing(ticket)
    bonus = now.policy.head_start.total_seconds() / 60 if standing.priority else 0.0
    order = now.minutes(standing.order_at) - (0.0 if standing.returned else bonus)
    due = None if standing.due_at is None else now.minutes(standing.due_at) - bonus
    return Person(
        ticket=ticket.id,
        queue=ticket.queue,
        takes=now.takes(ticket.procedures, ticket.prefilled),
        order=order,
        since=now.minutes(standing.arrived_at),
        due=order if standing.returned else due,
        priority=standing.priority,
        returned=standing.returned,
    )


def _following(now: Moment, tickets: Sequence[TicketView]) -> Iterator[Person]:
    """Visitors at a counter who go on to another queue afterwards, with the place of their arrival."""
    at_counter = {one.visit_id: one for one in tickets if one.state in ("called", "serving")}
    for one in sorted(tickets, key=lambda one: one.leg):
        before = at_counter.pop(one.visit_id, None) if one.state == "planned" else None
        if before is not None:
            takes = now.takes(one.procedures, one.prefilled)
            arrives = now.occupied(before)
            yield Person(0, one.queue, takes, due=now.minutes(one.order_at), arrives=arrives)


def _booked(now: Moment, first: datetime, last: datetime) -> Iterator[Expected]:
    """Bookings between two instants that are not here."""
    form = exists().where(Application.booking_id == Booking.id, Application.state == "ready")
    rows = session().execute(
        select(Booking.queue, Booking.procedures, Booking.starts_at, form.label("prefilled"))
        .where(
            Booking.office_id == now.place.id,
            Booking.day == now.day,
            Booking.state == "booked",
            Booking.starts_at > first,
            Booking.starts_at < last,
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    return (Expected(row.queue, tuple(row.procedures), row.starts_at, row.prefilled) for row in rows)


def _coming(now: Moment, expected: Iterable[Expected]) -> Iterator[Person]:
    """Who is booked for soon and not here: perhaps late, perhaps not coming at all."""
    grace, lead = now.policy.grace_minutes, now.policy.lead_minutes
    learned = now.habits.learned
    for one in expected:
        starts = now.minutes(one.starts_at)
        late = learned.lateness[(learned.lateness > -starts) & (learned.lateness <= grace)]
        beyond = max(1, int((learned.lateness > -starts).sum()))
        yield Person(
            ticket=0,
            queue=one.queue,
            takes=now.takes(one.procedures, one.prefilled),
            due=starts - lead,
            arrives=late + starts if len(late) else np.full(1, np.inf),
            comes=still_comes(learned, -starts) * len(late) / beyond,
        )


def _flows(now: Moment, counters: Sequence[Station]) -> Iterator[Flow]:
    """The walk-ins of the coming hour, as such half hours usually bring them."""
    begins = int(now.local_minute()) // HALF_HOUR * HALF_HOUR
    parts: dict[str, list[tuple[Minutes, float]]] = {}
    for one in now.catalogue.procedures.values():
        parts.setdefault(one.queue, []).append((now.takes((one.code,), False), max(1, one.yearly_volume)))
    for queue in dict.fromkeys(queue for one in counters for queue in one.queues):
        a_day = [now.habits.walk_ins.get((queue, begins + HALF_HOUR * step), 0.0) for step in range(COMING)]
        people = sum(a_day)
        if queue in parts and people > 0:
            yield Flow(queue, people / (COMING * HALF_HOUR), mixture(parts[queue]))


def people_waiting(place: OfficeView, day: date) -> int:
    """How many tickets wait in an office's line."""
    chosen = select(func.count(Ticket.id)).where(
        Ticket.office_id == place.id, Ticket.day == day, Ticket.state == "waiting"
    )
    return session().scalar(chosen) or 0
