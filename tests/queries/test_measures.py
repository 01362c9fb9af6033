"""Measures out of the ticket table equal figures computed by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.errors import Invalid
from models.core.transaction import act
from models.queries import measures
from models.queries.offices import OfficeView, office
from models.rules.planning.staffing import Cell, Observed
from models.rules.statistics import Measures
from models.rules.visit_export import COLUMNS
from models.tables import Baseline, Visit
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY, at, past

TUESDAY, SUNDAY = MONDAY + timedelta(1), MONDAY + timedelta(6)
TODAY = date(2026, 11, 24)


def honcho() -> OfficeView:
    return office("honcho")


def week(*by: str) -> list[Measures]:
    return measures.stats(honcho(), MONDAY, SUNDAY, by)


def only(*by: str) -> Measures:
    (found,) = week(*by)
    return found


pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


class TestStats:
    def test_a_walk_in_waits_from_arrival_to_call_and_is_handled_from_start_to_end(self) -> None:
        past(MONDAY, "9:00 9:12 9:13 9:30", "9:10 9:14 9:15 9:20")
        found = only()
        assert (found.visits, found.served, found.booked) == (2, 2, 0)
        assert found.wait_mean == 8
        assert found.handling_mean == 11
        assert found.called_minus_booked_mean is None

    def test_a_booking_called_early_has_a_negative_gap_and_no_wait(self) -> None:
        past(MONDAY, "9:50 9:58 9:59 10:10 10:00", "9:55 10:06 10:07 10:20 10:00")
        found = only()
        assert found.called_minus_booked_mean == 2
        assert found.wait_mean == 3
        past(MONDAY, "10:20 10:22 10:23 10:30 10:30")
        assert only().called_minus_booked_mean == pytest.approx(-4 / 3)

    @BOTH
    def test_percentiles_are_kept_back_below_ten_visits(self) -> None:
        past(MONDAY, *(f"9:00 9:{wait:02} 9:{wait:02} 10:00" for wait in range(9)))
        assert (only().wait_p50, only().wait_p90) == (None, None)
        past(MONDAY, "9:00 9:09 9:09 10:00")
        assert only().wait_p50 == 4.5
        assert only().wait_p90 == pytest.approx(8.1)

    def test_a_booking_nobody_came_for_is_no_visit(self) -> None:
        past(MONDAY, "- - - - 10:00", "9:50 10:00 10:01 10:10 10:00")
        found = only("weekday")
        assert (found.keys, found.visits, found.no_shows) == ({"weekday": 0}, 1, 1)
        assert found.no_show_rate == 0.5

    def test_somebody_still_waiting_at_the_end_of_the_day_has_left(self) -> None:
        past(MONDAY, "16:50", state="waiting")
        assert (only().visits, only().abandoned, only().served) == (1, 1, 0)

    def test_somebody_waiting_today_does_not_count_yet(self) -> None:
        past(TODAY, "8:50", state="waiting")
        past(TODAY, "8:31 8:35 8:36 8:45")
        (found,) = measures.stats(honcho(), TODAY, TODAY, ("weekday",))
        assert (found.keys, found.visits, found.served) == ({"weekday": 1}, 1, 1)

    @BOTH
    def test_cuts_are_office_local_and_combine(self) -> None:
        past(MONDAY, "8:45 8:50 8:51 9:05")
        past(TUESDAY, "13:10 13:20 13:21 13:30", "13:40 13:50 13:51 14:00", queue="B", counter="4")
        found = week("weekday", "hour", "queue")
        assert [(one.keys, one.visits) for one in found] == [
            ({"weekday": 0, "hour": 8, "queue": "A"}, 1),
            ({"weekday": 1, "hour": 13, "queue": "B"}, 2),
        ]

    def test_an_imported_row_counts_as_booked_when_it_was_booked_for_a_time(self) -> None:
        past(MONDAY, "9:50 10:00 10:01 10:10 10:00", "9:00 9:05 9:06 9:10", source="imported")
        found = only("source")
        assert (found.keys, found.visits, found.booked) == ({"source": "imported"}, 2, 1)

    def test_other_offices_and_other_days_stay_out(self) -> None:
        past(MONDAY, "9:00 9:12 9:13 9:30", code="higashi")
        past(MONDAY - timedelta(1), "9:00 9:12 9:13 9:30")
        assert only().visits == 0

    @pytest.mark.parametrize("span", [(TUESDAY, MONDAY), (MONDAY, MONDAY + timedelta(400))])
    def test_a_span_backwards_or_without_end_is_refused(self, span: tuple[date, date]) -> None:
        with pytest.raises(Invalid):
            measures.stats(honcho(), *span)

    def test_an_unknown_cut_is_named(self) -> None:
        with pytest.raises(Invalid) as refused:
            week("weekday", "name")
        assert "name" in str(refused.value.problems[0].message)

    def test_the_pre_filled_share_counts_procedures_that_can_be_filled_in_at_home(self) -> None:
        past(MONDAY, "9:00 9:05 9:06 9:10", prefilled=True)
        past(MONDAY, "9:00 9:05 9:06 9:10")
        past(MONDAY, "9:00 9:05 9:06 9:10", procedure="", queue="S")
        assert only().prefill_rate == 0.5


@act
def visit(session: Session) -> int:
    """The stay of somebody on that Monday."""
    row = Visit(office_id=honcho().id, day=MONDAY, arrived_at=at(MONDAY, "9:00"))
    session.add(row)
    session.flush()
    return row.id


def two_counters(second: str = "9:20 9:26 9:27 9:40", **more: Any) -> None:
    """One person handled at a certificate counter, then sent on to another one."""
    stay = visit()
    past(MONDAY, "9:00 9:10 9:11 9:20", visit_id=stay, state="transferred", number="A900")
    past(MONDAY, second, visit_id=stay, leg=2, number="A900", queue="B", procedure="IDO-01", **more)


class TestSeveralCounters:
    @BOTH
    def test_somebody_at_two_counters_is_one_visit_with_two_waits(self) -> None:
        two_counters()
        found = only()
        assert (found.visits, found.served, found.abandoned) == (1, 1, 0)
        assert found.wait_mean == (10 + 6) / 2
        assert found.handling_mean == (9 + 13) / 2
        assert [(one.keys["queue"], one.visits) for one in week("queue")] == [("A", 1), ("B", 1)]

    def test_who_left_before_the_second_counter_was_served_at_the_first(self) -> None:
        two_counters("9:20")
        assert (only().visits, only().served, only().abandoned) == (1, 1, 0)
        of_b = week("queue")[1]
        assert (of_b.served, of_b.abandoned) == (0, 1)

    def test_a_ticket_that_never_entered_the_line_counts_nowhere(self) -> None:
        two_counters("- - - - 10:00", state="abandoned")
        assert [one.keys["queue"] for one in week("queue")] == ["A"]
        past(MONDAY, "9:30", state="planned", leg=3)
        assert only().visits == 1

    def test_who_was_only_sent_to_another_queue_waits_there(self) -> None:
        stay = visit()
        past(MONDAY, "9:00 9:10", visit_id=stay, state="transferred", number="A901")
        past(MONDAY, "9:10 9:15 9:16 9:30", visit_id=stay, leg=2, number="A901", queue="B")
        assert (only().visits, only().wait_mean) == (1, 5)

    def test_the_booked_time_is_kept_or_missed_at_the_first_counter_only(self) -> None:
        stay = visit()
        past(MONDAY, "9:55 10:02 10:03 10:10 10:00", visit_id=stay, state="transferred", number="R900")
        past(MONDAY, "10:10 10:30 10:31 10:40 10:00", visit_id=stay, leg=2, number="R900", queue="B")
        assert only().called_minus_booked_mean == 2

    def test_a_plan_is_told_people_and_each_counters_arrivals(self) -> None:
        two_counters()
        inputs = measures.staffing_inputs(honcho(), MONDAY, SUNDAY)
        assert inputs.visits == 1
        assert sum(one.arrivals for one in inputs.observed.values()) == 2

    def test_a_case_that_went_over_two_counters_is_one_case_of_both_times(self) -> None:
        stay = visit()
        past(MONDAY, "9:00 9:10 9:10 9:20", visit_id=stay, state="transferred", number="A902")
        past(MONDAY, "9:20 9:25 9:25 9:40", visit_id=stay, leg=2, number="A902")
        keep_baseline("JUM-01", 34, 40)
        (row,) = measures.savings(honcho(), MONDAY, SUNDAY).rows
        assert (row.count, row.after_minutes) == (1, 25)

    def test_each_row_of_the_export_has_a_number_of_its_own(self) -> None:
        two_counters()
        number = COLUMNS.index("受付番号")
        assert [row[number] for row in measures.visit_rows(honcho(), MONDAY, SUNDAY)] == ["A900", "A900-2"]


class TestCost:
    @BOTH
    def test_only_the_rows_of_the_span_are_read_and_an_index_leads_to_them(self) -> None:
        asked: list[str] = []
        bind = session().get_bind()

        def note(*call: object) -> None:
            asked.append(str(call[2]))

        event.listen(bind, "before_cursor_execute", note)
        measures.handled(honcho(), MONDAY, SUNDAY)
        event.remove(bind, "before_cursor_execute", note)
        (statement,) = [text for text in asked if "FROM ticket" in text]
        assert "ticket.office_id =" in statement
        assert "ticket.day BETWEEN" in statement
        if bind.dialect.name == "sqlite":
            plan = (
                session()
                .connection()
                .exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?"))
            )
            assert all("SEARCH ticket USING INDEX" in row[-1] for row in plan)


class TestVisitRows:
    @BOTH
    def test_one_row_a_ticket_with_every_promised_column(self) -> None:
        past(MONDAY, "9:50 9:58 9:59 10:10 10:00", prefilled=True)
        past(TUESDAY, "- - - - 11:00")
        first, second = measures.visit_rows(honcho(), MONDAY, SUNDAY)
        row = dict(zip(COLUMNS, first, strict=True))
        assert (row["庁舎名"], row["日付"], row["曜日"]) == (honcho().name, "2026-11-16", "月")
        assert (row["予約時刻"], row["発券時刻"], row["呼出時刻"]) == ("10:00", "09:50", "09:58")
        assert (row["待ち時間（分）"], row["手続時間（分）"], row["予約時刻との差（分）"]) == (
            0.0,
            11.0,
            -2.0,
        )
        assert (row["業務名"], row["経路"], row["事前入力有無"], row["状態"]) == (
            "証明書",
            "予約",
            "有",
            "完了",
        )
        assert second[-1] == "来庁なし"

    def test_an_imported_ticket_keeps_its_own_number(self) -> None:
        past(MONDAY, "9:00 9:05 9:06 9:10", source="imported", number=None, external_id="20261116/A001")
        (row,) = measures.visit_rows(honcho(), MONDAY, SUNDAY)
        assert dict(zip(COLUMNS, row, strict=True))["受付番号"] == "A001"


class TestStaffingInputs:
    @BOTH
    def test_days_without_a_visit_count_as_observed(self) -> None:
        past(MONDAY - timedelta(14), "9:00 9:05 9:06 9:20")
        past(MONDAY, "9:10 9:15 9:16 9:26", "9:20 9:25 9:26 9:46")
        found = measures.staffing_inputs(honcho(), MONDAY - timedelta(28), SUNDAY)
        assert (found.first, found.last) == (MONDAY - timedelta(14), MONDAY)
        assert found.days_open[0] == 3
        assert found.observed[Cell(0, 540)] == Observed(3, 3, 14 + 10 + 20)
        assert found.visits == 3

    def test_a_holiday_is_no_open_day(self) -> None:
        past(date(2026, 11, 2), "9:00 9:05 9:06 9:20")
        past(date(2026, 11, 10), "9:00 9:05 9:06 9:20")
        found = measures.staffing_inputs(honcho(), date(2026, 11, 2), date(2026, 11, 10))
        assert (found.days_open[0], found.days_open[1]) == (2, 1)

    def test_today_is_not_over_and_only_counts_where_nothing_else_is_known(self) -> None:
        past(TODAY, "8:40 8:45 8:46 8:50")
        assert measures.staffing_inputs(honcho(), MONDAY, TODAY).visits == 1
        past(MONDAY, "9:00 9:05 9:06 9:20")
        assert measures.staffing_inputs(honcho(), MONDAY, TODAY).last == MONDAY

    def test_counters_are_counted_where_they_served_somebody(self) -> None:
        past(MONDAY, "9:00 9:05 9:06 9:20", counter="1")
        past(MONDAY, "9:00 9:10 9:11 9:40", counter="2")
        found = measures.staffing_inputs(honcho(), MONDAY, SUNDAY)
        assert found.open_counters[Cell(0, 540)] == 2
        assert found.open_counters[Cell(0, 570)] == 1

    def test_one_queue_can_be_looked_at_alone(self) -> None:
        past(MONDAY, "9:00 9:05 9:06 9:20")
        past(MONDAY, "9:00 9:05 9:06 9:20", queue="B")
        assert measures.staffing_inputs(honcho(), MONDAY, SUNDAY, "B").visits == 1


class TestSavings:
    def test_hours_are_before_less_after_times_count_over_sixty(self) -> None:
        keep_baseline("JUM-01", 34, 40)
        past(MONDAY, *["9:00 9:05 9:06 9:21"] * 8)
        past(MONDAY, "9:00 9:05 9:06 9:21", procedure="IDO-01")
        found = measures.savings(honcho(), MONDAY, SUNDAY)
        assert (found.before_minutes, found.after_minutes, found.count) == (34, 15, 8)
        assert found.hours == pytest.approx(19 * 8 / 60)
        assert found.without_baseline == ("IDO-01",)


@BOTH
def test_the_newest_recorded_day_is_found() -> None:
    assert measures.last_recorded(honcho()) is None
    past(TUESDAY, "9:00 9:05 9:06 9:20")
    assert measures.last_recorded(honcho()) == TUESDAY


@act
def keep_baseline(session: Session, procedure: str, minutes: float, cases: int) -> None:
    session.add(Baseline(procedure=procedure, minutes=minutes, cases=cases, frozen_at=at(MONDAY, "8:00")))
