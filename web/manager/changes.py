"""前と後 as rows that people read: each measure before a date, after it, and the difference."""

from __future__ import annotations

from collections.abc import Callable

from models.core.messages import _n
from models.queries.before_after import BeforeAfter, Side
from web.manager.tables_shown import signed
from web.presentation import number

FEWEST = 5
"""Metrics, `percentile`: cells of fewer people are not published."""
CHANGED = (
    _n("1日の来庁（人）"),
    _n("待ち時間の中央値（分）"),
    _n("待ち時間の9割（分）"),
    _n("手続時間の平均（分）"),
    _n("目標の時間内（％）"),
    _n("予約（％）"),
    _n("事前入力（％）"),
    _n("来なかった予約（％）"),
    _n("窓口稼働率（％）"),
)


def change_rows(found: BeforeAfter, named: Callable[[str], str]) -> list[list[str]]:
    """Name, before, after, difference; a side of fewer than five people says nothing. `named` gives a name's words."""
    pairs = zip(CHANGED, _numbers(found.before), _numbers(found.after), strict=True)
    return [
        [named(name), number(before, 1), number(after, 1), signed(_difference(before, after), 1)]
        for name, before, after in pairs
    ]


def weeks(found: BeforeAfter) -> int:
    """How many weeks each side has."""
    return ((found.after.last - found.after.first).days + 1) // 7


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _numbers(side: Side) -> list[float | None]:
    if side.line is None or side.line.measures.visits < FEWEST:
        return [None] * len(CHANGED)
    one = side.line.measures
    shares = (
        side.line.within_target,
        one.booking_rate,
        one.prefill_rate,
        one.no_show_rate,
        side.utilisation,
    )
    percents = (None if share is None else share * 100 for share in shares)
    return [side.a_day, one.wait_p50, one.wait_p90, one.handling_mean, *percents]
