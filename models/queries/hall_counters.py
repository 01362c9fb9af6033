"""いまの窓口: the counters that call now or soon, when each is free, and when it will be away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, func, select

from models.core.db import session
from models.queries.line import TicketView
from models.queries.moment import Moment
from models.queries.offices import CounterView, counters_of, week_of
from models.rules.call_order import Desk
from models.rules.opening import Span, minute_of
from models.rules.planning.handling_times import Minutes
from models.rules.planning.lunch import Window, take_turns, windows
from models.rules.planning.waits import Station
from models.rules.ticket_states import AT_COUNTER
from models.tables import Counter, CounterShift, Ticket

LUNCH = timedelta(hours=1)
LONG_AGO: Window = (-np.inf, -np.inf)


@dataclass(frozen=True)
class Shift:
    """A counter's latest shift of the day: whether it is on, whether lunch is over there, when it is back from it."""

    on: bool = False
    lunch: bool = False
    back: datetime | None = None


def stations(moment: Moment, tickets: Sequence[TicketView]) -> Iterator[Station]:
    """The counters that are on or soon back from lunch (all of them where none is); `tickets` are the day's open ones.

    A queue that none of them serves has one counter of its own, as if it were opened for whoever comes.
    """
    return stations_by(moment, tickets, shifts_at(shifts_of(moment), moment.at), _last_finished(moment))


def stations_by(
    moment: Moment,
    tickets: Sequence[TicketView],
    shifts: Mapping[str, Shift],
    finished: Mapping[str | None, datetime],
) -> Iterator[Station]:
    """The same from the counters' latest shifts, and when each finished its last visitor."""
    everyone = {one.number: one for one in counters_of(moment.place)}
    there = {
        number: one for number, one in everyone.items() if _comes(shifts.get(number), moment)
    } or everyone
    at_counter = {one.counter: one for one in tickets if one.state in AT_COUNTER}
    spans = sorted(week_of(moment.place).on(moment.day), key=lambda span: span.opens)
    opens = max(0.0, minute_of(spans[0].opens) - moment.local_minute()) if spans else 0.0
    between, lunches = _between(moment, spans), _lunches(moment, spans, there, shifts, at_counter.keys())
    firsts = {
        number: one.queues[0]
        for number, one in there.items()
        if one.queues and not _leaves_now(shifts.get(number), lunches.get(number))
    }
    for number, one in there.items():
        shift, ticket = shifts.get(number, Shift()), at_counter.get(number)
        begins = opens if shift.back is None else moment.minutes(shift.back)
        free = _free(moment, ticket, finished.get(number) if shift.on else None)
        yield Station(
            queues=one.queues,
            own=Desk(one.queues, frozenset(firsts[other] for other in firsts if other != number)).own,
            free=free if begins <= 0 else begins + moment.habits.learned.answer,
            ticket=0 if ticket is None else ticket.id,
            away=between,
            lunch=lunches.get(number),
        )
    for queue in sorted(_queues(everyone) - _queues(there)):
        yield Station((queue,), frozenset((queue,)), np.full(1, opens))


def _queues(counters: Mapping[str, CounterView]) -> set[str]:
    return {queue for one in counters.values() for queue in one.queues}


def _comes(shift: Shift | None, moment: Moment) -> bool:
    """Whether a counter is on, or will be again within the hour of its lunch."""
    return shift is not None and (shift.on or (shift.back is not None and shift.back > moment.at))


def _leaves_now(shift: Shift | None, lunch: Window | None) -> bool:
    """Whether a counter is at lunch, or goes after whom it serves: others have its first queue for their own then."""
    return (shift is not None and shift.back is not None) or (lunch is not None and lunch[0] <= 0)


def _free(moment: Moment, ticket: TicketView | None, finished: datetime | None) -> Minutes:
    """When a counter calls the next one: after whom it has, or after the usual gap since the last one."""
    learned = moment.habits.learned
    if ticket is not None:
        return moment.occupied(ticket)
    return np.zeros(1) if finished is None else learned.ready(-moment.minutes(finished))


def shifts_of(moment: Moment) -> Sequence[Row[*tuple[Any, ...]]]:
    """The shifts of a day in their order, for `shifts_at`."""
    rows = session().execute(
        select(Counter.number, CounterShift.opened_at, CounterShift.closed_at, CounterShift.ending)
        .join(Counter, Counter.id == CounterShift.counter_id)
        .where(CounterShift.office_id == moment.place.id, CounterShift.day == moment.day)
        .order_by(CounterShift.id)
    )
    return rows.all()


def shifts_at(shifts: Iterable[Row[*tuple[Any, ...]]], at: datetime) -> dict[str, Shift]:
    """Each counter's latest shift of a day as it stood at an instant."""
    found: dict[str, Shift] = {}
    for row in shifts:
        if row.opened_at > at:
            continue
        closed = row.closed_at if row.closed_at is not None and row.closed_at <= at else None
        back = closed + LUNCH if closed is not None and row.ending == "lunch" else None
        known = found.get(row.number, Shift())
        found[row.number] = Shift(closed is None, known.lunch or back is not None, back)
    return found


def _last_finished(moment: Moment) -> dict[str | None, datetime]:
    rows = session().execute(
        select(Ticket.counter, func.max(Ticket.finished_at).label("at"))
        .where(Ticket.office_id == moment.place.id, Ticket.day == moment.day, Ticket.finished_at.is_not(None))
        .group_by(Ticket.counter)
    )
    return {row.counter: row.at for row in rows}


def _between(moment: Moment, spans: Sequence[Span]) -> tuple[Window, ...]:
    """When all counters will be closed between the spans of the day."""
    now = moment.local_minute()
    return tuple(
        (minute_of(one.closes) - now, minute_of(other.opens) - now)
        for one, other in zip(spans, spans[1:], strict=False)
    )


def _lunches(
    moment: Moment,
    spans: Sequence[Span],
    counters: Mapping[str, CounterView],
    shifts: Mapping[str, Shift],
    busy: Collection[str | None],
) -> dict[str, Window]:
    """When counters will be closed for lunch by turns; who serves somebody may still go in a turn that has begun."""
    if len(spans) > 1 or not moment.habits.lunch_by_turns:
        return {}
    lunch, now = moment.catalogue.rules["calendar"]["lunch"], moment.local_minute()
    begins, ends = (minute_of(time.fromisoformat(text)) - now for text in lunch["period"])
    left = [window for window in windows(begins, ends, lunch["staff_factor"]) if window[1] > 0]
    if not left:
        return {}
    gone = {number: LONG_AGO if one.back is None else left[0] for number, one in shifts.items() if one.lunch}
    idle = {number for number in counters if number not in busy and number not in gone and left[0][0] <= 0}
    return take_turns({number: one.queues for number, one in counters.items()}, left, gone, idle)
