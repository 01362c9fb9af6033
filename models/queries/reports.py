"""待ち時間の報告: everything one look at an office shows, out of one reading of its span."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.core.errors import Invalid
from models.queries import catalogue, kept, long_reports, measures, staffing
from models.queries.kept import Question
from models.queries.offices import OfficeView
from models.queries.staffing import Staffing
from models.rules import like_for_like
from models.rules.like_for_like import Comparison
from models.rules.planning.staffing import Target
from models.rules.savings import Savings
from models.rules.statistics import HandledTicket, Key, Measures, summarise, wait_minutes

CUTS = ("weekday", "hour", "procedure", "queue", "counter", "source", "prefilled")
"""The cuts of the manager's table, in the order in which they are offered."""


RECENT = timedelta(weeks=8)


@dataclass(frozen=True)
class Heat:
    """Median waits (minutes) by weekday and half hour; None below ten visits. Empty ends of the day are left out."""

    half_hours: tuple[str, ...]
    rows: tuple[tuple[int, tuple[float | None, ...]], ...]

    @property
    def longest(self) -> tuple[int, str, float] | None:
        """Weekday, half hour and minutes of the longest median wait."""
        every = [
            (value, weekday, half_hour)
            for weekday, cells in self.rows
            for half_hour, value in zip(self.half_hours, cells, strict=True)
            if value is not None
        ]
        if not every:
            return None
        value, weekday, half_hour = max(every, key=lambda one: one[0])
        return weekday, half_hour, value


@dataclass(frozen=True)
class Report:
    """One office over one span. `before` is the same number of days before it, None where nobody came then.

    `open_days` counts the observed open days by weekday. `within_target` is the share of called people whose wait
    kept their own queue's target; `target` is the usual one (minutes), of the queue that most people came for.
    """

    total: Measures
    before: Measures | None
    prefilling: Comparison | None
    within_target: float | None
    target: float
    target_queue: str | None
    heat: Heat
    lines: tuple[Measures, ...]
    open_days: dict[int, int]
    savings: Savings
    staffing: Staffing | None
    of_facts: bool = False
    """Out of facts: percentiles are exact to a bucket, and the staffing answer is of the span's last eight weeks."""


def report(
    place: OfficeView, first: date, last: date, by: str = "weekday", queue: str | None = None
) -> Report:
    """Tiles, heat, one table by `by`, savings and the staffing answer; `Invalid` for an unknown cut or no span."""
    if by not in CUTS:
        measures.stats(place, first, first, (by,))
    if long_reports.is_long(place, first, last):
        return _long(place, first, last, by, queue)
    recorded = measures.dated(place, first, last, queue)
    tickets = [ticket for _, ticket in recorded]
    can_prefill = measures.prefillable()
    (total,) = summarise(tickets, (), place.zone, can_prefill)
    inputs = measures.inputs_of(place, recorded, queue)
    usual = staffing.busiest_queue(tickets)
    target = staffing.usual_minutes([usual] if usual else [])
    return Report(
        total=total,
        before=_before(place, first, last, queue),
        prefilling=like_for_like.compare(tickets),
        within_target=within_target(tickets),
        target=target,
        target_queue=usual,
        heat=heat(place, tickets),
        lines=tuple(summarise(tickets, (by,), place.zone, can_prefill)),
        open_days=dict(inputs.days_open) if inputs else {},
        savings=measures.savings_of(tickets),
        staffing=staffing.of_inputs(inputs, Target(staffing.USUAL_SHARE, target)) if inputs else None,
    )


REPORT = Question("report", Report, report)


def lines_of(
    place: OfficeView, first: date, last: date, by: str, queue: str | None = None
) -> tuple[Sequence[Measures], Mapping[int, int]]:
    """As `table`, out of the night's report where there is one."""
    found = kept.stored(REPORT, place, first, last, by, queue)
    return (
        table(place, first, last, by, queue)
        if found is None
        else (found.answer.lines, found.answer.open_days)
    )


def table(
    place: OfficeView, first: date, last: date, by: str, queue: str | None = None
) -> tuple[list[Measures], dict[int, int]]:
    """One table's lines and the observed open days by weekday: what a chart needs."""
    if long_reports.is_long(place, first, last):
        return long_reports.table(place, first, last, by, queue)
    recorded = measures.dated(place, first, last, queue)
    inputs = measures.inputs_of(place, recorded, queue)
    lines = summarise([ticket for _, ticket in recorded], (by,), place.zone, measures.prefillable())
    return lines, dict(inputs.days_open) if inputs else {}


def heat(place: OfficeView, tickets: Sequence[HandledTicket]) -> Heat:
    """Median waits by weekday and half hour of arrival."""
    return _heat(summarise(tickets, ("weekday", "half_hour"), place.zone))


def _heat(lines: Iterable[Measures]) -> Heat:
    cells: dict[tuple[Key, Key], float | None] = {}
    for line in lines:
        cells[line.keys["weekday"], line.keys["half_hour"]] = line.wait_p50
    known = sorted(str(half_hour) for (_, half_hour), value in cells.items() if value is not None)
    if not known:
        return Heat((), ())
    first, last = _half(known[0]), _half(known[-1])
    half_hours = tuple(_clock(half) for half in range(first, last + 1))
    weekdays = sorted({int(weekday or 0) for weekday, _ in cells})
    return Heat(
        half_hours,
        tuple((day, tuple(cells.get((day, half)) for half in half_hours)) for day in weekdays),
    )


def within_target(tickets: Sequence[HandledTicket]) -> float | None:
    """目標内率: the share of called people whose wait was at most the target of their queue."""
    targets = {code: queue.target_wait_minutes for code, queue in catalogue.current().queues.items()}
    kept = [
        minutes <= targets.get(ticket.queue, staffing.USUAL_MINUTES)
        for ticket in tickets
        if (minutes := wait_minutes(ticket)) is not None
    ]
    return sum(kept) / len(kept) if kept else None


def _long(place: OfficeView, first: date, last: date, by: str, queue: str | None) -> Report:
    """The same out of facts: what a span of years costs does not depend on how many came.

    The counters needed are worked out from its last weeks, whose tickets are read.
    """
    total, within = long_reports.whole(place, first, last, queue)
    lines, open_days = long_reports.table(place, first, last, by, queue)
    usual = queue or long_reports.busiest_queue(place, first, last)
    target = staffing.usual_minutes([usual] if usual else [])
    recent = measures.dated(place, max(first, last - RECENT + timedelta(days=1)), last, queue)
    inputs = measures.inputs_of(place, recent, queue)
    return Report(
        total=total,
        before=long_reports.before(place, first, last, queue),
        prefilling=None,
        within_target=within,
        target=target,
        target_queue=usual,
        heat=_heat(long_reports.half_hours(place, first, last, queue)),
        lines=tuple(lines),
        open_days=open_days,
        savings=long_reports.savings(place, first, last, queue),
        staffing=staffing.of_inputs(inputs, Target(staffing.USUAL_SHARE, target)) if inputs else None,
        of_facts=True,
    )


def _before(place: OfficeView, first: date, last: date, queue: str | None) -> Measures | None:
    length = last - first + timedelta(days=1)
    try:
        tickets = measures.handled(place, first - length, first - timedelta(days=1), queue)
    except (Invalid, OverflowError):
        return None
    (found,) = summarise(tickets, (), place.zone, measures.prefillable())
    return found if found.visits else None


def _half(clock: str) -> int:
    return int(clock[:2]) * 2 + int(clock[3:]) // 30


def _clock(half: int) -> str:
    return f"{half // 2:02}:{half % 2 * 30:02}"
