"""The hall for everybody, and a number for its holder: true, without people in it, and cheap to ask again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import Engine, event

from models.core.settings import Settings
from models.operations import hall
from models.queries import holder
from models.queries.offices import office
from tests.conftest import inside
from tests.postgresql import BOTH
from tests.web.api.calls import UNKNOWN, Calls, problem
from tests.web.api.test_counter import AT, check_in, step, walk_in

HOUSE = {"hall", "office", "municipality", "visit"}
"""What may be read to say that nothing has changed: the version, the office, the slip's own row."""


@contextmanager
def tables_read() -> Iterator[set[str]]:
    """The tables that statements name while the block runs."""
    found: set[str] = set()

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        words = statement.replace("\n", " ").replace('"', "").split()
        found.update(after for word, after in zip(words, words[1:], strict=False) if word in ("FROM", "JOIN"))

    event.listen(Engine, "before_cursor_execute", heard)
    yield found
    event.remove(Engine, "before_cursor_execute", heard)


def again(calls: Calls, path: str, answer: Any) -> Any:
    return calls.get(path, headers={"If-None-Match": answer.headers["ETag"]})


class TestTheQueue:
    @BOTH
    def test_it_says_who_waits_how_long_and_who_is_called(self, calls: Calls) -> None:
        walk_in(calls), walk_in(calls)
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        shown = calls.get(f"{AT}/queue").json
        assert shown["as_of"] == "2026-11-24T09:00:00+09:00"
        line = next(one for one in shown["queues"] if one["code"] == "A")
        assert (line["name"], line["waiting"], line["now_calling"]) == ("証明書", 1, "A001")
        assert isinstance(line["estimated_wait_minutes"], int)
        assert line["estimated_wait_p80_minutes"] >= line["estimated_wait_minutes"]
        assert line["low_minutes"] % 5 == line["high_minutes"] % 5 == 0
        (call,) = shown["calls"]
        assert (call["number"], call["counter"], call["kind"]) == ("A001", "1", "call")
        assert call["called_at"] == "2026-11-24T09:00:00+09:00"
        assert (shown["open"], shown["closes"], shown["stopped"]) == (True, "17:15", False)

    def test_names_come_in_the_language_that_was_asked_for(self, calls: Calls) -> None:
        japanese, english = (calls.get(f"{AT}/queue{query}") for query in ("", "?lang=en"))
        assert {one["name"] for one in english.json["queues"]} & {"Certificates"}
        assert japanese.headers["ETag"] != english.headers["ETag"]

    def test_nothing_of_a_person_is_in_it(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        booked = calls.booked("IDO-01")
        clock.tick(timedelta(minutes=20))
        number = check_in(calls, booked["token"]).json["number"]
        calls.post(f"{AT}/counters/2/call-next", who="counter")
        text = calls.get(f"{AT}/queue").text
        assert number in text
        for secret in (booked["token"], booked["reference"], "アイコ", "aiko@example.jp", "IDO-01"):
            assert secret not in text

    def test_asking_again_is_304_until_something_happens(self, calls: Calls) -> None:
        first = calls.get(f"{AT}/queue")
        same = again(calls, f"{AT}/queue", first)
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
        walk_in(calls)
        assert again(calls, f"{AT}/queue", first).status_code == 200

    def test_time_alone_changes_it_within_half_a_minute(
        self, calls: Calls, clock: FrozenDateTimeFactory
    ) -> None:
        first = calls.get(f"{AT}/queue")
        clock.tick(timedelta(seconds=31))
        assert again(calls, f"{AT}/queue", first).status_code == 200

    def test_a_304_reads_the_version_and_no_ticket(self, calls: Calls) -> None:
        walk_in(calls)
        first = calls.get(f"{AT}/queue")
        with tables_read() as read:
            assert again(calls, f"{AT}/queue", first).status_code == 304
        assert read <= HOUSE
        assert "hall" in read

    def test_numbers_that_have_ended_are_said(self, calls: Calls, settings: Settings) -> None:
        with inside(settings):
            hall.stop_issuing(office("honcho"), "test")
            hall.set_notice(office("honcho"), "システム点検中です", "test")
        shown = calls.get(f"{AT}/queue").json
        assert (shown["stopped"], shown["notice"]) == (True, "システム点検中です")

    def test_no_office_no_queue(self, calls: Calls) -> None:
        problem(calls.get("/offices/nowhere/queue"), 404)


class TestANumber:
    def test_the_holder_sees_the_place_and_a_range(self, calls: Calls) -> None:
        walk_in(calls)
        mine = walk_in(calls)
        shown = calls.get(f"/tickets/{mine['token']}").json
        assert (shown["number"], shown["status"], shown["people_ahead"]) == ("A002", "waiting", 1)
        assert (shown["position"], shown["counter"]) == (2, None)
        assert isinstance(shown["estimated_wait_minutes"], int)
        assert mine["page_url"].endswith(f"/tickets/{mine['token']}")
        assert mine["status_url"].endswith(f"/api/v1/tickets/{mine['token']}")

    def test_a_304_reads_the_slip_and_the_version_and_no_ticket(self, calls: Calls) -> None:
        path = f"/tickets/{walk_in(calls)['token']}"
        first = calls.get(path)
        with tables_read() as read:
            assert again(calls, path, first).status_code == 304
        assert read <= HOUSE
        assert {"hall", "visit"} <= read
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        now = again(calls, path, first)
        assert (now.status_code, now.json["status"], now.json["counter"]) == (200, "called", "1")

    @BOTH
    def test_leaving_is_said_once_and_ends_what_was_to_follow(self, calls: Calls, settings: Settings) -> None:
        with inside(settings):
            hall.set_policy(office("honcho"), {"several": "walk"}, "test")
        mine = walk_in(calls, "JUM-01", "IDO-01")
        path = f"/tickets/{mine['token']}"
        assert calls.get(path).json["legs_after"] == 1
        assert [calls.send("DELETE", path).status_code for _ in range(3)] == [204, 204, 204]
        gone = calls.get(path).json
        assert (gone["status"], gone["legs_after"], gone["estimated_wait_minutes"]) == ("cancelled", 0, None)
        assert calls.get(f"{AT}/tickets?status=planned", "counter").json == []

    def test_whoever_is_served_cannot_just_leave(self, calls: Calls) -> None:
        mine = walk_in(calls)
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        step(calls, mine["number"], "start")
        assert problem(calls.send("DELETE", f"/tickets/{mine['token']}"), 409)["state"] == "serving"

    def test_after_the_day_it_is_gone(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        path = f"/tickets/{walk_in(calls)['token']}"
        clock.tick(timedelta(days=1))
        problem(calls.get(path), 410)
        problem(calls.send("DELETE", path), 410)
        problem(calls.get(f"/tickets/{UNKNOWN}"), 404)

    def test_many_phones_cost_one_look_at_the_line(
        self, calls: Calls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paths = [f"/tickets/{walk_in(calls)['token']}" for _ in range(3)]
        looks: list[int] = []
        counted = holder._counted
        monkeypatch.setattr(holder, "_counted", lambda *asked: looks.append(1) or counted(*asked))
        calls.post(f"{AT}/tickets", {"procedures": ["JUM-01"]}, "kiosk")
        looks.clear()
        assert [calls.get(path).json["people_ahead"] for path in paths] == [0, 1, 2]
        assert len(looks) <= 1, "the order of the calls is worked out once a version"
