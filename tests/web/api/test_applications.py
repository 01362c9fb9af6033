"""Filing pre-filled forms: whole or not at all, every wrong answer named, nothing shown back."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core import sealing
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import scanning, sealing_keys
from models.papers import sealed
from models.queries import applications, catalogue
from models.queries.offices import office
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from tests.conftest import inside
from tests.postgresql import BOTH
from tests.web.api.calls import MY_NUMBER, UNKNOWN, Calls, answers, decoded, named, problem

FILE = "/offices/honcho/applications"


class TestFiling:
    @BOTH
    def test_a_form_gets_a_reference_a_token_and_a_code_that_tells_nothing(self, calls: Calls) -> None:
        answer = calls.file("F01")
        assert answer.status_code == 201
        made = answer.json
        assert (len(made["reference"]), len(made["token"])) == (8, 32)
        assert made["expires_at"] == "2026-12-25T00:00:00+09:00"
        picture = calls.get(f"/applications/{made['token']}/qr.png")
        assert decoded(picture.data) == "M1" + derived(made["token"], "qr")
        assert calls.open(made["qr_url"]).mimetype == "image/svg+xml"

    def test_its_holder_sees_where_it_is_but_not_what_was_typed(self, calls: Calls) -> None:
        answer = calls.file("F01")
        shown = calls.open(answer.headers["Location"])
        assert shown.json["status"] == "ready"
        assert set(shown.json) == {"reference", "form", "status", "qr_url", "expires_at"}

    def test_a_form_of_a_booking_lives_as_long_as_the_visit_needs_it(self, calls: Calls) -> None:
        booked = calls.booked("IDO-01")
        made = calls.file("F02", booking_token=booked["token"]).json
        assert made["expires_at"] == "2026-11-28T00:00:00+09:00"

    def test_a_strangers_booking_is_not_found(self, calls: Calls) -> None:
        booked = calls.booked()
        bodies = {calls.file(booking_token=token).data for token in (UNKNOWN, "x", booked["reference"])}
        other = {"form": "F01", "fields": answers("F01"), "booking_token": booked["token"]}
        bodies.add(calls.post("/offices/higashi/applications", other).data)
        assert len(bodies) == 1
        problem(calls.file(booking_token=UNKNOWN), 404)

    def test_a_cancelled_booking_takes_no_form(self, calls: Calls) -> None:
        booked = calls.booked()
        calls.send("DELETE", f"/bookings/{booked['token']}")
        problem(calls.file(booking_token=booked["token"]), 410)

    @BOTH
    def test_the_same_key_and_body_file_once(self, calls: Calls) -> None:
        key = {"Idempotency-Key": "k-1"}
        first = calls.file("F01", headers=key)
        again = calls.file("F01", headers=key)
        assert (again.status_code, again.json) == (201, first.json)
        assert named(calls.file("F02", headers=key)) == ["Idempotency-Key"]

    @pytest.mark.parametrize(
        ("sent", "fields"),
        [
            ({}, ["form"]),
            ({"form": "F01"}, ["fields"]),
            ({"form": "F99", "fields": {}}, ["form"]),
            ({"form": "F01", "fields": []}, ["fields"]),
            ({"form": "F01", "fields": {}, "office": 1}, ["office"]),
            ({"form": "F01", "sealed": "AAAA"}, ["sealed"]),
        ],
    )
    def test_what_is_no_application_is_named(
        self, calls: Calls, sent: dict[str, Any], fields: list[str]
    ) -> None:
        assert named(calls.post(FILE, sent)) == fields

    def test_every_wrong_answer_is_named_by_its_place(self, calls: Calls) -> None:
        sent = answers("F02")
        sent["people"][0]["p_kana"] = "kana"
        sent["nickname"] = "x"
        sent.pop("kind")
        found = named(calls.post(FILE, {"form": "F02", "fields": sent}))
        assert "fields.nickname" in found
        assert "fields.kind" in found
        assert "fields.people[0].p_kana" in found

    @pytest.mark.parametrize("form", ["F01", "F02", "F05"])
    def test_a_my_number_is_refused_wherever_it_stands_and_never_kept(
        self, calls: Calls, form: str, settings: Any, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for name in answers(form):
            refused = calls.post(
                FILE, {"form": form, "fields": {**answers(form), name: f"１２{MY_NUMBER[2:]}"}}
            )
            assert named(refused)
            assert MY_NUMBER[2:] not in refused.text
        problem(calls.post(FILE, {"form": form, "fields": {**answers(form), MY_NUMBER: "x"}}), 422)
        logged = capfd.readouterr()
        assert MY_NUMBER[2:] not in logged.out + logged.err
        kept = b"".join(path.read_bytes() for path in settings.instance.rglob("*") if path.is_file())
        assert MY_NUMBER[2:].encode() not in kept


class TestHolding:
    @BOTH
    def test_it_can_be_deleted_at_once_and_twice(self, calls: Calls) -> None:
        token = calls.file().json["token"]
        for _ in range(2):
            assert calls.send("DELETE", f"/applications/{token}").status_code == 204
        assert calls.get(f"/applications/{token}").json["status"] == "deleted"
        problem(calls.get(f"/applications/{token}/qr.svg"), 410)

    def test_an_expired_form_has_no_code_any_more(self, calls: Calls, clock: FrozenDateTimeFactory) -> None:
        token = calls.file().json["token"]
        clock.tick(timedelta(days=40))
        problem(calls.get(f"/applications/{token}/qr.png"), 410)

    def test_nobody_else_finds_it(self, calls: Calls) -> None:
        made = calls.file().json
        strange = (UNKNOWN, made["reference"], made["token"].lower(), derived(made["token"], "qr"), "x")
        bodies = {
            calls.get(f"/applications/{token}{end}").data
            for token in strange
            for end in ("", "/qr.svg", "/qr.png")
        }
        bodies |= {calls.send("DELETE", f"/applications/{token}").data for token in strange}
        assert len(bodies) == 1
        problem(calls.get(f"/applications/{UNKNOWN}"), 404)
        assert calls.get(f"/applications/{made['token']}").status_code == 200


class TestSealed:
    def sealed(self, calls: Calls, settings: Settings) -> str:
        """An envelope as another system makes it, from what the API says alone."""
        with inside(settings):
            sealing_keys.make_ahead(date(2026, 11, 24))
            form = catalogue.current().forms["F01"]
        told = calls.get("/offices/honcho/sealing-keys").json
        (key,) = [one for one in told["keys"] if one["month"] == "2026-12"]
        part = sealed.PackedForm("F01", packing.mark(form), packing.packed(packing.plan(form), example(form)))
        content = sealed.content(sealed.Contents("", (part,)))
        body = sealing.sealed_to(base64.b64decode(key["key"]), content, told["about"].encode())
        return (
            base64.urlsafe_b64encode(sealed.envelope(bytes.fromhex(key["mark"]), body)).decode().rstrip("=")
        )

    def test_an_envelope_is_kept_shown_as_a_code_and_deleted(self, calls: Calls, settings: Settings) -> None:
        made = calls.post(FILE, {"form": "F01", "sealed": self.sealed(calls, settings)})
        assert made.status_code == 201, made.text
        token = made.json["token"]
        code = decoded(calls.get(f"/applications/{token}/qr.png").data)
        with inside(settings):
            seen = scanning.scan(office("honcho"), code, "1", "aoki")
            assert applications.fields_of(seen.applications[0].application)
        assert calls.open(made.headers["Location"]).json["status"] == "ready"
        assert calls.get(f"/applications/{token}/qr.png?n=2").status_code == 404
        assert calls.send("DELETE", f"/applications/{token}").status_code == 204
        assert calls.get(f"/applications/{token}").status_code == 404

    def test_what_is_no_envelope_of_this_office_is_named(self, calls: Calls, settings: Settings) -> None:
        good = self.sealed(calls, settings)
        assert named(calls.post(FILE, {"form": "F01", "sealed": good, "fields": {}})) == ["sealed"]
        assert named(calls.post(FILE, {"form": "F01", "sealed": "ア" * 200})) == ["sealed"]
        assert named(calls.post("/offices/higashi/applications", {"form": "F01", "sealed": good})) == [
            "sealed"
        ]
        assert named(calls.post(FILE, {"form": "F99", "sealed": good})) == ["form"]
