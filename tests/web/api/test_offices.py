"""Offices, procedures and free times, for everybody."""

from __future__ import annotations

import pytest

from tests.postgresql import BOTH
from tests.web.api.calls import Calls, named, problem


class TestOffices:
    def test_every_office_says_where_it_is_and_when_it_is_open(self, calls: Calls) -> None:
        found = calls.get("/offices").json
        assert [office["code"] for office in found] == ["honcho", "higashi", "library"]
        honcho = found[0]
        assert honcho["timezone"] == "Asia/Tokyo"
        assert {"weekday": 3, "opens": "08:30", "closes": "19:00"} in honcho["opening_hours"]
        assert {"name", "address"} <= honcho.keys()

    def test_who_has_the_newest_already_gets_304(self, calls: Calls) -> None:
        first = calls.get("/offices")
        again = calls.get("/offices", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = calls.get("/offices?lang=en", headers={"If-None-Match": first.headers["ETag"]})
        assert other.status_code == 200
        assert other.json[0]["name"] == "City Hall"

    def test_the_address_with_the_municipality_is_the_same_api(self, calls: Calls) -> None:
        below = calls.open("/m/maeniwa/api/v1/offices")
        assert below.json == calls.get("/offices").json

    def test_an_unknown_language_is_named(self, calls: Calls) -> None:
        assert named(calls.get("/offices?lang=tlh")) == ["lang"]


class TestProcedures:
    def test_a_procedure_says_how_long_it_takes_and_what_to_bring(self, calls: Calls) -> None:
        found = {one["code"]: one for one in calls.get("/offices/honcho/procedures").json}
        moving = found["IDO-01"]
        assert moving["queue"] == "B"
        assert moving["duration_prefilled_minutes"] < moving["duration_minutes"]
        assert moving["forms"] == ["F02"]
        assert moving["bring"]
        assert {one["booking"] for one in found.values()} == {"required", "optional", "none"}

    def test_names_come_in_the_asked_language_without_readings(self, calls: Calls) -> None:
        def name(lang: str) -> str:
            found = calls.get("/offices/honcho/procedures", query_string={"lang": lang}).json
            return str(next(one["name"] for one in found if one["code"] == "IDO-01"))

        assert name("ja") == "転入届"
        assert name("en").isascii()
        assert "{" not in name("ja-easy")

    def test_an_office_offers_only_its_own(self, calls: Calls) -> None:
        mine = {one["code"] for one in calls.get("/offices/higashi/procedures").json}
        all_of_it = {one["code"] for one in calls.get("/offices/honcho/procedures").json}
        assert mine < all_of_it


class TestSlots:
    @BOTH
    def test_only_whole_visits_are_offered_in_the_offices_own_time(self, calls: Calls) -> None:
        found = calls.get("/offices/honcho/slots?procedure=IDO-01&procedure=KOK-01&procedure=KOD-01").json
        assert found[0]["starts_at"].endswith("+09:00")
        assert found[0]["starts_at"] < found[0]["ends_at"]
        assert all(slot["remaining"] > 0 for slot in found)
        single = calls.get("/offices/honcho/slots?procedure=IDO-01").json
        assert len(found) < len(single)

    def test_without_days_it_is_the_next_two_weeks(self, calls: Calls) -> None:
        days = [starts_at[:10] for starts_at in calls.free()]
        assert (days[0], days[-1]) == ("2026-11-24", "2026-12-08")

    def test_days_can_be_chosen(self, calls: Calls) -> None:
        assert {at[:10] for at in calls.free(**{"from": "2026-12-03", "to": "2026-12-04"})} == {
            "2026-12-03",
            "2026-12-04",
        }
        assert calls.free(**{"from": "2026-11-28", "to": "2026-11-29"}) == []

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("procedure=JUM-01&from=2026-12-01&to=2027-02-01", "to"),
            ("procedure=JUM-01&from=2026-12-02&to=2026-12-01", "to"),
            ("procedure=JUM-01&from=2100-02-29", "from"),
            ("procedure=JUM-01&from=0001-01-01", "from"),
            ("procedure=JUM-01&from=9999-12-31", "from"),
            ("procedure=JUM-01&from=令和8年", "from"),
            ("procedure=JUM-01&cards=99999999999999999999", "cards"),
            ("procedure=JUM-01&cards=-1", "cards"),
            ("procedure=NO-SUCH", "procedures"),
            ("procedure=" + "&procedure=".join(["JUM-01"] * 21), "procedure"),
            ("from=2026-12-01", "procedure"),
        ],
    )
    def test_what_cannot_be_asked_is_named(self, calls: Calls, query: str, field: str) -> None:
        assert named(calls.get(f"/offices/honcho/slots?{query}")) == [field]

    def test_62_days_are_not_too_many(self, calls: Calls) -> None:
        assert calls.free(**{"from": "2026-12-01", "to": "2027-01-31"})


class TestUnknownOffices:
    def test_unknown_malformed_and_other_places_are_one_identical_404(self, calls: Calls) -> None:
        answers = {
            calls.open(address).data
            for address in (
                "/api/v1/offices/nowhere/procedures",
                "/api/v1/offices/HONCHO%20/procedures",
                "/api/v1/offices/%F0%A0%AE%B7/procedures",
                "/api/v1/offices/nowhere/slots?procedure=JUM-01",
                "/api/v1/nothing/here",
                "/m/elsewhere/api/v1/offices",
                "/m/UPPER/api/v1/offices",
                "/api/v1/forms/F99",
            )
        }
        assert len(answers) == 1
        problem(calls.get("/offices/nowhere/procedures"), 404)

    def test_text_that_is_no_utf_8_is_malformed(self, calls: Calls) -> None:
        broken = {"PATH_INFO": "/api/v1/offices/\xff\xfe/procedures"}
        problem(calls.open("/api/v1/offices", environ_overrides=broken), 400)
        problem(calls.open("/api/v1/offices/honcho/slots?procedure=%FF"), 400)
        problem(calls.open("/api/v1/offices/honcho/slots?procedure=%00"), 400)

    def test_a_way_that_is_not_there_says_which_are(self, calls: Calls) -> None:
        refused = calls.send("PUT", "/offices")
        problem(refused, 405)
        assert "GET" in refused.headers["Allow"]
