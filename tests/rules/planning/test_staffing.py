"""Counters per weekday and half hour from what a log saw, beside those that were open."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.planning import erlang
from models.rules.planning.findings import counter_findings, plan_advice, plan_checks
from models.rules.planning.observed import counters_open, observe
from models.rules.planning.reasons import reasons
from models.rules.planning.staffing import (
    Cell,
    Hours,
    Limits,
    Log,
    Observed,
    StaffingPlan,
    Target,
    half_hours,
    learned,
    staffing_plan,
)
from models.rules.planning.week_load import Wanted, counters_needed, share_within, wait_percentile
from models.rules.statistics import HandledTicket

TOKYO = ZoneInfo("Asia/Tokyo")
TARGET = Target(share=0.9, within_minutes=10)
MON, TUE, WED, THU, FRI = range(5)
NINE_TO_FIVE = [Hours(9 * 60, 17 * 60)]


def seen(arrivals: int, handling: float = 12.0) -> Observed:
    return Observed(arrivals, arrivals, arrivals * handling)


def one_day(observed: dict[Cell, Observed], days: int = 8, **more: object) -> StaffingPlan:
    return staffing_plan(observed, {MON: NINE_TO_FIVE}, {MON: days}, TARGET, **more)  # type: ignore[arg-type]  # keywords are checked by the tests


def ticket(
    at: datetime, minutes: float = 12, counter: str = "1", booked_for: datetime | None = None
) -> HandledTicket:
    return HandledTicket(
        arrived_at=at,
        booked_for=booked_for,
        called_at=at,
        started_at=at,
        finished_at=at + timedelta(minutes=minutes),
        queue="A",
        procedure="JUM-01",
        counter=counter,
        source="walk_in",
        prefilled=False,
        outcome="finished",
    )


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in November 2026; the 2nd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


def test_opening_hours_are_cut_at_half_hours_and_keep_their_odd_ends() -> None:
    pieces = half_hours([Hours(13 * 60, 14 * 60), Hours(8 * 60 + 45, 9 * 60 + 40)])
    assert [tuple(piece) for piece in pieces] == [(525, 540), (540, 570), (570, 580), (780, 810), (810, 840)]


def test_a_half_hour_gets_the_fewest_counters_for_its_mean_arrivals() -> None:
    plan = one_day({Cell(MON, 600): seen(80, 12.5)})
    interval = plan.days[0].intervals[2]
    assert (interval.starts, interval.arrivals_per_hour) == (600, 20.0)
    busy = sum(20 / 60 * (1 - at / 30) * math.exp(-at / 12.5) for at in range(30))
    assert interval.why.busy == pytest.approx(busy, rel=0.05)
    assert interval.load == pytest.approx(interval.why.busy / interval.counters)
    assert interval.counters == interval.why.expected < erlang.counters_needed(20, 12.5, 0.9, 10)
    assert interval.expected_wait_p90 is not None
    assert interval.expected_wait_p90 <= 10


def test_who_is_still_at_a_counter_counts_in_the_next_half_hour() -> None:
    plan = one_day({Cell(MON, 600): seen(80, 40)})
    rush, after, later = plan.days[0].intervals[2:5]
    assert rush.why.carried == 0
    assert after.arrivals_per_hour == 0
    assert after.why.carried == after.why.busy > later.why.busy > 0
    assert after.counters > 1


def a_log(spread: int, weeks: int = 8) -> Log:
    """Mondays on which so many more or fewer come than 80, by turns."""
    days = {
        date(2026, 9, 7) + timedelta(weeks=week): dict.fromkeys(
            range(540, 1020, 30), 5 + (spread if week % 2 else -spread)
        )
        for week in range(weeks)
    }
    return Log(days, [6.0, 12.0, 18.0] * 100)


def test_counters_are_held_ready_for_days_that_are_not_as_expected() -> None:
    observed = {Cell(MON, minute): seen(40) for minute in range(540, 1020, 30)}
    bare, steady, wild = (
        one_day(observed, log=log).days[0].intervals[8] for log in (None, a_log(0), a_log(4))
    )
    assert bare.why.unsure == 0
    assert 0 < steady.why.unsure < wild.why.unsure
    assert steady.why.expected == wild.why.expected < wild.needed
    assert steady.needed <= wild.needed
    assert wild.share_within >= 0.9


def test_weekdays_with_other_hours_are_learned_apart() -> None:
    evening = {MON: NINE_TO_FIVE, TUE: [Hours(540, 1140)]}
    log = a_log(0)
    days = {**log.days, **{day + timedelta(1): {1110: 9} for day in log.days}}
    rates = learned(evening, replace(log, days=days))
    assert len(rates[MON].expected[MON]) == 16
    assert rates[TUE].expected[TUE].tolist() == [0.0] * 19 + [9.0]


def test_a_reason_is_told_for_every_number() -> None:
    observed = {Cell(MON, minute): seen(40) for minute in range(540, 1020, 30)}
    day = one_day(observed, log=a_log(4)).days[0]
    busy = day.intervals[8]
    told = [str(one) for one in reasons(day, busy, TARGET)]
    assert told[0] == "この時間に来る人：5人の見込みです（月曜日 8日の記録から）。手続時間は平均 12分です。"
    assert "前の時間に来て" in told[1]
    assert f"{busy.why.expected}窓口で足ります" in told[2]
    assert f"{busy.needed}窓口です" in told[3]
    empty = one_day({}).days[0]
    assert [str(one) for one in reasons(empty, empty.intervals[0], TARGET)] == [
        "来る人の記録がない時間ですが、開いているあいだは1窓口を置きます。"
    ]


def test_quiet_days_count_as_days() -> None:
    eight, sixteen = (one_day({Cell(MON, 600): seen(80)}, days) for days in (8, 16))
    assert eight.days[0].visits == 10
    assert sixteen.days[0].visits == 5
    assert sixteen.days[0].intervals[2].arrivals_per_hour == eight.days[0].intervals[2].arrivals_per_hour / 2


def test_a_quarter_of_an_hour_before_closing_counts_by_its_length() -> None:
    plan = staffing_plan({Cell(MON, 17 * 60): seen(8)}, {MON: [Hours(960, 1035)]}, {MON: 8}, TARGET)
    assert plan.days[0].intervals[-1].arrivals_per_hour == 4


def test_an_open_hall_has_at_least_one_counter() -> None:
    plan = one_day({})
    assert {interval.counters for interval in plan.days[0].intervals} == {1}
    assert plan.staff_hours == 8


def test_people_before_opening_and_after_closing_are_counted_where_they_are_served() -> None:
    plan = one_day({Cell(MON, 480): seen(8), Cell(MON, 1050): seen(16)})
    rates = [interval.arrivals_per_hour for interval in plan.days[0].intervals]
    assert rates[0] == 2
    assert rates[-1] == 4
    assert sum(rates) == 6


def test_people_at_lunch_are_counted_after_it() -> None:
    hours = {MON: [Hours(540, 720), Hours(780, 1020)]}
    plan = staffing_plan({Cell(MON, 720): seen(8)}, hours, {MON: 8}, TARGET)
    assert {one.starts: one.arrivals_per_hour for one in plan.days[0].intervals}[780] == 2


def test_a_cell_with_few_tickets_borrows_the_handling_of_its_weekday() -> None:
    plan = one_day({Cell(MON, 600): seen(40, 10), Cell(MON, 660): seen(9, 100)})
    by_start = {one.starts: one.handling_minutes for one in plan.days[0].intervals}
    assert by_start[600] == 10
    assert by_start[660] == pytest.approx((400 + 900) / 49)


def test_without_any_handling_the_default_is_taken() -> None:
    plan = one_day({Cell(MON, 600): Observed(80)}, limits=Limits(default_handling=12))
    assert plan.days[0].intervals[2].handling_minutes == 12


def test_no_more_counters_than_the_office_has_and_the_lack_is_told() -> None:
    plan = one_day({Cell(MON, 600): seen(400)}, limits=Limits(max_counters=3))
    interval = plan.days[0].intervals[2]
    assert interval.counters == 3
    assert interval.needed > 3
    assert interval.short_by == interval.needed - 3
    assert interval.expected_wait_p90 is None
    checks = {check.name: check for check in plan_checks(plan)}
    assert not checks["within_max_counters"].holds
    assert not checks["every_interval"].holds
    assert "月曜日 10:00" in str(checks["every_interval"].message)


def test_every_half_hour_keeps_the_target_and_says_so() -> None:
    plan = one_day({Cell(MON, minute): seen(60 + minute % 7 * 10) for minute in range(540, 1020, 30)})
    assert plan.worst is not None
    assert plan.worst[1].share_within >= 0.9
    checks = {check.name: check.holds for check in plan_checks(plan)}
    assert checks["every_interval"]
    assert checks["enough_days"]


def test_counters_that_fall_short_are_found_with_their_hours() -> None:
    observed = {Cell(MON, minute): seen(80) for minute in range(540, 1020, 30)}
    needed = one_day(observed).days[0].intervals[8].counters
    open_counters = {
        Cell(MON, minute): needed - 3 if 690 <= minute < 780 else needed for minute in range(540, 1020, 30)
    }
    found = [
        one for one in counter_findings(one_day(observed, open_counters=open_counters)) if one.kind == "short"
    ]
    assert [(one.kind, one.starts, one.ends, one.counters) for one in found] == [("short", 690, 780, 3)]
    assert (
        str(found[0].message)
        == f"月曜日 11:30〜13:00 は窓口が 3 足りません（必要 {needed}、いま {needed - 3}）。"
    )


def test_counters_beyond_the_need_are_found_after_those_that_lack() -> None:
    plan = one_day({}, open_counters={Cell(MON, 540): 4.0, Cell(MON, 600): 0.0})
    assert [(one.kind, one.counters) for one in counter_findings(plan)] == [("short", 1), ("spare", 3)]


def test_a_quiet_evening_is_named_with_its_share_of_the_day() -> None:
    observed = {Cell(THU, minute): seen(80) for minute in range(540, 1020, 30)}
    observed[Cell(THU, 1080)] = seen(8)
    plan = staffing_plan(observed, {THU: [Hours(540, 1140)]}, {THU: 8}, TARGET)
    found = plan_advice(plan)
    assert [one.kind for one in found] == ["quiet_end"]
    assert found[0].numbers["starts"] == "17:00"
    assert found[0].numbers["visits"] == 1


def test_the_busiest_weekday_of_a_plan_is_told() -> None:
    observed = {
        Cell(weekday, minute): seen(160 if weekday == THU else 60)
        for weekday in range(5)
        for minute in range(540, 1020, 30)
    }
    plan = staffing_plan(observed, dict.fromkeys(range(5), NINE_TO_FIVE), dict.fromkeys(range(5), 8), TARGET)
    found = plan_advice(plan)[0]
    assert (found.kind, found.weekday) == ("busiest_day", THU)
    assert found.numbers["counters"] == plan.days[THU].counters


def test_tickets_are_counted_at_the_half_hour_they_are_due() -> None:
    tickets = [
        ticket(tokyo(2, 9, 10)),
        ticket(tokyo(2, 9, 50), booked_for=tokyo(2, 10)),
        ticket(tokyo(3, 10, 5), booked_for=tokyo(3, 10)),
    ]
    assert observe(tickets, TOKYO) == {
        Cell(MON, 540): seen(1),
        Cell(MON, 600): seen(1),
        Cell(TUE, 600): seen(1),
    }


def test_open_counters_are_those_that_served_somebody() -> None:
    tickets = [
        ticket(tokyo(2, 9, 0), 40, "1"),
        ticket(tokyo(2, 9, 5), 10, "2"),
        ticket(tokyo(9, 9, 5), 10, "1"),
    ]
    assert counters_open(tickets, {MON: 2}, TOKYO) == {Cell(MON, 540): 1.5, Cell(MON, 570): 0.5}


@given(st.integers(0, 400), st.integers(0, 400), st.floats(1, 60))
def test_more_visits_never_shrink_a_plan(arrivals: int, more: int, handling: float) -> None:
    few, many = (
        one_day({Cell(MON, 600): seen(count, handling)}) for count in (arrivals + 10, arrivals + more + 10)
    )
    assert many.staff_hours >= few.staff_hours


LOADS = st.floats(0, 60)


@given(LOADS, st.floats(0, 5), st.floats(0.2, 2), st.floats(0, 0.6))
def test_more_load_never_needs_fewer_counters_however_unsure_it_is(
    load: float, more: float, scv: float, unsure: float
) -> None:
    wanted = Wanted(0.9, 10, scv, unsure)
    fewest = counters_needed(load, 18, wanted)
    assert counters_needed(load + more, 18, wanted) >= fewest >= load
    if fewest > 1:
        assert share_within(fewest, load, 18, wanted) >= 0.9
        assert fewest - 1 <= load or share_within(fewest - 1, load, 18, wanted) < 0.9


@given(LOADS, st.integers(1, 80), st.floats(0.2, 2), st.floats(0.5, 0.97), st.floats(0, 0.02))
def test_percentiles_grow_with_their_share_and_fall_with_more_counters(
    load: float, counters: int, scv: float, share: float, more: float
) -> None:
    one = wait_percentile(counters, load, 18, scv, share)
    assert wait_percentile(counters, load, 18, scv, share + more) >= one
    assert wait_percentile(counters + 1, load, 18, scv, share) <= one + 1e-9


@given(st.lists(st.integers(0, 60), min_size=16, max_size=16), st.integers(0, 15), st.integers(0, 80))
def test_more_people_in_any_half_hour_shrink_no_half_hour(people: list[int], where: int, more: int) -> None:
    minutes = range(540, 1020, 30)
    few = {Cell(MON, minute): seen(count) for minute, count in zip(minutes, people, strict=True)}
    many = {**few, Cell(MON, minutes[where]): seen(people[where] + more)}
    before, after = (one_day(one).days[0].intervals for one in (few, many))
    assert all(late.needed >= soon.needed for soon, late in zip(before, after, strict=True))
