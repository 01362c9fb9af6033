"""The contract's forecast: half hours of queues with their offset; nothing where too little is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.core.settings import Settings
from models.operations import forecasting
from tests.conftest import inside
from tests.operations.test_forecasting import TODAY, came
from tests.web.api.calls import Calls, named

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
AT = "/offices/honcho/forecast"


def test_half_hours_of_a_span_add_up_to_the_days_of_a_queue(calls: Calls, settings: Settings) -> None:
    with inside(settings):
        came(date(2026, 9, 1), TODAY - timedelta(days=1))
        forecasting.refresh_all(TODAY)
    found = calls.get(f"{AT}?from=2026-12-01&to=2026-12-01", "manager").json
    assert {one["queue"] for one in found} == {"A"}
    assert found[0]["starts_at"] == "2026-12-01T08:30:00+09:00"
    assert sum(one["expected_arrivals"] for one in found) == pytest.approx(40, abs=1)
    assert all(one["p10"] <= one["expected_arrivals"] <= one["p90"] for one in found)
    assert len(calls.get(AT, "manager").json) > len(found)


def test_too_little_is_an_empty_list_and_a_strange_span_is_named(calls: Calls) -> None:
    assert calls.get(AT, "manager").json == []
    assert named(calls.get(f"{AT}?from=2026-12-02&to=2026-12-01", "manager")) == ["to"]
    assert calls.get(AT, "counter").status_code == 403
