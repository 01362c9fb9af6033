"""日ごとの集計: what the tickets of one day add up to, cut every way in which a manager looks at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from models.rules import histograms
from models.rules.statistics import Cell, HandledTicket, wait_minutes
from models.rules.utilisation import Use

CUTS = (
    "all",
    "queue",
    "procedure",
    "counter",
    "source",
    "prefilled",
    "half_hour",
    "queue_half_hour",
    "counters",
)
"""Each way in which a day is cut; a person at two counters is one in `all` and one at each counter.

`counters` has no people: minutes of counters with the same main queue by half hour (`A 09:30`).
"""
COUNTS = (
    "came",
    "served",
    "booked",
    "booked_served",
    "prefilled",
    "prefillable",
    "no_shows",
    "within_target",
)
MINUTES = ("open_minutes", "serving_minutes")
SPREADS = ("waits", "gaps", "handlings")


@dataclass(frozen=True)
class Fact:
    """One cell of a day: counts of people, and of each spread (minutes) how many, sum, maximum, histogram."""

    cut: str
    key: str
    values: Mapping[str, Any]


def facts_of(
    tickets: Iterable[HandledTicket],
    zone: ZoneInfo,
    prefillable: Collection[str],
    targets: Mapping[str, float],
    used: Iterable[Use] = (),
) -> list[Fact]:
    """The facts of one office's day; `targets` are minutes by queue (`metrics.yaml`: within_target)."""
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    kept: dict[tuple[str, str], int] = defaultdict(int)
    for ticket in tickets:
        if ticket.counts_at is None:
            continue
        wait = wait_minutes(ticket)
        good = wait is not None and wait <= targets.get(ticket.queue, float("inf"))
        for place in _places(ticket, zone):
            cells[place].take(ticket, ticket.procedure in prefillable)
            kept[place] += good
    people = [
        Fact(cut, key, _values(cell, kept[cut, key]))
        for (cut, key), cell in sorted(cells.items(), key=lambda one: one[0])
    ]
    return [*people, *(_of_counters(one) for one in used)]


def _of_counters(one: Use) -> Fact:
    minutes = {"open_minutes": one.open_minutes, "serving_minutes": one.serving_minutes}
    return Fact("counters", f"{one.group} {one.half_hour}", _values(Cell(), 0) | minutes)


def _places(ticket: HandledTicket, zone: ZoneInfo) -> list[tuple[str, str]]:
    at = ticket.counts_at
    local = at.astimezone(zone) if at else None
    half_hour = f"{local.hour:02}:{local.minute // 30 * 30:02}" if local else ""
    return [
        ("all", ""),
        ("queue", ticket.queue),
        ("procedure", ticket.procedure),
        ("counter", ticket.counter or ""),
        ("source", ticket.source),
        ("prefilled", "yes" if ticket.prefilled else "no"),
        ("half_hour", half_hour),
        ("queue_half_hour", f"{ticket.queue} {half_hour}"),
    ]


def _values(cell: Cell, within_target: int) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(cell, name, within_target) for name in COUNTS}
    values |= dict.fromkeys(MINUTES, 0.0)
    for name in SPREADS:
        minutes = getattr(cell, name)
        values[f"{name}_n"] = len(minutes)
        values[f"{name}_sum"] = sum(minutes)
        values[f"{name}_max"] = max(minutes, default=None)
        values[f"{name}_spread"] = histograms.packed(minutes)
    return values
