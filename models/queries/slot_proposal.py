"""予約枠の提案: at which times a queue should take bookings, from the office's own log, and what they would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.core.clock import now
from models.queries import slots, what_if
from models.queries.offices import OfficeView
from models.rules.planning.own_day import Change, OwnDay
from models.rules.planning.played_days import Played
from models.rules.planning.slot_fill import HIGH_LOAD

USUAL_SHARE = 0.5
LONG_WALK_IN = 60.0
SEEN_WEEKS = 4


@dataclass(frozen=True)
class Proposal:
    """Times by weekday (0 = Monday) and minute with their places; the days played before and after.

    `loads` are the work as a part of the counters' time by weekday, `offered` the places a day that are published now.
    """

    day: OwnDay
    share: float
    played: Played
    places: Mapping[int, Mapping[int, int]]
    loads: Mapping[int, float]
    offered: Mapping[int, float]

    @property
    def full(self) -> tuple[int, ...]:
        """The weekdays on which booked times alone cannot help: there is more work than time."""
        return tuple(weekday for weekday, load in sorted(self.loads.items()) if load > HIGH_LOAD)

    @property
    def long_walk_in(self) -> bool:
        """Whether one in ten without a booking would wait longer than an hour."""
        return self.played.comparison.after.walk_in.p90 > LONG_WALK_IN


def busiest(place: OfficeView, first: date, last: date) -> str | None:
    """The queue that most people came for; None without visits."""
    day = what_if.today(place, first, last)
    if day is None:
        return None
    counted = Counter(day.logged.queue[day.logged.here].tolist())
    bookable = [at for at, queue in enumerate(day.logged.queues) if queue in slots.Planner(place).queues]
    most = max(bookable, key=lambda at: counted[at], default=None)
    return None if most is None else day.logged.queues[most]


def proposal(
    place: OfficeView, first: date, last: date, queue: str, share: float | None = None
) -> Proposal | None:
    """The proposal if so large a part (0-1) of the queue's people book; None without visits of the queue."""
    day = what_if.today(place, first, last, queue)
    if day is None:
        return None
    wanted = max(day.booked_share, USUAL_SHARE) if share is None else share
    played = what_if.compared(day, Change(booked=wanted))
    found = played.change
    places = {weekday: times for weekday, times in sorted(found.places[queue].items()) if times}
    return Proposal(day, wanted, played, places, found.loads[queue], _offered(place, queue))


def _offered(place: OfficeView, queue: str) -> dict[int, float]:
    """Mean places a day by weekday in the weeks that come."""
    tomorrow = place.day_of(now()) + timedelta(days=1)
    by_day: Counter[date] = Counter()
    for slot in slots.published(place, tomorrow, tomorrow + timedelta(weeks=SEEN_WEEKS, days=-1), queue):
        by_day[slot.day] += slot.capacity
    found: dict[int, list[int]] = {}
    for day, count in by_day.items():
        found.setdefault(day.weekday(), []).append(count)
    return {weekday: sum(counts) / len(counts) for weekday, counts in sorted(found.items())}
