"""Shifts in a staffing plan: of the office's own rules, of rules that were sent, and of shapes of 0 and 1."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from models.core.settings import Settings
from models.operations import roster_rules
from models.queries.offices import office
from models.rules.planning.roster_rules import SHIPPED, Person, RosterRules, document
from tests.architecture.repository import ROOT
from tests.conftest import inside
from tests.web.api.calls import Calls, named
from tests.web.api.test_reports import AT, a_day, bring

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
KINDS = [
    {"name": "一日", "starts": "08:30", "ends": "17:15", "lunch_minutes": 60},
    {"name": "遅番", "starts": "10:15", "ends": "19:00", "lunch_minutes": 60},
    {"name": "午前", "starts": "08:30", "ends": "12:30"},
]


def asked(calls: Calls, shifts: Any, **more: Any) -> Any:
    for day in (1, 8):
        bring(calls, *a_day(day, 40))
    sent = {"from": "2026-10-01", "to": "2026-10-31", "shifts": shifts, "max_counters": 6, **more}
    return calls.post(f"{AT}/staffing-plan", sent, "manager")


def counters(plan: dict[str, Any]) -> dict[tuple[int, str], int]:
    return {
        (day["weekday"], one["starts"]): one["counters"]
        for day in plan["weekdays"]
        for one in day["intervals"]
    }


def on(plan: dict[str, Any], weekday: int, starts: str) -> int:
    """People at a counter at the begin of a half hour."""
    day = next(one for one in plan["shifts"]["weekdays"] if one["weekday"] == weekday)
    return sum(
        one["count"]
        for one in day["shifts"]
        if one["starts"] <= starts < one["ends"]
        and not (one["lunch_starts"] and one["lunch_starts"] <= starts < one["lunch_ends"])
    )


def test_kinds_alone_cover_every_half_hour_that_they_reach(calls: Calls) -> None:
    plan = asked(calls, {"kinds": KINDS}).json
    shifts = plan["shifts"]
    assert (shifts["proven"], shifts["gap"], shifts["uncovered"]) == (True, 0.0, [])
    assert shifts["hours"] == shifts["least_hours"] > plan["staff_hours"]
    assert all(on(plan, *slot) >= needed for slot, needed in counters(plan).items())
    assert all(one["people"] == [] for day in shifts["weekdays"] for one in day["shifts"])


def test_people_lunch_and_hours_are_kept_and_what_is_missing_is_told(calls: Calls) -> None:
    people = [{"code": f"P{n}", "queues": ["A"], "days": 3} for n in range(4)]
    sent = {
        "kinds": KINDS,
        "people": people,
        "lunch": {"from": "11:30", "to": "13:30"},
        "budget_hours": 60,
        "max_per_day": 3,
    }
    plan = asked(calls, sent).json
    shifts = plan["shifts"]
    assert shifts["hours"] <= 60
    assert shifts["uncovered"]
    for day in shifts["weekdays"]:
        codes = [code for one in day["shifts"] for code in one["people"]]
        assert len(codes) == len(set(codes)) == sum(one["count"] for one in day["shifts"]) <= 3
        for one in day["shifts"]:
            assert (
                one["lunch_starts"] is None or "11:30" <= one["lunch_starts"] < one["lunch_ends"] <= "13:30"
            )
    missing = {
        (one["weekday"], one["starts"]): one["missing"] for one in shifts["uncovered"] if not one["queues"]
    }
    for slot, needed in counters(plan).items():
        assert on(plan, *slot) + missing.get(slot, 0) >= needed


def test_shapes_of_half_hours_cover_as_in_a_study(calls: Calls) -> None:
    shapes = {"whole": [1] * 7 + [0] * 2 + [1] * 9, "early": [1] * 9, "late": [0] * 9 + [1] * 12}
    plan = asked(calls, shapes).json
    assert plan["shifts"]["proven"]
    assert plan["shifts"]["uncovered"] == []
    assert {one["kind"] for day in plan["shifts"]["weekdays"] for one in day["shifts"]} <= set(shapes)


def test_the_offices_own_rules_are_asked_for_with_true(calls: Calls, settings: Settings) -> None:
    assert named(asked(calls, True)) == ["shifts"]
    with inside(settings):
        people = tuple(Person(f"P{n}") for n in range(9))
        roster_rules.keep(office("honcho"), document(RosterRules(SHIPPED.kinds, people)), "test")
    codes = {
        code
        for day in asked(calls, True).json["shifts"]["weekdays"]
        for one in day["shifts"]
        for code in one["people"]
    }
    assert codes <= {f"P{n}" for n in range(9)}
    assert codes


def test_a_plan_without_shifts_has_none(calls: Calls) -> None:
    assert "shifts" not in asked(calls, None).json


def test_the_documented_example_is_taken(calls: Calls) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(\{[^`]*\"kinds\"[^`]*)```", text)
    assert found
    assert asked(calls, json.loads(found[1])["shifts"]).json["shifts"]["proven"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ([], "shifts"),
        ({}, "shifts"),
        (False, "shifts"),
        ("all", "shifts"),
        (1, "shifts"),
        ({"whole": []}, "shifts"),
        ({"whole": [2]}, "shifts"),
        ({"whole": [True, 0.0]}, "shifts"),
        ({"whole": "1111"}, "shifts"),
        ({"1" * 13: [1]}, "shifts"),
        ({"kinds": {}}, "shifts.kinds"),
        ({"kinds": [1]}, "shifts.kinds"),
        ({"kinds": [*KINDS, KINDS[0]]}, "shifts.kinds"),
        ({"kinds": KINDS, "people": [{"code": "山田花子"}]}, "shifts.people"),
        ({"kinds": KINDS, "people": [{"code": "1", "queues": [{}]}]}, "shifts.people"),
        ({"kinds": KINDS, "lunch": []}, None),
        ({"kinds": KINDS, "lunch": {"from": 11}}, "shifts.lunch"),
        ({"kinds": KINDS, "budget_hours": True}, "shifts.budget_hours"),
        ({"kinds": KINDS, "max_per_day": 10**400}, "shifts.max_per_day"),
    ],
)
def test_shifts_that_cannot_be_are_named(calls: Calls, sent: Any, field: str | None) -> None:
    answer = calls.post(f"{AT}/staffing-plan", {"shifts": sent}, "manager")
    if field is None:
        assert answer.status_code == 200
    else:
        assert named(answer) == [field]
