"""もしも: waits of booked people and walk-ins before and after a change of bookings, pre-filling, counters or handling.

A day is played many times with the same draws on both sides. Assumptions are part of the `Scene` and shown with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.rules.planning.simulation import (
    Counter,
    Hall,
    Manner,
    Minutes,
    People,
    booked,
    interval,
    lognormal,
    poisson_arrivals,
    together,
    walk_ins,
)
from models.rules.planning.slot_fill import GRID, FillCase, Values, fill, load

DAYS = 300
SEED = 7
QUARTER = 15
TAIL = 120
"""Minutes after closing in which the counters still finish."""
LUNCH = ((180.0, 240.0), (240.0, 300.0), (300.0, 360.0))
LUNCH_TURNS = (0.3, 0.4, 0.3)
PUNCTUAL = 2.0
HALF_HOUR = 30
LAST_BOOKING = 20.0
"""Minutes before closing at which the last booked time may be: who begins later works long after closing."""


@dataclass(frozen=True)
class Scene:
    """A day of a hall; minutes from opening, shares as parts (0-1).

    `visitors` come a day with `profile` as relative weights by quarter hour; `mix` and `means` are the parts and mean
    handling minutes of the procedures, with coefficient `variation`. `saved`: handling of the pre-filled as a part of
    the usual. Punctuality is normal: `early` minutes before the time with `early_spread`. `team`: counters by half
    hour as they really are; without it all are open but for lunch by turns. `starts`: bookings by booked minute;
    without it they fill what walk-ins leave.
    """

    visitors: float
    profile: Sequence[float]
    mix: Sequence[float]
    means: Sequence[float]
    counters: int
    closes: float
    booked: float = 0.0
    prefilled_booked: float = 0.0
    prefilled_walk_in: float = 0.0
    saved: float = 15 / 34
    variation: float = 0.5
    no_show: float = 0.07
    early: float = 6.0
    early_spread: float = 5.0
    manner: Manner = field(default_factory=Manner)
    starts: Mapping[int, int] | None = None
    team: Sequence[int] | None = None
    last_booking: float = LAST_BOOKING


@dataclass(frozen=True)
class Spread:
    """Waits of some people in minutes; `within`: half the width of the 95 % interval of the mean."""

    mean: float
    within: float
    p50: float
    p90: float
    people: float


@dataclass(frozen=True)
class Waits:
    """Minutes; `people` of a spread are people a day. `on_time`: booked called within 2 minutes, as a part (0-1)."""

    every: Spread
    walk_in: Spread
    booked: Spread
    handling: float
    on_time: float
    load: float

    @property
    def mean(self) -> float:
        """The mean wait of everybody."""
        return self.every.mean


@dataclass(frozen=True)
class Comparison:
    """Before beside after."""

    before: Waits
    after: Waits


def compare(before: Scene, after: Scene, days: int = DAYS) -> Comparison:
    """Both sides, played with the same seeds."""
    return Comparison(play(before, days), play(after, days))


def play(scene: Scene, days: int = DAYS) -> Waits:
    """The waits of one scene."""
    random = np.random.default_rng(SEED)
    line = _line(scene, random, days)
    appointed = _booked(scene, random, days)
    calls = Hall(on_duty(scene)).calls(together(line, appointed))
    split = line.ready.shape[1]
    walk_in = _waits(calls[:, :split], line.since)
    gaps = calls[:, split:] - np.where(np.isfinite(calls[:, split:]), appointed.booked_for, 0.0)
    came = np.isfinite(gaps)
    waits = np.where(came, np.maximum(_waits(calls[:, split:], appointed.since), 0.0), np.nan)
    every = np.concatenate((walk_in, waits), axis=1)
    handled = np.concatenate((line.handling, appointed.handling), axis=1)[np.isfinite(every)]
    return Waits(
        _spread(every),
        _spread(walk_in),
        _spread(waits),
        float(handled.mean()) if len(handled) else 0.0,
        float((np.abs(gaps[came]) <= PUNCTUAL).mean()) if came.any() else 0.0,
        load(fill_case(scene), booked_count(scene)),
    )


def on_duty(scene: Scene) -> list[Counter]:
    """The counters of a scene with their spans."""
    if scene.team is None:
        return duties(scene.counters, scene.closes)
    return [Counter(_spans(scene.team, place)) for place in range(max(scene.team))]


def _spans(team: Sequence[int], place: int) -> tuple[tuple[float, float], ...]:
    """The spans in which the team has more than `place` counters; the last half hour lasts until the hall is empty."""
    found: list[tuple[float, float]] = []
    for slot, count in enumerate(team):
        begins, ends = (
            float(slot * HALF_HOUR),
            float((slot + 1) * HALF_HOUR) if slot + 1 < len(team) else np.inf,
        )
        if count <= place:
            continue
        if found and found[-1][1] == begins:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
    return tuple(found)


def duties(counters: int, closes: float) -> list[Counter]:
    """Counters that go to lunch by turns, 3/4/3 of ten, and stay until the hall is empty."""
    ends = np.rint(np.cumsum(LUNCH_TURNS) * counters).astype(int)
    turns = np.searchsorted(ends, np.arange(counters), side="right")
    return [Counter(((0.0, LUNCH[turn][0]), (LUNCH[turn][1], np.inf))) for turn in turns]


def booked_count(scene: Scene) -> int:
    """Bookings of the day: so many more as will not come, so that the visitors are as many."""
    if scene.starts is not None:
        return sum(scene.starts.values())
    return round(scene.visitors * scene.booked / (1 - scene.no_show))


def fill_case(scene: Scene, step: int = GRID) -> FillCase:
    """What the slot proposal needs to know of a scene."""
    length = int(scene.closes) + TAIL
    profile = np.asarray(scene.profile, dtype=np.float64)
    coming = scene.visitors * (1 - scene.booked) * profile / profile.sum()
    walk_ins_by_minute = np.repeat(coming / QUARTER, QUARTER)
    on = np.zeros(length)
    minutes = np.arange(length) + 0.5
    for counter in on_duty(scene):
        for begins, ends in counter.duty:
            on += (minutes >= begins) & (minutes < ends)
    last = min(len(profile) * QUARTER, max(scene.closes - scene.last_booking, 0.0) + 1)
    return FillCase(
        walk_ins_by_minute,
        on,
        _left(scene, scene.prefilled_walk_in, length),
        _left(scene, scene.prefilled_booked, length),
        list(range(0, int(last), step)),
        scene.no_show,
    )


def with_slots(scene: Scene) -> Scene:
    """The scene with its bookings where they cost others least."""
    return replace(scene, starts=fill(fill_case(scene), booked_count(scene)))


def _left(scene: Scene, prefilled: float, length: int) -> Values:
    """P(S > u) by minute over procedures, pre-filled and not."""
    random = np.random.default_rng(SEED)
    handling = _handling(scene, random, _procedures(scene, random, (4000, 1)), prefilled)
    ordered = np.sort(handling.ravel())
    found: Values = 1 - np.searchsorted(ordered, np.arange(length) + 0.5, side="right") / len(ordered)
    return found


def _procedures(scene: Scene, random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    parts = np.cumsum(scene.mix) / sum(scene.mix)
    return np.searchsorted(parts[:-1], random.random(size), side="right")


def _handling(scene: Scene, random: np.random.Generator, procedure: np.ndarray, prefilled: float) -> Minutes:
    mean = np.asarray(scene.means, dtype=np.float64)[procedure]
    mean = np.where(random.random(procedure.shape) < prefilled, scene.saved, 1.0) * mean
    return lognormal(random, mean, scene.variation, procedure.shape)


def _line(scene: Scene, random: np.random.Generator, days: int) -> People:
    profile = np.asarray(scene.profile, dtype=np.float64)
    expected = scene.visitors * (1 - scene.booked) * profile / profile.sum()
    arrivals = poisson_arrivals(random, np.tile(expected, (days, 1)), float(QUARTER))
    procedure = _procedures(scene, random, arrivals.shape)
    return walk_ins(arrivals, _handling(scene, random, procedure, scene.prefilled_walk_in), procedure)


def _booked(scene: Scene, random: np.random.Generator, days: int) -> People:
    starts = scene.starts if scene.starts is not None else fill(fill_case(scene), booked_count(scene))
    times = np.tile(np.repeat(list(starts), list(starts.values())).astype(np.float64), (days, 1))
    procedure = _procedures(scene, random, times.shape)
    comes = times + random.normal(-scene.early, scene.early_spread, times.shape)
    comes = np.where(random.random(times.shape) < scene.no_show, np.inf, np.maximum(comes, 0.0))
    handling = _handling(scene, random, procedure, scene.prefilled_booked)
    return booked(times, comes, handling, procedure, scene.manner)


def _waits(calls: Minutes, since: Minutes) -> Minutes:
    found = np.full(calls.shape, np.nan)
    np.subtract(calls, since, out=found, where=np.isfinite(calls))
    return found


def _spread(waits: Minutes) -> Spread:
    """Waits by replication and person, nan for who is not called."""
    kept = waits[np.isfinite(waits)]
    if not len(kept):
        return Spread(0.0, 0.0, 0.0, 0.0, 0.0)
    called = np.isfinite(waits).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        _, within = interval(np.nansum(waits, axis=1) / called)
    p50, p90 = np.quantile(kept, (0.5, 0.9))
    return Spread(float(kept.mean()), within, float(p50), float(p90), float(called.mean()))
