"""開庁時間を考える: an office's own week split anew, and whom other opening hours would touch. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.queries import measures
from models.queries.kept import Question
from models.queries.measures import StaffingInputs
from models.queries.offices import OfficeView
from models.rules.opening import minute_of
from models.rules.planning.opening_hours import Advice, DayDemand, flat_counters, opening_hours_advice
from models.rules.planning.shorter_hours import Came, Cut, DayWaits, Plan, Week, cuts, waits
from models.rules.planning.staffing import Cell, Observed, Target, grid
from models.rules.planning.week_split import WeekDay, WeekSplit, week_split
from models.rules.planning.weekday_split import TooFewHours
from models.rules.statistics import HandledTicket, handling_minutes
from models.tables import Booking, Slot


@dataclass(frozen=True)
class OwnWeek:
    """An office's week: its split anew, or None with the hours that would be `needed` for any; what the week says."""

    inputs: StaffingInputs
    handling: float
    hours: float
    split: WeekSplit | None
    needed: float | None
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class Touched:
    """Bookings to come that stand outside other hours, by weekday; `same_day` would find room on their own day."""

    weekday: int
    bookings: int
    same_day: int


@dataclass(frozen=True)
class OtherHours:
    """What other hours would do."""

    cuts: tuple[Cut, ...]
    bookings: tuple[Touched, ...]
    waits: tuple[DayWaits, ...]


def own_week(
    place: OfficeView, first: date, last: date, target: Target, queue: str | None = None
) -> OwnWeek | None:
    """The week as it was in a span, and its counter-hours split so that people wait least; None without visits."""
    inputs = replace(measures.staffing_inputs(place, first, last, queue), log=None)
    seen = sum(inputs.observed.values(), Observed(0))
    if not inputs.visits or not seen.handled:
        return None
    handling = seen.handling_minutes / seen.handled
    days = _days(inputs)
    hours = round(sum((day.counters or 0) * day.open_minutes for day in days) / 60, 1)
    advice = tuple(opening_hours_advice([_demand(day, handling, target) for day in days], target))
    try:
        return OwnWeek(inputs, handling, hours, week_split(days, handling, hours), None, advice)
    except TooFewHours as problem:
        return OwnWeek(inputs, handling, hours, None, problem.hours, advice)


def _week(
    place: OfficeView, first: date, last: date, share: float, within: float, queue: str | None
) -> OwnWeek | None:
    return own_week(place, first, last, Target(share, within), queue)


WEEK = Question("week", OwnWeek | None, _week)


def other_hours(
    place: OfficeView, first: date, last: date, wanted: Plan, queue: str | None = None
) -> OtherHours | None:
    """Who came outside `wanted`, which bookings to come stand there, and the waits; None without visits."""
    dated = measures.dated(place, first, last, queue)
    inputs = measures.inputs_of(place, dated, queue)
    if inputs is None:
        return None
    tickets = [ticket for day, ticket in dated if inputs.first <= day <= inputs.last]
    visits = [came for ticket in tickets if (came := _came(place, ticket))]
    handling = [minutes for ticket in tickets if (minutes := handling_minutes(ticket)) is not None]
    week = Week(inputs.days_open, inputs.hours, inputs.open_counters, handling)
    return OtherHours(
        tuple(cuts(visits, week, wanted)),
        tuple(_touched(place, wanted, queue)),
        tuple(waits(visits, week, wanted)),
    )


def _days(inputs: StaffingInputs) -> list[WeekDay]:
    """The open weekdays with their mean counters; while an office is open, one counter at least is."""
    found = []
    for weekday, spans in sorted(inputs.hours.items()):
        seen = inputs.days_open.get(weekday, 0)
        minutes = sum(span.closes - span.opens for span in spans)
        if not seen or not minutes:
            continue
        visits = sum(one.arrivals for cell, one in inputs.observed.items() if cell.weekday == weekday) / seen
        worked = sum(
            max(1.0, inputs.open_counters.get(Cell(weekday, grid(minute)), 0.0))
            for span in spans
            for minute in range(span.opens, span.closes)
        )
        found.append(WeekDay(weekday, visits, minutes, worked / minutes))
    return found


def _demand(day: WeekDay, handling: float, target: Target) -> DayDemand:
    counters = flat_counters(day.visits, day.open_minutes, handling, target)
    return DayDemand(day.weekday, day.visits, day.open_minutes, handling, counters)


def _came(place: OfficeView, ticket: HandledTicket) -> Came | None:
    if not ticket.came or ticket.due_at is None or ticket.leg > 1:
        return None
    local = ticket.due_at.astimezone(place.zone)
    return Came(local.weekday(), minute_of(local.time()), ticket.procedure, ticket.booked_for is not None)


def _touched(place: OfficeView, wanted: Plan, queue: str | None) -> list[Touched]:
    """The bookings from today on outside the hours, and how many free places their queue has inside them that day."""
    mine = [Booking.office_id == place.id, Booking.state == "booked", Booking.starts_at > now()]
    if queue is not None:
        mine.append(Booking.queue == queue)
    rows = session().execute(
        select(Booking.day, Booking.queue, Booking.starts_at, Booking.ends_at).where(*mine)
    )
    outside = Counter(
        (row.day, row.queue)
        for row in rows
        if not _inside(place, wanted, row.day, row.starts_at, row.ends_at)
    )
    free = _free(place, wanted, [day for day, _ in outside])
    every: Counter[int] = Counter()
    same: Counter[int] = Counter()
    for (day, of_queue), count in outside.items():
        every[day.weekday()] += count
        same[day.weekday()] += min(count, free[day, of_queue])
    return [Touched(weekday, every[weekday], same[weekday]) for weekday in sorted(every)]


def _free(place: OfficeView, wanted: Plan, days: Sequence[date]) -> Counter[tuple[date, str]]:
    found: Counter[tuple[date, str]] = Counter()
    if not days:
        return found
    chosen = select(Slot).where(
        Slot.office_id == place.id, Slot.day.between(min(days), max(days)), Slot.taken < Slot.capacity,
        Slot.starts_at > now(),
    )  # fmt: skip
    for row in session().scalars(chosen):
        if _inside(place, wanted, row.day, row.starts_at, row.ends_at):
            found[row.day, row.queue] += row.capacity - row.taken
    return found


def _inside(place: OfficeView, wanted: Plan, day: date, starts_at: datetime, ends_at: datetime) -> bool:
    span = wanted.get(day.weekday())
    local = (minute_of(at.astimezone(place.zone).time()) for at in (starts_at, ends_at))
    begins, ends = local
    return span is not None and span.opens <= begins and ends <= span.closes
