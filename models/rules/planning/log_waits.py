"""待ち時間を記録から: a hall known by its log and its roster alone, and how long somebody in it will still wait.

Call rule: who booked goes first from `LEAD` minutes before the time, in the order of the times, unless more than
`GRACE` late; then everybody by arrival; each to a counter that knows the procedure. Minutes count from the question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import numpy as np

from models.rules.planning.hall_draws import DUE, LINE, UNSEEN, Asked, Counters, Futures, Lane, Rules
from models.rules.planning.handling_times import (
    LONGEST_GAP,
    PRIOR_LATENESS,
    PRIOR_NO_SHOW_VISITS,
    Minutes,
    followed,
    lognormal,
    remaining,
    still_comes_after,
)
from models.rules.planning.waits import COLUMNS, DRAWS, drawn

LEAD = 5.0
GRACE = 10.0
ENOUGH = 30
"""Logged visits of a procedure from which they stand for themselves; below, the hall's mean stands among them."""
VARIATION = 0.6
USUAL = 15.0
"""Minutes of handling where a log has none at all."""
NO_SHOW = 0.06
MOST_LATE = 240.0
AHEAD = 240.0
"""Minutes: bookings beyond are left out of the play."""
LONGEST_WAIT = 24 * 60.0
"""Minutes: what is said where nobody would ever be called."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of the log, in minutes on any one scale: None where the log has nothing."""

    procedure: str
    arrived: float | None
    booked: float | None
    called: float | None
    finished: float | None
    counter: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """When a counter is on, in minutes on the scale of the question; `knows` is empty where it knows everything."""

    counter: str
    spans: tuple[tuple[float, float], ...]
    knows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the hall or expected."""

    procedure: str
    arrived: float
    booked: float | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """Somebody at a counter since `called`."""

    procedure: str
    counter: str
    called: float


@dataclass(frozen=True)
class Question:
    """A hall at minute 0 of its scale, and who asks; `expected` are bookings that are not here."""

    asks: Waiting
    waiting: Sequence[Waiting]
    serving: Sequence[Serving]
    expected: Sequence[Waiting]
    duties: Sequence[Duty]


@dataclass(frozen=True, slots=True)
class Answer:
    """Minutes still to wait."""

    p10: float
    p50: float
    p90: float
    mean: float


NEVER_CALLED = Answer(LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT)


@dataclass(frozen=True)
class Known:
    """What a log says: handling by procedure, minutes between two visits, lateness of who booked, who never comes."""

    handling: Mapping[str, Minutes]
    gap: Minutes
    lateness: Minutes
    no_show: float
    _unknown: Minutes = field(default_factory=lambda: lognormal(USUAL, VARIATION))

    def times(self, procedure: str) -> Minutes:
        """Ascending handling minutes; of a procedure that the log does not know, those of the whole hall."""
        return self.handling.get(procedure, self._unknown)

    def takes(self, procedure: str) -> Minutes:
        """How long a call takes a counter: the handling, and the minutes until the next call."""
        times = self.times(procedure)
        if not self.gap.any():
            return times
        return np.sort(times + self.gap[np.random.default_rng(7).integers(0, len(self.gap), len(times))])

    def left(self, procedure: str, elapsed: float) -> Minutes:
        """How long a counter is still taken by whom it called so long ago."""
        rest = remaining(self.times(procedure), elapsed)
        return followed(rest, self.gap) if self.gap.any() else rest


def learn_log(log: Iterable[Visit], gaps: Iterable[float] = ()) -> Known:
    """What a log says; `gaps` are minutes from one visit's end to the next call while people waited."""
    times: dict[str, list[float]] = defaultdict(list)
    late: list[float] = []
    missing = 0
    for one in log:
        if one.called is not None and one.finished is not None:
            times[one.procedure].append(one.finished - one.called)
        if one.booked is not None:
            missing += one.arrived is None
            if one.arrived is not None and abs(one.arrived - one.booked) <= MOST_LATE:
                late.append(one.arrived - one.booked)
    whole = [minutes for found in times.values() for minutes in found]
    usual = lognormal(max(fmean(whole), 0.1) if whole else USUAL, VARIATION)
    handling = {procedure: _filled(found, usual) for procedure, found in times.items()}
    lateness = np.sort(np.array(late if len(late) >= ENOUGH else [*late, *PRIOR_LATENESS]))
    no_show = (missing + NO_SHOW * PRIOR_NO_SHOW_VISITS) / (missing + len(late) + PRIOR_NO_SHOW_VISITS)
    between = np.sort(np.array([one for one in gaps if 0 <= one <= LONGEST_GAP] or [0.0]))
    return Known(handling, between, lateness, no_show, usual)


def _filled(found: Sequence[float], usual: Minutes) -> Minutes:
    """The logged times, and the hall's in the weight of as many visits as are short of enough."""
    if len(found) >= ENOUGH:
        return np.sort(np.array(found))
    lacking = ENOUGH - len(found)
    return np.sort(np.array([*found, *usual[np.arange(lacking) * len(usual) // lacking]]))


def gaps_of(days: Iterable[tuple[Sequence[Visit], Sequence[tuple[float, float]]]]) -> Iterator[float]:
    """From one counter's visits of a day and its spans: the minutes until the next call while somebody waited."""
    for visits, spans in days:
        ordered = sorted((one for one in visits if one.called is not None), key=lambda one: one.called or 0.0)
        for before, after in zip(ordered, ordered[1:], strict=False):
            if before.finished is None or after.called is None or after.arrived is None:
                continue
            ready = max(after.arrived, (after.booked or after.arrived) - LEAD)
            on = any(begins <= before.finished and after.called < ends for begins, ends in spans)
            if on and ready <= before.finished <= after.called:
                yield after.called - before.finished


def answer(known: Known, question: Question) -> Answer:
    """The percentiles and the mean of the minutes that who asks will still wait."""
    asks = question.asks
    ahead = [one for one in question.waiting if _goes_before(one, asks)]
    expected = [
        one
        for one in question.expected
        if (one.booked or 0.0) <= AHEAD and _goes_before(replace(one, arrived=one.booked or 0.0), asks)
    ]
    procedures = sorted({one.procedure for one in (asks, *ahead, *expected)})
    drawing = _Drawing(known, asks)
    lines = [drawing.line([one for one in (*ahead, asks) if one.procedure == name]) for name in procedures]
    dues = [
        drawing.due(
            [one for one in (*ahead, asks) if one.procedure == name],
            [one for one in expected if one.procedure == name],
        )
        for name in procedures
    ]
    rules = Rules(np.full(len(procedures), np.inf), np.inf, 1, np.zeros(len(procedures), np.int64))
    counters = _counters(known, question, procedures)
    if not len(counters.free):
        return NEVER_CALLED
    played = Futures(lines, dues, counters, rules, Asked(1, 1)).run()[0]
    called = np.minimum(played, LONGEST_WAIT)
    p10, p50, p90 = np.quantile(called, (0.1, 0.5, 0.9)).tolist()
    return Answer(p10, p50, p90, float(called.mean()))


def _goes_first(one: Waiting) -> bool:
    return one.booked is not None and one.arrived - one.booked <= GRACE


def _goes_before(one: Waiting, asks: Waiting) -> bool:
    """Whether somebody may be called before who asks; nobody else changes the wait."""
    if _goes_first(one):
        return not _goes_first(asks) or (one.booked or 0.0) <= (asks.booked or 0.0)
    return one.arrived <= asks.arrived


@dataclass
class _Drawing:
    """Makes lanes; the draws belong to the place at which somebody is laid out."""

    known: Known
    asks: Waiting
    placed: int = 0

    def line(self, people: Sequence[Waiting]) -> Lane:
        """Who is called by arrival."""
        mine = sorted((one for one in people if not _goes_first(one)), key=lambda one: one.arrived)
        order = np.array([one.arrived for one in mine]).reshape(-1, 1) + np.zeros(DRAWS)
        seen = np.array([self._row(one) for one in mine], np.int64).reshape(-1, 1) + np.zeros(DRAWS, np.int64)
        here, takes = np.zeros(order.shape), self._takes(mine)
        return Lane(here, order, order, LINE + order, takes, seen, np.zeros(order.shape, np.bool_))

    def due(self, people: Sequence[Waiting], expected: Sequence[Waiting]) -> Lane:
        """Who booked: here, or still to come by the chance that is left."""
        here = [one for one in people if _goes_first(one)]
        everybody = [*here, *expected]
        booked = np.array([one.booked or 0.0 for one in everybody]).reshape(-1, 1) + np.zeros(DRAWS)
        comes = np.array([np.zeros(DRAWS) for _ in here] + [self._comes(one) for one in expected])
        ready = np.maximum(comes.reshape(booked.shape), booked - LEAD)
        seen = np.array([self._row(one) for one in everybody], np.int64).reshape(-1, 1)
        order = np.lexsort((booked, ready), axis=0)
        ready, booked, takes, seen = (
            np.take_along_axis(one, order, axis=0)
            for one in (ready, booked, self._takes(everybody), seen + np.zeros(DRAWS, np.int64))
        )
        return Lane(ready, ready, ready, DUE + booked, takes, seen, np.zeros(ready.shape, np.bool_))

    def _row(self, one: Waiting) -> int:
        return 0 if one is self.asks else UNSEEN

    def _takes(self, people: Sequence[Waiting]) -> Minutes:
        drawings = [self._drawn(self.known.takes(one.procedure)) for one in people]
        return np.array(drawings).reshape(len(people), DRAWS)

    def _comes(self, one: Waiting) -> Minutes:
        """When somebody comes in time to go first; infinite in the draws in which that does not happen."""
        booked = one.booked or 0.0
        beyond = self.known.lateness[self.known.lateness > -booked]
        late = beyond[beyond <= GRACE]
        if not len(late):
            return np.full(DRAWS, np.inf)
        share = still_comes_after(self.known.lateness, self.known.no_show, -booked) * len(late) / len(beyond)
        return np.where(self._drawn(_PART) < share, self._drawn(late) + booked, np.inf)

    def _drawn(self, samples: Minutes) -> Minutes:
        self.placed += 1
        return drawn(samples, self.placed)


_PART: Minutes = (np.arange(1000) + 0.5) / 1000


def _counters(known: Known, question: Question, procedures: Sequence[str]) -> Counters:
    """The counters that know any of the procedures, the one with the fewest skills first."""
    rows = {name: row for row, name in enumerate(procedures)}
    found = []
    for duty in question.duties:
        knows = [rows[name] for name in procedures if not duty.knows or name in duty.knows]
        if knows:
            found.append((len(duty.knows) or 1000, knows, duty))
    found.sort(key=lambda one: one[0])
    queues = np.full((len(found), len(procedures)), len(procedures))
    free = np.zeros((len(found), DRAWS))
    away = [list(_away(duty.spans)) for _, _, duty in found]
    most = max(map(len, away), default=0)
    begins, ends = (np.full((most, len(found)), np.inf) for _ in range(2))
    for row, (_, knows, duty) in enumerate(found):
        queues[row, : len(knows)] = knows
        for place, span in enumerate(away[row]):
            begins[place, row], ends[place, row] = span
        for one in question.serving:
            if one.counter == duty.counter:
                free[row] = drawn(known.left(one.procedure, max(0.0, -one.called)), COLUMNS - 1 - row)
    absent = list(zip(begins, ends, np.zeros_like(begins), strict=True))
    return Counters(free, queues, queues < len(procedures), absent)


def _away(spans: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """What lies between the spans in which a counter is on."""
    until = -np.inf
    for begins, ends in sorted(spans):
        if begins > until:
            yield until, begins
        until = max(until, ends)
    if until < np.inf:
        yield until, np.inf
