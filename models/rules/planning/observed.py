"""From handled tickets to what a plan needs: arrivals, handling and counters per half hour of the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.planning.staffing import HALF_HOUR, Cell, Log, Observed, grid
from models.rules.statistics import HandledTicket, handling_minutes


def observe(tickets: Iterable[HandledTicket], zone: ZoneInfo) -> dict[Cell, Observed]:
    """Arrivals and handling per half hour of the week; who came early counts at the booked time."""
    seen: dict[Cell, Observed] = defaultdict(lambda: Observed(0))
    for ticket in tickets:
        if not ticket.came or ticket.due_at is None:
            continue
        minutes = handling_minutes(ticket)
        seen[_cell(ticket.due_at.astimezone(zone))] += Observed(1, int(minutes is not None), minutes or 0.0)
    return dict(seen)


def logged(recorded: Iterable[tuple[date, HandledTicket]], open_days: Iterable[date], zone: ZoneInfo) -> Log:
    """The same day by day: people by half hour of every open day, and everybody's handling minutes."""
    days: dict[date, dict[int, int]] = {day: {} for day in open_days}
    handling = []
    for day, ticket in recorded:
        if not ticket.came or ticket.due_at is None:
            continue
        at = _cell(ticket.due_at.astimezone(zone)).minute
        seen = days.setdefault(day, {})
        seen[at] = seen.get(at, 0) + 1
        minutes = handling_minutes(ticket)
        if minutes is not None:
            handling.append(minutes)
    return Log(days, handling)


def counters_open(
    tickets: Iterable[HandledTicket], days_open: Mapping[int, int], zone: ZoneInfo
) -> dict[Cell, float]:
    """How many counters served somebody, per half hour, as a mean over the open days of each weekday.

    A log does not say which counters stood ready, so a counter is open where it was busy at some moment.
    """
    busy: dict[tuple[date, Cell], set[str]] = defaultdict(set)
    for ticket in tickets:
        begins_at, ends_at = ticket.called_at or ticket.started_at, ticket.finished_at
        if ticket.counter is None or begins_at is None or ends_at is None or ends_at < begins_at:
            continue
        local, end = begins_at.astimezone(zone), ends_at.astimezone(zone)
        day = local.date()
        local = local.replace(minute=grid(local.minute), second=0, microsecond=0)
        while local <= end and local.date() == day:
            busy[day, _cell(local)].add(ticket.counter)
            local += timedelta(minutes=HALF_HOUR)
    total: dict[Cell, int] = defaultdict(int)
    for (_, cell), counters in busy.items():
        total[cell] += len(counters)
    return {
        cell: count / days_open[cell.weekday] for cell, count in total.items() if days_open.get(cell.weekday)
    }


def _cell(local: datetime) -> Cell:
    return Cell(local.weekday(), grid(local.hour * 60 + local.minute))
