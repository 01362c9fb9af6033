"""期間: the spans of days that managers look at, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

Span = tuple[date, date]
USUAL = "4weeks"
OF_PAST_DAYS = (USUAL, "lastweek", "8weeks", "month")
"""Those whose days are over, and few enough to be read ticket by ticket."""


def spans(today: date) -> Mapping[str, Span]:
    """The first and the last day of each; weeks are whole ones from Monday, the last of them before this week."""
    monday = today - timedelta(days=today.weekday())
    sunday = monday - timedelta(days=1)
    month_end = today.replace(day=1) - timedelta(days=1)
    april = date(today.year if today.month >= 4 else today.year - 1, 4, 1)
    return {
        "today": (today, today),
        "week": (monday, today),
        "lastweek": (monday - timedelta(weeks=1), sunday),
        USUAL: (monday - timedelta(weeks=4), sunday),
        "8weeks": (monday - timedelta(weeks=8), sunday),
        "month": (month_end.replace(day=1), month_end),
        "year": (april, today),
    }
