"""庁舎のふつうの1日: from handled tickets to the scene of a mean open day, and the changes that a manager can ask for.

Minutes from opening. Who was there before opening or after closing counts at the edge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from models.rules.opening import minute_of
from models.rules.planning.staffing import Cell, Hours, grid
from models.rules.planning.what_if import HALF_HOUR, QUARTER, Scene, with_slots
from models.rules.statistics import HandledTicket, handling_minutes, wait_minutes

FEW = 10
"""Cases below which a measure of this office gives way to the usual one."""
USUAL = Scene(0, (1.0,), (1.0,), (1.0,), 1, 1.0)


@dataclass(frozen=True)
class OwnDay:
    """A mean open day of an office: its scene, and what was measured beside it.

    `handling` and `handling_prefilled` are mean minutes (None: fewer than ten cases), `wait` the mean wait that the
    log shows, `days` how many open days it rests on, `opens` minutes after midnight.
    """

    scene: Scene
    opens: int
    days: int
    visits: int
    handling: float
    handling_prefilled: float | None
    wait: float | None

    @property
    def closes(self) -> int:
        """Minutes after midnight."""
        return self.opens + round(self.scene.closes)

    @property
    def booked_share(self) -> float:
        """The part (0-1) of visitors who had booked."""
        return self.scene.booked

    @property
    def prefilled_share(self) -> float:
        """The part (0-1) of visitors who had filled in their forms before."""
        scene = self.scene
        return scene.booked * scene.prefilled_booked + (1 - scene.booked) * scene.prefilled_walk_in


@dataclass(frozen=True)
class Change:
    """What is asked: shares as parts (0-1), handling in minutes, `hours` after midnight; None leaves it as it is."""

    booked: float | None = None
    prefilled: float | None = None
    counters: int | None = None
    hours: Hours | None = None
    handling: float | None = None
    handling_prefilled: float | None = None


def own_day(
    tickets: Sequence[HandledTicket],
    hours: Mapping[int, tuple[Hours, ...]],
    days_open: Mapping[int, int],
    open_counters: Mapping[Cell, float],
    zone: ZoneInfo,
) -> OwnDay | None:
    """The mean of the open days seen; None where nobody was handled or no day was open."""
    came = [one for one in tickets if one.came and one.due_at is not None]
    handled = [(one, minutes) for one in came if (minutes := handling_minutes(one)) is not None]
    days = sum(days_open.values())
    spans = [hours[weekday] for weekday, seen in days_open.items() if seen and hours.get(weekday)]
    if not handled or not days or not spans:
        return None
    usual = _usual_hours(hours, days_open)
    on_paper = [minutes for one, minutes in handled if not one.prefilled]
    at_home = [minutes for one, minutes in handled if one.prefilled]
    paper_mean = float(np.mean(on_paper or at_home))
    home_mean = float(np.mean(at_home)) if len(at_home) >= FEW else None
    saved = (home_mean / paper_mean if home_mean is not None else USUAL.saved) if on_paper else 1.0
    waits = [minutes for one in came if (minutes := wait_minutes(one)) is not None]
    wait = float(np.mean(waits)) if waits else None
    scene = _people(tickets, came, usual, zone, days)
    mix, means, variation = _procedures(handled, saved)
    team = _team(open_counters, days_open, *usual)
    scene = replace(
        scene, mix=mix, means=means, variation=variation, saved=saved, team=team, counters=max(team)
    )
    return OwnDay(scene, usual.opens, days, len(came), paper_mean, home_mean, wait)


def _people(
    tickets: Sequence[HandledTicket], came: Sequence[HandledTicket], usual: Hours, zone: ZoneInfo, days: int
) -> Scene:
    """Who comes when, how many of them had booked and filled in their forms; the work and the counters are not yet."""
    lines, appointed = (
        _profile([one for one in came if (one.booked_for is not None) is booked], *usual, zone, days)
        for booked in (False, True)
    )
    no_show, (early, early_spread) = _no_show(tickets), _early(came)
    return replace(
        USUAL,
        visitors=len(came) / days,
        profile=[line + booked for line, booked in zip(lines, appointed, strict=True)],
        closes=float(usual.closes - usual.opens),
        booked=sum(one.booked_for is not None for one in came) / len(came),
        prefilled_booked=_share(came, booked=True),
        prefilled_walk_in=_share(came, booked=False),
        no_show=no_show,
        early=early,
        early_spread=early_spread,
        starts=_starts(appointed, no_show),
    )


def changed(day: OwnDay, change: Change) -> Scene:
    """The scene after a change; other bookings fill what walk-ins leave of the counters."""
    scene = day.scene
    if change.handling is not None:
        factor = change.handling / day.handling
        scene = replace(
            scene, means=[mean * factor for mean in scene.means], saved=min(scene.saved / factor, 1.0)
        )
    if change.handling_prefilled is not None:
        scene = replace(scene, saved=change.handling_prefilled / (change.handling or day.handling))
    if change.prefilled is not None:
        scene = replace(scene, prefilled_booked=change.prefilled, prefilled_walk_in=change.prefilled)
    if change.counters is not None:
        more = change.counters - scene.counters
        team = [max(1, count + more) for count in scene.team or ()]
        scene = replace(scene, counters=change.counters, team=team)
    moved = change.hours is not None and change.hours != Hours(day.opens, day.closes)
    if change.hours is not None and moved:
        scene = _within(scene, day.opens, change.hours)
    if change.booked is None and not moved:
        return scene
    booked = scene.booked if change.booked is None else change.booked
    return with_slots(replace(scene, booked=booked, starts=None))


def _usual_hours(hours: Mapping[int, tuple[Hours, ...]], days_open: Mapping[int, int]) -> Hours:
    """The hours of most open days: one long evening a week does not make every day long."""
    seen: Counter[Hours] = Counter()
    for weekday, count in sorted(days_open.items()):
        if spans := hours.get(weekday):
            seen[Hours(spans[0].opens, spans[-1].closes)] += count
    return seen.most_common(1)[0][0]


def _profile(
    came: Iterable[HandledTicket], opens: int, closes: int, zone: ZoneInfo, days: int
) -> list[float]:
    """People a day by quarter hour."""
    found = [0.0] * -(-(closes - opens) // QUARTER)
    for one in came:
        if one.due_at is None:
            continue
        minute = minute_of(one.due_at.astimezone(zone).time()) - opens
        found[min(max(minute // QUARTER, 0), len(found) - 1)] += 1 / days
    return found


def _procedures(
    handled: Iterable[tuple[HandledTicket, float]], saved: float
) -> tuple[list[float], list[float], float]:
    """The parts of the procedures, their mean minutes on paper, and the variation around these means."""
    minutes: dict[str, list[float]] = defaultdict(list)
    for one, taken in handled:
        minutes[one.procedure].append(taken / saved if one.prefilled else taken)
    total = sum(len(of) for of in minutes.values())
    means = [max(float(np.mean(of)), 0.1) for of in minutes.values()]
    ratios = np.concatenate([np.asarray(of) / mean for of, mean in zip(minutes.values(), means, strict=True)])
    variation = float(ratios.std()) if len(ratios) >= FEW else USUAL.variation
    return [len(of) / total for of in minutes.values()], means, max(variation, 0.05)


def _share(came: Iterable[HandledTicket], *, booked: bool) -> float:
    of = [one.prefilled for one in came if (one.booked_for is not None) is booked]
    return sum(of) / len(of) if of else 0.0


def _no_show(tickets: Iterable[HandledTicket]) -> float:
    booked = Counter(one.came for one in tickets if one.booked_for is not None)
    total = booked.total()
    return min(booked[False] / total, 0.9) if total >= FEW else USUAL.no_show


def _early(came: Iterable[HandledTicket]) -> tuple[float, float]:
    """How many minutes before their time the booked come: mean and spread."""
    early = [
        (one.booked_for - one.arrived_at).total_seconds() / 60
        for one in came
        if one.booked_for is not None and one.arrived_at is not None
    ]
    near = [minutes for minutes in early if abs(minutes) <= 60]
    if len(near) < FEW:
        return USUAL.early, USUAL.early_spread
    return float(np.mean(near)), float(np.std(near))


def _starts(appointed: Sequence[float], no_show: float) -> dict[int, int]:
    """So many whole bookings by quarter hour that on each half of the day the sum is as measured."""
    sums = np.rint(np.cumsum(appointed) / (1 - no_show)).astype(int)
    counts = np.diff(sums, prepend=0)
    return {place * QUARTER: int(count) for place, count in enumerate(counts) if count}


def _team(
    open_counters: Mapping[Cell, float], days_open: Mapping[int, int], opens: int, closes: int
) -> list[int]:
    """Counters open by half hour, as a mean over the open days; one at least.

    The last half hour stands for the time until the hall is empty: as many stay as are there at most times.
    """
    days = sum(days_open.values())
    found = []
    for minute in range(opens, closes, HALF_HOUR):
        seen = [
            open_counters.get(Cell(weekday, grid(minute)), 0.0) * count
            for weekday, count in days_open.items()
        ]
        found.append(max(1, round(sum(seen) / days)))
    found[-1] = max(found[-1], sorted(found)[len(found) // 2])
    return found


def _within(scene: Scene, opened: int, hours: Hours) -> Scene:
    """The same people and counters in other hours: who came outside them comes in the nearest hour inside."""
    length = hours.closes - hours.opens
    quarters = -(-length // QUARTER)
    edge = min(4, quarters)
    profile = [0.0] * quarters
    for place, people in enumerate(scene.profile):
        at = (opened + place * QUARTER - hours.opens) // QUARTER
        lands = range(edge) if at < 0 else range(quarters - edge, quarters) if at >= quarters else (at,)
        for one in lands:
            profile[one] += people / len(lands)
    before = scene.team or [scene.counters]
    team = [
        before[min(max((hours.opens + at - opened) // HALF_HOUR, 0), len(before) - 1)]
        for at in range(0, length, HALF_HOUR)
    ]
    return replace(scene, profile=profile, closes=float(length), team=team, counters=max(team))
