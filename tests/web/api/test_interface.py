"""The document of the API, its two sides, and what every answer has in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.core.settings import Settings
from tests.web.api.calls import Calls, problem
from web.access import policy_of
from wsgi import create_app

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_the_document_is_openapi_3_1_and_says_under_which_address_it_was_asked(calls: Calls) -> None:
    document = calls.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/"}]
    below = calls.open("/m/maeniwa/api/v1/openapi.json").json
    assert below["servers"] == [{"url": "/m/maeniwa"}]
    assert below["paths"] == document["paths"]


def test_the_document_says_who_may_call_and_how_errors_look(calls: Calls) -> None:
    document = calls.get("/openapi.json").json
    scan = document["paths"]["/api/v1/offices/{office}/scans"]["post"]
    assert (scan["security"], scan["x-roles"]) == ([{"bearer": []}], ["counter"])
    book = document["paths"]["/api/v1/offices/{office}/bookings"]["post"]
    assert "security" not in book
    assert book["parameters"][0]["name"] == "Idempotency-Key"
    errors = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(errors) == ["application/problem+json"]


def test_each_side_of_a_separated_network_opens_only_its_own(settings: Settings) -> None:
    paths = {}
    for side in ("outside", "inside", "both"):
        app = create_app(replace(settings, side=side))
        found = app.test_client().get("/api/v1/openapi.json").json
        paths[side] = set(found["paths"]) if found else set()
        app.extensions["maeniwa"].close()
    assert paths["outside"] | paths["inside"] == paths["both"]
    assert "/api/v1/offices/{office}/bookings" not in paths["inside"]
    assert "/api/v1/offices/{office}/scans" not in paths["outside"]
    assert paths["outside"] & paths["inside"] == {
        "/api/v1/offices", "/api/v1/offices/{office}/procedures", "/api/v1/offices/{office}/queue",
        "/api/v1/offices/{office}/slots",
    }  # fmt: skip


def test_addresses_stand_below_the_public_one_where_it_is_set(calls: Calls, settings: Settings) -> None:
    app = create_app(replace(settings, public_url="https://yoyaku.city.example.jp/"))
    made = Calls(app.test_client(), calls.tokens, "/m/maeniwa/api/v1").booked()
    app.extensions["maeniwa"].close()
    assert made["manage_url"] == f"https://yoyaku.city.example.jp/m/maeniwa/bookings/{made['token']}"


def test_every_call_declares_who_may_make_it(calls: Calls) -> None:
    app = calls.client.application
    endpoints = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    assert endpoints
    assert all(policy_of(app, endpoint) for endpoint in endpoints)


def test_answers_are_not_kept_by_caches_and_errors_carry_the_security_headers(calls: Calls) -> None:
    for answer in (calls.get("/offices"), calls.get("/nowhere"), calls.post("/offices/honcho/scans")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_browsers_cookie_changes_nothing_here(calls: Calls) -> None:
    problem(calls.post("/offices/honcho/counters/1/call-next"), 401)
