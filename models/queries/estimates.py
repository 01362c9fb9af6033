"""待ち時間の目安: the wait of everybody in an office's line, and of somebody who takes a number now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.queries import call_order, catalogue, hall
from models.queries.offices import OfficeView, counters_for, counters_of
from models.rules import waiting
from models.rules.planning.waits import WaitEstimate, shown_range
from models.rules.visits import visit_minutes

__all__ = ["HallEstimates", "WaitEstimate", "of_hall", "shown_range"]


@dataclass(frozen=True)
class HallEstimates:
    """The estimates of one hall at one instant: by ticket id, and by queue for somebody who takes a number now."""

    at: datetime
    version: int
    tickets: Mapping[int, WaitEstimate]
    queues: Mapping[str, WaitEstimate]


def of_hall(place: OfficeView, at: datetime) -> HallEstimates:
    """The estimates at `at`; asking again while nothing has changed costs one row."""
    day, chosen, counters = place.day_of(at), catalogue.current(), counters_of(place)
    minutes: dict[str, list[float]] = {}
    tickets: dict[int, WaitEstimate] = {}
    for ticket, _ in call_order.for_hall(place, day, at):
        ahead = minutes.setdefault(ticket.queue, [])
        tickets[ticket.id] = _behind(ahead, counters_for(counters, ticket.queue))
        known = [chosen.procedures[code] for code in ticket.procedures if code in chosen.procedures]
        ahead.append(visit_minutes(known, prefilled=ticket.prefilled))
    queues = {
        code: _behind(minutes.get(code, []), counters_for(counters, code))
        for code in chosen.queues
        if any(code in one.queues for one in counters)
    }
    return HallEstimates(at, hall.version(place), tickets, queues)


def _behind(ahead: list[float], counters: int) -> WaitEstimate:
    found = waiting.expected(ahead, counters)
    return WaitEstimate(found.mean * 0.6, found.mean, found.p80, found.p80 * 1.15)
