"""変えた日々: logged days of an office with other bookings, forms, counters, hours or handling. Everybody comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.rules.planning.logged_days import LoggedDays
from models.rules.planning.own_day import Change, OwnDay, Places, serving, weekdays
from models.rules.planning.placed_bookings import room
from models.rules.planning.simulation import Flags, Minutes
from models.rules.planning.staffing import Hours

SEED = 7
EDGE = 60.0
"""Minutes at the opening or closing over which people come who came outside the hours."""


@dataclass(frozen=True)
class Changed:
    """The days as they would be, and the times that were found for bookings, by queue and weekday (0 = Monday)."""

    logged: LoggedDays
    places: Mapping[str, Places]
    loads: Mapping[str, Mapping[int, float]]


def changed(day: OwnDay, change: Change, copies: int = 1) -> Changed:
    """The days so many times, each time with other people whom the change meets."""
    random = np.random.default_rng(SEED)
    logged = day.logged.chosen(np.tile(np.arange(day.days), copies))
    mine = logged.of(day.queue)
    logged = _with_forms(day, logged, mine, change, random)
    if change.counters is not None and change.counters != day.counters:
        logged = _with_counters(logged, day.queue, change.counters - day.counters)
    if change.hours is not None and change.hours != Hours(day.opens, day.closes):
        logged = _within(day, logged, change.hours, random)
    if change.booked is None:
        return Changed(logged, {}, {})
    booked = mine & _first_part(mine, logged.is_booked, change.booked, random)
    return _placed(day, logged, mine, booked, random)


def _first_part(among: Flags, already: Flags, share: float, random: np.random.Generator) -> Flags:
    """So large a part of each row's people, those who are it already first, the others by chance."""
    order = np.where(among, random.random(among.shape) + ~already, np.inf)
    rank = order.argsort(axis=1).argsort(axis=1)
    wanted = among.sum(axis=1) * share + random.random(len(among))
    found: Flags = among & (rank < np.floor(wanted)[:, None])
    return found


def _with_forms(
    day: OwnDay, logged: LoggedDays, mine: Flags, change: Change, random: np.random.Generator
) -> LoggedDays:
    """Other handling, and other people who have filled in their forms."""
    before = logged.prefilled
    after = before
    if change.prefilled is not None:
        after = np.where(mine, _first_part(mine, before, change.prefilled, random), before)
    paper = (change.handling or day.handling) / day.handling
    at_home = day.handling_prefilled or day.handling * day.saved
    filled = (change.handling_prefilled or at_home) / at_home
    saved = at_home / day.handling
    factor = np.where(after, filled, paper)
    factor = np.where(after & ~before, saved * filled, factor)
    factor = np.where(~after & before, paper / saved, factor)
    return replace(
        logged, prefilled=after, handling=np.where(mine, logged.handling * factor, logged.handling)
    )


def _with_counters(logged: LoggedDays, queue: str | None, more: int) -> LoggedDays:
    """More counters are like the busiest; fewer: the least used go, but no queue is left without one."""
    served = Counter(logged.served[logged.served >= 0].ravel().tolist())
    mine = sorted(serving(logged, queue), key=lambda counter: served[counter])
    if more > 0:
        columns = [*range(len(logged.counters)), *(mine[-1 - at % len(mine)] for at in range(more))]
        return logged.with_counters(columns, [logged.skills[at] for at in columns])
    gone = mine[: min(-more, len(mine) - 1)]
    columns = [at for at in range(len(logged.counters)) if at not in gone]
    skills = [set(logged.skills[at]) for at in columns]
    heirs = [place for place, at in enumerate(columns) if at in mine]
    for skill in {skill for at in gone for skill in logged.skills[at]}:
        if not any(skill in one for one in skills):
            skills[heirs[-1]].add(skill)
    return logged.with_counters(columns, [frozenset(one) for one in skills])


def _within(day: OwnDay, logged: LoggedDays, hours: Hours, random: np.random.Generator) -> LoggedDays:
    """Other hours on the days that had the usual ones: who came or was booked outside them is in the nearest hour."""
    usual = (logged.opens == day.opens) & (logged.closes == day.closes)
    opens = np.where(usual, hours.opens, logged.opens)
    closes = np.where(usual, hours.closes, logged.closes)
    edge = min(EDGE, float(hours.closes - hours.opens))
    spread = random.random(logged.arrives.shape) * edge
    since = np.where(logged.is_booked, logged.booked_for, logged.arrives)
    early = usual[:, None] & (since < opens[:, None]) & (hours.opens > day.opens)
    late = usual[:, None] & (since > closes[:, None]) & logged.here & (hours.closes < day.closes)
    by = np.where(early, opens[:, None] + spread, np.where(late, closes[:, None] - spread, since))
    moved = early | late
    arrives = logged.arrives.copy()
    arrives[moved] += by[moved] - since[moved]
    booked_for = np.where(logged.is_booked, by, np.nan)
    on = np.where(logged.on <= logged.opens[:, None], opens[:, None], np.maximum(logged.on, opens[:, None]))
    off = np.maximum(logged.off, on)
    if hours.closes > day.closes:
        stays = usual[:, None] & (logged.off >= logged.closes[:, None])
        off = np.where(stays, np.inf, off)
    return replace(logged, opens=opens, closes=closes, arrives=arrives, booked_for=booked_for, on=on, off=off)


def _placed(
    day: OwnDay, logged: LoggedDays, mine: Flags, booked: Flags, random: np.random.Generator
) -> Changed:
    """Bookings of the queue at the times where they cost others least; who has none any more is a walk-in."""
    times = np.where(mine, np.nan, logged.booked_for)
    places: dict[str, Places] = {}
    loads: dict[str, Mapping[int, float]] = {}
    for at, queue in enumerate(logged.queues):
        if day.queue not in (None, queue):
            continue
        found: dict[int, Mapping[int, int]] = {}
        load: dict[int, float] = {}
        for weekday, rows in weekdays(logged.days).items():
            of_queue = booked & (logged.queue == at)
            counts = of_queue[rows].sum(axis=1)
            spans = _spans(day, logged, weekday, rows)
            here = room(logged, rows, at, of_queue, spans, day.last_booking)
            offered = _offered(float(counts.mean()), day.no_show)
            order = here.order(max(offered, *(_offered(count, day.no_show) for count in counts)))
            found[weekday] = dict(sorted(Counter(order[:offered]).items()))
            load[weekday] = here.load(float(counts.mean()))
            for row, count in zip(rows, counts, strict=True):
                _give(times, logged, of_queue, row, order[: _offered(count, day.no_show)], random)
        places[queue], loads[queue] = found, load
    mean, spread = day.early
    comes = np.maximum(times - random.normal(mean, spread, times.shape), logged.opens[:, None])
    arrives = np.where(booked & np.isfinite(times), comes, logged.arrives)
    return Changed(replace(logged, arrives=arrives, booked_for=times), places, loads)


def _spans(day: OwnDay, logged: LoggedDays, weekday: int, rows: Sequence[int]) -> Sequence[Hours]:
    """The opening hours of a weekday as they are played."""
    opens, closes = (round(float(np.median(of[rows]))) for of in (logged.opens, logged.closes))
    known = day.hours.get(weekday)
    same = known and (known[0].opens, known[-1].closes) == (opens, closes)
    return known if known and same else (Hours(opens, closes),)


def _offered(coming: float, no_show: float) -> int:
    """So many places that so many people come."""
    return round(float(coming) / (1 - no_show))


def _give(
    times: Minutes,
    logged: LoggedDays,
    booked: Flags,
    row: int,
    offered: Sequence[int],
    random: np.random.Generator,
) -> None:
    """Times for the booked people of a row, in the order in which they came; not all that is offered is used."""
    people = np.flatnonzero(booked[row])
    if not len(people) or not offered:
        return
    chosen = np.sort(
        random.choice(np.asarray(offered, dtype=np.float64), len(people), len(people) > len(offered))
    )
    times[row, people[np.argsort(logged.arrives[row, people], kind="stable")]] = chosen
