"""Every measure of `metrics.yaml` is computed as it is defined there, under the columns it names, or says why not.

Two days are written down with every instant; each measure is worked out here from its definition, by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.operations import facts as making
from models.operations.baselines import Typed, freeze
from models.queries import fact_tables, facts, measures, reports, satisfaction, stays
from models.queries.offices import office
from models.rules.savings import hours_saved
from models.rules.visit_export import COLUMNS
from tests.past_visits import MONDAY, at, past
from web.resident import congestion

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
METRICS = yaml.safe_load(
    (Path(__file__).parents[2] / "models" / "catalogue" / "metrics.yaml").read_text(encoding="utf-8")
)
ELSEWHERE = {
    "staffing_need": "the plan keeps P(wait > target) in every half hour, which the formula only checks (ADR 0025)",
    "writing_saved": "reading to print is `stays.reading_mean`; writing on paper is timed by hand (baselines)",
    "fix_rate": "staff change no field of a pre-filled form: the counter prints what the resident wrote",
    "reprint_rate": "tests/web/counter/test_scanning.py prints again; here nothing is printed, and the share is None",
    "satisfaction": "tests/operations/test_satisfaction.py gives scores; here nobody has, and the mean is None",
}
"""Measures of which this page's days have nothing, with where they are, or why they are not."""


def days() -> None:
    """Ten walk-ins with waits of 1 to 10 minutes, bookings early, on time and late, one gone, one that never came."""
    past(MONDAY, *(f"9:00 9:{n:02} 9:{n + 1:02} 9:{n + 11:02}" for n in range(1, 11)), prefilled=True)
    past(MONDAY, "9:50 9:55 9:56 10:16 10:00", "10:25 10:30 10:31 10:51 10:00", "- - - - 11:00")
    past(MONDAY, "11:00 - - -")
    past(MONDAY, "12:00 12:40 12:40 12:50", served_end_at=at(MONDAY, "12:45"))
    freeze(Typed("JUM-01", 34, 40, "測定"), "test")
    making.make_all()


def of_day() -> Any:
    (found,) = measures.stats(office("honcho"), MONDAY, MONDAY)
    return found


def line() -> Any:
    (found,) = facts.lines([office("honcho")], MONDAY, MONDAY)
    return found


def course() -> Any:
    return stays.of_span(office("honcho"), MONDAY, MONDAY)


REFERENCES: list[dict[str, Any]] = METRICS["measures"]["saved_hours"]["tests"]
WAITS = [*range(1, 11), 0, 5, 40]
HANDLINGS = [10] * 10 + [20, 20, 5]
CHECKS: dict[str, Callable[[], list[tuple[Any, Any]]]] = {
    "wait": lambda: [
        (line().measures.wait_mean, sum(WAITS) / 13), (of_day().wait_p50, 5), (of_day().wait_max, 40),
        (of_day().wait_p90, 9.8), (line().within_target, 12 / 13),
    ],
    "slot_gap": lambda: [(of_day().called_minus_booked_mean, (-5 + 30) / 2), (course().gap_p50, None)],
    "handling": lambda: [
        (of_day().handling_mean, sum(HANDLINGS) / 13), (course().full_mean, (sum(HANDLINGS) + 5) / 13),
    ],
    "stay": lambda: [(course().stays, 13), (course().stay_mean, (sum(range(12, 22)) + 26 + 26 + 50) / 13)],
    "booking_rate": lambda: [(of_day().booking_rate, 2 / 13)],
    "prefill_rate": lambda: [(of_day().prefill_rate, 10 / 14)],
    "no_show_rate": lambda: [(of_day().no_show_rate, 1 / 3)],
    "late_rate": lambda: [(course().late, 1 / 2)],
    "abandon_rate": lambda: [(of_day().abandoned / of_day().visits, 1 / 14)],
    "within_target": lambda: [(reports.report(office("honcho"), MONDAY, MONDAY).within_target, 12 / 13)],
    "utilisation": lambda: [
        (facts.utilisation([office("honcho")], MONDAY, MONDAY)[0].serving_minutes, 19 + 20 + 20 + 5),
        (facts.utilisation([office("honcho")], MONDAY, MONDAY)[0].open_minutes, 5 * 30),
    ],
    "saved_hours": lambda: [
        (measures.savings(office("honcho"), MONDAY, MONDAY).hours, (34 - sum(HANDLINGS) / 13) * 13 / 60),
        *((hours_saved(one["before"], one["after"], one["n"]), one["hours"]) for one in REFERENCES),
    ],
    "reprint_rate": lambda: [(course().reprinted, None)],
    "satisfaction": lambda: [(satisfaction.of_span(office("honcho"), MONDAY, MONDAY).mean, None)],
}  # fmt: skip


def test_every_measure_has_a_check_or_a_reason() -> None:
    assert set(METRICS["measures"]) == {*CHECKS, *ELSEWHERE}
    assert all(len(reason) > 30 for reason in ELSEWHERE.values())


def test_every_measure_is_what_its_definition_says() -> None:
    days()
    wrong = [
        (name, found, wanted)
        for name, check in CHECKS.items()
        for found, wanted in check()
        if found != (None if wanted is None else pytest.approx(wanted))
    ]
    assert wrong == []


FILES = {
    "tickets.csv": COLUMNS,
    "daily.csv": fact_tables.DAILY,
    "hourly.csv": fact_tables.HOURLY,
    "effect.csv": fact_tables.EFFECT,
    "congestion_open.csv": congestion.HEADER,
}


def test_every_file_has_the_columns_that_are_named_in_their_order() -> None:
    assert {name: list(columns) for name, columns in FILES.items()} == METRICS["csv"]["files"]


def test_the_rows_of_days_hours_and_effects_are_the_measures() -> None:
    days()
    place, sunday = office("honcho"), MONDAY + timedelta(6)
    (day,) = [
        dict(zip(fact_tables.DAILY, row, strict=True)) for row in fact_tables.daily(place, MONDAY, sunday)
    ]
    assert (day["日付"], day["曜日"], day["休日明け"], day["業務記号"]) == ("2026-11-16", "月", "有", "A")
    assert (day["受付件数"], day["予約件数"], day["無断キャンセル件数"], day["途中離脱件数"]) == (14, 2, 1, 1)
    assert (day["平均待ち時間（分）"], day["平均手続時間（分）"]) == (
        round(sum(WAITS) / 13, 1),
        round(145 / 13, 1),
    )
    hours = [
        dict(zip(fact_tables.HOURLY, row, strict=True)) for row in fact_tables.hourly(place, MONDAY, sunday)
    ]
    nine = hours[0]
    assert (nine["年月"], nine["曜日"], nine["時間帯"], nine["平均受付件数"]) == (
        "2026-11",
        "月",
        "09:00",
        10,
    )
    assert (nine["平均待ち時間（分）"], nine["平均開設窓口数"]) == (5.5, 1)
    assert nine["窓口稼働率（％）"] == pytest.approx(100 * 19 / 30)
    (saved,) = [
        dict(zip(fact_tables.EFFECT, row, strict=True)) for row in fact_tables.effect(place, MONDAY, sunday)
    ]
    assert (saved["年月"], saved["件数"], saved["導入前平均（分）"]) == ("2026-11", 13, 34)
