"""What managers ask: measures, the log in and out, counters needed, hours saved."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from tests.postgresql import BOTH
from tests.web.api.calls import Calls, named, problem

AT = "/offices/honcho"
HEADER = "ticket_id,queue,procedure,arrived_at,booked_for,called_at,finished_at,counter"


def served(calls: Calls, clock: FrozenDateTimeFactory, wait: int = 5, handling: int = 7) -> None:
    """One walk-in who waited and was handled so many minutes."""
    number = calls.post(f"{AT}/tickets", {"procedures": ["JUM-01"]}, "kiosk").json["number"]
    clock.tick(timedelta(minutes=wait))
    calls.post(f"{AT}/counters/1/call-next", who="counter")
    calls.post(f"{AT}/tickets/{number}/start", who="counter")
    clock.tick(timedelta(minutes=handling))
    calls.post(f"{AT}/tickets/{number}/finish", who="counter")


def bring(calls: Calls, *lines: str, **more: Any) -> Any:
    text = "\r\n".join((HEADER, *lines))
    options = {"data": text.encode(), "content_type": "text/csv", **more}
    return calls.post(f"{AT}/visits:import", who="manager", **options)


def a_day(day: int, count: int) -> list[str]:
    """Visits of one day of October, five minutes apart, each handled ten minutes."""
    found = []
    for place in range(count):
        begins, minute = divmod(9 * 60 + 5 * place, 60)
        at = f"2026-10-{day:02}T{begins:02}:{minute:02}:00+09:00"
        called = f"2026-10-{day:02}T{begins:02}:{minute + 2:02}:00+09:00"
        ended = f"2026-10-{day:02}T{begins + (minute + 12) // 60:02}:{(minute + 12) % 60:02}:00+09:00"
        found.append(f"{day}-{place},A,JUM-01,{at},,{called},{ended},{1 + place % 3}")
    return found


class TestStats:
    @BOTH
    def test_a_handled_visit_is_counted_with_its_minutes(
        self, calls: Calls, clock: FrozenDateTimeFactory
    ) -> None:
        served(calls, clock)
        found = calls.get(f"{AT}/stats?by=weekday,queue", "manager").json
        assert len(found) == 1
        assert (found[0]["weekday"], found[0]["queue"], found[0]["visits"]) == (1, "A", 1)
        assert (found[0]["wait_mean"], found[0]["handling_mean"]) == (5.0, 7.0)
        assert found[0]["wait_p90"] is None

    def test_the_whole_span_is_one_line_even_when_nobody_came(self, calls: Calls) -> None:
        found = calls.get(f"{AT}/stats?from=2026-01-01&to=2026-01-31", "manager").json
        assert [line["visits"] for line in found] == [0]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("by=shoe", "by"),
            ("from=2026-02-01&to=2026-01-01", "to"),
            ("from=2010-01-01&to=2026-01-01", "to"),
            ("from=yesterday", "from"),
        ],
    )
    def test_what_cannot_be_asked_is_named(self, calls: Calls, query: str, field: str) -> None:
        assert named(calls.get(f"{AT}/stats?{query}", "manager")) == [field]

    def test_every_cut_has_its_key(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        served(calls, clock)
        cuts = "weekday,hour,half_hour,day,month,procedure,queue,counter,source,prefilled"
        line = calls.get(f"{AT}/stats?by={cuts}", "manager").json[0]
        assert (line["hour"], line["counter"], line["source"], line["was_prefilled"]) == (
            9,
            "1",
            "walk_in",
            False,
        )


class TestTheLog:
    @BOTH
    def test_good_lines_are_kept_and_bad_ones_named(self, calls: Calls) -> None:
        bad = "x,Z,,2026-10-01T09:00:00+09:00,,2026-10-01T09:01:00+09:00,2026-10-01T09:02:00+09:00,1"
        answer = bring(calls, *a_day(1, 12), bad)
        assert answer.status_code == 200
        assert answer.json["imported"] == 12
        assert [one["line"] for one in answer.json["rejected"]] == [14]
        assert "Z" in answer.json["rejected"][0]["message"]
        line = calls.get(f"{AT}/stats?from=2026-10-01&to=2026-10-01&by=source", "manager").json[0]
        assert (line["visits"], line["wait_mean"], line["handling_p90"]) == (12, 2.0, 10.0)

    def test_the_same_log_again_keeps_nothing_twice(self, calls: Calls) -> None:
        key = {"Idempotency-Key": "k-1"}
        first = bring(calls, *a_day(1, 3), headers=key)
        assert bring(calls, *a_day(1, 3), headers=key).json == first.json
        again = bring(calls, *a_day(1, 3)).json
        assert (again["imported"], again["known_before"]) == (0, 3)
        assert named(bring(calls, *a_day(1, 4), headers=key)) == ["Idempotency-Key"]

    def test_what_is_no_log_is_refused_whole(self, calls: Calls) -> None:
        assert named(bring(calls, data=b"")) == ["file"]
        assert named(bring(calls, data=b"a,b\r\n1,2")) == ["file"]
        assert named(bring(calls, data=b"\x00\xff\xfe\x81")) == ["file"]
        problem(bring(calls, content_type="image/png"), 415)
        problem(bring(calls, data=b"x" * (8 * 1024 * 1024 + 1)), 413)

    def test_the_log_goes_out_without_anybodys_name(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        served(calls, clock)
        answer = calls.get(f"{AT}/visits.csv", "manager")
        assert answer.data.startswith("\ufeff".encode())
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len(rows) == 2
        assert "A001" in rows[1]
        assert len(rows[0]) == len(rows[1])
        assert "attachment" in answer.headers["Content-Disposition"]


class TestStaffing:
    def test_a_busy_weekday_gets_more_counters_and_every_interval_says_why(self, calls: Calls) -> None:
        for day, count in ((1, 60), (2, 12), (8, 60), (9, 12)):
            bring(calls, *a_day(day, count))
        asked = {
            "from": "2026-10-01",
            "to": "2026-10-31",
            "target": {"share": 0.9, "within_minutes": 10},
            "max_counters": 12,
        }
        answer = calls.post(f"{AT}/staffing-plan", asked, "manager")
        assert answer.status_code == 200, answer.text
        plan = answer.json
        days = {day["weekday"]: day for day in plan["weekdays"]}
        hours = {weekday: sum(one["counters"] for one in day["intervals"]) for weekday, day in days.items()}
        assert hours[3] > hours[4]
        first = days[3]["intervals"][0]
        assert (first["starts"], first["ends"]) == ("08:30", "09:00")
        assert {"counters", "expected_wait_p90", "load"} <= first.keys()
        assert plan["staff_hours"] == pytest.approx(sum(day["staff_hours"] for day in plan["weekdays"]))
        assert {check["name"] for check in plan["checks"]} >= {"every_interval", "enough_days"}
        assert any(advice["weekday"] == 3 for advice in plan["opening_hours_advice"])

    def test_an_office_without_a_log_gets_an_empty_plan_not_an_error(self, calls: Calls) -> None:
        plan = calls.post(f"{AT}/staffing-plan", {"from": "2026-01-01", "to": "2026-01-31"}, "manager").json
        assert (plan["checks"], plan["opening_hours_advice"]) == ([], [])
        assert plan["weekdays"]

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"target": {"share": 1.0}}, "target.share"),
            ({"target": {"share": "much"}}, "target.share"),
            ({"target": {"within_minutes": -1}}, "target.within_minutes"),
            ({"target": 1}, "target"),
            ({"max_counters": 0}, "max_counters"),
            ({"queue": "ZZ"}, "queue"),
            ({"shifts": []}, "shifts"),
            ({"from": "2026-02-30"}, "from"),
            ({"office": "higashi"}, "office"),
        ],
    )
    def test_what_cannot_be_planned_is_named(self, calls: Calls, sent: dict[str, Any], field: str) -> None:
        assert named(calls.post(f"{AT}/staffing-plan", sent, "manager")) == [field]


class TestSavings:
    def test_procedures_without_a_baseline_are_named_not_guessed(
        self, calls: Calls, clock: FrozenDateTimeFactory
    ) -> None:
        served(calls, clock)
        found = calls.get(f"{AT}/savings", "manager").json
        assert (found["hours"], found["procedures"], found["without_baseline"]) == (0, [], ["JUM-01"])
