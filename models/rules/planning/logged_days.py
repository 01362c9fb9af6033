"""記録の日をもう一度: the open days of a log as they were: who came, for what, and which counters took people.

Minutes after midnight, office-local. A log does not say which counters stood ready. A counter is taken to be ready
unless somebody whom it serves stood waiting and it called nobody for longer than `AWAY`: then it was away (lunch, work
behind the counter, not yet or no longer there). What a call costs a counter is call to finish, and the usual time until
it calls the next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models.rules.opening import minute_of
from models.rules.planning.simulation import Flags, Minutes, Whole
from models.rules.planning.staffing import Hours
from models.rules.statistics import LONGEST_HANDLING, HandledTicket

AWAY = 3.0
"""Minutes for which a free counter lets people wait before it is taken to be away."""
LONGEST_GAP = 6.0
"""Minutes from one customer to the next call, while people wait, that are still the counter's usual pace."""
PRIOR_GAP = 1.5
AT_ONCE = 2.0
"""A wait of at most so many minutes is that of somebody for whom a counter stood free."""
HELPS = 0.01
"""Part of all tickets from which on counters are taken to help other queues."""
FEW = 10
SKILL = 0.05
"""Part of a counter's tickets from which on a queue is one of its own, not a help."""


BY_ROW = (
    "opens", "closes", "arrives", "booked_for", "queue", "prefilled", "handling", "takes", "called", "served"
)  # fmt: skip


@dataclass(frozen=True)
class LoggedDays:
    """Open days by row, and who was served by column: `queue` is a place in `queues`, -1 where a row has nobody.

    `arrives` is inf for nobody, `booked_for` nan for walk-ins, `takes` what the call cost the counter beyond the
    `handling`. `on` and `off` have a layer for each span, a row for each day and a column for each counter; inf where
    it was not on. `skills` are places in `queues` by counter; `opens` and `closes` are by row. A counter helps other
    queues after `help_after` minutes (inf: never); `delay` passes even where a counter is free.
    """

    days: tuple[date, ...]
    queues: tuple[str, ...]
    counters: tuple[str, ...]
    skills: tuple[frozenset[int], ...]
    opens: Minutes
    closes: Minutes
    arrives: Minutes
    booked_for: Minutes
    queue: Whole
    prefilled: Flags
    handling: Minutes
    takes: Minutes
    called: Minutes
    served: Whole
    on: Minutes
    off: Minutes
    help_after: float
    delay: float

    @property
    def here(self) -> Flags:
        """Where a row has somebody."""
        return np.isfinite(self.arrives)

    @property
    def is_booked(self) -> Flags:
        """Who had booked."""
        return np.isfinite(self.booked_for)

    def of(self, queue: str | None) -> Flags:
        """Who belongs to a queue; None: everybody."""
        if queue is None:
            return self.here
        if queue not in self.queues:
            return np.zeros(self.arrives.shape, dtype=np.bool_)
        found: Flags = self.queue == self.queues.index(queue)
        return found

    def chosen(self, rows: Whole) -> LoggedDays:
        """Some of the days, also one several times."""
        return replace(
            self,
            days=tuple(self.days[row] for row in rows),
            on=self.on[:, rows],
            off=self.off[:, rows],
            **{name: getattr(self, name)[rows] for name in BY_ROW},
        )

    def with_counters(self, columns: Sequence[int], skills: Sequence[frozenset[int]]) -> LoggedDays:
        """Other counters, each as one that there was; who was served where is not known any more."""
        return replace(
            self,
            counters=tuple(self.counters[at] for at in columns),
            skills=tuple(skills),
            on=self.on[:, :, list(columns)],
            off=self.off[:, :, list(columns)],
            served=self._new_places(columns),
        )

    def _new_places(self, columns: Sequence[int]) -> Whole:
        place = np.full(len(self.counters) + 1, -1)
        for new, old in reversed(list(enumerate(columns))):
            place[old] = new
        found: Whole = place[self.served]
        return found

    @property
    def waits(self) -> Minutes:
        """What the log itself says, nan where a row has nobody."""
        since = np.where(self.is_booked, np.fmax(self.arrives, self.booked_for), self.arrives)
        found = np.full(self.called.shape, np.nan)
        np.subtract(self.called, since, out=found, where=self.here)
        waited: Minutes = np.maximum(found, 0.0)
        return waited


@dataclass(frozen=True, slots=True)
class _Row:
    """One served ticket, in minutes after midnight."""

    queue: int
    counter: int
    arrives: float
    booked_for: float
    called: float
    finished: float
    handling: float
    prefilled: bool

    @property
    def ready(self) -> float:
        return max(self.arrives, self.booked_for) if self.booked_for == self.booked_for else self.arrives


def logged_days(
    recorded: Iterable[tuple[date, HandledTicket]],
    hours: Mapping[int, Sequence[Hours]],
    zone: ZoneInfo,
    known: Mapping[str, Collection[str]] | None = None,
) -> LoggedDays | None:
    """The days of a log on which anybody was served; None without any.

    `hours` are the opening spans by weekday; a day outside them is open while somebody was there. `known` are the
    queues of each counter; what a counter of no known queues served in the log stands for them.
    """
    kept = [(day, one) for day, one in recorded if _served(one)]
    if not kept:
        return None
    queues = tuple(sorted({one.queue for _, one in kept}))
    counters = tuple(sorted({one.counter or "" for _, one in kept}))
    days = _by_day(kept, queues, counters, zone)
    rows = list(days.values())
    skills = _skills(rows, [(known or {}).get(one) for one in counters], queues)
    delay = _delay(rows)
    gap = max(0.0, _usual_gap(rows, skills) - delay)
    spans = [_open(day, found, hours) for day, found in zip(days, rows, strict=True)]
    help_after = _help_after(rows, skills)
    pace = _Pace(skills, gap, help_after)
    shifts = [_shifts(found, pace, span) for found, span in zip(rows, spans, strict=True)]
    on, off = _layers(shifts, len(counters))
    return LoggedDays(
        days=tuple(days),
        queues=queues,
        counters=counters,
        skills=skills,
        opens=np.array([float(span.opens) for span in spans]),
        closes=np.array([float(span.closes) for span in spans]),
        queue=_table(rows, lambda row: row.queue, -1).astype(np.int64),
        served=_table(rows, lambda row: row.counter, -1).astype(np.int64),
        prefilled=_table(rows, lambda row: row.prefilled, 0).astype(np.bool_),
        **_minutes(rows, gap + delay),
        on=on,
        off=off,
        help_after=help_after,
        delay=delay,
    )


def _minutes(rows: Sequence[Sequence[_Row]], between: float) -> dict[str, Minutes]:
    """The tables of minutes; a call costs the counter what lies `between` two customers, too."""
    return {
        "arrives": _table(rows, lambda row: row.arrives, np.inf),
        "booked_for": _table(rows, lambda row: row.booked_for, np.nan),
        "handling": _table(rows, lambda row: row.handling, 0.0),
        "takes": _table(rows, lambda row: row.finished - row.called - row.handling + between, 0.0),
        "called": _table(rows, lambda row: row.called, np.inf),
    }


def _by_day(
    kept: Iterable[tuple[date, HandledTicket]], queues: Sequence[str], counters: Sequence[str], zone: ZoneInfo
) -> dict[date, list[_Row]]:
    """The served tickets of each day in the order of calls, day by day."""
    days: dict[date, list[_Row]] = defaultdict(list)
    for day, one in kept:
        days[day].append(_row(one, queues.index(one.queue), counters.index(one.counter or ""), zone))
    return {day: sorted(days[day], key=lambda row: row.called) for day in sorted(days)}


def _served(one: HandledTicket) -> bool:
    """Whether a ticket says who was at which counter from when to when."""
    if not one.came or one.arrived_at is None or one.called_at is None or one.finished_at is None:
        return False
    return one.arrived_at <= one.called_at <= one.finished_at and one.counter is not None


def _row(one: HandledTicket, queue: int, counter: int, zone: ZoneInfo) -> _Row:
    arrives, called, finished = (_minute(at, zone) for at in (one.arrived_at, one.called_at, one.finished_at))
    started = min(max(_minute(one.started_at, zone), called), finished) if one.started_at else called
    handling = min(finished - started, LONGEST_HANDLING)
    booked = _minute(one.booked_for, zone) if one.booked_for is not None else np.nan
    return _Row(
        queue,
        counter,
        arrives,
        booked,
        called,
        min(finished, started + LONGEST_HANDLING),
        handling,
        one.prefilled,
    )


def _minute(at: datetime | None, zone: ZoneInfo) -> float:
    if at is None:
        return np.nan
    local = at.astimezone(zone)
    return minute_of(local.time()) + local.second / 60


def _skills(
    rows: Sequence[Sequence[_Row]], known: Sequence[Collection[str] | None], queues: Sequence[str]
) -> tuple[frozenset[int], ...]:
    """The queues of each counter: what it only helped with now and then is not its own."""
    seen = [Counter[int]() for _ in known]
    for day in rows:
        for row in day:
            seen[row.counter][row.queue] += 1
    own = []
    for found, told in zip(seen, known, strict=True):
        served = {queue for queue, n in found.items() if n >= SKILL * found.total()}
        own.append({at for at, queue in enumerate(queues) if queue in told} if told else served)
    for queue in range(len(queues)):
        if not any(queue in one for one in own):
            most = max(range(len(own)), key=lambda counter: seen[counter][queue])
            own[most].add(queue)
    return tuple(frozenset(one) for one in own)


def _usual_gap(rows: Sequence[Sequence[_Row]], skills: Sequence[frozenset[int]]) -> float:
    """Minutes from finish to the next call while somebody waits: the median of those that are a pace, no absence."""
    gaps = []
    for day in rows:
        for counter, mine in _by_counter(day).items():
            others = [row for row in day if row.queue in skills[counter]]
            ready = np.array([row.ready for row in others])
            called = np.array([row.called for row in others])
            for row, after in zip(mine, mine[1:], strict=False):
                gap = after.called - row.finished
                if 0 <= gap <= LONGEST_GAP and ((ready <= row.finished) & (called >= after.called)).any():
                    gaps.append(gap)
    return float(np.median(gaps)) if len(gaps) >= FEW else PRIOR_GAP


def _delay(rows: Sequence[Sequence[_Row]]) -> float:
    """Minutes until somebody is called even where a counter stands free."""
    at_once = [wait for day in rows for row in day if 0 <= (wait := row.called - row.ready) <= AT_ONCE]
    return float(np.median(at_once)) if len(at_once) >= FEW else 0.0


def _help_after(rows: Sequence[Sequence[_Row]], skills: Sequence[frozenset[int]]) -> float:
    """From which wait on counters take people of other queues; inf where they hardly do."""
    waits = [row.called - row.ready for day in rows for row in day if row.queue not in skills[row.counter]]
    if len(waits) < max(FEW, HELPS * sum(len(day) for day in rows)):
        return float("inf")
    return float(np.quantile(waits, 0.1))


def _by_counter(day: Iterable[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in day:
        found[row.counter].append(row)
    return found


def _open(day: date, rows: Sequence[_Row], hours: Mapping[int, Sequence[Hours]]) -> Hours:
    spans = hours.get(day.weekday())
    if spans:
        return Hours(spans[0].opens, spans[-1].closes)
    first, last = min(row.arrives for row in rows), max(row.called for row in rows)
    return Hours(int(first // 30 * 30), int(-(-last // 30) * 30))


@dataclass(frozen=True, slots=True)
class _Pace:
    """What is known of the counters beside their times."""

    skills: tuple[frozenset[int], ...]
    gap: float
    help_after: float


def _shifts(day: Sequence[_Row], pace: _Pace, span: Hours) -> dict[int, list[tuple[float, float]]]:
    """The spans of each counter of a day; the last is open where nothing says that it went."""
    found = {}
    ready, called = np.array([row.ready for row in day]), np.array([row.called for row in day])
    queues = np.array([row.queue for row in day])
    for counter, mine in _by_counter(day).items():
        own = np.isin(queues, list(pace.skills[counter]))
        missed = np.where(own, ready, ready + pace.help_after)
        spans: list[tuple[float, float]] = []
        begins = free = min(float(span.opens), mine[0].called)
        for row in mine:
            away = _away(free, row.called, missed, called)
            if away is not None:
                if away > begins:
                    spans.append((begins, away))
                begins = row.called
            free = max(free, row.finished + pace.gap)
        away = _away(free, np.inf, missed, called)
        spans.append((begins, np.inf if away is None else max(away, mine[-1].called + 0.1)))
        found[counter] = spans
    return found


def _away(free: float, until: float, ready: Minutes, called: Minutes) -> float | None:
    """From when on a counter that is free was away; None where nobody stood waiting for it for long."""
    from_then = np.maximum(ready, free)
    missed = from_then[np.minimum(called, until) - from_then > AWAY]
    return float(missed.min()) if len(missed) else None


def _layers(
    shifts: Sequence[Mapping[int, Sequence[tuple[float, float]]]], counters: int
) -> tuple[Minutes, Minutes]:
    most = max(len(spans) for day in shifts for spans in day.values())
    on = np.full((most, len(shifts), counters), np.inf)
    off = np.full((most, len(shifts), counters), np.inf)
    for row, day in enumerate(shifts):
        for counter, spans in day.items():
            for layer, (begins, ends) in enumerate(spans):
                on[layer, row, counter], off[layer, row, counter] = begins, ends
    return on, off


def _table(
    rows: Sequence[Sequence[_Row]], value: Callable[[_Row], float], empty: float
) -> NDArray[np.float64]:
    found = np.full((len(rows), max(len(day) for day in rows)), empty, dtype=np.float64)
    for at, day in enumerate(rows):
        found[at, : len(day)] = [value(row) for row in day]
    return found
