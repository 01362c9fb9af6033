"""予約枠の提案: at which times a queue should take bookings, and what they would do.

The office's own log says how a day goes, the forecast how many come on the days that are proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, timedelta
from statistics import fmean

from models.core.clock import now
from models.queries import forecasts, kept, slots, what_if
from models.queries.kept import Question
from models.queries.offices import OfficeView
from models.queries.what_if import Measured
from models.rules.planning.expected_days import at_level
from models.rules.planning.forecast import Expected
from models.rules.planning.own_day import Change, OwnDay, weekdays
from models.rules.planning.played_days import ByHour
from models.rules.planning.slot_fill import HIGH_LOAD
from models.rules.planning.what_if import Comparison

USUAL_SHARE = 0.5
LONG_WALK_IN = 60.0
SEEN_WEEKS = 4
AHEAD = timedelta(weeks=8)
"""So far ahead the forecast counts where no slots are published yet."""


@dataclass(frozen=True)
class Level:
    """A weekday on the proposed days: how many of them have a forecast, people a day there (means), and in the log."""

    days: int
    people: Expected
    logged: float


@dataclass(frozen=True)
class Proposal:
    """Times by weekday (0 = Monday) and minute with their places; the days played before and after.

    `levels` says, by weekday, where the forecast of the days from `first` to `last` was used; the others have as many
    people as the log. `loads` are the work as a part of the counters' time by weekday;
    `before` and `after` go by hour.
    """

    day: Measured
    share: float
    comparison: Comparison
    before: tuple[ByHour, ...]
    after: tuple[ByHour, ...]
    places: Mapping[int, Mapping[int, int]]
    loads: Mapping[int, float]
    first: date
    last: date
    levels: Mapping[int, Level] = field(default_factory=dict)

    @property
    def full(self) -> tuple[int, ...]:
        """The weekdays on which booked times alone cannot help: there is more work than time."""
        return tuple(weekday for weekday, load in sorted(self.loads.items()) if load > HIGH_LOAD)

    @property
    def long_walk_in(self) -> bool:
        """Whether one in ten without a booking would wait longer than an hour."""
        return self.comparison.after.walk_in.p90 > LONG_WALK_IN


def queues_by_people(place: OfficeView, first: date, last: date) -> tuple[str, ...]:
    """The queues that anybody was served for, those of most people first."""
    day = what_if.today(place, first, last)
    if day is None:
        return ()
    counted = Counter(day.logged.queue[day.logged.here].tolist())
    ordered = sorted(range(len(day.logged.queues)), key=lambda at: -counted[at])
    return tuple(day.logged.queues[at] for at in ordered)


def busiest(place: OfficeView, first: date, last: date, bookable: Collection[str]) -> str | None:
    """The one of these queues that most people came for; None without visits."""
    queues = kept.look(QUEUES, place, first, last).answer
    return next((queue for queue in queues if queue in bookable), None)


def proposal(
    place: OfficeView, first: date, last: date, queue: str, share: float | None = None
) -> Proposal | None:
    """The proposal if so large a part (0-1) of the queue's people book; None without visits of the queue."""
    day = what_if.today(place, first, last, queue)
    if day is None:
        return None
    wanted = max(day.booked_share, USUAL_SHARE) if share is None else share
    tomorrow, until = _coming(place)
    ahead = {one: _expected(place, tomorrow, until, one) for one in day.logged.queues}
    coming = replace(day, logged=at_level(day.logged, ahead)) if ahead[queue] else day
    played = what_if.compared(coming, Change(booked=wanted))
    found = played.change
    places = {weekday: times for weekday, times in sorted(found.places[queue].items()) if times}
    return Proposal(
        what_if.measured(day),
        wanted,
        played.comparison,
        played.before,
        played.after,
        places,
        found.loads[queue],
        tomorrow,
        until,
        _levels(day, ahead[queue]),
    )


def _coming(place: OfficeView) -> tuple[date, date]:
    """The days that a proposal is for: from tomorrow to the last that has slots."""
    tomorrow = place.day_of(now()) + timedelta(days=1)
    return tomorrow, max(tomorrow, slots.last_published(place) or tomorrow + AHEAD)


def _expectations(place: OfficeView) -> tuple[object, ...]:
    """The days that a proposal is for, and how their forecasts stand."""
    days = _coming(place)
    return *days, *forecasts.newest(place, *days)


PROPOSAL = Question("slots", Proposal | None, proposal, _expectations)
QUEUES = Question("queues", tuple[str, ...], queues_by_people)


def _expected(place: OfficeView, first: date, last: date, queue: str) -> dict[int, list[Expected]]:
    """What is expected of a queue on the days that people will come, by weekday."""
    found: dict[int, list[Expected]] = {}
    for one in forecasts.expected(place, first, last, queue):
        if one.people.p50 > 0:
            found.setdefault(one.day.weekday(), []).append(one.people)
    return found


def _levels(day: OwnDay, ahead: Mapping[int, Sequence[Expected]]) -> dict[int, Level]:
    """What is expected beside what the log had, on the weekdays that have both."""
    counts = day.mine.sum(axis=1)
    found = {}
    for weekday, rows in sorted(weekdays(day.logged.days).items()):
        if days := ahead.get(weekday):
            low, middle, high = (fmean(values) for values in zip(*map(astuple, days), strict=True))
            found[weekday] = Level(len(days), Expected(low, middle, high), float(counts[rows].mean()))
    return found


def offered(place: OfficeView, queue: str) -> dict[int, float]:
    """The places a day that are published now: means by weekday in the weeks that come."""
    tomorrow = place.day_of(now()) + timedelta(days=1)
    until = tomorrow + timedelta(weeks=SEEN_WEEKS, days=-1)
    found: dict[int, list[int]] = {}
    for day, count in slots.places_by_day(place, tomorrow, until, queue).items():
        found.setdefault(day.weekday(), []).append(count)
    return {weekday: sum(counts) / len(counts) for weekday, counts in sorted(found.items())}
