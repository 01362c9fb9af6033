"""Ages by Japanese law: one is a year older at the end of the day before the birthday.

年齢計算ニ関スル法律 with 民法 第143条; school years by 学校教育法 第17条 (from the day after a full age).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def birthday(birth: date, age: int) -> date:
    """The day on which the age is shown: the same day of the year, 1 March for 29 February in common years."""
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return birth.replace(year=year)


def reaches(birth: date, age: int) -> date:
    """The day at whose end `age` is reached: the day before the birthday."""
    return birthday(birth, age) - timedelta(days=1)


def age_on(birth: date, day: date) -> int:
    """Full years during `day`, as people and forms count them; negative before birth."""
    years = day.year - birth.year
    return years if day >= birthday(birth, years) else years - 1


def fiscal_year(day: date) -> int:
    """The year in which the fiscal or school year (April to March) of `day` begins."""
    return day.year if day.month >= 4 else day.year - 1


def year_end_at(birth: date, age: int) -> date:
    """31 March of the fiscal year in which `age` is reached; born on 1 April counts with the year before."""
    return date(fiscal_year(reaches(birth, age)) + 1, 3, 31)


def in_high_school_years_or_younger(birth: date, day: date) -> bool:
    """Born, and not past the first 31 March after reaching 18 (児童手当法 第3条)."""
    return birth <= day <= year_end_at(birth, 18)


def in_university_years(birth: date, day: date) -> bool:
    """Past the first 31 March after 18 and not past the first after 22 (児童手当法 附則: counted as siblings)."""
    return year_end_at(birth, 18) < day <= year_end_at(birth, 22)
