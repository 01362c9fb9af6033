"""Ages change at the end of the day before the birthday."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules import ages


def test_age_changes_on_the_birthday() -> None:
    assert ages.age_on(date(2011, 6, 15), date(2026, 6, 14)) == 14
    assert ages.age_on(date(2011, 6, 15), date(2026, 6, 15)) == 15


def test_born_on_29_february() -> None:
    birth = date(2008, 2, 29)
    assert ages.reaches(birth, 18) == date(2026, 2, 28)
    assert ages.age_on(birth, date(2026, 2, 28)) == 17
    assert ages.age_on(birth, date(2026, 3, 1)) == 18
    assert ages.reaches(birth, 20) == date(2028, 2, 28)


def test_born_on_1_april_belongs_to_the_school_year_before() -> None:
    assert ages.year_end_at(date(2008, 4, 1), 18) == date(2026, 3, 31)
    assert ages.year_end_at(date(2008, 4, 2), 18) == date(2027, 3, 31)


def test_child_allowance_ends_with_the_fiscal_year_of_18() -> None:
    assert ages.in_high_school_years_or_younger(date(2008, 4, 1), date(2026, 3, 31))
    assert not ages.in_high_school_years_or_younger(date(2008, 4, 1), date(2026, 4, 1))
    assert ages.in_high_school_years_or_younger(date(2008, 4, 2), date(2026, 4, 1))


def test_university_years_follow() -> None:
    assert ages.in_university_years(date(2008, 4, 1), date(2026, 4, 1))
    assert ages.in_university_years(date(2004, 4, 2), date(2027, 3, 31))
    assert not ages.in_university_years(date(2004, 4, 1), date(2026, 4, 1))


def test_fiscal_years_begin_in_april() -> None:
    assert ages.fiscal_year(date(2026, 3, 31)) == 2025
    assert ages.fiscal_year(date(2026, 4, 1)) == 2026


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.integers(1, 100))
def test_an_age_is_reached_the_day_before_it_is_shown(birth: date, age: int) -> None:
    reached = ages.reaches(birth, age)
    assert ages.age_on(birth, reached) == age - 1
    assert ages.age_on(birth, reached + timedelta(days=1)) == age
