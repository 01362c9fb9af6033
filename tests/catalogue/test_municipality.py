"""A municipality's plan is data, checked like the catalogue; the demo city is one such plan."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import load
from models.catalogue.municipality import (
    DEMO,
    ExceptionPlan,
    HoursPlan,
    MunicipalityPlan,
    OfficePlan,
    check_digit,
    load_demo_plan,
    load_plan,
)
from models.catalogue.source import CatalogueError


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def demo(catalogue: Catalogue) -> MunicipalityPlan:
    return load_demo_plan(catalogue)


def office(plan: MunicipalityPlan, code: str) -> OfficePlan:
    return next(one for one in plan.offices if one.code == code)


def test_the_demo_city_is_as_promised(demo: MunicipalityPlan) -> None:
    assert (demo.code, demo.words.ja, demo.population) == ("maeniwa", "前庭市", 50000)
    names = {one.code: one.words.ja for one in demo.offices}
    assert names == {"honcho": "本庁舎", "higashi": "東支所", "library": "図書館ホール"}
    assert sum(len(one.counters) for one in demo.offices) == 12
    assert {one.booking_days_ahead for one in demo.offices} == {60}


def test_the_demo_city_is_no_real_one(demo: MunicipalityPlan) -> None:
    assert demo.government_code.startswith("99")
    assert demo.government_code[5] == check_digit(demo.government_code[:5])


@pytest.mark.parametrize("code", ["131016", "271004", "222208", "242152", "012084"])
def test_the_check_digit_of_real_municipalities_comes_out(code: str) -> None:
    assert check_digit(code[:5]) == code[5]


@given(st.text("0123456789", min_size=5, max_size=5))
def test_every_government_code_gets_one_check_digit(five: str) -> None:
    assert check_digit(five) in set("0123456789")


def test_thursday_is_long_at_the_city_hall(demo: MunicipalityPlan) -> None:
    hours = office(demo, "honcho").hours
    assert HoursPlan(3, time(8, 30), time(19)) in hours
    assert [span.weekday for span in hours] == [0, 1, 2, 3, 4]


def test_the_branch_closes_for_lunch(demo: MunicipalityPlan) -> None:
    monday = [span for span in office(demo, "higashi").hours if span.weekday == 0]
    assert [(span.opens, span.closes) for span in monday] == [
        (time(8, 30), time(12)),
        (time(13), time(17, 15)),
    ]


def test_the_library_hall_is_open_on_saturday_and_closed_on_monday(demo: MunicipalityPlan) -> None:
    assert {span.weekday for span in office(demo, "library").hours} == {1, 2, 3, 4, 5}


def test_every_offered_procedure_has_a_counter_in_its_office(
    demo: MunicipalityPlan, catalogue: Catalogue
) -> None:
    for one in demo.offices:
        served = {queue for counter in one.counters for queue in counter.queues}
        assert {catalogue.procedures[code].queue for code in one.procedures} <= served


def test_every_procedure_is_offered_somewhere(demo: MunicipalityPlan, catalogue: Catalogue) -> None:
    assert {code for one in demo.offices for code in one.procedures} == set(catalogue.procedures)


def test_a_city_plans_single_days_and_its_own_booking_window(tmp_path: Path, catalogue: Catalogue) -> None:
    text = DEMO.read_text(encoding="utf-8").replace(
        "    telephone: 0000-22-3333\n",
        "    telephone: 0000-22-3333\n"
        "    booking: {days_ahead: 30}\n"
        "    exceptions:\n"
        "      2026-10-01: {reason: 蔵書の点検}\n"
        "      2026-10-02: {reason: 蔵書の点検, hours: '13:00-18:00'}\n",
    )
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    library = office(load_plan(path, catalogue), "library")
    assert (library.booking_days_ahead, library.bookable_share) == (30, 0.5)
    assert library.exceptions == (
        ExceptionPlan(date(2026, 10, 1), "蔵書の点検", None, None),
        ExceptionPlan(date(2026, 10, 2), "蔵書の点検", time(13), time(18)),
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("'992011'", "'992012'", "`992012` has a wrong check digit, expected 992011"),
        ("'992011'", "99201", "expected six digits in quotes"),
        ("code: maeniwa", "code: Mae niwa", "expected small letters, digits and hyphens"),
        ("  honcho:", "  Hon/cho:", "expected small letters, digits and hyphens"),
        ("      thu: ['08:30-19:00']", "      thu: ['8:30-19:00']", "expected for example '08:30-17:15'"),
        ("      thu: ['08:30-19:00']", "      thu: ['19:00-08:30']", "ends before it begins"),
        ("      thu: ['08:30-19:00']", "      thursday: ['08:30-19:00']", "unknown key `thursday`"),
        (
            "      mon: ['08:30-12:00', '13:00-17:15']",
            "      mon: ['08:30-12:00', '11:00-17:15']",
            "expected spans in order",
        ),
        ("share: 0.5", "share: 50", "expected a number from 0 to 1"),
        ("days_ahead: 60", "days_ahead: 0", "expected a whole number from 1 to 366"),
        ("{all_but: [RMT-01]}", "{all_but: [RMT-99]}", "`RMT-99` is unknown, expected a procedure"),
        ("      - KAN-01", "      - KAN-99", "`KAN-99` is unknown, expected a procedure"),
        ("queues: [S, A, K, D]", "queues: [S, A, D]", "no counter serves queue K of ZEI-01, expected one"),
        ("queues: [S, A, K, D]", "queues: [S, X]", "`X` is unknown, expected a queue"),
        ("queues: [S, A, K, D]", "queues: []", "counter 1 serves nothing, expected its queues"),
        ("    address: 前庭市緑町", "    adress: 前庭市緑町", "unknown key `adress`"),
        (
            "    address: 前庭市緑町",
            "    timezone: Asia/Nowhere\n    address: 前庭市緑町",
            "`Asia/Nowhere` is no time zone",
        ),
        (
            "    address: 前庭市緑町",
            "    exceptions: {10-01: {reason: x}}\n    address: 前庭市緑町",
            "`10-01` is no date, expected for example 2026-04-01",
        ),
    ],
)
def test_a_mistake_in_a_plan_is_told_by_file_line_and_expectation(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, expected: str
) -> None:
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    path = tmp_path / "plan.yaml"
    path.write_text(changed, encoding="utf-8")
    first_changed = text[: text.index(old)].count("\n") + 1
    with pytest.raises(CatalogueError) as error:
        load_plan(path, catalogue)
    assert expected in error.value.message
    assert error.value.file == "plan.yaml"
    assert abs(error.value.line - first_changed) <= 3
