"""Every step of a ticket by the contract: who may take it, where it leads, and the real state where it may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import accounts, hall
from models.queries.offices import office
from models.rules.ticket_states import STEPS
from tests.conftest import inside
from tests.postgresql import BOTH
from tests.web.api.calls import Calls, named, problem
from tests.web.api.test_counter import AT, step, walk_in
from web.api import line


def called(calls: Calls, counter: str = "1", *procedures: str) -> str:
    """A walk-in whom a counter has called."""
    number = walk_in(calls, *procedures)["number"]
    answer = calls.post(f"{AT}/counters/{counter}/call-next", who="counter")
    assert answer.json["number"] == number
    return str(number)


def state(calls: Calls, number: str, name: str, body: Any = None) -> str:
    """The state after a step that is allowed."""
    answer = step(calls, number, name, body)
    assert answer.status_code == 200, answer.text
    return str(answer.json["status"])


class TestTheWholeLife:
    @BOTH
    def test_hold_and_resume_stand_aside_while_the_counter_calls_the_next(self, calls: Calls) -> None:
        number = called(calls)
        walk_in(calls)
        assert state(calls, number, "start") == "serving"
        assert state(calls, number, "hold") == "held"
        assert calls.post(f"{AT}/counters/1/call-next", who="counter").json["number"] == "A002"
        busy = problem(step(calls, number, "resume"), 409)
        assert (busy["number"], busy["state"]) == ("A002", "called")
        assert state(calls, "A002", "no-show") == "no_show"
        assert state(calls, number, "resume") == "serving"

    def test_the_second_call_hands_over(self, calls: Calls) -> None:
        number = called(calls)
        assert state(calls, number, "start") == "serving"
        assert state(calls, number, "back-office") == "back_office"
        delivered = step(calls, number, "deliver", {"counter": "2"}).json
        assert (delivered["status"], delivered["counter"]) == ("recalled", "2")
        assert state(calls, number, "recall") == "recalled"
        assert state(calls, number, "finish") == "done"

    def test_who_was_absent_comes_back_before_those_who_wait(self, calls: Calls) -> None:
        number = called(calls)
        walk_in(calls)
        assert state(calls, number, "absent") == "absent"
        assert state(calls, number, "return") == "waiting"
        assert calls.post(f"{AT}/counters/1/call-next", who="counter").json["number"] == number

    def test_a_counter_calls_the_one_it_names(self, calls: Calls) -> None:
        walk_in(calls)
        second = walk_in(calls)["number"]
        answer = step(calls, second, "call", {"counter": "2"}).json
        assert (answer["status"], answer["counter"], answer["calls"]) == ("called", "2", 1)
        assert named(step(calls, "A001", "call")) == ["counter"]

    def test_a_transfer_keeps_the_number_and_waits_in_the_other_queue(self, calls: Calls) -> None:
        number = called(calls)
        step(calls, number, "start")
        moved = step(calls, number, "transfer", {"queue": "K"}).json
        assert (moved["number"], moved["queue"], moved["status"], moved["leg"]) == (number, "K", "waiting", 2)
        named_procedures = step(calls, number, "transfer", {"queue": "B", "procedures": ["IDO-01"]}).json
        assert (named_procedures["queue"], named_procedures["procedures"]) == ("B", ["IDO-01"])
        assert named(step(calls, number, "transfer")) == ["queue"]
        assert named(step(calls, number, "transfer", {"queue": "Z"})) == ["queue"]

    def test_finish_keeps_what_was_done_in_the_end(self, calls: Calls) -> None:
        number = called(calls)
        step(calls, number, "start")
        done = step(calls, number, "finish", {"outcomes": ["JUM-02", "JUM-01"], "counter": "1"}).json
        assert (done["status"], sorted(done["procedures"])) == ("done", ["JUM-01", "JUM-02"])

    @BOTH
    def test_undo_takes_the_last_step_back_for_some_minutes(
        self, calls: Calls, clock: FrozenDateTimeFactory
    ) -> None:
        number = called(calls)
        step(calls, number, "start")
        assert state(calls, number, "undo") == "called"
        assert state(calls, number, "undo", {"reason": "other_person"}) == "waiting"
        assert problem(step(calls, number, "undo"), 409)["state"] == "waiting"
        assert named(step(calls, number, "undo", {"reason": "no idea"})) == ["reason"]
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        clock.tick(timedelta(minutes=11))
        assert problem(step(calls, number, "undo"), 409)["state"] == "called"

    def test_priority_is_a_head_start_and_can_be_taken_back(self, calls: Calls) -> None:
        walk_in(calls)
        number = walk_in(calls)["number"]
        assert step(calls, number, "prioritise").json["priority"] is True
        assert [one["number"] for one in calls.get(f"{AT}/tickets", "counter").json] == [number, "A001"]
        assert step(calls, number, "prioritise", {"on": False}).json["priority"] is False
        assert state(calls, number, "cancel") == "cancelled"
        problem(step(calls, number, "prioritise"), 409)


class TestForbidden:
    @pytest.mark.parametrize("name", [*sorted(line.STEPS), "cancel", "return"])
    def test_a_step_that_the_state_forbids_says_the_real_state_and_changes_nothing(
        self, calls: Calls, name: str
    ) -> None:
        action = line.STEPS.get(name, name)
        number = called(calls)
        step(calls, number, "start")
        forbidden = "serving"
        if "serving" in STEPS[action].before:
            step(calls, number, "finish")
            forbidden = "done"
        body = {"counter": "1"} if name == "call" else None
        before = calls.get(f"{AT}/tickets?status={forbidden}", "counter").json
        if name == "call" and forbidden == "serving":
            body = {"counter": "2"}
        answer = problem(step(calls, number, name, body), 409)
        assert answer["state"] == forbidden
        assert number in answer["detail"]
        assert calls.get(f"{AT}/tickets?status={forbidden}", "counter").json == before

    def test_the_same_step_twice_is_taken_once(self, calls: Calls) -> None:
        number = called(calls)
        assert state(calls, number, "start") == "serving"
        assert problem(step(calls, number, "start"), 409)["state"] == "serving"

    def test_an_unknown_counter_is_named_before_anything_happens(self, calls: Calls) -> None:
        number = called(calls)
        for name, body in (("start", {}), ("transfer", {"queue": "K"}), ("undo", {}), ("cancel", {})):
            assert named(step(calls, number, name, {**body, "counter": "99"})) == ["counter"]
        assert calls.get(f"{AT}/tickets?status=called", "counter").json[0]["number"] == number


class TestCounters:
    @BOTH
    def test_a_counter_opens_and_closes(self, calls: Calls) -> None:
        opened = calls.post(f"{AT}/counters/3/open", who="counter").json
        assert (opened["number"], opened["open"], opened["queues"][0]) == ("3", True, "C")
        assert opened["opened_at"] == "2026-11-24T09:00:00+09:00"
        assert calls.get(f"{AT}/queue").json["counters_on"] == ["3"]
        closed = calls.post(f"{AT}/counters/3/close", {"ending": "lunch"}, "counter").json
        assert (closed["open"], closed["opened_at"]) == (False, None)
        assert calls.get(f"{AT}/queue").json["counters_on"] == []

    def test_a_counter_that_serves_somebody_stays_open(self, calls: Calls) -> None:
        number = called(calls)
        assert problem(calls.post(f"{AT}/counters/1/close", who="counter"), 409)["number"] == number
        problem(calls.post(f"{AT}/counters/99/open", who="counter"), 404)
        assert named(calls.post(f"{AT}/counters/1/close", {"ending": "fire"}, "counter")) == ["ending"]


class TestNumbersThatHaveEnded:
    def test_a_kiosk_is_told_that_it_is_closed_and_staff_still_may(
        self, calls: Calls, settings: Settings
    ) -> None:
        with inside(settings):
            hall.stop_issuing(office("honcho"), "test")
        asked = {"procedures": ["JUM-01"]}
        assert problem(calls.post(f"{AT}/tickets", asked, "kiosk"), 409)["closed"] is True
        assert calls.post(f"{AT}/tickets", asked, "counter").status_code == 201

    def test_a_contingent_that_is_used_up_closes_its_queue_only(
        self, calls: Calls, settings: Settings
    ) -> None:
        with inside(settings):
            hall.set_limits(office("honcho"), {"A": 1}, "test")
        walk_in(calls)
        refused = problem(calls.post(f"{AT}/tickets", {"procedures": ["JUM-01"]}, "kiosk"), 409)
        assert (refused["closed"], refused["queue"]) == (True, "A")
        assert walk_in(calls, "IDO-01")["number"] == "B001"


def test_a_concierge_moves_people_and_calls_nobody(calls: Calls, settings: Settings) -> None:
    with inside(settings):
        token = accounts.issue_token("concierge", "honcho", "test")
    bearer = {"Authorization": f"Bearer {token}"}
    number = walk_in(calls)["number"]

    def sent(name: str, body: Any = None) -> Any:
        return calls.post(f"{AT}/tickets/{number}/{name}", body, headers=bearer)

    assert sent("prioritise").status_code == 200
    assert sent("transfer", {"queue": "K"}).json["queue"] == "K"
    problem(sent("call", {"counter": "1"}), 403)
    problem(calls.post(f"{AT}/counters/1/open", headers=bearer), 403)
    assert sent("cancel").json["status"] == "cancelled"
