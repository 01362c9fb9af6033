"""目安の成績: how near the estimates that were shown came to the truth, in minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import TypeVar

from models.rules.planning.waits import AT_ONCE

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shown:
    """An estimate that was shown, with the minutes that it really took until the first call."""

    day: date
    queue: str
    shown_on: str
    p10: float
    p50: float
    p80: float
    p90: float
    waited: float


@dataclass(frozen=True)
class Score:
    """How good estimates were: mean distance and mean difference (shown - true: positive is too long) of the median.

    `in_time` is the share of people who were called within the 80th percentile, `in_band` of those whose wait lay
    between the 10th and the 90th: both should be 0.8. Both are shares of the `banded`: whoever is told to be called at
    once has no such times, and is called once a counter has seen them. They are None where nobody has one.
    """

    shown: int
    waited: float
    distance: float
    difference: float
    banded: int
    in_time: float | None
    in_band: float | None


def score(estimates: Iterable[Shown]) -> Score | None:
    """The score of estimates; None without any."""
    found = list(estimates)
    if not found:
        return None
    banded = [one for one in found if one.p80 > AT_ONCE]
    return Score(
        shown=len(found),
        waited=fmean([one.waited for one in found]),
        distance=fmean([abs(one.p50 - one.waited) for one in found]),
        difference=fmean([one.p50 - one.waited for one in found]),
        banded=len(banded),
        in_time=fmean([one.waited <= one.p80 for one in banded]) if banded else None,
        in_band=fmean([one.p10 <= one.waited <= one.p90 for one in banded]) if banded else None,
    )


def scores(estimates: Iterable[Shown], cut: Callable[[Shown], Key]) -> dict[Key, Score]:
    """The score of each part that `cut` makes."""
    parts: dict[Key, list[Shown]] = defaultdict(list)
    for one in estimates:
        parts[cut(one)].append(one)
    return {key: found for key, part in parts.items() if (found := score(part)) is not None}
