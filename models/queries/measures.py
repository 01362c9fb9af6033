"""Measures of an office over a span of office-local days. The cost follows the span, never the history before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select

from models.core.clock import now
from models.core.days import office_day
from models.core.db import session
from models.core.directory import municipalities
from models.core.errors import invalid
from models.core.messages import _n
from models.core.space import current_space
from models.queries import baselines, catalogue
from models.queries.kept import Question
from models.queries.offices import OfficeView, counters_of, week_of
from models.rules import mynumber
from models.rules.opening import Week, minute_of
from models.rules.planning.observed import counters_open, logged, observe
from models.rules.planning.staffing import Cell, Hours, Log, Observed
from models.rules.savings import Handled, Savings
from models.rules.savings import savings as compare
from models.rules.statistics import CUTS, HandledTicket, Measures, Outcome, handling_minutes, summarise
from models.rules.visit_export import Export, ExportCell, Place, visit_row
from models.tables import Ticket

LONGEST_SPAN_DAYS = 400
BAD_SPAN = _n("期間は始まりの日から400日以内で、終わりの日を始まりの日より後にしてください。")
BAD_CUT = _n("「{name}」では分けられません。{names} から選んでください。")

OUTCOMES: Mapping[str, Outcome] = {
    "done": "finished", "transferred": "finished", "no_show": "no_show", "abandoned": "abandoned",
    "waiting": "abandoned", "called": "abandoned", "absent": "abandoned",
    "serving": "finished", "held": "finished", "back_office": "finished", "recalled": "finished",
}  # fmt: skip
"""What a ticket's state means once its day is over; on its own day only those of `OVER` are over.

Whoever went on from one counter to the next was served at the first; a ticket that never entered the line is none.
"""
OVER = ("done", "transferred", "no_show", "abandoned")


@dataclass(frozen=True)
class StaffingInputs:
    """What a plan rests on: arrivals and handling per half hour of the week, and the counters that were open.

    `days_open` counts the observed open days of each weekday (0 = Monday) between `first` and `last`, days without
    a visit included; `counters` is how many the office has.
    """

    first: date
    last: date
    visits: int
    observed: Mapping[Cell, Observed]
    days_open: Mapping[int, int]
    hours: Mapping[int, tuple[Hours, ...]]
    open_counters: Mapping[Cell, float]
    counters: int
    log: Log | None = None


def handled(place: OfficeView, first: date, last: date, queue: str | None = None) -> list[HandledTicket]:
    """The tickets of a span that are over; `Invalid` (field `to`) for a span that is no span.

    Whoever was still waiting when a day ended has left; whoever was still at the counter was served.
    """
    return [ticket for _, ticket in dated(place, first, last, queue)]


def dated(
    place: OfficeView, first: date, last: date, queue: str | None = None
) -> list[tuple[date, HandledTicket]]:
    """The tickets of a span that are over, each with its office day."""
    check_span(first, last)
    chosen = select(*COLUMNS).where(*of_span(place, first, last))
    if queue is not None:
        chosen = chosen.where(Ticket.queue == queue)
    today = place.day_of(now())
    found = []
    for row in session().execute(chosen):
        ticket = ticket_of(row, today)
        if ticket is not None:
            found.append((row.day, ticket))
    return found


def stats(place: OfficeView, first: date, last: date, by: Sequence[str] = ()) -> list[Measures]:
    """One line of measures (minutes) per combination of the cuts in `by`; `Invalid` names an unknown cut."""
    for name in by:
        if name not in CUTS:
            raise invalid("by", BAD_CUT, name=mynumber.masked(name)[:20], names=", ".join(CUTS))
    return summarise(handled(place, first, last), by, place.zone, prefillable())


def prefillable() -> frozenset[str]:
    """Codes of the procedures whose form can be filled in at home."""
    procedures = catalogue.current().procedures.values()
    return frozenset(one.code for one in procedures if one.prefill != "none")


def visit_rows(place: OfficeView, first: date, last: date) -> Iterator[tuple[ExportCell, ...]]:
    """One row a handled ticket, by day and arrival, in the order of `visit_export.COLUMNS`; no personal data."""
    check_span(first, last)
    code = next((one.national_code for one in municipalities() if one.space == current_space()), "")
    return _exported(Place(code, place.name, place.zone), of_span(place, first, last))


def _exported(where: Place, span: tuple[ColumnElement[bool], ...]) -> Iterator[tuple[ExportCell, ...]]:
    queues = {name: queue.words.ja for name, queue in catalogue.current().queues.items()}
    today = office_day(now(), where.zone)
    chosen = select(*COLUMNS, Ticket.number, Ticket.external_id).where(*span)
    ordered = chosen.order_by(Ticket.day, Ticket.order_at, Ticket.id)
    for row in session().execute(ordered).yield_per(1000):
        ticket = ticket_of(row, today)
        if ticket is not None:
            yield visit_row(where, Export(row.day, number_of(row), queues.get(ticket.queue, ""), ticket))


def staffing_inputs(place: OfficeView, first: date, last: date, queue: str | None = None) -> StaffingInputs:
    """Arrivals, handling and open counters per half hour of the week; with `queue` of that queue only.

    Days before the first and after the last recorded visit were not observed and do not count; today only counts
    where nothing else was recorded, because it is not over.
    """
    return inputs_of(place, dated(place, first, last, queue), queue) or StaffingInputs(
        first, last, 0, {}, {}, weekly_hours(week_of(place)), {}, _counters(place, queue)
    )


def inputs_of(
    place: OfficeView, recorded: Sequence[tuple[date, HandledTicket]], queue: str | None = None
) -> StaffingInputs | None:
    """The same for tickets that were read already; None without any."""
    today = office_day(now(), place.zone)
    over = [one for one in recorded if one[0] < today] or recorded
    if not over:
        return None
    days = {day for day, _ in over}
    tickets = [ticket for _, ticket in over]
    week = week_of(place)
    open_days = _open_days(week, days, min(days), max(days))
    days_open = dict(Counter(day.weekday() for day in open_days))
    return StaffingInputs(
        first=min(days),
        last=max(days),
        visits=people(tickets),
        observed=observe(tickets, place.zone),
        days_open=days_open,
        hours=weekly_hours(week),
        open_counters=counters_open(tickets, days_open, place.zone),
        counters=_counters(place, queue),
        log=logged(over, open_days, place.zone),
    )


def savings(place: OfficeView, first: date, last: date) -> Savings:
    """Hours saved in a span against the frozen baselines: (before − after) × count ÷ 60 per procedure."""
    return against_baselines(cases_of(place, first, last))


def savings_of(tickets: Sequence[HandledTicket]) -> Savings:
    """The same for tickets that were read already; only timed ones are compared."""
    return against_baselines(_cases(tickets))


def against_baselines(cases: Mapping[str, Handled]) -> Savings:
    """The same for the cases of each procedure."""
    return compare([row.baseline for row in baselines.frozen()], cases)


def cases_of(place: OfficeView, first: date, last: date) -> dict[str, Handled]:
    """Mean minutes of a case and how many cases there were in a span, by procedure."""
    return _cases(handled(place, first, last))


CASES = Question("cases", dict[str, Handled], cases_of)


def _cases(tickets: Sequence[HandledTicket]) -> dict[str, Handled]:
    """What one person needed for a procedure at several counters is one case, as long as all of them took together."""
    took: dict[tuple[str, object], float] = {}
    for at, ticket in enumerate(tickets):
        minutes = handling_minutes(ticket)
        if minutes is not None and ticket.procedure:
            case = (ticket.procedure, ("ticket", at) if ticket.visit is None else ticket.visit)
            took[case] = took.get(case, 0.0) + minutes
    cases: dict[str, list[float]] = {}
    for (procedure, _), minutes in took.items():
        cases.setdefault(procedure, []).append(minutes)
    return {code: Handled(sum(found) / len(found), len(found)) for code, found in cases.items()}


def people(tickets: Sequence[HandledTicket]) -> int:
    """How many people came; whoever went to several counters is one."""
    came = [ticket for ticket in tickets if ticket.came]
    return len({ticket.visit for ticket in came} - {None}) + sum(ticket.visit is None for ticket in came)


def weekly_hours(week: Week) -> dict[int, tuple[Hours, ...]]:
    """Opening spans of each weekday in minutes after midnight."""
    return {
        weekday: tuple(Hours(minute_of(span.opens), minute_of(span.closes)) for span in spans)
        for weekday, spans in enumerate(week.weekdays)
    }


def busiest_queue(place: OfficeView, first: date, last: date) -> str | None:
    """The queue that most people came for in a span, of two the first by its code; None without visits."""
    came = (*of_span(place, first, last), *over(place), not_(ended("no_show")))
    chosen = select(Ticket.queue).where(*came).group_by(Ticket.queue)
    return session().scalar(chosen.order_by(func.count().desc(), Ticket.queue).limit(1))


def last_recorded(place: OfficeView) -> date | None:
    """The newest day with a ticket that is over; None before the first."""
    chosen = select(Ticket.day).where(Ticket.office_id == place.id, Ticket.state.in_(OVER))
    return session().scalar(chosen.order_by(Ticket.day.desc()).limit(1))


COLUMNS: tuple[Any, ...] = (
    Ticket.day, Ticket.state, Ticket.arrived_at, Ticket.booked_for, Ticket.called_at, Ticket.started_at,
    Ticket.finished_at, Ticket.queue, Ticket.procedure, Ticket.counter, Ticket.source, Ticket.prefilled,
    Ticket.visit_id, Ticket.leg, Ticket.served_end_at,
)  # fmt: skip


def number_of(row: Row[*tuple[Any, ...]]) -> str:
    """The number of a ticket as it was called, an imported one's as its log had it; later tickets say which."""
    found: str = row.number or _without_day(row.external_id)
    return f"{found}-{row.leg}" if row.leg > 1 else found


def of_span(place: OfficeView, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The condition of the tickets of a span."""
    return (
        Ticket.office_id == place.id,
        Ticket.day.between(first, last),
        Ticket.state.in_(tuple(OUTCOMES)),
    )


def over(place: OfficeView) -> tuple[ColumnElement[bool], ...]:
    """The condition of the tickets that `ticket_of` makes one of."""
    idle = or_(
        and_(Ticket.leg > 1, Ticket.arrived_at.is_(None)),
        and_(Ticket.state == "transferred", Ticket.started_at.is_(None)),
    )
    return or_(Ticket.state.in_(OVER), Ticket.day < place.day_of(now())), not_(idle)


def ended(outcome: str) -> ColumnElement[bool]:
    """The condition of the tickets that ended so: a walk-in who was noted as not come has left."""
    states = Ticket.state.in_([state for state, found in OUTCOMES.items() if found == outcome])
    left = and_(Ticket.state == "no_show", Ticket.booked_for.is_(None))
    if outcome == "abandoned":
        return or_(states, left)
    return and_(states, not_(left))


def ticket_of(row: Row[*tuple[Any, ...]], today: date) -> HandledTicket | None:
    """A row as the measures take it; None while its day goes on and it is not over, or where nothing happened."""
    if (row.state not in OVER and row.day >= today) or _idle(row):
        return None
    outcome = OUTCOMES[row.state]
    if outcome == "no_show" and row.booked_for is None:
        outcome = "abandoned"
    return HandledTicket(
        arrived_at=row.arrived_at,
        booked_for=row.booked_for,
        called_at=row.called_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        queue=row.queue,
        procedure=row.procedure,
        counter=row.counter,
        source=row.source,
        prefilled=row.prefilled,
        outcome=outcome,
        visit=row.visit_id,
        leg=row.leg,
        served_end_at=row.served_end_at,
    )


def _idle(row: Row[*tuple[Any, ...]]) -> bool:
    """A later ticket of a visit that never entered the line, or one that went on to another queue unserved."""
    return (row.leg > 1 and row.arrived_at is None) or (row.state == "transferred" and row.started_at is None)


def _counters(place: OfficeView, queue: str | None) -> int:
    return sum(1 for one in counters_of(place) if queue is None or queue in one.queues)


def _open_days(week: Week, recorded: set[date], first: date, last: date) -> list[date]:
    """The open days of a span; a day on which somebody was served was open, whatever the calendar says now."""
    every = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in every if day in recorded or week.on(day)]


def check_span(first: date, last: date) -> None:
    """`Invalid` (field `to`) for a span that is no span, or longer than 400 days."""
    if last < first or (last - first).days >= LONGEST_SPAN_DAYS:
        raise invalid("to", BAD_SPAN)


def _without_day(external_id: str | None) -> str:
    """An imported ticket's own number, as its log had it."""
    return (external_id or "").partition("/")[2]
