"""Q1–Q4, Q7–Q9: what a QR code does at the entrance and at the counter, and what it never does."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.db import session
from models.core.errors import Unavailable
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import applications as form_acts
from models.operations import arrivals, booking
from models.papers import qr
from models.queries import availability, bookings, catalogue, hall, live
from models.queries.bookings import Contact
from models.queries.offices import office
from models.rules.forms.json_schema import example
from models.tables import AuditEntry, Ticket
from tests.conftest import START, inside
from tests.races.crowd import sized
from tests.security import scanners
from tests.security.world import World
from tests.web.api.calls import Calls, issue_tokens, problem
from tests.web.resident.phone import Phone

AT = "/offices/honcho"
ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ROUNDS = sized(60, 16)
"""Codes that two scanner processes read together, on each database."""
NAME = "マエニワ　アイコ"
PERSONAL = (NAME, "マエニワ", "アイコ", "aiko", "090-1234-5678")


def code_of(token: str) -> str:
    """What the QR code of a booking or of a form says."""
    return qr.reference_text(derived(token, "qr"))


def book_today(count: int, place_code: str = "honcho") -> list[booking.Made]:
    """Bookings of today, one after the other, inside a city's space."""
    place, made = office(place_code), []
    who = Contact(NAME, "aiko@example.jp", "090-1234-5678")
    today = place.day_of(START)
    for procedure in ("JUM-01", "IDO-01", "INK-01"):
        need = availability.need_of(catalogue.current(), place, [procedure])
        for free in availability.free_times(place, need, today, today, START):
            for _ in range(min(free.remaining, count - len(made))):
                made.append(booking.book(booking.Request(place, need.procedures, free.starts_at, who)))
    assert len(made) == count
    return made


def seen_by_all(calls: Calls) -> dict[str, Any]:
    """Board, queue and line as they are."""
    shown = dict(calls.get(f"{AT}/queue").json)
    shown.pop("as_of")
    return {**shown, "line": calls.get(f"{AT}/tickets", "counter").json}


@pytest.fixture
def calls(app: Flask, client: FlaskClient, settings: Settings) -> Calls:
    return Calls(client, issue_tokens(settings))


def shown_at_the_entrance(calls: Calls, code: str, **more: Any) -> Any:
    return calls.post(f"{AT}/check-ins", {"code": code}, "kiosk", **more)


class TestQ1TheSameCodeTwice:
    def test_q1_of_two_scanner_processes_exactly_one_checks_in_and_the_other_is_told_when_and_where(
        self, settings: Settings, clock: FrozenDateTimeFactory
    ) -> None:
        with inside(settings):
            made = book_today(ROUNDS)
        codes = [code_of(one.token) for one in made]
        rounds = scanners.at_once(settings, codes, START)
        for told in rounds:
            assert sorted(reading.status for reading in told) == [201, 409], told
            first, second = sorted(told, key=lambda reading: reading.status)
            assert second.told["already_checked_in"] is True
            assert second.told["number"] == first.told["number"]
            assert second.told["time"] == "09:00"
            assert not any(text in str(second.told) for text in PERSONAL)
        with inside(settings):
            numbers = list(session().scalars(select(Ticket.number)))
            assert len(numbers) == len(set(numbers)) == ROUNDS
            noted = session().scalars(select(AuditEntry).where(AuditEntry.action == "ticket.issue")).all()
            assert sorted(one.subject for one in noted) == sorted(str(number) for number in numbers)
            assert {one.actor for one in noted} <= {"kiosk/0", "kiosk/1"}

    def test_q1_threads_of_one_server_too(self, app: Flask, settings: Settings, calls: Calls) -> None:
        with inside(settings):
            made = book_today(sized(20, 6))
        for one in made:
            barrier, answers = threading.Barrier(2), []

            def scan(code: str, barrier: threading.Barrier, answers: list[Any]) -> None:
                mine = Calls(app.test_client(), calls.tokens)
                barrier.wait()
                answers.append(shown_at_the_entrance(mine, code))

            pair = [
                threading.Thread(target=scan, args=(code_of(one.token), barrier, answers)) for _ in range(2)
            ]
            for thread in pair:
                thread.start()
            for thread in pair:
                thread.join()
            assert sorted(answer.status_code for answer in answers) == [201, 409]
            second = next(answer for answer in answers if answer.status_code == 409)
            assert not any(text in second.text for text in (*PERSONAL, one.token, one.reference))

    def test_q1_the_counter_that_called_is_told_to_whoever_shows_the_code_again(self, calls: Calls) -> None:
        token = calls.booked()["token"]
        shown_at_the_entrance(calls, code_of(token))
        calls.post(f"{AT}/counters/1/call-next", who="counter")
        again = problem(shown_at_the_entrance(calls, code_of(token)), 409)
        assert (again["number"], again["counter"], again["time"]) == ("R001", "1", "09:00")

    def test_q1_a_form_without_a_booking_takes_one_number(
        self, settings: Settings, clock: FrozenDateTimeFactory
    ) -> None:
        with inside(settings):
            place, fields = office("honcho"), example(catalogue.current().forms["F01"])
            made = [form_acts.file(place, "F01", fields) for _ in range(4)]
        rounds = scanners.at_once(settings, [code_of(one.token) for one in made], START)
        assert all(sorted(reading.status for reading in told) == [201, 409] for told in rounds)

    @ONE
    def test_q1_without_any_check_the_database_still_refuses_a_second_visit(
        self, settings: Settings, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Should all care be lost, the database still holds one visit a booking."""
        with inside(settings):
            (made,) = book_today(1)
            place, stale = office("honcho"), bookings.by_token(made.token)
            arrivals.check_in(place, stale, "kiosk/0")
            monkeypatch.setattr(arrivals, "_refuse", lambda *_: None)
            monkeypatch.setattr(arrivals, "rows_changed", lambda *_: 1)
            with pytest.raises(Unavailable):
                arrivals.check_in(place, stale, "kiosk/1")


class TestQ2TooLate:
    def test_q2_cancelled_past_and_expired_codes_are_gone_and_nothing_moves(
        self, calls: Calls, settings: Settings, clock: FrozenDateTimeFactory
    ) -> None:
        cancelled, past = calls.booked()["token"], calls.booked()["token"]
        calls.send("DELETE", f"/bookings/{cancelled}")
        form = calls.file("F01").json["token"]
        before = seen_by_all(calls)
        problem(shown_at_the_entrance(calls, code_of(cancelled)), 410)
        assert seen_by_all(calls) == before
        clock.tick(timedelta(days=1))
        before = seen_by_all(calls)
        with inside(settings):
            version = hall.version(office("honcho"))
        problem(shown_at_the_entrance(calls, code_of(past)), 410)
        clock.tick(timedelta(days=31))
        problem(shown_at_the_entrance(calls, code_of(form)), 410)
        clock.move_to(START + timedelta(days=1))
        assert seen_by_all(calls) == before
        with inside(settings):
            assert hall.version(office("honcho")) == version

    def test_q2_a_code_of_another_day_is_refused_with_its_day(self, calls: Calls) -> None:
        later = calls.book(calls.free()[-1]).json
        before = seen_by_all(calls)
        refused = problem(shown_at_the_entrance(calls, code_of(later["token"])), 409)
        assert refused["day"] == "2026-12-08"
        assert seen_by_all(calls) == before


class TestQ3AnotherOffice:
    def test_q3_it_is_told_which_office_and_nothing_else(self, calls: Calls, settings: Settings) -> None:
        with inside(settings):
            (away,) = book_today(1, "higashi")
        refused = problem(shown_at_the_entrance(calls, code_of(away.token)), 409)
        assert set(refused) == {"type", "title", "status", "detail", "office"}
        assert refused["office"] == "東支所"
        scan = calls.post(f"{AT}/scans", {"code": code_of(away.token), "counter": "1"}, "counter")
        assert problem(scan, 409)["office"] == "東支所"
        for text in (*PERSONAL, away.reference, "09:30", "JUM-01"):
            assert text not in str(refused)
            assert text not in scan.text


class TestQ4AnotherCity:
    @pytest.mark.parametrize(
        ("who", "path", "more"), [("kiosk", "check-ins", {}), ("counter", "scans", {"counter": "2"})]
    )
    def test_q4_another_citys_code_is_answered_like_a_forged_one(
        self, world: World, who: str, path: str, more: dict[str, str]
    ) -> None:
        assert world.there is not None
        client, headers = world.app.test_client(), world.headers(who)
        to = f"{world.here.prefix}/api/v1{AT}/{path}"
        tables = world.tables()
        answers = [
            client.post(to, json={"code": code, **more}, headers=headers)
            for code in ("M1" + "A" * 32, world.there.mine.code, world.there.other.code)
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1
        assert world.tables() == tables


class TestQ7Lost:
    def test_q7_the_holder_replaces_it_and_the_old_one_is_unknown_at_once(
        self, calls: Calls, client: FlaskClient
    ) -> None:
        booked = calls.booked()
        form = calls.file("F01", booking_token=booked["token"]).json
        phone = Phone(client).open(f"/bookings/{booked['token']}")
        phone.link("QRコードを作り直す").press("作り直す")
        fresh = phone.address.rsplit("/", 1)[1]
        assert fresh != booked["token"]
        for old in (code_of(booked["token"]), code_of(form["token"])):
            problem(shown_at_the_entrance(calls, old), 404)
        problem(calls.get(f"/bookings/{booked['token']}"), 404)
        problem(calls.get(f"/applications/{form['token']}"), 404)
        assert calls.get(f"/bookings/{fresh}").json["reference"] == booked["reference"]
        assert shown_at_the_entrance(calls, code_of(fresh)).status_code == 201

    def test_q7_staff_replace_it_for_somebody_who_lost_it(self, calls: Calls, settings: Settings) -> None:
        booked = calls.booked()
        asked, key = {"code": booked["reference"]}, {"Idempotency-Key": "lost"}
        made = calls.post(f"{AT}/reissues", asked, "counter", headers=key)
        assert made.status_code == 201
        assert calls.post(f"{AT}/reissues", asked, "counter", headers=key).json == made.json
        problem(shown_at_the_entrance(calls, code_of(booked["token"])), 404)
        scan = calls.post(f"{AT}/scans", {"code": made.json["code"], "counter": "1"}, "counter").json
        assert scan["booking"]["reference"] == booked["reference"]
        assert shown_at_the_entrance(calls, made.json["code"]).json["number"] == "R001"
        with inside(settings):
            noted = session().scalars(
                select(AuditEntry.subject).where(AuditEntry.action == "booking.reissue")
            )
            assert list(noted) == [booked["reference"]]

    @ONE
    def test_q7_forms_written_before_come_along_and_nothing_ended_is_revived(
        self, calls: Calls, client: FlaskClient
    ) -> None:
        booked = calls.booked("IDO-01")
        token = booked["token"]
        first = calls.file("F02", booking_token=token).json
        made = calls.post(f"{AT}/reissues", {"code": booked["reference"]}, "counter").json
        scan = calls.post(f"{AT}/scans", {"code": made["code"], "counter": "1"}, "counter").json
        assert scan["application"]["reference"] == first["reference"]
        calls.send("DELETE", f"/bookings/{made['token']}")
        problem(calls.post(f"{AT}/reissues", {"code": booked["reference"]}, "counter"), 410)
        problem(calls.post("/offices/higashi/reissues", {"code": booked["reference"]}, "other_counter"), 404)
        problem(calls.post(f"{AT}/reissues", {"code": booked["reference"]}, "kiosk"), 403)


class TestQ8TwoCountersPrint:
    @ONE
    def test_q8_two_counters_at_once_make_one_original_and_later_ones_need_a_reason(
        self, app: Flask, calls: Calls
    ) -> None:
        reference = calls.file("F01").json["reference"]
        path, barrier, jobs = f"/applications/{reference}/prints", threading.Barrier(2), []

        def press(printer: str) -> None:
            mine = Calls(app.test_client(), calls.tokens)
            barrier.wait()
            jobs.append(mine.post(path, {"printer": printer}, "counter").json["job"])

        pair = [threading.Thread(target=press, args=(printer,)) for printer in ("1", "2")]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        assert len(set(jobs)) == 1, "one original"
        calls.get(f"/applications/{reference}/form.pdf?counter=1", "counter")
        assert calls.get(f"/prints/{jobs[0]}", "counter").json["copy"] == 1
        refused = calls.post(path, {"printer": "2"}, "counter")
        assert [one["field"] for one in problem(refused, 422)["errors"]] == ["reason"]
        for copy in (2, 3):
            again = calls.post(path, {"printer": "2", "reason": "紛失・汚れ"}, "counter")
            sheet = calls.get(f"/applications/{reference}/form.pdf?counter=2", "counter")
            assert sheet.status_code == 200
            assert calls.get(f"/prints/{again.json['job']}", "counter").json["copy"] == copy


class TestQ9TypedNumber:
    def test_q9_the_eight_characters_do_what_the_code_does(self, calls: Calls) -> None:
        first, second = calls.booked(), calls.booked()
        by_code = shown_at_the_entrance(calls, code_of(first["token"])).json
        reference = second["reference"]
        typed = shown_at_the_entrance(calls, f" {reference[:4]}-{reference[4:].lower()} ").json
        volatile = ("token", "status_url", "page_url", "ticket_pdf_url", "number", "position", "people_ahead")
        estimates = tuple(name for name in by_code if "minutes" in name)
        for name in (*volatile, *estimates):
            by_code.pop(name), typed.pop(name)
        assert typed == by_code
        again = problem(shown_at_the_entrance(calls, reference), 409)
        assert again["already_checked_in"] is True

    def test_q9_at_the_counter_the_typed_number_shows_the_same_forms(self, calls: Calls) -> None:
        booked = calls.booked("IDO-01")
        calls.file("F02", booking_token=booked["token"])
        by_code, typed = (
            calls.post(f"{AT}/scans", {"code": text, "counter": "1"}, "counter").json
            for text in (code_of(booked["token"]), booked["reference"])
        )
        by_code.pop("warnings"), typed.pop("warnings")
        assert typed == by_code

    @ONE
    def test_q9_a_mistyped_number_is_nobodys(self, calls: Calls) -> None:
        reference = calls.booked()["reference"]
        before = seen_by_all(calls)
        for place in range(8):
            other = "2" if reference[place] != "2" else "3"
            typed = reference[:place] + other + reference[place + 1 :]
            problem(shown_at_the_entrance(calls, typed), 404)
        assert seen_by_all(calls) == before


def test_boards_show_no_name_after_a_check_in(calls: Calls, settings: Settings) -> None:
    token = calls.booked()["token"]
    shown_at_the_entrance(calls, code_of(token))
    with inside(settings):
        state = live.state(office("honcho"), START)
    assert not any(text in repr(state) for text in PERSONAL)
