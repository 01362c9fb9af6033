"""A weekly table of a Danish citizen desk shows why Thursday gets more counters and longer hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.core.errors import Invalid
from models.rules.planning.opening_hours import Advice
from models.rules.planning.staffing import Target
from models.rules.planning.weekday_table import (
    WeekdayRow,
    WeekdayTablePlan,
    read_weekday_table,
    weekday_table_plan,
)

DENMARK = Path(__file__).parents[2] / "data" / "denmark_weekly.csv"
TARGET = Target(share=0.9, within_minutes=10)
MON, TUE, WED, THU, FRI, SAT = range(6)


def denmark(times: float = 1.0) -> list[WeekdayRow]:
    rows = read_weekday_table(DENMARK.read_text(encoding="utf-8"))
    return [WeekdayRow(row.weekday, row.visits * times, row.opens, row.closes) for row in rows]


@pytest.fixture(scope="module")
def plan() -> WeekdayTablePlan:
    return weekday_table_plan(denmark(), 8, TARGET)


def advice(plan: WeekdayTablePlan, kind: str) -> Advice:
    return next(one for one in plan.advice if one.kind == kind)


def test_the_table_adds_up_licences_and_passports() -> None:
    rows = denmark()
    assert [row.visits for row in rows] == [1502, 1549, 203, 2768, 1182, 1094]
    assert sum(row.open_minutes for row in rows) == 38 * 60


def test_the_fewest_counters_per_weekday(plan: WeekdayTablePlan) -> None:
    assert [day.counters for day in plan.days] == [27, 43, 7, 48, 28, 26]
    assert plan.staff_hours == 1174


@pytest.mark.parametrize(("times", "counters"), [(1.3, [35, 56, 9, 62, 36, 34]), (1 / 8, [5, 7, 2, 8, 5, 5])])
def test_the_fewest_counters_for_a_peak_and_for_a_small_hall(times: float, counters: list[int]) -> None:
    assert [day.counters for day in weekday_table_plan(denmark(times), 8, TARGET).days] == counters


def test_thursday_gets_the_most_counters_and_the_longest_hours(plan: WeekdayTablePlan) -> None:
    thursday = plan.days[THU]
    assert thursday.counters == max(day.counters for day in plan.days)
    assert thursday.row.open_minutes == max(day.row.open_minutes for day in plan.days)
    found = advice(plan, "busiest_day")
    assert found.weekday == THU
    assert found.numbers == {
        "visits": 2768,
        "visit_share": 33.4,
        "hour_share": 21.1,
        "hours": 8,
        "per_hour": 346,
        "week_per_hour": 218,
        "counters": 48,
    }
    text = str(found.message)
    assert text.startswith("木曜日は来庁がいちばん多い曜日です")
    assert "窓口はいちばん多く 48" in text
    assert "8時間" in text


def test_tuesday_is_the_second_peak_per_open_hour(plan: WeekdayTablePlan) -> None:
    ranked = sorted(plan.days, key=lambda day: -day.per_hour)
    assert [day.row.weekday for day in ranked[:2]] == [THU, TUE]
    found = advice(plan, "hidden_peak")
    assert (found.weekday, found.numbers["per_hour"], found.numbers["counters"]) == (TUE, 310, 43)


def test_wednesday_is_open_too_long(plan: WeekdayTablePlan) -> None:
    found = advice(plan, "shorten")
    assert found.weekday == WED
    assert round(float(found.numbers["hour_share"])) == 13
    assert found.numbers["visit_share"] == 2.4


def test_three_hours_from_wednesday_to_tuesday_take_a_third_off_the_peak(plan: WeekdayTablePlan) -> None:
    numbers = advice(plan, "move_hours").numbers
    assert (numbers["giver"], numbers["hours"]) == (WED, 3)
    assert (numbers["before"], numbers["after"]) == (43, 28)
    assert (numbers["giver_before"], numbers["giver_after"]) == (7, 15)
    assert int(numbers["staff_hours_after"]) - int(numbers["staff_hours_before"]) == 4


def test_a_long_thursday_is_advised_where_it_is_short() -> None:
    rows = [
        WeekdayRow(row.weekday, row.visits, row.opens, row.opens + 240 if row.weekday == THU else row.closes)
        for row in denmark()
    ]
    found = advice(weekday_table_plan(rows, 8, TARGET), "busiest_day")
    assert "この曜日を長くすることを考えてください" in str(found.message)


def test_days_that_are_alike_give_no_advice() -> None:
    rows = [WeekdayRow(weekday, 200, 9 * 60, 17 * 60) for weekday in range(5)]
    assert weekday_table_plan(rows, 8, TARGET).advice == ()


def test_a_week_without_visits_needs_one_counter_and_gives_no_advice() -> None:
    plan = weekday_table_plan([WeekdayRow(weekday, 0, 540, 1020) for weekday in range(5)], 8, TARGET)
    assert [day.counters for day in plan.days] == [1] * 5
    assert plan.advice == ()


def test_japanese_weekdays_and_a_closed_day_can_be_written() -> None:
    text = "\ufeffweekday,opens,closes,件数\r\n月,9:00,17:00,120\r\n木曜日,09:00,19:00,240\r\n日,,,\r\n"
    rows = read_weekday_table(text)
    assert rows == [WeekdayRow(0, 120, 540, 1020), WeekdayRow(3, 240, 540, 1140), WeekdayRow(6, 0, 0, 0)]


@pytest.mark.parametrize(
    "line", ["Mon,09:00,17:00", "Tag,09:00,17:00,1", "Mon,17:00,09:00,1", "Mon,9,17:00,1", "Mon,09:00,17:00,-1",
             "Mon,09:00,17:00,nan", "Mon,09:00,17:00,1\nMon,09:00,17:00,1"],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_weekday_table("weekday,opens,closes,count\n" + line)
    assert "行目が読めません" in str(refused.value.problems[0].message)


def test_a_table_without_its_header_is_refused() -> None:
    with pytest.raises(Invalid, match="入力"):
        read_weekday_table("Mon,09:00,17:00,1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_with_every_kind_of_line_end(end: str) -> None:
    table = end.join(("weekday,opens,closes,a", "月,09:00,17:00,80", "木,09:00,18:00,95", ""))
    assert [(row.weekday, row.visits) for row in read_weekday_table(table)] == [(0, 80), (3, 95)]
