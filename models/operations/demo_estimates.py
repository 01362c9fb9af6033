"""デモの目安: what people were told with their number on days of the demo city, had the house estimated then.

At each arrival the hall is laid out as its tickets say that it stood then: who waited, who was served and since when,
who was booked and not here, which counters were on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy import select

from models.core.db import session
from models.operations import estimates
from models.queries import hall_now
from models.queries.hall_counters import shifts_at, shifts_of, stations_by
from models.queries.hall_now import Expected
from models.queries.line import TicketView, line
from models.queries.moment import Moment, moment
from models.queries.offices import OfficeView
from models.rules.planning.waits import WaitEstimate, estimate
from models.tables import Ticket

DAYS, APART, EVERY = 5, 4, 3
"""So many days, one in four from the newest back (of several weekdays), and of their tickets every third."""
STATES = ("done", "abandoned", "no_show")
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Stay:
    """One ticket of a day that is over as staff saw it: in the line, called, served; `gone` is when it was none."""

    waiting: TicketView
    called: TicketView
    serving: TicketView
    gone: datetime

    def at(self, at: datetime) -> TicketView | None:
        """What was seen at an instant; None before and after."""
        one = self.serving
        if one.arrived_at is None or not one.arrived_at <= at < self.gone:
            return None
        if one.called_at is None or at < one.called_at:
            return self.waiting
        return self.serving if one.started_at is not None and one.started_at <= at else self.called


def tell(place: OfficeView) -> int:
    """Keep what people of some days would have been told, with what was known before the first; how many."""
    days = _days(place)
    if not days:
        return 0
    before = moment(place, datetime.combine(days[0], datetime.min.time(), tzinfo=place.zone))
    found = [one for day in days for one in _told(replace(before, day=day))]
    return estimates.note_past(place, found)


def _days(place: OfficeView) -> list[date]:
    """Days on which somebody came, so many of them apart, in their order."""
    came = select(Ticket.day).where(Ticket.office_id == place.id, Ticket.arrived_at.is_not(None)).distinct()
    newest = session().scalars(came.order_by(Ticket.day.desc()).limit(DAYS * APART)).all()
    return sorted(newest[::APART])


def _told(opening: Moment) -> Iterator[tuple[int, datetime, WaitEstimate]]:
    """Tickets of a day with the instant at which they were given and the estimate of that instant."""
    tickets = line(opening.place, opening.day, states=STATES)
    stays = [_stay(opening, one, tickets) for one in tickets if one.arrived_at is not None]
    shifts = shifts_of(opening)
    booked = [one for one in tickets if one.booked_for is not None]
    for stay in stays[::EVERY]:
        at = stay.serving.arrived_at
        if at is None:
            continue
        now = replace(opening, at=at)
        standing = [seen for one in stays if (seen := one.at(at)) is not None]
        hall = hall_now.laid_out(
            now,
            standing,
            tuple(stations_by(now, standing, shifts_at(shifts, at), _finished(tickets, at))),
            ahead=dict,
            expected=partial(_expected, booked, at),
        )
        found = estimate(hall.people, hall.stations, hall.manners, hall.flows).tickets
        yield stay.serving.id, at, found[stay.serving.id]


def _stay(opening: Moment, ticket: TicketView, tickets: Sequence[TicketView]) -> _Stay:
    """A ticket through its day; whoever gave up is seen in the line until somebody who came later is called."""
    booked, arrived = ticket.booked_for, ticket.arrived_at or ticket.order_at
    due = None
    if booked is not None and arrived <= booked + opening.policy.grace:
        due = booked - opening.policy.lead
    waiting = replace(ticket, state="waiting", called_at=None, started_at=None, order_at=arrived, due_at=due)
    later = [one.called_at for one in tickets if one.queue == ticket.queue and one.order_at > arrived]
    gone = ticket.finished_at or min((called for called in later if called is not None), default=LATEST)
    called = replace(ticket, state="called", started_at=None)
    return _Stay(waiting, called, replace(ticket, state="serving"), gone)


def _finished(tickets: Sequence[TicketView], at: datetime) -> dict[str | None, datetime]:
    """When each counter had finished its last visitor by an instant."""
    over = [one for one in tickets if one.finished_at is not None and one.finished_at <= at]
    return {one.counter: one.finished_at for one in sorted(over, key=_end) if one.finished_at is not None}


def _end(ticket: TicketView) -> datetime:
    return ticket.finished_at or LATEST


def _expected(
    booked: Sequence[TicketView], at: datetime, first: datetime, last: datetime
) -> Iterator[Expected]:
    """Who was booked between two instants and not here."""
    for one in booked:
        here = one.arrived_at is not None and one.arrived_at <= at
        if one.booked_for is not None and first < one.booked_for < last and not here:
            yield Expected(one.queue, one.procedures, one.booked_for, one.prefilled)
