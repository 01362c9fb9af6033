"""Two municipalities in one installation: what belongs to one does not exist for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory

from models.catalogue.municipality import load_demo_plan
from models.core.db import standing
from models.core.settings import Settings
from models.operations import installation
from tests.postgresql import BOTH
from tests.web.api.calls import UNKNOWN, Calls, issue_tokens, problem

HERE, THERE = "/m/maeniwa/api/v1", "/m/tonari/api/v1"


@pytest.fixture
def tonari(settings: Settings, clock: FrozenDateTimeFactory) -> str:
    """The city next door, furnished like the first."""
    with standing(settings):
        plan = load_demo_plan(installation.offered_catalogue("tonari"))
        installation.open_municipality(replace(plan, code="tonari"))
    return "tonari"


@BOTH
def test_nothing_of_one_city_is_found_in_the_other(tonari: str, app: Flask, settings: Settings) -> None:
    here = Calls(app.test_client(), issue_tokens(settings), HERE)
    there = Calls(app.test_client(), issue_tokens(settings, tonari), THERE)
    booked, filed = here.booked("JUM-01"), here.file("F01").json
    ticket = here.post("/offices/honcho/tickets", {"procedures": ["JUM-01"]}, "kiosk").json
    paths = (
        f"/bookings/{booked['token']}",
        f"/bookings/{booked['token']}/calendar.ics",
        f"/bookings/{booked['token']}/qr.png",
        f"/applications/{filed['token']}",
        f"/applications/{filed['token']}/qr.svg",
        f"/tickets/{ticket['token']}",
    )
    bodies = set()
    for path in paths:
        assert here.get(path).status_code == 200
        bodies.add(there.get(path).data)
        bodies.add(there.send("DELETE", path.rsplit("/", 1)[0] + f"/{UNKNOWN}").data)
    bodies.add(there.get(f"/applications/{filed['reference']}/form.pdf", "counter").data)
    bodies.add(there.file("F01", booking_token=booked["token"]).data)
    assert len(bodies) == 1
    problem(there.get(paths[0]), 404)
    assert here.get(paths[0]).json["status"] == "booked"


@BOTH
def test_a_token_of_one_city_opens_nothing_in_the_other(tonari: str, app: Flask, settings: Settings) -> None:
    stranger = Calls(app.test_client(), issue_tokens(settings), THERE)
    problem(stranger.get("/offices/honcho/tickets", "counter"), 401)
    problem(stranger.get("/offices/honcho/stats", "manager"), 401)
    problem(stranger.post("/offices/honcho/tickets", {"procedures": ["JUM-01"]}, "kiosk"), 401)


@BOTH
def test_without_a_municipality_nobody_is_meant(tonari: str, app: Flask) -> None:
    problem(app.test_client().get("/api/v1/offices"), 404)
