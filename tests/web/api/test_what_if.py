"""What if, over the API: the office's own days before beside after a change; what cannot be asked is named."""

from __future__ import annotations

import pytest

from tests.web.api.calls import Calls, named
from tests.web.api.test_reports import a_day, bring

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
AT = "/offices/honcho/what-if"
SPAN = {"from": "2026-10-19", "to": "2026-10-23"}


@pytest.fixture
def week(calls: Calls) -> Calls:
    """A week of 40 visits a day, five minutes apart, at three counters in turn."""
    bring(calls, *(line for day in range(19, 24) for line in a_day(day, 40)))
    return calls


def test_nothing_asked_is_the_own_days_on_both_sides(week: Calls) -> None:
    found = week.post(AT, SPAN, "manager").json
    assert found["before"] == found["after"]
    based_on = found["based_on"]
    assert (based_on["days"], based_on["visits"], based_on["counters"]) == (5, 200, 3)
    assert based_on["wait_measured"] == 2.0
    assert found["before"]["wait"]["mean"] == pytest.approx(2.0, abs=0.5), "as the log says"
    assert found["before"]["wait"]["people"] == 40


def test_fewer_counters_and_longer_handling_wait_longer(week: Calls) -> None:
    fewer = week.post(AT, {**SPAN, "counters": 1}, "manager").json
    assert fewer["after"]["wait"]["mean"] > 10 * fewer["before"]["wait"]["mean"]
    assert fewer["after"]["load"] > 2 * fewer["before"]["load"]
    longer = week.post(AT, {**SPAN, "handling_minutes": 20}, "manager").json
    assert longer["after"]["handling_minutes"] == pytest.approx(20)
    assert longer["after"]["wait"]["mean"] > longer["before"]["wait"]["mean"]


def test_bookings_and_pre_filled_forms_are_told_apart(week: Calls) -> None:
    found = week.post(AT, {**SPAN, "booking_share": 0.5, "prefill_share": 1}, "manager").json
    assert found["before"]["booked"]["people"] == 0
    assert found["after"]["booked"]["people"] == pytest.approx(20, abs=1)
    assert found["after"]["walk_in"]["people"] == pytest.approx(20, abs=1)
    assert 0 < found["after"]["on_time"] <= 1
    assert found["after"]["handling_minutes"] < found["before"]["handling_minutes"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"booking_share": 0.96}, "booking_share"),
        ({"counters": 0}, "counters"),
        ({"replications": 5}, "replications"),
        ({"queue": "Q"}, "queue"),
        ({"opening_hours": {"opens": "10:00", "closes": "10:30"}}, "opening_hours.closes"),
        ({"from": "2026-01-05", "to": "2026-01-09"}, "from"),
    ],
)
def test_what_cannot_be_asked_is_named(week: Calls, asked: dict[str, object], field: str) -> None:
    answer = week.post(AT, {**SPAN, **asked}, "manager")
    assert answer.status_code == 422
    assert field in named(answer)
