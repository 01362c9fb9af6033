"""記録の日を動かす: logged days, as they were and changed, played by the rules of the hall: waits by kind and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.rules.planning.day_changes import Changed, changed
from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.own_day import Change, OwnDay
from models.rules.planning.simulation import Flags, Hall, Manner, Minutes, People, booked, interval
from models.rules.planning.what_if import PUNCTUAL, Comparison, Spread, Waits

COPIES = 8
"""How often each day is played where it is chance whom a change meets."""
HOUR = 60


@dataclass(frozen=True)
class ByHour:
    """Mean waits of who came in the hour that begins at `minute` after midnight; None: nobody came. `people` a day."""

    minute: int
    walk_in: float | None
    booked: float | None
    people: float


@dataclass(frozen=True)
class Played:
    """Both sides, the waits by hour on each, and how the bookings were placed."""

    comparison: Comparison
    before: tuple[ByHour, ...]
    after: tuple[ByHour, ...]
    change: Changed


def compared(day: OwnDay, change: Change, most_people: int, played_days: int | None = None) -> Played:
    """The days as they were, and as they would be; fewer days for a crowded office (`most_people` are played)."""
    a_day = max(1, int(day.logged.here.sum()) // day.days)
    days = min(day.days, max(5, most_people // a_day), *([played_days] if played_days else []))
    kept = np.unique(np.linspace(0, day.days - 1, days).round().astype(np.int64))
    some = OwnDay(**{**day.__dict__, "logged": day.logged.chosen(kept)})
    copies = min(COPIES, max(1, most_people // (a_day * len(kept)))) if change.by_chance else 1
    found = changed(some, change, copies)
    before, hours = _side(some.logged, day.queue)
    after, later = _side(found.logged, day.queue)
    return Played(Comparison(before, after), hours, later, found)


def _side(logged: LoggedDays, queue: str | None) -> tuple[Waits, tuple[ByHour, ...]]:
    calls, since = _calls(logged)
    mine, appointed = logged.of(queue), logged.is_booked
    waits = np.full(calls.shape, np.nan)
    served = mine & np.isfinite(calls)
    waits[served] = np.maximum(calls[served] - since[served], 0.0)
    gaps = calls[served & appointed] - logged.booked_for[served & appointed]
    kinds = (mine, mine & ~appointed, mine & appointed)
    every, walk_in, of_booked = (_spread(np.where(kind, waits, np.nan), logged.days) for kind in kinds)
    found = Waits(
        every,
        walk_in,
        of_booked,
        float(logged.handling[mine].mean()) if mine.any() else 0.0,
        float((np.abs(gaps) <= PUNCTUAL).mean()) if len(gaps) else 0.0,
        _load(logged),
    )
    return found, _by_hour(waits, since, appointed, len(logged.days))


def _calls(logged: LoggedDays) -> tuple[Minutes, Minutes]:
    """When everybody is called, and since when they wait."""
    appointed = logged.is_booked
    work = logged.handling + logged.takes
    due = np.where(appointed, logged.booked_for, 0.0)
    comes = np.where(appointed, logged.arrives, np.inf)
    of_booked = booked(due, comes, work, logged.queue, Manner())
    since = np.where(appointed, np.maximum(due, logged.arrives), logged.arrives)
    people = People(
        np.where(appointed, of_booked.ready, logged.arrives),
        since,
        np.where(appointed, of_booked.key, logged.arrives),
        work,
        logged.queue,
        logged.booked_for,
    )
    hall = Hall.by_day(logged.skills, logged.on, logged.off, logged.help_after)
    return hall.calls(people) + logged.delay, since


def _spread(waits: Minutes, days: Sequence[date]) -> Spread:
    """Waits by row and person, nan for who is none; the interval is over the days."""
    kept = waits[np.isfinite(waits)]
    if not len(kept):
        return Spread(0.0, 0.0, 0.0, 0.0, 0.0)
    there = np.isfinite(waits)
    rows: dict[date, list[int]] = {}
    for row, day in enumerate(days):
        rows.setdefault(day, []).append(row)
    means = [float(waits[at][there[at]].mean()) for at in rows.values() if there[at].any()]
    _, within = interval(np.array(means))
    p50, p90 = np.quantile(kept, (0.5, 0.9))
    return Spread(
        float(kept.mean()),
        within if np.isfinite(within) else 0.0,
        float(p50),
        float(p90),
        len(kept) / len(days),
    )


def _load(logged: LoggedDays) -> float:
    """The work as a part of the counters' time until closing."""
    ends = np.minimum(logged.off, logged.closes[:, None])
    there = np.isfinite(logged.on)
    time = np.maximum(ends[there] - logged.on[there], 0.0).sum()
    return float((logged.handling + logged.takes)[logged.here].sum() / max(time, 1.0))


def _by_hour(waits: Minutes, since: Minutes, appointed: Flags, days: int) -> tuple[ByHour, ...]:
    there = np.isfinite(waits)
    hour = np.full(since.shape, -1.0)
    hour[there] = since[there] // HOUR
    found = []
    for at in np.unique(hour[there]):
        of = there & (hour == at)
        walk_in, of_booked = waits[of & ~appointed], waits[of & appointed]
        found.append(
            ByHour(
                int(at) * HOUR,
                float(walk_in.mean()) if len(walk_in) else None,
                float(of_booked.mean()) if len(of_booked) else None,
                float(of.sum()) / days,
            )
        )
    return tuple(found)
