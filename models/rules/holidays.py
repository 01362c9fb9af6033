"""市の休日: weekends are a matter of opening hours; national holidays and the year's end are closed by ordinance."""

from __future__ import annotations

from datetime import date

import jpholiday

from models.core.messages import _n

YEAR_END = _n("年末年始")


def holiday_name(day: date) -> str | None:
    """The Japanese name of the day on which city halls are closed (国民の祝日, 12/29-1/3), None on other days.

    Source: 地方自治法第4条の2 and the cities' ordinances on 市の休日; national days from jpholiday.
    """
    name: str | None = jpholiday.is_holiday_name(day)
    if name:
        return name
    year_end = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
    return YEAR_END if year_end else None
