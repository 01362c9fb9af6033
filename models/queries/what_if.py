"""もしも: an office's own logged days beside the same days with other bookings, forms, counters, hours or handling."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

from models.core.clock import now
from models.queries import catalogue, measures
from models.queries.kept import Question
from models.queries.offices import OfficeView, counters_of, week_of
from models.rules.planning.logged_days import logged_days
from models.rules.planning.own_day import LAST_BOOKING, Change, Figures, OwnDay, own_day
from models.rules.planning.played_days import Played
from models.rules.planning.played_days import compared as played
from models.rules.planning.what_if import Waits

PLAYED_PEOPLE = 15_000
"""People that one side of an answer plays: few enough for an answer within two seconds."""


def today(place: OfficeView, first: date, last: date, queue: str | None = None) -> OwnDay | None:
    """The days of a span as they were, of the whole hall or of a queue in it; None without visits.

    `Invalid` (field `to`) for no span. The day that is not over is left out where there are others.
    """
    recorded = measures.dated(place, first, last)
    over = [one for one in recorded if one[0] < place.day_of(now())] or recorded
    known = {one.number: one.queues for one in counters_of(place)}
    hours = measures.weekly_hours(week_of(place))
    logged = logged_days(over, hours, place.zone, known)
    found = own_day(logged, [ticket for _, ticket in over], queue) if logged else None
    if found is None:
        return None
    named = catalogue.current().queues.get(queue or "")
    before_closing = max(LAST_BOOKING, named.slot_minutes if named else 0)
    return replace(found, hours=hours, last_booking=before_closing)


@dataclass(frozen=True)
class Measured(Figures):
    """What was measured in the days as they were, without the days; `played`: the same days played again."""

    days: int
    help_after: float
    played: Waits | None = None


def measured(day: OwnDay, as_played: Waits | None = None) -> Measured:
    """What a manager is told of the days."""
    named = {one.name: getattr(day, one.name) for one in fields(Figures)}
    return Measured(**named, days=day.days, help_after=day.logged.help_after, played=as_played)


def _measured(place: OfficeView, first: date, last: date, queue: str | None) -> Measured | None:
    day = today(place, first, last, queue)
    return measured(day, compared(day, Change()).comparison.before) if day else None


MEASURED = Question("what-if", Measured | None, _measured)


def compared(day: OwnDay, change: Change, replications: int | None = None) -> Played:
    """The days before and after a change; `replications` limits how many of them are played."""
    return played(day, change, PLAYED_PEOPLE, replications)
