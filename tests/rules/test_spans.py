"""The spans a manager chooses by name."""

from __future__ import annotations

from datetime import date, timedelta

from models.rules.spans import spans

MONDAY, TODAY = date(2026, 11, 16), date(2026, 11, 24)


def test_spans_by_name_are_whole_weeks_and_fiscal_years() -> None:
    found = spans(TODAY)
    assert found["4weeks"] == (date(2026, 10, 26), date(2026, 11, 22))
    assert found["lastweek"] == (date(2026, 11, 16), date(2026, 11, 22))
    assert found["month"] == (date(2026, 10, 1), date(2026, 10, 31))
    assert found["year"] == (date(2026, 4, 1), TODAY)
    assert spans(date(2027, 3, 31))["year"][0] == date(2026, 4, 1)
    assert spans(MONDAY)["week"] == (MONDAY, MONDAY)
    assert spans(MONDAY)["4weeks"][1] == MONDAY - timedelta(1)
