"""集計から読む: measures over any span out of daily and monthly facts; the cost follows the span, never the tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, Table, and_, func, or_, select

from models.core.db import plain, session
from models.queries.offices import OfficeView
from models.rules import histograms
from models.rules.facts import COUNTS, SPREADS
from models.rules.statistics import Key, Measures
from models.tables import DailyFact, MonthlyFact

KEYED = {
    "queue": "queue", "procedure": "procedure", "counter": "counter", "source": "source",
    "prefilled": "prefilled", "half_hour": "half_hour", "hour": "half_hour",
}  # fmt: skip
"""The cut of the facts that answers each cut of the parts of a day."""
DATED = ("weekday", "month", "day")
BY = (*DATED, *KEYED)
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
    totals: dict[tuple[Key, ...], _Total] = {}
    spreads: dict[str, list[tuple[int, bytes]]] = {name: [] for name in SPREADS}
    for table, whole, days in _spans(first, last, by):
        for row in _rows(table, places, cut, days, queue, _groups(table, by, whole)):
            keys = tuple(_key(name, row, named) for name in by)
            totals.setdefault(keys, _Total(len(totals))).take(row)
        for row in _spread_rows(table, places, cut, days, queue):
            at = totals[tuple(_key(name, row, named) for name in by)].at
            for name in SPREADS:
                spreads[name].append((at, row[f"{name}_spread"]))
    counts = {name: histograms.added(spreads[name], len(totals)) for name in SPREADS}
    ordered = sorted(totals, key=lambda keys: tuple((key is None, _sortable(key)) for key in keys))
    return [_line(dict(zip(by, keys, strict=True)), totals[keys], counts) for keys in ordered]


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


def _spans(first: date, last: date, by: Sequence[str]) -> Iterator[tuple[Table, bool, tuple[date, date]]]:
    """The span as whole months (monthly facts) and the days before and after them (daily facts)."""
    begins = first if first.day == 1 else _next_month(first)
    ends = last.replace(day=1) if _next_month(last) - timedelta(days=1) != last else _next_month(last)
    if "day" in by or begins >= ends:
        yield plain(DailyFact), False, (first, last)
        return
    if first < begins:
        yield plain(DailyFact), False, (first, begins - timedelta(days=1))
    yield plain(MonthlyFact), True, (begins, ends - timedelta(days=1))
    if ends <= last:
        yield plain(DailyFact), False, (ends, last)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _groups(table: Table, by: Sequence[str], whole: bool) -> list[Any]:
    wanted = [table.c.key]
    if not whole or "month" in by:
        wanted.append(table.c.day)
    if whole and "weekday" in by:
        wanted.append(table.c.weekday)
    return wanted


def _rows(
    table: Table, places: Sequence[OfficeView], cut: str, days: tuple[date, date], queue: str | None, groups: list[Any]
) -> Iterator[RowMapping]:  # fmt: skip
    sums = [func.sum(table.c[name]).label(name) for name in NUMBERS]
    highest = [func.max(table.c[f"{name}_max"]).label(f"{name}_max") for name in SPREADS]
    chosen = select(*groups, *sums, *highest).where(_mine(table, places, cut, days, queue)).group_by(*groups)
    yield from session().execute(chosen).mappings()


def _spread_rows(
    table: Table, places: Sequence[OfficeView], cut: str, days: tuple[date, date], queue: str | None
) -> Iterator[RowMapping]:
    weekday = [table.c.weekday] if "weekday" in table.c else []
    columns = (table.c.key, table.c.day, *weekday, *(table.c[f"{name}_spread"] for name in SPREADS))
    yield from session().execute(select(*columns).where(_mine(table, places, cut, days, queue))).mappings()


def _mine(
    table: Table, places: Sequence[OfficeView], cut: str, days: tuple[date, date], queue: str | None
) -> Any:
    of_queue = []
    if queue is not None:
        of_queue = [or_(table.c.key == queue, table.c.key.startswith(f"{queue} ", autoescape=True))]
    return and_(
        table.c.office_id.in_([place.id for place in places]),
        table.c.cut == cut,
        table.c.day.between(*days),
        *of_queue,
    )


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
