"""手続時間の分布: how long people are at the counter: learned from the log, the catalogue where the log is short."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Minutes = npt.NDArray[np.float64]

_EVEN: Minutes = (np.arange(1000) + 0.5) / 1000
PRIOR_POINTS = 15
"""The catalogue's opinion weighs as much as so many visits: half of the truth at 15 visits, a tenth at 135."""
PRIOR_VISITS = 30
"""Visits after which the office's own pace weighs more than the catalogue's minutes."""
LONGEST_GAP = 15.0
"""Minutes between two customers: beyond it the counter was closed, not slow."""
SAMPLES = 200
UNKNOWN = 15.0
"""Minutes of a procedure that the catalogue does not know (any more)."""
GIVING_UP = 2.5
"""Minutes from the first call until a counter goes on without somebody who is not there (three calls, 90 seconds)."""
FEW_LEFT = 8
"""Fewer logged times longer than the elapsed one: the tail is taken as exponential."""
PRIOR_LAG = (0.3, 0.5, 0.7, 0.9, 1.2)
PRIOR_GAP = (0.5, 1.0, 1.5, 2.0, 3.0)
"""Minutes from call to start, and from one customer to the next call, before the log tells (expert estimate)."""
PRIOR_ANSWER = (0.1, 0.3, 0.5, 0.8, 1.3)
"""Minutes until an idle counter calls whoever comes, before the log tells (expert estimate)."""
LONGEST_ANSWER = 5.0
"""Minutes until a counter called who came while it was idle: beyond it nobody was there."""
IDLE_AFTER = 0.9
"""A counter that has called nobody for longer than this share of gaps lasts is idle."""
PRIOR_ABSENT = (1.0, 50.0)
"""One called person in fifty is not there (expert estimate), with the weight of fifty calls."""
PRIOR_NO_SHOW_VISITS = 50
PRIOR_LATENESS = tuple(-6.0 + 5.0 * NormalDist().inv_cdf((one + 0.5) / 20) for one in range(20))
"""Minutes after the booked time at which people come: normal, mean -6, deviation 5 (expert estimate)."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What the catalogue says of one procedure: minutes at the counter without and with a form filled in at home."""

    queue: str
    desk: float
    desk_prefilled: float


@dataclass(frozen=True, slots=True)
class Past:
    """One ticket of the log; minutes, None where it was not recorded. `gap` is until the counter called the next.

    `answer` is until a counter that was idle called who came.
    """

    procedure: str
    prefilled: bool
    handling: float | None
    lag: float | None = None
    gap: float | None = None
    answer: float | None = None
    absent: bool = False
    lateness: float | None = None
    no_show: bool = False


@dataclass(frozen=True)
class Prior:
    """What is believed before the log tells: the procedures, a handling time's spread, the share of no-shows."""

    procedures: Mapping[str, Usual]
    variation: float = 0.6
    no_show: float = 0.06


@dataclass(frozen=True)
class Learned:
    """Distributions of an office as ascending samples in minutes, and shares.

    `pace` is what the office needs for each minute of the catalogue.
    """

    prior: Prior
    handling: Mapping[tuple[str, bool], Minutes]
    pace: float
    lag: Minutes
    gap: Minutes
    answer: Minutes
    absent: float
    lateness: Minutes
    no_show: float
    visits: int
    _times: dict[tuple[str, bool], Minutes] = field(default_factory=dict, repr=False)
    _made: dict[tuple[str, bool, float], Minutes] = field(default_factory=dict, repr=False)

    def of(self, procedure: str, prefilled: bool) -> Minutes:
        """The handling minutes of one procedure, with the catalogue's among them in the weight of a few visits."""
        key = (procedure, prefilled)
        if key not in self._times:
            usual = self.prior.procedures.get(procedure)
            mean = UNKNOWN if usual is None else usual.desk_prefilled if prefilled else usual.desk
            prior = lognormal(mean, self.prior.variation) * self.pace
            found = self.handling.get(key)
            self._times[key] = prior if found is None else np.sort(np.concatenate((found, prior)))
        return self._times[key]

    def takes(self, procedure: str, prefilled: bool, scale: float = 1.0) -> Minutes:
        """How long a call takes a counter: until the visitor is there, the handling times `scale`, until the next call.

        Some who are called are not there: then it is the minutes until staff give up.
        """
        key = (procedure, prefilled, scale)
        if key not in self._made:
            times = self.of(procedure, prefilled) * scale
            whole = np.resize(times, max(SAMPLES, len(times)))
            whole = whole + _mixed(self.lag, len(whole), 7) + _mixed(self.gap, len(whole), 13)
            here = _mixed(_EVEN, len(whole), 29) >= self.absent
            self._made[key] = np.sort(np.where(here, whole, GIVING_UP))
        return self._made[key]

    def left(self, procedure: str, prefilled: bool, elapsed: float, scale: float = 1.0) -> Minutes:
        """How long a counter is still taken by whom it began with so long ago: the rest of the handling, and the gap.

        Who is still there has not been finished: times of the log that are over by now say nothing, even where the
        gap after them would not be.
        """
        return followed(remaining(self.of(procedure, prefilled) * scale, elapsed), self.gap)

    def ready(self, elapsed: float) -> Minutes:
        """How long until a counter calls that finished its last visitor so long ago: the rest of the gap.

        Beyond usual gaps it is idle, and calls once it has seen who came.
        """
        usual = elapsed < float(np.quantile(self.gap, IDLE_AFTER))
        return remaining(self.gap, elapsed) if usual else self.answer


def learn(log: Iterable[Past], prior: Prior) -> Learned:
    """What the log of an office says; without any of it, the prior."""
    times: dict[tuple[str, bool], list[float]] = defaultdict(list)
    seen = _Seen()
    for one in log:
        seen.take(one)
        if one.handling is not None:
            times[one.procedure, one.prefilled].append(one.handling)
    handling = {key: np.sort(np.array(found)) for key, found in times.items()}
    calls, absent = seen.calls + PRIOR_ABSENT[1], seen.absent + PRIOR_ABSENT[0]
    booked = seen.booked + PRIOR_NO_SHOW_VISITS
    return Learned(
        prior=prior,
        handling=handling,
        pace=_pace(handling, prior),
        lag=_with(seen.lags, PRIOR_LAG),
        gap=_with(seen.gaps, PRIOR_GAP),
        answer=_with(seen.answers, PRIOR_ANSWER),
        absent=absent / calls,
        lateness=_with(seen.lateness, PRIOR_LATENESS),
        no_show=(seen.no_shows + prior.no_show * PRIOR_NO_SHOW_VISITS) / booked,
        visits=sum(len(found) for found in handling.values()),
    )


@dataclass(slots=True)
class _Seen:
    lags: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)
    calls: int = 0
    absent: int = 0
    booked: int = 0
    no_shows: int = 0

    def take(self, one: Past) -> None:
        """Count one ticket."""
        self.absent += one.absent
        self.calls += one.absent or one.handling is not None
        self.no_shows += one.no_show
        self.booked += one.no_show or one.lateness is not None
        for values, minutes, most in (
            (self.lags, one.lag, LONGEST_GAP),
            (self.gaps, one.gap, LONGEST_GAP),
            (self.answers, one.answer, LONGEST_ANSWER),
            (self.lateness, one.lateness, 240.0),
        ):
            if minutes is not None and abs(minutes) <= most:
                values.append(minutes)


@lru_cache(maxsize=512)
def lognormal(mean: float, variation: float) -> Minutes:
    """Points of a lognormal distribution with this mean and coefficient of variation, each of the same weight."""
    spread = math.log(1 + variation * variation)
    steps = [NormalDist().inv_cdf((one + 0.5) / PRIOR_POINTS) for one in range(PRIOR_POINTS)]
    points = np.exp(np.array(steps) * math.sqrt(spread))
    found: Minutes = points * (mean / points.mean())
    return found


def mixture(parts: Sequence[tuple[Minutes, float]]) -> Minutes:
    """Samples of several ascending distributions in the proportion of their weights."""
    whole = sum(weight for _, weight in parts)
    picked = []
    for samples, weight in parts:
        share = max(1, round(SAMPLES * weight / whole))
        picked.append(samples[(2 * np.arange(share) + 1) * len(samples) // (2 * share)])
    return np.sort(np.concatenate(picked))


def remaining(times: Minutes, elapsed: float) -> Minutes:
    """What is left of a handling that has taken so long already: the longer times of the log, less what has passed.

    With few of them left, an exponential tail with their mean excess, at least a quarter of the usual time.
    """
    left = times[np.searchsorted(times, elapsed, side="right") :] - elapsed
    if len(left) >= FEW_LEFT:
        return left
    mean = max(float(left.mean()) if len(left) else 0.0, float(times.mean()) / 4)
    steps: Minutes = -np.log(1 - (np.arange(20) + 0.5) / 20) * mean
    return steps


def followed(times: Minutes, gap: Minutes) -> Minutes:
    """The sum of two independent ascending distributions, as ascending samples."""
    evenly = times[(2 * np.arange(SAMPLES) + 1) * len(times) // (2 * SAMPLES)]
    return np.sort(evenly + _mixed(gap, SAMPLES, 13))


def still_comes(learned: Learned, late: float) -> float:
    """The chance that somebody booked who is `late` minutes late (negative: early still) comes, by Bayes' rule."""
    return still_comes_after(learned.lateness, learned.no_show, late)


def still_comes_after(lateness: Minutes, no_show: float, late: float) -> float:
    """The same from the lateness of those who came and the share of those who do not."""
    beyond = float((lateness > late).mean()) * (1 - no_show)
    return beyond / (beyond + no_show) if beyond else 0.0


def _mixed(values: Minutes, length: int, step: int) -> Minutes:
    """So many of the values, each about as often, in an order that has nothing to do with their size."""
    order = np.random.default_rng(step).permutation(length)
    mixed: Minutes = values[order * len(values) // length]
    return mixed


def _pace(handling: Mapping[tuple[str, bool], Minutes], prior: Prior) -> float:
    """Logged minutes for each minute of the catalogue, shrunk to 1 by the weight of some visits."""
    actual = expected = 0.0
    visits = 0
    for (procedure, prefilled), found in handling.items():
        usual = prior.procedures.get(procedure)
        if usual is None:
            continue
        actual += float(found.sum())
        expected += len(found) * (usual.desk_prefilled if prefilled else usual.desk)
        visits += len(found)
    if not expected:
        return 1.0
    weight = PRIOR_VISITS * expected / visits
    return (actual + weight) / (expected + weight)


def _with(found: Sequence[float], prior: Sequence[float]) -> Minutes:
    return np.sort(np.array([*found, *prior]))
