"""Booking through the API: made once, seen and changed by its holder only, never half."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from models.core.settings import Settings
from models.core.tokens import derived
from models.operations.places_policy import set_policy
from models.queries.offices import office
from tests.conftest import inside
from tests.postgresql import BOTH
from tests.web.api.calls import AIKO, MY_NUMBER, UNKNOWN, Calls, decoded, named, problem


def body(calls: Calls, **more: Any) -> dict[str, Any]:
    return {"procedures": ["JUM-01"], "starts_at": calls.free()[0], "contact": AIKO, **more}


class TestBooking:
    @BOTH
    def test_a_booking_is_answered_with_everything_its_holder_needs(self, calls: Calls) -> None:
        starts_at = calls.free("JUM-01")[0]
        answer = calls.book(starts_at)
        assert answer.status_code == 201
        made = answer.json
        assert made["starts_at"] == starts_at
        assert datetime.fromisoformat(made["ends_at"]) > datetime.fromisoformat(starts_at)
        assert (made["status"], made["procedures"], len(made["token"])) == ("booked", ["JUM-01"], 32)
        assert made["manage_url"] == f"http://localhost/bookings/{made['token']}"
        assert answer.headers["Location"] == f"http://localhost/api/v1/bookings/{made['token']}"
        assert calls.get(f"/bookings/{made['token']}").json == made

    def test_below_a_municipality_every_address_stays_below_it(self, calls: Calls) -> None:
        calls.base = "/m/maeniwa/api/v1"
        made = calls.booked()
        for name in ("manage_url", "calendar_url", "qr_url"):
            assert made[name].startswith("http://localhost/m/maeniwa/"), made[name]

    @BOTH
    def test_a_full_slot_is_refused_with_the_three_nearest_free_ones(self, calls: Calls) -> None:
        starts_at = calls.free()[0]
        while calls.book(starts_at).status_code == 201:
            pass
        refused = problem(calls.book(starts_at), 409)
        assert len(refused["alternatives"]) == 3
        assert [datetime.fromisoformat(at) for at in refused["alternatives"]] == [
            datetime.fromisoformat(at) for at in calls.free()[:3]
        ]
        assert all(at.endswith("+09:00") for at in refused["alternatives"])

    @BOTH
    def test_the_same_key_and_body_book_once(self, calls: Calls) -> None:
        asked = body(calls)
        key = {"Idempotency-Key": "k-1"}
        first = calls.post("/offices/honcho/bookings", asked, headers=key)
        again = calls.post("/offices/honcho/bookings", asked, headers=key)
        assert (again.status_code, again.json) == (201, first.json)
        other = calls.post("/offices/honcho/bookings", {**asked, "notes": "x"}, headers=key)
        assert named(other) == ["Idempotency-Key"]
        assert asked["starts_at"] not in calls.free() or calls.free().count(asked["starts_at"]) == 1

    def test_the_first_answer_comes_again_after_it_was_cancelled(self, calls: Calls) -> None:
        asked, key = body(calls), {"Idempotency-Key": "k-1"}
        first = calls.post("/offices/honcho/bookings", asked, headers=key).json
        calls.send("DELETE", f"/bookings/{first['token']}")
        assert calls.post("/offices/honcho/bookings", asked, headers=key).json == first

    @pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 129])
    def test_a_bad_key_is_named(self, calls: Calls, key: str) -> None:
        assert named(calls.book(headers={"Idempotency-Key": key})) == ["Idempotency-Key"]

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            ({"procedures": []}, ["procedures"]),
            ({"procedures": ["NO-SUCH"]}, ["procedures"]),
            ({"procedures": "JUM-01"}, ["procedures"]),
            ({"procedures": [1]}, ["procedures[0]"]),
            ({"starts_at": "2026-11-24T09:31:00+09:00"}, ["starts_at"]),
            ({"starts_at": "2026-11-24T09:30:00"}, ["starts_at"]),
            ({"starts_at": "2100-02-29T09:30:00+09:00"}, ["starts_at"]),
            ({"starts_at": "0001-01-01T00:00:00+23:59"}, ["starts_at"]),
            ({"starts_at": 1}, ["starts_at"]),
            ({"starts_at": None}, ["starts_at"]),
            ({"contact": {}}, ["contact.name"]),
            ({"contact": {"name": "マエニワ"}}, ["contact.email"]),
            ({"contact": {"name": "前庭", "phone": "0"}}, ["contact.name", "contact.phone"]),
            ({"contact": {**AIKO, "address": "x"}}, ["contact.address"]),
            ({"contact": []}, ["contact"]),
            ({"language": "tlh"}, ["language"]),
            ({"notes": "あ" * 501}, ["notes"]),
            ({"cards": True}, ["cards"]),
            ({"state": "arrived", "office_id": 2, "is_admin": True}, ["state", "office_id", "is_admin"]),
        ],
    )
    def test_every_field_that_cannot_be_taken_is_named(
        self, calls: Calls, change: dict[str, Any], fields: list[str]
    ) -> None:
        before = calls.free()
        assert sorted(named(calls.post("/offices/honcho/bookings", body(calls, **change)))) == sorted(fields)
        assert calls.free() == before

    @pytest.mark.parametrize(
        "change",
        [
            {"contact": {**AIKO, "name": f"マエニワ{MY_NUMBER}"}},
            {"contact": {**AIKO, "phone": MY_NUMBER}},
            {"notes": f"番号は{MY_NUMBER}"},
            {MY_NUMBER: "x"},
        ],
    )
    def test_a_my_number_is_refused_and_neither_answered_kept_nor_logged(
        self, calls: Calls, change: dict[str, Any], capfd: pytest.CaptureFixture[str], settings: Any
    ) -> None:
        refused = calls.post("/offices/honcho/bookings", body(calls, **change))
        assert named(refused)
        assert MY_NUMBER not in refused.text
        logged = capfd.readouterr()
        assert MY_NUMBER not in logged.out + logged.err
        stored = b"".join(path.read_bytes() for path in settings.instance.rglob("*") if path.is_file())
        assert MY_NUMBER.encode() not in stored

    def test_the_house_says_what_is_wrong_in_its_own_words(self, calls: Calls) -> None:
        said = problem(calls.post("/offices/honcho/bookings", {}), 422)["errors"]
        assert {part["message"] for part in said} == {"この項目を入れてください。"}


class TestBrokenBodies:
    @pytest.mark.parametrize(
        "sent",
        [
            b"{",
            b"\xff\xfe{}",
            "{}".encode("utf-16"),
            b'{"notes": "\xed\xa0\x80"}',
            b'{"notes": "\\ud800"}',
            b'{"notes": "a\\u0000b"}',
            b'{"cards": NaN}',
            b'{"cards": 1e999}',
            b'{"cards": 1, "cards": 2}',
            b'{"cards": ' + b"9" * 5000 + b"}",
            b"[" * 40 + b"]" * 40,
            b"[" * 60000,
        ],
    )
    def test_what_is_no_plain_json_is_malformed(self, calls: Calls, sent: bytes) -> None:
        refused = calls.post("/offices/honcho/bookings", data=sent, content_type="application/json")
        problem(refused, 400)

    def test_other_alphabets_are_malformed(self, calls: Calls) -> None:
        sent = json.dumps({"notes": "日本"}, ensure_ascii=False).encode("shift_jis")
        kind = "application/json; charset=shift_jis"
        problem(calls.post("/offices/honcho/bookings", data=sent, content_type=kind), 400)

    @pytest.mark.parametrize("sent", [b"[]", b'"x"', b"1", b"null"])
    def test_a_body_that_is_no_object_is_named(self, calls: Calls, sent: bytes) -> None:
        refused = calls.post("/offices/honcho/bookings", data=sent, content_type="application/json")
        assert named(refused) == ["body"]

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
    )
    def test_another_media_type_is_refused(self, calls: Calls, kind: str) -> None:
        problem(calls.post("/offices/honcho/bookings", data=b"a=1", content_type=kind), 415)

    def test_a_body_without_measure_is_refused(self, calls: Calls) -> None:
        sent = json.dumps({"notes": "x" * 70_000}).encode()
        problem(calls.post("/offices/honcho/bookings", data=sent, content_type="application/json"), 413)

    def test_another_sites_page_cannot_book(self, calls: Calls) -> None:
        problem(calls.book(headers={"Sec-Fetch-Site": "cross-site"}), 400)


class TestHolding:
    @BOTH
    def test_moving_takes_the_new_time_and_frees_the_old_one(self, calls: Calls) -> None:
        made = calls.booked()
        later = calls.free()[-1]
        moved = calls.send("PATCH", f"/bookings/{made['token']}", json={"starts_at": later})
        assert (moved.status_code, moved.json["starts_at"]) == (200, later)
        assert moved.json["reference"] == made["reference"]
        assert made["starts_at"] in calls.free()

    def test_a_full_time_leaves_the_old_one_held(self, calls: Calls) -> None:
        made = calls.booked()
        full = calls.free()[5]
        while calls.book(full).status_code == 201:
            pass
        refused = calls.send("PATCH", f"/bookings/{made['token']}", json={"starts_at": full})
        assert len(problem(refused, 409)["alternatives"]) == 3
        assert calls.get(f"/bookings/{made['token']}").json == made

    def test_a_move_takes_nothing_but_the_time(self, calls: Calls) -> None:
        made = calls.booked()
        path = f"/bookings/{made['token']}"
        later = calls.free()[-1]
        refused = calls.send(
            "PATCH", path, json={"starts_at": later, "status": "arrived", "office": "higashi"}
        )
        assert sorted(named(refused)) == ["office", "status"]
        assert named(calls.send("PATCH", path, json={})) == ["starts_at"]
        assert calls.get(path).json == made

    @BOTH
    def test_cancelling_frees_the_slot_at_once_and_may_be_said_twice(self, calls: Calls) -> None:
        made = calls.booked()
        path = f"/bookings/{made['token']}"
        for _ in range(2):
            gone = calls.send("DELETE", path)
            assert (gone.status_code, gone.data) == (204, b"")
        assert made["starts_at"] in calls.free()
        assert calls.get(path).json["status"] == "cancelled"
        problem(calls.send("PATCH", path, json={"starts_at": calls.free()[3]}), 410)
        problem(calls.get(path + "/qr.svg"), 410)

    def test_nobody_else_finds_it(self, calls: Calls) -> None:
        made = calls.booked()
        strange = (
            UNKNOWN,
            made["reference"],
            made["token"].lower(),
            made["token"][:-1],
            "x" * 500,
            "日本",
            "..",
        )
        later = {"starts_at": calls.free()[3]}
        answers = {calls.get(f"/bookings/{token}").data for token in strange}
        answers |= {calls.get(f"/bookings/{token}/calendar.ics").data for token in strange}
        answers |= {calls.get(f"/bookings/{token}/qr.png").data for token in strange}
        answers |= {calls.send("PATCH", f"/bookings/{token}", json=later).data for token in strange}
        answers |= {calls.send("DELETE", f"/bookings/{token}").data for token in strange}
        assert len(answers) == 1
        problem(calls.get(f"/bookings/{UNKNOWN}"), 404)
        assert calls.get(f"/bookings/{made['token']}").json == made

    def test_the_calendar_file_names_the_visit_and_what_to_bring(self, calls: Calls) -> None:
        made = calls.booked()
        file = calls.open(made["calendar_url"])
        assert file.mimetype == "text/calendar"
        text = file.text.replace("\r\n ", "")
        assert "DTSTART:20261124T003000Z" in text
        assert made["manage_url"] in text
        assert "持ち物" in text

    def test_the_qr_code_can_be_read_and_says_nothing_about_anybody(self, calls: Calls) -> None:
        made = calls.booked()
        picture = calls.get(f"/bookings/{made['token']}/qr.png")
        assert picture.mimetype == "image/png"
        assert decoded(picture.data) == "M1" + derived(made["token"], "qr")
        drawn = calls.open(made["qr_url"])
        assert drawn.mimetype == "image/svg+xml"
        assert made["token"] not in drawn.text
        assert "style" not in drawn.text


def test_b1_one_contact_holds_as_many_as_the_office_allows(calls: Calls, settings: Settings) -> None:
    with inside(settings):
        set_policy(office("honcho"), {"most_booked": 1}, "test")
    calls.booked("JUM-01")
    again = body(calls, contact={**AIKO, "email": "A.iko+2@EXAMPLE.jp"})
    assert calls.post("/offices/honcho/bookings", again).status_code == 201
    with inside(settings):
        set_policy(office("honcho"), {"limits_api": True}, "test")
    again = body(calls, contact={**AIKO, "email": "A.iko+3@EXAMPLE.jp"})
    refused = problem(calls.post("/offices/honcho/bookings", again), 409)
    assert refused["type"] == "urn:maeniwa:limit"
    assert refused["telephone"] == "0000-20-1111"
    assert "alternatives" not in refused


def test_who_gives_up_many_is_told_when_to_come_back_where_the_office_counts_systems(
    calls: Calls, settings: Settings
) -> None:
    with inside(settings):
        set_policy(office("honcho"), {"most_cancelled": 2, "limits_api": True}, "test")
    for _ in range(2):
        assert calls.send("DELETE", f"/bookings/{calls.booked()['token']}").status_code == 204
    answer = calls.post(
        "/offices/honcho/bookings", body(calls, contact={**AIKO, "email": "A.iko+2@EXAMPLE.jp"})
    )
    refused = problem(answer, 429)
    assert (refused["type"], refused["telephone"]) == ("urn:maeniwa:limit", "0000-20-1111")
    assert answer.headers["Retry-After"] == "3600"
    assert "60" in refused["detail"]
