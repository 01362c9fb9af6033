"""混雑の見込み: how busy a day ahead is beside the office's own usual day, and what the calendar says about it.

Levels compare an office with itself: they promise no wait, and say nothing about other offices.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from statistics import median

from models.core.messages import _n
from models.rules.planning.calendar_features import NAMES, Openings, features

FEWEST_DAYS = 20
"""Days with visitors below which nothing is forecast: four weeks of weekdays."""
LEVELS = ("quiet", "rather_quiet", "usual", "rather_busy", "busy")
EDGES = (0.75, 0.92, 1.1, 1.3)
"""Parts of the usual up to which each level but the last goes."""


def usual_day(counts: Collection[float]) -> float | None:
    """The middle of past days' visitors; None where too few of them had any."""
    came = [count for count in counts if count > 0]
    return float(median(came)) if len(came) >= FEWEST_DAYS else None


def level(visitors: float, usual: float) -> str:
    """One of `LEVELS`; ValueError where nobody usually comes."""
    if usual <= 0:
        raise ValueError("nobody usually comes")
    part = visitors / usual
    return next((name for name, edge in zip(LEVELS, EDGES, strict=False) if part <= edge), LEVELS[-1])


MONTH_ENDS, LAST_DAY = _n("月末"), _n("月の最後の日")
AFTER_HOLIDAY, WEEK_BEGINS = _n("休み明け"), _n("週の初め")
MOVING = _n("引っ越しの時期")
REASONS = {
    "after a holiday": AFTER_HOLIDAY,
    "before a holiday": _n("祝日の前"),
    "last day of the month": LAST_DAY,
    "last three days of the month": MONTH_ENDS,
    "first two days of the month": _n("月の初め"),
    "before 30 March": MOVING,
    "after 30 March": MOVING,
    "first days of April": _n("年度の初め"),
    "Obon": _n("お盆"),
    "days before the year's end": _n("年末"),
    "first days of the year": _n("年の初め"),
}
"""What a feature of the calendar is called."""
MOST_REASONS = 3


def reasons(day: date, weekdays: Collection[int], *, seasons: bool = True) -> tuple[str, ...]:
    """What a forecast saw in an open day, as sentences to translate; `weekdays` are those usually open.

    Without `seasons` only what a forecast from less than a year knows: weekdays, and days after a holiday.
    """
    named = zip(NAMES, features(day, Openings(frozenset(weekdays))), strict=True)
    found = [REASONS[name] for name, value in named if name in REASONS and value > 0]
    if not seasons:
        found = [one for one in found if one == AFTER_HOLIDAY]
    if (day - timedelta(days=1)).weekday() not in weekdays:
        found.append(WEEK_BEGINS)
    for stronger, weaker in ((LAST_DAY, MONTH_ENDS), (AFTER_HOLIDAY, WEEK_BEGINS)):
        if stronger in found and weaker in found:
            found.remove(weaker)
    return tuple(dict.fromkeys(found))[:MOST_REASONS]
