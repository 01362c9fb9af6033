"""日報と時間帯別の表: rows of `daily.csv`, `hourly.csv` and `effect.csv` (`metrics.yaml`) out of the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from models.core.directory import municipalities
from models.core.space import current_space
from models.queries import catalogue, facts, measures
from models.queries.facts import Utilisation
from models.queries.offices import OfficeView, week_of
from models.rules.visit_export import WEEKDAYS, ExportCell, yes

DAILY = (
    "全国地方公共団体コード", "庁舎名", "日付", "曜日", "休日明け", "業務記号", "業務名", "受付件数", "予約件数",
    "事前入力件数", "平均待ち時間（分）", "待ち時間中央値（分）", "待ち時間90パーセンタイル（分）",
    "平均手続時間（分）", "無断キャンセル件数", "途中離脱件数",
)  # fmt: skip
HOURLY = (
    "全国地方公共団体コード", "庁舎名", "年月", "曜日", "時間帯", "業務記号", "業務名", "平均受付件数",
    "平均待ち時間（分）", "待ち時間90パーセンタイル（分）", "平均開設窓口数", "窓口稼働率（％）",
)  # fmt: skip
EFFECT = (
    "年月", "手続コード", "手続名", "件数", "導入前平均（分）", "導入後平均（分）", "1件あたり削減（分）",
    "削減時間（時間）",
)  # fmt: skip
HALF_HOUR = 30
NO_USE = Utilisation({}, 0.0, 0.0)
Row = tuple[ExportCell, ...]


def daily(place: OfficeView, first: date, last: date) -> Iterator[Row]:
    """One row a day and queue, in the order of `DAILY`; whole days only, as the facts have them."""
    week, where = week_of(place), _place(place)
    for line in facts.lines([place], first, last, ("day", "queue")):
        found = line.measures
        day, queue = date.fromisoformat(str(found.keys["day"])), str(found.keys["queue"])
        yesterday = day - timedelta(days=1)
        yield (
            *where, day.isoformat(), WEEKDAYS[day.weekday()], yes(not week.on(yesterday)), *_queue(queue),
            found.visits, found.booked, found.prefilled, _minutes(found.wait_mean), _minutes(found.wait_p50),
            _minutes(found.wait_p90), _minutes(found.handling_mean), found.no_shows, found.abandoned,
        )  # fmt: skip


def hourly(place: OfficeView, first: date, last: date) -> Iterator[Row]:
    """One row a month, weekday, half hour and queue, in the order of `HOURLY`; counters by their main queue."""
    where = _place(place)
    made = facts.days_made(place, first, last)
    days = Counter((f"{day:%Y-%m}", day.weekday()) for day in made)
    by = ("month", "weekday", "half_hour")
    used = {
        tuple(one.keys[name] for name in (*by, "queue")): one
        for one in facts.utilisation([place], first, last, (*by, "queue"))
    }
    for line in facts.lines([place], first, last, ("queue",)):
        queue = str(line.measures.keys["queue"])
        for one in facts.lines([place], first, last, by, queue):
            found = one.measures
            month, weekday, half_hour = (found.keys[name] for name in by)
            counted = days[str(month), int(weekday or 0)] or 1
            use = used.get((month, weekday, half_hour, queue), NO_USE)
            yield (
                *where, str(month), WEEKDAYS[int(weekday or 0)], str(half_hour), *_queue(queue),
                found.visits / counted, _minutes(found.wait_mean), _minutes(found.wait_p90),
                use.open_minutes / HALF_HOUR / counted, None if use.share is None else use.share * 100,
            )  # fmt: skip


def effect(place: OfficeView, first: date, last: date) -> Iterator[Row]:
    """One row a month and procedure with a frozen baseline, in the order of `EFFECT`."""
    known = catalogue.current().procedures
    for begins, ends in _months(first, last):
        for row in measures.savings(place, begins, ends).rows:
            name = known[row.procedure].words.ja if row.procedure in known else ""
            yield (
                f"{begins:%Y-%m}", row.procedure, name, row.count, row.before_minutes, row.after_minutes,
                row.before_minutes - row.after_minutes, row.hours,
            )  # fmt: skip


TABLES: Mapping[str, tuple[Sequence[str], Callable[[OfficeView, date, date], Iterator[Row]]]] = {
    "daily": (DAILY, daily),
    "hourly": (HOURLY, hourly),
    "effect": (EFFECT, effect),
}
"""Their columns and rows by name."""


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A span cut at the ends of its months."""
    while first <= last:
        end = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield first, min(end, last)
        first = end + timedelta(days=1)


def _place(place: OfficeView) -> tuple[str, str]:
    code = next((one.national_code for one in municipalities() if one.space == current_space()), "")
    return code, place.name


def _queue(code: str) -> tuple[str, str]:
    queues = catalogue.current().queues
    return code, queues[code].words.ja if code in queues else ""


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
