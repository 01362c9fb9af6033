"""What one look at an office shows, and the counters it needs, equal figures computed by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.errors import Invalid
from models.queries import reports, staffing
from models.queries.offices import OfficeView, office
from models.queries.reports import Report
from models.rules.planning.staffing import Target
from tests.past_visits import MONDAY, past

SUNDAY = MONDAY + timedelta(6)
ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
pytestmark = pytest.mark.usefixtures("city")


def honcho() -> OfficeView:
    return office("honcho")


def week(by: str = "weekday", queue: str | None = None) -> Report:
    return reports.report(honcho(), MONDAY, SUNDAY, by, queue)


def test_the_heat_shows_medians_from_ten_visits_on() -> None:
    past(MONDAY, *(f"9:30 9:{30 + wait} 9:45 9:50" for wait in range(2, 12)))
    past(MONDAY, *["10:30 10:35 10:36 10:50"] * 9)
    past(MONDAY + timedelta(2), *["11:00 11:04 11:05 11:10"] * 10)
    heat = week().heat
    assert heat.half_hours == ("09:30", "10:00", "10:30", "11:00")
    assert heat.rows == ((0, (6.5, None, None, None)), (2, (None, None, None, 4.0)))
    assert heat.longest == (0, "09:30", 6.5)


@ONE
def test_without_visits_everything_is_empty_and_nothing_breaks() -> None:
    found = week()
    assert (found.total.visits, found.heat.rows, found.lines, found.staffing) == (0, (), (), None)
    assert (found.before, found.within_target, found.prefilling, found.savings.count) == (None, None, None, 0)


@ONE
def test_each_wait_is_held_against_the_target_of_its_own_queue() -> None:
    past(MONDAY, "9:00 9:10 9:11 9:20", "9:00 9:11 9:12 9:20")
    past(MONDAY, "9:00 9:15 9:16 9:20", "9:00 9:12 9:13 9:20", queue="B", procedure="IDO-01")
    assert week().within_target == 0.75


@ONE
def test_the_span_before_is_as_long_and_ends_the_day_before() -> None:
    past(MONDAY - timedelta(7), "9:00 9:20 9:21 9:30")
    past(MONDAY - timedelta(8), "9:00 9:40 9:41 9:50")
    past(MONDAY, "9:00 9:10 9:11 9:20")
    found = week().before
    assert found is not None
    assert (found.visits, found.wait_mean) == (1, 20)


@ONE
def test_the_target_is_that_of_the_queue_most_people_come_for() -> None:
    past(MONDAY, *["9:00 9:10 9:11 9:20"] * 2, queue="B", procedure="IDO-01")
    past(MONDAY, "9:00 9:10 9:11 9:20")
    assert (week().target_queue, week().target) == ("B", 15)
    assert week(queue="A").target == 10


@ONE
def test_an_unknown_cut_is_refused() -> None:
    with pytest.raises(Invalid):
        week("name")


@ONE
def test_lines_of_a_cut_and_open_days_go_to_the_chart() -> None:
    past(MONDAY, "9:00 9:10 9:11 9:20")
    past(MONDAY + timedelta(1), "9:00 9:10 9:11 9:20")
    lines, days = reports.table(honcho(), MONDAY, SUNDAY, "weekday")
    assert [line.visits for line in lines] == [1, 1]
    assert days == {0: 1, 1: 1}


@ONE
class TestStaffing:
    def test_a_busy_half_hour_needs_more_than_were_open(self) -> None:
        for minute in range(0, 30, 2):
            past(MONDAY, f"10:{minute:02} 10:{minute:02} 10:{minute:02} 10:{minute + 20:02}", counter="1")
        found = staffing.plan(honcho(), MONDAY, SUNDAY, Target(0.9, 10))
        monday = found.plan.days[0]
        ten = next(one for one in monday.intervals if one.starts == 600)
        assert (ten.arrivals_per_hour, ten.handling_minutes, ten.open_counters) == (30, 20, 1)
        assert ten.needed > 10
        assert found.findings[0].kind == "short"
        assert (found.findings[0].weekday, found.findings[0].starts) == (0, 600)
        assert found.handling_minutes == 20
        assert {check.name for check in found.checks if not check.holds} >= {
            "enough_days",
            "within_max_counters",
        }

    def test_without_visits_it_says_nothing(self) -> None:
        found = staffing.plan(honcho(), MONDAY, SUNDAY, Target())
        assert (found.findings, found.advice, found.checks, found.handling_minutes) == ((), (), (), None)

    @pytest.mark.parametrize(
        ("share", "within", "field"), [(49, 10, "share"), (100, 10, "share"), (90, 0, "within")]
    )
    def test_a_target_nobody_can_mean_is_refused(self, share: float, within: float, field: str) -> None:
        with pytest.raises(Invalid) as refused:
            staffing.checked_target(share, within)
        assert refused.value.problems[0].field == field
