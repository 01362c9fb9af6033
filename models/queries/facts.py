"""集計から読む: measures over any span out of daily and monthly facts; the cost follows the span, never the tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, Table, and_, func, select

from models.core.db import plain, session
from models.queries.offices import OfficeView
from models.rules import histograms
from models.rules.facts import COUNTS, MINUTES, SPREADS
from models.rules.statistics import Key, Measures
from models.rules.utilisation import NONE_NAMED
from models.tables import DailyFact, FactDay, PeriodFact
from models.tables.fact import EVERY

KEYED = {
    "queue": "queue", "procedure": "procedure", "counter": "counter", "source": "source",
    "prefilled": "prefilled", "half_hour": "half_hour", "hour": "half_hour",
}  # fmt: skip
"""The cut of the facts that answers each cut of the parts of a day."""
DATED = ("weekday", "month", "day")
BY = (*DATED, *KEYED)
USED_BY = (*DATED, "queue", "half_hour", "hour")
"""The cuts that the minutes of counters are held by."""
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 12, 31)
"""No facts lie outside, and the calendar goes on a little beyond."""
NUMBERS = (*COUNTS, *(f"{name}_{part}" for name in SPREADS for part in ("n", "sum")))


@dataclass(frozen=True)
class Line:
    """Measures of one combination of cuts, and the share of called people who waited no longer than the target."""

    measures: Measures
    within_target: float | None
    gap_p50: float | None
    gap_p90: float | None


@dataclass
class _Total:
    at: int
    numbers: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    highest: dict[str, float] = field(default_factory=dict)

    def take(self, row: RowMapping) -> None:
        for name in NUMBERS:
            self.numbers[name] += row[name]
        for name in SPREADS:
            highest = row[f"{name}_max"]
            if highest is not None:
                self.highest[name] = max(highest, self.highest.get(name, highest))


def lines(
    places: Sequence[OfficeView], first: date, last: date, by: Sequence[str] = (), queue: str | None = None
) -> list[Line]:
    """One line per combination of the cuts in `by` (names of `BY`, at most one of a day's parts), sorted by them.

    With `queue` only its tickets: then the part of a day may be none, `half_hour` or `hour`. Raises `ValueError` for
    cuts that the facts do not hold. Minutes; percentiles are exact to a bucket of `models.rules.histograms`.
    """
    cut, named = _plan(by, queue)
    wanted = _Wanted(places, cut, queue, "weekday" in by)
    totals: dict[tuple[Key, ...], _Total] = {}
    spreads: dict[str, list[tuple[int, bytes]]] = {name: [] for name in SPREADS}
    for one in _stretches(first, last, by):
        places_of: dict[tuple[Any, ...], int] = {}
        for row in _sums(one, wanted, by):
            keys = tuple(_key(name, row, named) for name in by)
            total = totals.setdefault(keys, _Total(len(totals)))
            total.take(row)
            places_of[tuple(row[group.name] for group in _groups(one, by))] = total.at
        for name, found in _spreads(one, wanted, by, places_of).items():
            spreads[name] += found
    counts = {name: histograms.added(spreads[name], len(totals)) for name in SPREADS}
    ordered = sorted(totals, key=lambda keys: tuple((key is None, _sortable(key)) for key in keys))
    return [_line(dict(zip(by, keys, strict=True)), totals[keys], counts) for keys in ordered]


@dataclass(frozen=True)
class Utilisation:
    """窓口稼働率 of one combination of cuts: minutes that counters stood open, and of these served somebody."""

    keys: dict[str, Key]
    open_minutes: float
    serving_minutes: float

    @property
    def share(self) -> float | None:
        """Serving by open minutes (0-1); None where no counter stood open."""
        return _part(self.serving_minutes, self.open_minutes)


def utilisation(
    places: Sequence[OfficeView], first: date, last: date, by: Sequence[str] = (), queue: str | None = None
) -> list[Utilisation]:
    """One line per combination of the cuts in `by` (`USED_BY`), sorted by them; a queue is a counter's main queue.

    Days whose counters were not noted do not count. Raises `ValueError` for a cut that the minutes are not held by.
    """
    unknown = [name for name in by if name not in USED_BY]
    if unknown:
        raise ValueError(f"minutes of counters are not cut by {', '.join(unknown)}")
    sums: dict[tuple[Key, ...], list[float]] = {}
    for one in _stretches(first, last, by):
        groups = _groups(one, by)
        minutes = [func.sum(one.table.c[name]).label(name) for name in MINUTES]
        wanted = _Wanted(places, "counters", queue, "weekday" in by).in_(one)
        for row in session().execute(select(*groups, *minutes).where(wanted).group_by(*groups)).mappings():
            found = sums.setdefault(tuple(_used_key(name, row) for name in by), [0.0, 0.0])
            for at, name in enumerate(MINUTES):
                found[at] += row[name]
    ordered = sorted(sums, key=lambda keys: tuple((key is None, _sortable(key)) for key in keys))
    return [Utilisation(dict(zip(by, keys, strict=True)), *sums[keys]) for keys in ordered]


def _used_key(name: str, row: RowMapping) -> Key:
    group, _, half_hour = row["key"].partition(" ")
    if name == "queue":
        return None if group == NONE_NAMED else str(group)
    return _key(name, row, lambda _, __: str(half_hour))


def days_made(place: OfficeView, first: date, last: date) -> list[date]:
    """The days of a span with at least one visit or booking in the facts, in order."""
    table = plain(DailyFact)
    mine = (table.c.office_id == place.id, table.c.cut == "all", table.c.day.between(first, last))
    return list(session().scalars(select(table.c.day).where(*mine).order_by(table.c.day)))


def reach(place: OfficeView) -> date | None:
    """The newest day whose facts were made; None before the first night."""
    return session().scalar(
        select(func.max(FactDay.day)).where(FactDay.office_id == place.id, FactDay.made_at.is_not(None))
    )


def handled_by_procedure(place: OfficeView, first: date, last: date) -> dict[str, tuple[float, int]]:
    """Mean minutes of a case and how many cases, by procedure; a person at several counters for one is one case."""
    cases = {}
    wanted = _Wanted([place], "procedure", None)
    sums: dict[str, list[float]] = {}
    for one in _stretches(first, last, ()):
        for row in _sums(one, wanted, ()):
            found = sums.setdefault(row["key"], [0.0, 0, 0])
            for at, name in enumerate(("handlings_sum", "handlings_n", "served")):
                found[at] += row[name]
    for code, (minutes, timed, served) in sums.items():
        count = int(min(timed, served))
        if code and count:
            cases[code] = (minutes / count, count)
    return cases


def _plan(by: Sequence[str], queue: str | None) -> tuple[str, Callable[[str, str], Key]]:
    unknown = [name for name in by if name not in BY]
    parts = [name for name in by if name in KEYED]
    if unknown or len(parts) > 1:
        raise ValueError(f"facts are not cut by {', '.join(unknown or parts)}")
    part = parts[0] if parts else None
    if queue is None:
        return KEYED.get(part or "", "all"), lambda _, key: key
    if part is None or part == "queue":
        return "queue", lambda _, key: key
    if part in ("half_hour", "hour"):
        return "queue_half_hour", lambda _, key: key.partition(" ")[2]
    raise ValueError(f"facts of one queue are not cut by {part}")


@dataclass(frozen=True)
class _Stretch:
    """Days that are read from one table at one grain."""

    table: Table
    grain: str
    first: date
    last: date


def _stretches(first: date, last: date, by: Sequence[str]) -> list[_Stretch]:
    """A span as whole calendar years, whole months, and the days around them; a cut needs what is fine enough."""
    grains = [] if "day" in by else ["month"] if "month" in by else ["year", "month"]
    return list(_cut(max(first, EARLIEST), min(last, LATEST), grains))


def _cut(first: date, last: date, grains: Sequence[str]) -> Iterator[_Stretch]:
    if first > last:
        return
    if not grains:
        yield _Stretch(plain(DailyFact), "day", first, last)
        return
    begins, ends = _whole(first, grains[0]), _whole(last + timedelta(days=1), grains[0], back=True)
    if begins >= ends:
        yield from _cut(first, last, grains[1:])
        return
    yield from _cut(first, begins - timedelta(days=1), grains[1:])
    yield _Stretch(plain(PeriodFact), grains[0], begins, ends - timedelta(days=1))
    yield from _cut(ends, last, grains[1:])


def _whole(day: date, grain: str, *, back: bool = False) -> date:
    """The first day of a month or year on or after `day`, or, `back`, on or before it."""
    begins = day.replace(day=1) if grain == "month" else day.replace(month=1, day=1)
    if back or begins == day:
        return begins
    if grain == "month":
        return (begins + timedelta(days=32)).replace(day=1)
    return begins.replace(year=begins.year + 1)


@dataclass(frozen=True)
class _Wanted:
    """Whose facts, cut how, of which queue, and whether weekdays are told apart."""

    places: Sequence[OfficeView]
    cut: str
    queue: str | None
    weekdays: bool = False

    def in_(self, one: _Stretch) -> Any:
        """The condition of a stretch's rows."""
        columns = one.table.c
        found = [
            columns.office_id.in_([place.id for place in self.places]),
            columns.cut == self.cut,
            columns.day.between(one.first, one.last),
        ]
        if one.grain != "day":
            found.append(columns.grain == one.grain)
            found.append(columns.weekday < EVERY if self.weekdays else columns.weekday == EVERY)
        if self.queue is not None:
            of_queue = columns.key.between(f"{self.queue} ", f"{self.queue} ~")
            found.append(columns.key == self.queue if self.cut == "queue" else of_queue)
        return and_(*found)


def _groups(one: _Stretch, by: Sequence[str]) -> list[Any]:
    """What a row is told apart by: no more than the cuts need, so that the database adds up the rest."""
    wanted = [one.table.c.key]
    if "month" in by or (one.grain == "day" and any(name in DATED for name in by)):
        wanted.append(one.table.c.day)
    if one.grain != "day" and "weekday" in by:
        wanted.append(one.table.c.weekday)
    return wanted


def _sums(one: _Stretch, wanted: _Wanted, by: Sequence[str]) -> Sequence[RowMapping]:
    sums = [func.sum(one.table.c[name]).label(name) for name in NUMBERS]
    highest = [func.max(one.table.c[f"{name}_max"]).label(f"{name}_max") for name in SPREADS]
    groups = _groups(one, by)
    chosen = select(*groups, *sums, *highest).where(wanted.in_(one)).group_by(*groups)
    return session().execute(chosen).mappings().all()


def _spreads(
    one: _Stretch, wanted: _Wanted, by: Sequence[str], places_of: Mapping[tuple[Any, ...], int]
) -> dict[str, list[tuple[int, bytes]]]:
    """The histograms of a stretch by name, each with the place of its total; column by column, for there are many."""
    groups = _groups(one, by)
    columns = [one.table.c[f"{name}_spread"] for name in SPREADS]
    rows = session().execute(select(*groups, *columns).where(wanted.in_(one))).all()
    if not rows:
        return {}
    found = list(zip(*rows, strict=True))
    places = [places_of[keys] for keys in zip(*found[: len(groups)], strict=True)]
    return {
        name: list(zip(places, packed, strict=True))
        for name, packed in zip(SPREADS, found[len(groups) :], strict=True)
    }


def _key(name: str, row: RowMapping, named: Callable[[str, str], Key]) -> Key:
    if name == "weekday":
        return int(row["weekday"]) if "weekday" in row else int(row["day"].weekday())
    if name == "month":
        return f"{row['day']:%Y-%m}"
    if name == "day":
        return str(row["day"])
    found = named(name, row["key"])
    if name == "hour":
        return int(str(found)[:2])
    if name == "prefilled":
        return found == "yes"
    return (found or None) if name == "counter" else found


def _line(keys: dict[str, Key], total: _Total, counts: Mapping[str, Any]) -> Line:
    number = total.numbers

    def at(name: str, share: float) -> float | None:
        return histograms.percentile(counts[name][total.at], share)

    found = Measures(
        keys=keys,
        visits=int(number["came"]),
        served=int(number["served"]),
        booked=int(number["booked"]),
        prefilled=int(number["prefilled"]),
        abandoned=int(number["came"] - number["served"]),
        no_shows=int(number["no_shows"]),
        wait_mean=_part(number["waits_sum"], number["waits_n"]),
        wait_p50=at("waits", 0.5),
        wait_p90=at("waits", 0.9),
        wait_max=total.highest.get("waits"),
        handling_mean=_part(number["handlings_sum"], number["handlings_n"]),
        handling_p50=at("handlings", 0.5),
        handling_p90=at("handlings", 0.9),
        called_minus_booked_mean=_part(number["gaps_sum"], number["gaps_n"]),
        no_show_rate=_part(number["no_shows"], number["booked"] + number["no_shows"]),
        booking_rate=_part(number["booked_served"], number["served"]),
        prefill_rate=_part(number["prefilled"], number["prefillable"]),
    )
    within = _part(number["within_target"], number["waits_n"])
    return Line(found, within, at("gaps", 0.5), at("gaps", 0.9))


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _sortable(key: Key) -> Any:
    if isinstance(key, str):
        return (int(key), key) if key.isascii() and key.isdigit() else (10**9, key)
    return 0 if key is None else key
