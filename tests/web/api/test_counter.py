"""Kiosk and counter: check in, call, scan, print, finish; each in its own role and its own office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.core.tokens import derived
from tests.postgresql import BOTH
from tests.web.api.calls import MY_NUMBER, UNKNOWN, Calls, answers, named, problem

AT = "/offices/honcho"


def code(token: str) -> str:
    return "M1" + derived(token, "qr")


def check_in(calls: Calls, token: str, **more: Any) -> Any:
    return calls.post(f"{AT}/check-ins", {"code": code(token)}, "kiosk", **more)


def walk_in(calls: Calls, *procedures: str, **more: Any) -> dict[str, Any]:
    made = calls.post(f"{AT}/tickets", {"procedures": list(procedures or ("JUM-01",)), **more}, "kiosk")
    assert made.status_code == 201, made.text
    return dict(made.json)


def step(calls: Calls, number: str, name: str, body: Any = None) -> Any:
    return calls.post(f"{AT}/tickets/{number}/{name}", body, "counter")


class TestCheckingIn:
    @BOTH
    def test_a_booking_becomes_a_ticket_once(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        booked = calls.booked()
        clock.tick(timedelta(minutes=20))
        answer = check_in(calls, booked["token"])
        assert answer.status_code == 201
        ticket = answer.json
        assert (ticket["number"], ticket["people_ahead"], ticket["on_time"]) == ("R001", 0, True)
        assert (ticket["early_minutes"], ticket["late_minutes"]) == (10, 0)
        assert calls.open(ticket["status_url"]).json["position"] == 1
        again = problem(check_in(calls, booked["token"]), 409)
        assert again["number"] == "R001"
        assert calls.get(f"/bookings/{booked['token']}").json["status"] == "arrived"

    def test_who_comes_late_is_told_how_late(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        booked = calls.booked()
        clock.tick(timedelta(minutes=55))
        ticket = check_in(calls, booked["token"]).json
        assert (ticket["on_time"], ticket["late_minutes"]) == (False, 25)
        assert ticket["number"].startswith("A")

    @BOTH
    def test_the_same_key_gives_the_same_ticket(self, calls: Calls) -> None:
        booked = calls.booked()
        key = {"Idempotency-Key": "k-1"}
        first = check_in(calls, booked["token"], headers=key)
        again = check_in(calls, booked["token"], headers=key)
        assert (again.status_code, again.json) == (201, first.json)

    def test_a_form_without_a_booking_takes_a_number(self, calls: Calls) -> None:
        filed = calls.file("F01").json
        assert check_in(calls, filed["token"]).json["number"] == "A001"

    def test_every_other_code_has_its_own_plain_answer(
        self, calls: Calls, clock: FrozenDateTimeFactory
    ) -> None:
        forged = calls.post(f"{AT}/check-ins", {"code": "M1" + UNKNOWN}, "kiosk")
        problem(forged, 404)
        problem(calls.post(f"{AT}/check-ins", {"code": "\x1b[A"}, "kiosk"), 404)
        cancelled = calls.booked()
        calls.send("DELETE", f"/bookings/{cancelled['token']}")
        problem(check_in(calls, cancelled["token"]), 410)
        tomorrow = calls.book(calls.free()[-1]).json
        assert "2026-12-08" in problem(check_in(calls, tomorrow["token"]), 409)["day"]
        past = calls.booked()
        clock.tick(timedelta(days=1))
        problem(check_in(calls, past["token"]), 410)


class TestTickets:
    def test_a_walk_in_is_told_how_many_are_ahead(self, calls: Calls) -> None:
        walk_in(calls)
        second = walk_in(calls)
        assert (second["number"], second["people_ahead"]) == ("A002", 1)
        last = [walk_in(calls) for _ in range(6)][-1]
        assert 0 < last["estimated_wait_minutes"] <= last["estimated_wait_p80_minutes"]
        status = calls.open(second["status_url"])
        assert (status.json["position"], status.json["status"]) == (2, "waiting")
        same = calls.open(second["status_url"], headers={"If-None-Match": status.headers["ETag"]})
        assert same.status_code == 304

    def test_who_cannot_wait_long_stands_before_those_who_just_came(self, calls: Calls) -> None:
        walk_in(calls)
        assert walk_in(calls, priority=True)["people_ahead"] == 0

    def test_forms_brought_along_wait_for_the_ticket(self, calls: Calls) -> None:
        filed = calls.file("F01").json
        number = walk_in(calls, application_tokens=[filed["token"]])["number"]
        line = calls.get(f"{AT}/tickets", "counter").json
        assert [(one["number"], one["prefilled"]) for one in line] == [(number, True)]
        again = {"procedures": ["JUM-01"], "application_tokens": [filed["token"]]}
        problem(calls.post(f"{AT}/tickets", again, "kiosk"), 409)

    def test_the_same_key_issues_one_number(self, calls: Calls) -> None:
        asked, key = {"procedures": ["JUM-01"]}, {"Idempotency-Key": "k-1"}
        first = calls.post(f"{AT}/tickets", asked, "kiosk", headers=key)
        again = calls.post(f"{AT}/tickets", asked, "kiosk", headers=key)
        assert (again.status_code, again.json) == (201, first.json)

    def test_leaving_the_line_may_be_said_twice_but_not_at_the_counter(self, calls: Calls) -> None:
        path = f"/tickets/{walk_in(calls)['token']}"
        assert [calls.send("DELETE", path).status_code for _ in range(2)] == [204, 204]
        assert calls.get(path).json["status"] == "cancelled"
        served = walk_in(calls)
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        step(calls, served["number"], "start")
        problem(calls.send("DELETE", f"/tickets/{served['token']}"), 409)

    def test_what_cannot_be_asked_is_named(self, calls: Calls) -> None:
        def refused(**sent: Any) -> list[str]:
            return named(calls.post(f"{AT}/tickets", {"procedures": ["JUM-01"], **sent}, "kiosk"))

        assert refused(procedures=[]) == ["procedures"]
        assert refused(priority="yes") == ["priority"]
        assert refused(number="A999") == ["number"]
        assert refused(language="xx") == ["language"]


class TestTheLine:
    @BOTH
    def test_call_start_finish(self, calls: Calls) -> None:
        number = walk_in(calls)["number"]
        called = calls.post(f"{AT}/counters/1/call-next", who="counter").json
        assert (called["number"], called["status"], called["counter"]) == (number, "called", "1")
        problem(calls.post(f"{AT}/counters/1/call-next", who="counter"), 409)
        assert step(calls, number, "recall").json["status"] == "called"
        assert step(calls, number, "start", {"counter": "1"}).json["status"] == "serving"
        done = step(calls, number, "finish", {"outcomes": ["JUM-01"]}).json
        assert (done["status"], done["finished_at"]) == ("done", "2026-11-24T09:00:00+09:00")
        assert problem(step(calls, number, "start"), 409)["state"] == "done"

    def test_nobody_waiting_is_no_content(self, calls: Calls) -> None:
        answer = calls.post(f"{AT}/counters/1/call-next", who="counter")
        assert (answer.status_code, answer.data) == (204, b"")

    def test_who_did_not_come_is_marked(self, calls: Calls) -> None:
        number = walk_in(calls)["number"]
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        assert step(calls, number, "no-show").json["status"] == "no_show"

    def test_the_line_is_listed_in_calling_order(self, calls: Calls) -> None:
        first = walk_in(calls)["number"]
        before = walk_in(calls, priority=True)["number"]
        assert [one["number"] for one in calls.get(f"{AT}/tickets", "counter").json] == [before, first]
        assert calls.get(f"{AT}/tickets?status=done", "counter").json == []
        assert named(calls.get(f"{AT}/tickets?status=sleeping", "counter")) == ["status"]

    def test_unknown_numbers_counters_and_steps_are_one_404(self, calls: Calls) -> None:
        walk_in(calls)
        bodies = {
            step(calls, "Z999", "start").data,
            step(calls, "A001", "explode").data,
            calls.post(f"{AT}/counters/99/call-next", who="counter").data,
            calls.post("/offices/nowhere/counters/1/call-next", who="counter").data,
        }
        assert len(bodies) == 1
        assert named(step(calls, "A001", "start", {"counter": "99"})) == ["counter"]
        assert named(step(calls, "A001", "start", {"state": "done"})) == ["state"]


class TestScanning:
    @BOTH
    def test_a_booking_shows_its_forms_what_is_missing_and_where_to_print(self, calls: Calls) -> None:
        booked = calls.booked("IDO-01", "JUM-01")
        filed = calls.file("F02", booking_token=booked["token"]).json
        found = calls.post(f"{AT}/scans", {"code": code(booked["token"]), "counter": "2"}, "counter")
        assert found.status_code == 200
        scan = found.json
        assert scan["application"]["reference"] == filed["reference"]
        assert scan["application"]["fields"]["kind"] == answers("F02")["kind"]
        assert scan["booking"]["reference"] == booked["reference"]
        assert (scan["already_printed"], scan["ticket"], scan["warnings"]) == (False, None, [])
        assert [(one["form"], one["field"]) for one in scan["missing"]] == [("F01", "")]
        assert scan["print_url"].endswith(f"/applications/{filed['reference']}/form.pdf")

    def test_every_way_to_enter_a_code_is_read(self, calls: Calls) -> None:
        filed = calls.file("F01").json
        text = code(filed["token"])
        reference = filed["reference"]
        for typed in (text, text.lower() + "\r\n", f" {reference[:4]}-{reference[4:].lower()} "):
            found = calls.post(f"{AT}/scans", {"code": typed, "counter": "1"}, "counter")
            assert found.json["application"]["reference"] == reference

    def test_warnings_are_plain_and_nothing_is_half_done(self, calls: Calls) -> None:
        later = calls.book(calls.free()[-1]).json
        scan = calls.post(f"{AT}/scans", {"code": code(later["token"]), "counter": "1"}, "counter").json
        assert (scan["application"], scan["applications"]) == (None, [])
        assert any("2026-12-08" in one or "12月8日" in one for one in scan["warnings"])
        deleted = calls.file().json
        calls.send("DELETE", f"/applications/{deleted['token']}")
        problem(calls.post(f"{AT}/scans", {"code": code(deleted["token"]), "counter": "1"}, "counter"), 410)
        problem(calls.post(f"{AT}/scans", {"code": "M1" + UNKNOWN, "counter": "1"}, "counter"), 404)
        filed = calls.file().json
        sent = {"code": code(filed["token"]), "counter": "1"}
        other = calls.post("/offices/higashi/scans", sent, "other_counter")
        assert problem(other, 409)["office"] == "本庁舎"
        assert named(calls.post(f"{AT}/scans", {**sent, "counter": "99"}, "counter")) == ["counter"]

    def test_a_form_that_was_read_cannot_be_deleted_any_more(self, calls: Calls) -> None:
        filed = calls.file().json
        calls.post(f"{AT}/scans", {"code": code(filed["token"]), "counter": "1"}, "counter")
        problem(calls.send("DELETE", f"/applications/{filed['token']}"), 409)


class TestPrinting:
    def test_the_sheet_is_a_pdf_that_nobody_keeps(self, calls: Calls) -> None:
        filed = calls.file("F01").json
        sheet = calls.get(f"/applications/{filed['reference']}/form.pdf", "counter")
        assert (sheet.status_code, sheet.mimetype) == (200, "application/pdf")
        assert sheet.data.startswith(b"%PDF")
        assert sheet.headers["Cache-Control"] == "no-store"
        assert sheet.headers["Content-Disposition"].startswith("inline")
        again = calls.post(f"{AT}/scans", {"code": code(filed["token"]), "counter": "1"}, "counter").json
        assert again["already_printed"] is True
        assert any("09:00" in warning for warning in again["warnings"])

    @BOTH
    def test_a_reissue_needs_a_reason_and_is_another_job(self, calls: Calls) -> None:
        reference = calls.file("F01").json["reference"]
        path = f"/applications/{reference}/prints"
        first = calls.post(path, {"printer": "1"}, "counter")
        assert (first.status_code, first.json["state"]) == (202, "asked")
        calls.get(f"/applications/{reference}/form.pdf", "counter")
        state = calls.get(f"/prints/{first.json['job']}", "counter").json
        assert (state["state"], state["copy"]) == ("released", 1)
        assert named(calls.post(path, {"printer": "1"}, "counter")) == ["reason"]
        assert named(calls.post(path, {"printer": "1", "reason": MY_NUMBER}, "counter")) == ["reason"]
        key = {"Idempotency-Key": "k-1"}
        sent = {"printer": "1", "reason": "紙づまり・印字不良"}
        reissue = calls.post(path, sent, "counter", headers=key)
        assert calls.post(path, sent, "counter", headers=key).json == reissue.json
        assert reissue.json["job"] != first.json["job"]
        assert calls.open(reissue.headers["Location"]).status_code == 401
        calls.get(f"/applications/{reference}/form.pdf", "counter")
        assert calls.get(f"/prints/{reissue.json['job']}", "counter").json["copy"] == 2

    def test_unknown_and_other_offices_sheets_are_one_404(self, calls: Calls) -> None:
        reference = calls.file("F01").json["reference"]
        job = calls.post(f"/applications/{reference}/prints", {"printer": "1"}, "counter").json["job"]
        bodies = {
            calls.get(f"/applications/{other}/form.pdf", who).data
            for other, who in ((reference, "other_counter"), ("22222222", "counter"), ("%20", "counter"))
        }
        bodies.add(calls.post(f"/applications/{reference}/prints", {"printer": "1"}, "other_counter").data)
        bodies.add(calls.get(f"/prints/{job}", "other_counter").data)
        bodies.add(calls.get("/prints/nothing", "counter").data)
        assert len(bodies) == 1
        problem(calls.get("/prints/nothing", "counter"), 404)


class TestRoles:
    CALLS = (
        ("POST", f"{AT}/tickets", {"kiosk", "counter"}),
        ("POST", f"{AT}/check-ins", {"kiosk", "counter"}),
        ("POST", f"{AT}/scans", {"counter"}),
        ("GET", "/applications/22222222/form.pdf", {"counter"}),
        ("POST", "/applications/22222222/prints", {"counter"}),
        ("GET", "/prints/x", {"counter"}),
        ("POST", f"{AT}/counters/1/call-next", {"counter"}),
        ("POST", f"{AT}/tickets/A001/start", {"counter"}),
        ("GET", f"{AT}/tickets", {"counter"}),
        ("GET", f"{AT}/stats", {"manager"}),
        ("GET", f"{AT}/visits.csv", {"manager"}),
        ("POST", f"{AT}/visits:import", {"manager"}),
        ("POST", f"{AT}/staffing-plan", {"manager"}),
        ("GET", f"{AT}/savings", {"manager"}),
    )

    @pytest.mark.parametrize(("method", "path", "allowed"), CALLS)
    def test_each_call_opens_to_its_own_roles_only(
        self, calls: Calls, method: str, path: str, allowed: set[str]
    ) -> None:
        anonymous = calls.send(method, path)
        problem(anonymous, 401)
        assert anonymous.headers["WWW-Authenticate"] == "Bearer"
        problem(calls.send(method, path, headers={"Authorization": f"Bearer {UNKNOWN}"}), 401)
        problem(calls.send(method, path, headers={"Authorization": "Basic Zm9vOmJhcg=="}), 401)
        for who in ("kiosk", "counter", "manager"):
            status = calls.send(method, path, who).status_code
            assert (status == 403) == (who not in allowed), (who, status)
            assert status != 500

    @pytest.mark.parametrize(("method", "path", "allowed"), [call for call in CALLS if AT in call[1]])
    def test_another_office_of_the_city_is_forbidden(
        self, calls: Calls, method: str, path: str, allowed: set[str]
    ) -> None:
        for who in sorted(allowed):
            elsewhere = path.replace("honcho", "higashi")
            bodies: dict[str, Any] = {
                "check-ins": {"code": "x"}, "scans": {"code": "x"}, "tickets": {"procedures": ["JUM-01"]},
            }  # fmt: skip
            body = bodies.get(path.rsplit("/", 1)[1], {}) if method == "POST" else None
            options: dict[str, Any] = {"json": body} if body is not None else {}
            if path.endswith(":import"):
                options = {"data": b"x", "content_type": "text/csv"}
            problem(calls.send(method, elsewhere, who, **options), 403)

    def test_a_revoked_role_in_another_city_is_unknown_here(self, calls: Calls, settings: Settings) -> None:
        problem(calls.open("/m/elsewhere/api/v1/offices/honcho/tickets"), 404)
