"""待ち時間を案内表示から: what a board shows every few minutes is all that is known: counters, waiting, last called.

First a queue's own calls a minute by half hour are learned, then the time until as many calls as people wait is read
off them; boosted quantiles then correct that time by what the last hour shows. Minutes after midnight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.rules.planning.boosting import Boosted, Taught, Values, teach

BIN = 30
BINS = 24 * 60 // BIN
HOUR = 60.0
OWN_WEIGHT = 60.0
"""Minutes of a queue's usual rate that stand beside what a half hour showed."""
TODAY_WEIGHT = 15.0
"""Calls of the usual day that stand beside today's."""
LEAST_RATE = 0.005
LONGEST = 600.0
FEWEST_ROWS = 400
"""Answers below which the corrected rate alone is used."""
SHARES = (0.09, 0.5, 0.91)
"""What is learned for the 10th, 50th and 90th percentile: on other days the outer ones lie further out."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a board showed at a minute; `called` is how far the numbers had come."""

    minute: float
    counters: float
    waiting: float
    called: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A queue on a day, and the boards of up to an hour, oldest first; asked is the wait of the newest number."""

    queue: str
    day: date
    boards: Sequence[Board]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Minutes until the newest number is called."""

    p10: float
    p50: float
    p90: float
    mean: float


class Rates:
    """Calls a minute while people wait, by queue and half hour, and what one day added to them."""

    def __init__(self, days: Mapping[tuple[str, date], Sequence[Board]]) -> None:
        """Add up the calls and minutes of all days."""
        self._days: dict[tuple[str, date], Values] = {}
        self._sums: dict[str, Values] = defaultdict(lambda: np.zeros((2, BINS)))
        for (queue, day), boards in days.items():
            self._days[queue, day] = counted = _calls(boards)
            self._sums[queue] += counted
        self._shape = sum(self._sums.values(), np.zeros((2, BINS)))
        self._made: dict[tuple[str, date | None], tuple[Values, Values]] = {}

    def of(self, queue: str, without: date | None = None) -> tuple[Values, Values]:
        """Calls a minute by half hour, and calls until each half hour begins; `without` one day's own."""
        own = None if without is None else self._days.get((queue, without))
        others = own is not None and self._sums[queue][1].sum() - own[1].sum() >= OWN_WEIGHT
        key = (queue, without if others else None)
        if key not in self._made:
            self._made[key] = self._rate(*key)
        return self._made[key]

    def _rate(self, queue: str, without: date | None) -> tuple[Values, Values]:
        sums = self._sums[queue] if queue in self._sums else self._shape / max(1, len(self._sums))
        if without is not None:
            sums = sums - self._days[queue, without]
        usual = max(LEAST_RATE, (sums[0].sum() + 0.1) / (sums[1].sum() + 1.0))
        overall = max(LEAST_RATE, self._shape[0].sum() / max(1.0, self._shape[1].sum()))
        shape = (self._shape[0] + overall * 600) / (self._shape[1] + 600) / overall
        rate = np.maximum((sums[0] + usual * shape * OWN_WEIGHT) / (sums[1] + OWN_WEIGHT), LEAST_RATE)
        return rate, np.concatenate(([0.0], np.cumsum(rate * BIN)))


def _calls(boards: Sequence[Board]) -> Values:
    """Calls and minutes by half hour over the stretches in which people waited."""
    found = np.zeros((2, BINS))
    for before, after in zip(boards, boards[1:], strict=False):
        span = after.minute - before.minute
        if before.waiting > 0 and 0 < span <= BIN:
            place = min(int(before.minute // BIN), BINS - 1)
            found[:, place] += (max(0.0, after.called - before.called), span)
    return found


def waits_of(boards: Sequence[Board]) -> list[float | None]:
    """For each board the minutes until its newest number was called, between two boards by proportion.

    None where nobody waits or the number was not reached on that day.
    """
    minutes = np.array([one.minute for one in boards])
    called = np.array([one.called for one in boards])
    found: list[float | None] = []
    for row, one in enumerate(boards):
        newest = one.called + one.waiting
        at = int(np.searchsorted(called, newest))
        if one.waiting <= 0 or at >= len(boards) or at <= row:
            found.append(None)
            continue
        part = (newest - called[at - 1]) / (called[at] - called[at - 1])
        found.append(float(minutes[at - 1] + part * (minutes[at] - minutes[at - 1]) - one.minute))
    return found


def last_hour(boards: Sequence[Board], row: int) -> Sequence[Board]:
    """The boards of the hour that ends with this one."""
    first = row
    while first > 0 and boards[first - 1].minute >= boards[row].minute - HOUR:
        first -= 1
    return boards[first : row + 1]


@dataclass(frozen=True)
class Predictor:
    """What was learned; `correct` are the boosted factors of the shares, `factors` the plain ones."""

    rates: Rates
    correct: Sequence[Boosted]
    factors: Sequence[float]
    levels: Mapping[str, float]

    def percentiles(self, asked: Sequence[Asked]) -> list[Percentiles]:
        """The answers; 10 % are shorter than `p10`, half than `p50`, 90 % than `p90`."""
        if not asked:
            return []
        features = np.array([features_of(self.rates, one, None, self.levels) for one in asked])
        base = features[:, 0]
        if self.correct:
            made = np.array([one.values(features) for one in self.correct]).T
        else:
            made = np.tile(np.array(self.factors), (len(asked), 1))
        found = np.clip(np.sort(made, axis=1) * base[:, None], 0.0, LONGEST)
        nobody = np.array([one.boards[-1].waiting <= 0 for one in asked])
        found[nobody] = 0.0
        return [
            Percentiles(low, middle, high, (3 * low + 4 * middle + 3 * high) / 10)
            for low, middle, high in found.tolist()
        ]


def learn_boards(days: Mapping[tuple[str, date], Sequence[Board]], taught: Taught | None = None) -> Predictor:
    """What the boards of past days teach: rates, then factors on the time that they promise."""
    rates = Rates(days)
    asked, truth = _examples(days)
    if not asked:
        return Predictor(rates, (), (0.5, 1.0, 1.8), {})
    plain = np.array([_promised(rates, one, one.day) for one in asked])
    levels = _levels(asked, truth / plain, plain)
    features = np.array([features_of(rates, one, one.day, levels) for one in asked])
    base = features[:, 0]
    factors = tuple(float(one) for one in np.quantile(truth / base, SHARES))
    if len(asked) < FEWEST_ROWS:
        return Predictor(rates, (), factors, levels)
    correct = [teach(features, truth / base, base, share, taught) for share in SHARES]
    return Predictor(rates, correct, factors, levels)


def _examples(days: Mapping[tuple[str, date], Sequence[Board]]) -> tuple[list[Asked], Values]:
    asked, truth = [], []
    for (queue, day), boards in days.items():
        for row, wait in enumerate(waits_of(boards)):
            if wait is not None:
                asked.append(Asked(queue, day, last_hour(boards, row)))
                truth.append(wait)
    return asked, np.array(truth)


def _levels(asked: Iterable[Asked], ratios: Values, weights: Values) -> dict[str, float]:
    """By queue the total true minutes over the promised ones, shrunk to 1."""
    sums: dict[str, list[float]] = defaultdict(lambda: [2000.0, 2000.0])
    for one, ratio, weight in zip(asked, ratios, weights, strict=True):
        sums[one.queue][0] += ratio * weight
        sums[one.queue][1] += weight
    return {queue: true / promised for queue, (true, promised) in sums.items()}


def _until(rate: Values, heaped: Values, minute: float, calls: float) -> float:
    """Minutes from `minute` until the learned rates have made so many calls."""
    place = min(int(minute // BIN), BINS - 1)
    made = heaped[place] + rate[place] * (minute - place * BIN)
    aim = made + calls
    end = int(np.searchsorted(heaped, aim)) - 1
    if end >= BINS:
        return min(LONGEST, 24 * 60 - minute + float((aim - heaped[-1]) / rate[-1]))
    return min(LONGEST, end * BIN + float((aim - heaped[end]) / rate[end]) - minute)


def _promised(rates: Rates, one: Asked, without: date | None) -> float:
    now = one.boards[-1]
    return max(0.5, _until(*rates.of(one.queue, without), now.minute, max(now.waiting, 1.0)))


def features_of(rates: Rates, one: Asked, without: date | None, levels: Mapping[str, float]) -> list[float]:
    """The promised minutes first, then what may correct them."""
    boards, now = one.boards, one.boards[-1]
    rate, heaped = rates.of(one.queue, without)
    calls = max(now.waiting, 1.0)
    promised = _promised(rates, one, without)
    recent = [_recent(boards, minutes) for minutes in (15.0, 30.0, 60.0)]
    usual = rate[min(int(now.minute // BIN), BINS - 1)]
    begun = boards[0]
    expected = _made(rate, heaped, now.minute) - _made(rate, heaped, begun.minute)
    today = (now.called - begun.called + TODAY_WEIGHT) / (expected + TODAY_WEIGHT)
    same = [board for board in boards if board.called == now.called]
    return [
        promised,
        promised / today,
        calls / max(recent[2], usual / 4),
        recent[0] / usual,
        recent[1] / usual,
        recent[2] / usual,
        today,
        now.minute,
        now.waiting,
        now.counters,
        calls / max(now.counters, 1.0),
        now.called,
        now.called / max(1.0, heaped[min(int(now.minute // BIN), BINS)] - heaped[14]),
        now.minute - same[0].minute,
        now.waiting - begun.waiting,
        _last_to_enter(boards),
        usual,
        float(one.day.weekday()),
        levels.get(one.queue, 1.0),
        float(np.mean([board.counters for board in boards])),
    ]


def _made(rate: Values, heaped: Values, minute: float) -> float:
    place = min(int(minute // BIN), BINS - 1)
    return float(heaped[place] + rate[place] * (minute - place * BIN))


def _recent(boards: Sequence[Board], minutes: float) -> float:
    """Calls a minute over the last so many minutes."""
    now = boards[-1]
    first = next((one for one in boards if one.minute >= now.minute - minutes), now)
    return (now.called - first.called) / max(5.0, now.minute - first.minute)


def _last_to_enter(boards: Sequence[Board]) -> float:
    """Minutes that the number called last had waited, as far as the hour shows; -1 where it does not."""
    now = boards[-1]
    for one in boards:
        if one.called + one.waiting >= now.called:
            return now.minute - one.minute
    return -1.0
