"""A plan from nothing but a weekly table: visits and opening hours per weekday, as many cities keep them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from models.core.errors import invalid
from models.core.messages import _n
from models.rules.planning import erlang
from models.rules.planning.opening_hours import Advice, DayDemand, flat_counters, opening_hours_advice
from models.rules.planning.staffing import Target

_NAMES = {
    name: weekday
    for names in (["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "月火水木金土日")
    for weekday, name in enumerate(names)
}
MOST_VISITS = 1_000_000


@dataclass(frozen=True)
class WeekdayRow:
    """One weekday (0 = Monday): visits of a normal day, opening and closing in minutes after midnight."""

    weekday: int
    visits: float
    opens: int
    closes: int

    @property
    def open_minutes(self) -> int:
        """How long the day is open."""
        return self.closes - self.opens


@dataclass(frozen=True)
class WeekdayNeed:
    """What one weekday needs. Shares are parts (0-1) of the week; `load` is how busy the counters are."""

    row: WeekdayRow
    counters: int
    visit_share: float
    hour_share: float
    per_hour: float
    load: float
    expected_wait_p90: float

    @property
    def staff_hours(self) -> float:
        """Counter-hours of the day."""
        return self.counters * self.row.open_minutes / 60


@dataclass(frozen=True)
class WeekdayTablePlan:
    """Counters per weekday for a flat day, in the order of the week, with what the table says about hours."""

    target: Target
    handling_minutes: float
    days: tuple[WeekdayNeed, ...]
    advice: tuple[Advice, ...]

    @property
    def staff_hours(self) -> float:
        """Counter-hours of the week."""
        return sum(day.staff_hours for day in self.days)


def weekday_table_plan(
    rows: Sequence[WeekdayRow], handling_minutes: float, target: Target
) -> WeekdayTablePlan:
    """The fewest counters per weekday that keep `target` if the day's visits come evenly (Erlang C)."""
    rows = sorted((row for row in rows if row.open_minutes > 0), key=lambda row: row.weekday)
    visits = sum(row.visits for row in rows) or 1
    minutes = sum(row.open_minutes for row in rows)
    days, demands = [], []
    for row in rows:
        counters = flat_counters(row.visits, row.open_minutes, handling_minutes, target)
        rate = 60 * row.visits / row.open_minutes
        load = erlang.offered_load(rate, handling_minutes) / counters
        p90 = erlang.wait_percentile(counters, rate, handling_minutes)
        share, hours = row.visits / visits, row.open_minutes / minutes
        days.append(WeekdayNeed(row, counters, share, hours, rate, load, p90))
        demands.append(DayDemand(row.weekday, row.visits, row.open_minutes, handling_minutes, counters))
    return WeekdayTablePlan(
        target, handling_minutes, tuple(days), tuple(opening_hours_advice(demands, target))
    )


def read_weekday_table(text: str) -> list[WeekdayRow]:
    """Rows of a CSV `weekday,opens,closes,<count>,…`; counts of a line are added. `Invalid` names a bad line.

    Weekdays are Mon…Sun or 月…日; times HH:MM. A closed day is left out or has empty times.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff").strip(), newline=None))
    header = [name.strip().lower() for name in next(reader, [])]
    if header[:3] != ["weekday", "opens", "closes"] or len(header) < 4:
        raise invalid("table", _n("1行目を「weekday,opens,closes,件数」の形にしてください。"))
    rows: list[WeekdayRow] = []
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _row([cell.strip() for cell in cells], len(header))
        if row is None or row.weekday in {one.weekday for one in rows}:
            raise invalid(
                "table",
                _n(
                    "{line}行目が読めません。曜日、始まり（09:00）、終わり（17:00）、件数の順に書いてください。"
                ),
                line=line,
            )
        rows.append(row)
    return rows


def _row(cells: Sequence[str], width: int) -> WeekdayRow | None:
    weekday = _NAMES.get(cells[0].lower()[:3], _NAMES.get(cells[0][:1]))
    if weekday is None or len(cells) != width:
        return None
    try:
        opens, closes = _minute(cells[1]), _minute(cells[2])
        visits = sum(float(cell or 0) for cell in cells[3:])
    except ValueError:
        return None
    if not 0 <= visits <= MOST_VISITS or closes < opens:
        return None
    return WeekdayRow(weekday, visits, opens, closes)


def _minute(text: str) -> int:
    if not text:
        return 0
    at = time.fromisoformat(text.zfill(5))
    return at.hour * 60 + at.minute
