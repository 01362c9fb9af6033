"""もしも: an office's own mean day beside the same day with other bookings, forms, counters, hours or handling."""

from __future__ import annotations

from datetime import date

from models.queries import measures
from models.queries.offices import OfficeView
from models.rules.planning.own_day import Change, OwnDay, changed, own_day
from models.rules.planning.what_if import Comparison, compare

MOST_DAYS, FEWEST_DAYS = 300, 40
PLAYED_PEOPLE = 30_000
"""People that one answer plays: few enough for an answer within two seconds."""


def today(place: OfficeView, first: date, last: date, queue: str | None = None) -> OwnDay | None:
    """The mean open day of a span as it was; None without visits. `Invalid` (field `to`) for no span."""
    recorded = measures.dated(place, first, last, queue)
    inputs = measures.inputs_of(place, recorded, queue)
    if inputs is None:
        return None
    tickets = [ticket for day, ticket in recorded if inputs.first <= day <= inputs.last]
    return own_day(tickets, inputs.hours, inputs.days_open, inputs.open_counters, place.zone)


def compared(day: OwnDay, change: Change, replications: int | None = None) -> Comparison:
    """The day before and after a change, with so many played days on each side; fewer for a crowded office."""
    days = replications or round(min(MOST_DAYS, max(FEWEST_DAYS, PLAYED_PEOPLE / max(day.scene.visitors, 1))))
    return compare(day.scene, changed(day, change), days)
