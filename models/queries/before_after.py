"""前と後: the same number of days before and after a date, out of the facts: what a change brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.queries import facts
from models.queries.facts import Line
from models.queries.offices import OfficeView

MOST_DAYS = 56
"""Eight whole weeks on each side where there are so many: every weekday is in them as often."""
WEEK = 7
TOO_EARLY = _n("変わった日は、きのうまでの日付で、あとに1週間以上あるものを選んでください。")


@dataclass(frozen=True)
class Side:
    """One side: its days, how many of them had visits, its measures (None without any), its utilisation (0-1)."""

    first: date
    last: date
    days_open: int
    line: Line | None
    utilisation: float | None

    @property
    def a_day(self) -> float | None:
        """People a day with visits."""
        return self.line.measures.visits / self.days_open if self.line and self.days_open else None


@dataclass(frozen=True)
class BeforeAfter:
    """Both sides of a date; `change` is the first day after."""

    change: date
    before: Side
    after: Side


def before_after(place: OfficeView, change: date, queue: str | None = None) -> BeforeAfter:
    """Whole weeks before and after `change`, as many as have gone by since, at most eight.

    `Invalid` (field `change`) where not even one week has.
    """
    gone = (place.day_of(now()) - change).days
    days = min(MOST_DAYS, gone // WEEK * WEEK)
    if days < WEEK or change.year < facts.EARLIEST.year + 1:
        raise invalid("change", TOO_EARLY)
    length = timedelta(days=days)
    yesterday = change - timedelta(days=1)
    return BeforeAfter(
        change,
        _side(place, change - length, yesterday, queue),
        _side(place, change, yesterday + length, queue),
    )


def _side(place: OfficeView, first: date, last: date, queue: str | None) -> Side:
    found = facts.lines([place], first, last, (), queue)
    used = facts.utilisation([place], first, last, (), queue)
    return Side(
        first,
        last,
        len(facts.days_made(place, first, last)),
        found[0] if found else None,
        used[0].share if used else None,
    )
