"""The calendar of how busy it will be: levels without numbers, times to book beside them, nothing invented."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models.core.settings import Settings
from models.operations import forecasting
from tests.conftest import inside
from tests.operations.test_forecasting import TODAY, came
from tests.web.resident.phone import Phone

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def weeks(settings: Settings) -> None:
    """Twelve weeks of facts, forecast tonight."""
    with inside(settings):
        came(date(2026, 9, 1), TODAY - timedelta(days=1))
        forecasting.refresh_all(TODAY)


def test_six_weeks_say_how_busy_each_open_day_will_be(phone: Phone, weeks: None) -> None:
    text = phone.open("/now/honcho/calendar").text
    assert "混雑予想カレンダー" in text
    assert "11月24日からの6週間" in text
    assert "混む見込み" in text
    assert "11月24日（火） 9:00 に作った予想です" in text.replace("\u3000", " ")
    assert "1年に満たない" in text
    assert not re.search(r"\d人", text)


def test_a_day_is_told_by_half_hour_with_its_reasons(phone: Phone, weeks: None) -> None:
    text = phone.open("/now/honcho/calendar?day=2026-11-30").text
    assert "週の初め" in text
    assert "月の最後の日" not in text
    assert "14:00〜14:30" in text


def test_with_a_procedure_a_press_goes_on_to_book_that_time(phone: Phone, weeks: None) -> None:
    phone.open("/now/honcho/calendar?day=2026-11-30&procedure=IDO-01")
    assert phone.link("9:00に予約する").status == 200
    assert "9:00" in phone.text


def test_too_few_days_are_said_instead_of_invented(phone: Phone) -> None:
    text = phone.open("/now/honcho/calendar").text
    assert "記録がまだ少ないため" in text
    assert "見込みです" not in text


def test_what_is_no_day_or_procedure_is_passed_over(phone: Phone, weeks: None) -> None:
    for query in ("day=x", "day=9999-12-31", "day=2026-11-29", "procedure=NIX", "procedure=%27"):
        assert phone.open(f"/now/honcho/calendar?{query}").status == 200
    assert phone.open("/now/nowhere/calendar").status == 404


def test_the_office_page_leads_here(phone: Phone) -> None:
    assert phone.open("/now/honcho").link("混雑予想カレンダーを見る").status == 200
