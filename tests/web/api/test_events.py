"""The stream on the main port: sent on to the hub, or short and complete where there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.operations import arrivals, calling
from models.queries import offices
from tests.conftest import inside
from tests.postgresql import BOTH
from web import live
from wsgi import create_app

HERE = "/api/v1/offices/honcho/events"
QUEUE = "/api/v1/offices/honcho/queue"


def events(body: bytes) -> list[tuple[str, int, dict[str, Any]]]:
    """Name, id and data of each event."""
    found = []
    for block in body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in lines:
            found.append((lines["event"], int(lines["id"]), json.loads(lines["data"])))
    return found


def call_somebody(settings) -> str:
    with inside(settings):
        place = offices.office("honcho")
        arrivals.issue(place, ["JUM-01"], "aoki")
        return calling.call_next(place, "1", "aoki").number


def finish(settings, number: str) -> None:
    with inside(settings):
        place = offices.office("honcho")
        calling.step(place, number, "start", "aoki")
        calling.step(place, number, "finish", "aoki")


@pytest.fixture
def with_hub(settings, clock, request):
    made = create_app(replace(settings, **request.param))
    made.config["TESTING"] = True
    yield made
    made.extensions["maeniwa"].close()


PLAIN = {"events_port": 8123}
BEHIND = {"events_url": "https://live.city.example.jp/x/", "events_port": 8123}


class TestWithoutAHub:
    @BOTH
    def test_it_is_short_and_tells_the_state(self, client: FlaskClient, settings) -> None:
        number = call_somebody(settings)
        answer = client.get(HERE)
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        assert answer.data.startswith(b"retry: ")
        ((name, version, state),) = events(answer.data)
        assert (name, version, state["version"]) == ("snapshot", state["version"], version)
        assert [one["number"] for one in state["calls"]] == [number]

    @pytest.mark.parametrize("header", [True, False])
    def test_whoever_comes_back_is_told_what_was_missed(self, client, settings, header) -> None:
        finish(settings, call_somebody(settings))
        _, seen, _ = events(client.get(HERE).data)[0]
        number = call_somebody(settings)
        address, headers = (
            (HERE, {"Last-Event-ID": str(seen)}) if header else (f"{HERE}?last_event_id={seen}", {})
        )
        called, state = events(client.get(address, headers=headers).data)
        assert (called[0], called[2]["number"], called[2]["kind"]) == ("called", number, "call")
        assert (state[0], state[1]) == ("queue", called[1])

    @pytest.mark.parametrize("seen", ["", "x", "-1", "99999", "9" * 40, "²", "1.0"])
    def test_a_version_that_never_was_gives_the_whole_state(self, client, seen) -> None:
        ((name, _, _),) = events(client.get(HERE, headers={"Last-Event-ID": seen}).data)
        assert name == "snapshot"

    @pytest.mark.parametrize("language", ["ja", "en", "ja-easy"])
    def test_its_state_is_what_the_queue_answers(self, client, settings, language) -> None:
        call_somebody(settings)
        ((_, _, state),) = events(client.get(f"{HERE}?lang={language}").data)
        assert state == client.get(f"{QUEUE}?lang={language}").get_json()

    def test_an_office_that_is_not_there(self, client) -> None:
        assert client.get("/api/v1/offices/nowhere/events").status_code == 404

    def test_pages_are_told_to_poll(self, app: Flask) -> None:
        with app.test_request_context("/"):
            assert live.hub_root() == ""
            assert live.permitted("connect-src 'self'; x") == "connect-src 'self'; x"


class TestWithAHub:
    @pytest.mark.parametrize("with_hub", [PLAIN], indirect=True)
    def test_it_is_sent_on_to_the_port_with_what_was_asked(self, with_hub: Flask) -> None:
        answer = with_hub.test_client().get(
            f"{HERE}?lang=en&last_event_id=3", base_url="http://10.0.0.5:8000"
        )
        assert answer.status_code == 307
        assert answer.location == f"http://10.0.0.5:8123/m/maeniwa{HERE}?lang=en&last_event_id=3"
        assert "connect-src 'self' http://10.0.0.5:8123;" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("with_hub", [BEHIND], indirect=True)
    def test_or_to_the_public_address(self, with_hub: Flask) -> None:
        answer = with_hub.test_client().get(HERE)
        assert answer.location == f"https://live.city.example.jp/x/m/maeniwa{HERE}"
        assert "connect-src 'self' https://live.city.example.jp;" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("with_hub", [PLAIN], indirect=True)
    def test_an_office_that_is_not_there_is_sent_nowhere(self, with_hub: Flask) -> None:
        assert with_hub.test_client().get("/api/v1/offices/nowhere/events").status_code == 404

    @pytest.mark.parametrize("with_hub", [PLAIN], indirect=True)
    @pytest.mark.parametrize("base", ["https://10.0.0.5", "http://[::1]:8000", "http://city.example.jp"])
    def test_a_page_under_tls_is_never_sent_to_a_plain_port(self, with_hub: Flask, base: str) -> None:
        with with_hub.test_request_context("/", base_url=base):
            secure = base.startswith("https")
            name = base.removeprefix("http://").removesuffix(":8000")
            assert live.hub_root() == ("" if secure else f"http://{name}:8123")
            assert live.answers_itself() is secure

    @pytest.mark.parametrize("with_hub", [{"events_url": "https://city.example.jp"}], indirect=True)
    def test_behind_the_same_address_it_never_sends_to_itself(self, with_hub: Flask) -> None:
        answer = with_hub.test_client().get(HERE, base_url="https://city.example.jp")
        assert answer.status_code == 200
        assert events(answer.data)[0][0] == "snapshot"


def test_it_is_described(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/offices/{office}/events"][
        "get"
    ]
    assert "text/event-stream" in described["responses"]["200"]["content"]
    assert {one["name"] for one in described["parameters"]} >= {"Last-Event-ID", "last_event_id", "lang"}
    assert "307" in described["responses"]
