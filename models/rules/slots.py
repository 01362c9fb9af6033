"""予約枠の規則: how opening hours become slots, and how many of them a visit takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.core.days import instant
from models.rules.opening import Span, at_minute, minute_of

LUNCH = Span(time(11, 30), time(13, 30))
LUNCH_FACTOR = 0.6
"""Staff take lunch in turns from 11:30 to 13:30: about 60 % of the counters stay open (queue.yaml, calendar.lunch)."""


@dataclass(frozen=True)
class PlannedSlot:
    """A slot to be published: UTC instants, office-local day, and how many visits it can take."""

    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int


def slots_of_day(
    day: date, spans: Sequence[Span], slot_minutes: int, counters: int, share: float, zone: ZoneInfo
) -> Iterator[PlannedSlot]:
    """The bookable slots of a day: whole slots inside the opening hours, `share` of the counters that are on.

    A queue with a counter always keeps at least one place, so that a small office can be booked at all.
    """
    if counters <= 0 or share <= 0:
        return
    for span in spans:
        start = minute_of(span.opens)
        while start + slot_minutes <= minute_of(span.closes):
            on_duty = counters * (LUNCH_FACTOR if _touches_lunch(start, slot_minutes) else 1.0)
            capacity = max(1, math.floor(on_duty * share + 1e-9))
            begins, ends = at_minute(start), at_minute(start + slot_minutes)
            yield PlannedSlot(day, instant(day, begins, zone), instant(day, ends, zone), capacity)
            start += slot_minutes


def slots_at(
    day: date, spans: Sequence[Span], slot_minutes: int, times: Mapping[int, int], zone: ZoneInfo
) -> Iterator[PlannedSlot]:
    """The slots of a day that begin at given minutes after midnight with given places, inside the opening hours."""
    for start, places in sorted(times.items()):
        within = any(
            minute_of(span.opens) <= start and start + slot_minutes <= minute_of(span.closes)
            for span in spans
        )
        if within and places > 0:
            begins, ends = at_minute(start), at_minute(start + slot_minutes)
            yield PlannedSlot(day, instant(day, begins, zone), instant(day, ends, zone), places)


def slots_needed(visit_minutes: int, slot_minutes: int) -> int:
    """How many consecutive slots a visit takes; at least one."""
    return max(1, math.ceil(visit_minutes / slot_minutes))


def _touches_lunch(start: int, length: int) -> bool:
    return start < minute_of(LUNCH.closes) and start + length > minute_of(LUNCH.opens)
