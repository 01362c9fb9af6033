"""窓口稼働率: minutes in which counters stood open and in which they served, by group of counters and half hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.statistics import LONGEST_HANDLING
from models.rules.ticket_history import Happened, standing

HALF_HOUR = timedelta(minutes=30)
LONGEST = timedelta(minutes=LONGEST_HANDLING)
NONE_NAMED = "-"
"""The group of counters that serve no queue (any more)."""


@dataclass(frozen=True)
class Span:
    """A stretch of time (UTC) at a counter."""

    counter: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Use:
    """Minutes of one group of counters in one half hour (`09:30`): open, and of these serving somebody.

    A group is the counters with the same main queue, so that a share is never one person's.
    """

    group: str
    half_hour: str
    open_minutes: float
    serving_minutes: float


def served(events: Sequence[Happened], until: datetime) -> list[Span]:
    """When a ticket was served at a counter, out of its history; at most 4 hours, and not beyond `until`."""
    found: list[Span] = []
    since, counter, state = until, None, ""
    for one in [*(one for one in standing(events) if one.after is not None), Happened(until, "", "", "")]:
        if state == "serving" and counter is not None and one.at > since:
            found.append(Span(counter, since, min(one.at, since + LONGEST)))
        since, counter, state = one.at, one.counter or counter, one.after or ""
    return found


def uses(
    opened: Iterable[Span], busy: Iterable[Span], groups: Mapping[str, str], zone: ZoneInfo
) -> list[Use]:
    """One day's minutes by group and half hour; `groups` has the main queue of each counter.

    Serving counts where the counter stood open. Where no shift was kept (`opened` is empty, as in imported logs), a
    counter counts as open in every half hour in which it served somebody.
    """
    serving = [part for one in _joined(busy) for part in _halves(one, zone)]
    shifts = [part for one in _joined(opened) for part in _halves(one, zone)]
    if not shifts:
        shifts = [
            _whole(counter, at) for counter, at in {(one.counter, _begin(one, zone)) for one in serving}
        ]
    free: dict[tuple[str, datetime], list[Span]] = defaultdict(list)
    for one in shifts:
        free[one.counter, _begin(one, zone)].append(one)
    minutes: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (counter, at), parts in free.items():
        minutes[_place(counter, at, groups, zone)][0] += sum(map(_minutes, parts))
    for one in serving:
        at = _begin(one, zone)
        kept = sum(_common(one, part) for part in free.get((one.counter, at), ()))
        if kept:
            minutes[_place(one.counter, at, groups, zone)][1] += kept
    return [Use(*place, opened_, serving_) for place, (opened_, serving_) in sorted(minutes.items())]


def _place(counter: str, at: datetime, groups: Mapping[str, str], zone: ZoneInfo) -> tuple[str, str]:
    return groups.get(counter) or NONE_NAMED, f"{at.astimezone(zone):%H:%M}"


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap at one counter as one: no minute counts twice."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda one: (one.counter, one.begins_at)):
        last = found[-1] if found else None
        if last is not None and last.counter == one.counter and one.begins_at <= last.ends_at:
            found[-1] = Span(one.counter, last.begins_at, max(last.ends_at, one.ends_at))
        else:
            found.append(one)
    return found


def _halves(one: Span, zone: ZoneInfo) -> list[Span]:
    """A span cut at the half hours of the office's clock."""
    found = []
    begins = one.begins_at
    while begins < one.ends_at:
        ends = min(one.ends_at, _begin(Span(one.counter, begins, one.ends_at), zone) + HALF_HOUR)
        found.append(Span(one.counter, begins, ends))
        begins = ends
    return found


def _begin(one: Span, zone: ZoneInfo) -> datetime:
    """The instant of the half hour in which a span begins."""
    local = one.begins_at.astimezone(zone)
    past = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return one.begins_at - past


def _whole(counter: str, at: datetime) -> Span:
    return Span(counter, at, at + HALF_HOUR)


def _minutes(one: Span) -> float:
    return (one.ends_at - one.begins_at).total_seconds() / 60


def _common(one: Span, other: Span) -> float:
    """Minutes that two spans have in common."""
    both = min(one.ends_at, other.ends_at) - max(one.begins_at, other.begins_at)
    return max(0.0, both.total_seconds() / 60)
