"""Who a terminal is: its cookie names it, its key proves it, an administrator ends it (K1, K2)."""

from __future__ import annotations

import pytest

from models.core.tokens import new_token
from models.operations import accounts, arrivals, devices
from models.queries import devices as found
from models.queries.offices import office
from tests.conftest import inside
from tests.kiosk.browser_key import BrowserKey, let_in

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
TAKE = "/kiosk/screens/ticket/take"


def boxes(**other):
    return {"office": "honcho", "procedure": "JUM-01", "key": new_token(), **other}


def enrolling(client, settings, kind="kiosk"):
    with inside(settings):
        code = devices.new_code(kind, "honcho", "aya")
    return client.post("/kiosk/enrol/", data={"code": code, "key": BrowserKey().open})


def test_k1_a_browser_with_the_code_waits_outside_until_it_is_let_in(client, settings):
    assert client.get("/kiosk/").headers["Location"] == "/kiosk/enrol/"
    answer = enrolling(client, settings)
    assert answer.status_code == 201
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/kiosk/enrol/state").json == {"kind": "kiosk", "state": "pending"}
    assert client.get("/kiosk/").status_code == 302
    assert client.get("/kiosk/screens/home", headers={"X-Kiosk": "1"}).status_code == 401
    with inside(settings):
        devices.approve(answer.json["number"], "aya")
    assert client.get("/kiosk/").status_code == 200


@pytest.mark.parametrize("sent", [{}, {"code": "K7FX-29MA"}, {"code": "x" * 500, "key": "y" * 500}])
def test_k1_what_is_wrong_is_said_in_words(client, sent):
    answer = client.post("/kiosk/enrol/", data={"key": BrowserKey().open, **sent})
    assert answer.status_code == 422
    assert answer.json["problem"]
    assert "Set-Cookie" not in answer.headers


def test_a_terminal_creates_with_its_signature(terminal):
    answer = terminal.post(TAKE, **boxes())
    assert answer.status_code == 200
    assert "A001" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_k2_a_copied_cookie_creates_nothing_and_raises_an_alarm(terminal, app, settings):
    thief = app.test_client()
    thief.set_cookie("device", terminal.made.token, path="/")
    for headers in (
        {},
        {"X-Device-Signature": "1." + "A" * 86},
        {"Authorization": f"Bearer {terminal.made.token}"},
    ):
        assert thief.post(TAKE, data=boxes(), headers={"X-Kiosk": "1", **headers}).status_code == 401
    assert thief.post("/api/v1/offices/honcho/tickets", json={"procedures": ["JUM-01"]}).status_code == 401
    with inside(settings):
        assert found.everything()[0].alarm_at is not None
        assert arrivals.issue(office("honcho"), ["JUM-01"], "test").number == "A001"


def test_k2_an_old_request_sent_again_is_refused(terminal, settings):
    body = "office=honcho&procedure=JUM-01&key=" + new_token()
    headers = terminal.signed(TAKE, body)
    sent = {"data": body, "content_type": "application/x-www-form-urlencoded", "headers": headers}
    assert terminal.client.post(TAKE, **sent).status_code == 200
    assert terminal.client.post(TAKE, **sent).status_code == 401
    with inside(settings):
        assert found.everything()[0].alarm_at is not None


def test_k2_a_signature_for_another_body_is_refused(terminal):
    headers = terminal.signed(TAKE, "office=honcho")
    assert terminal.post(TAKE, headers=headers, **boxes()).status_code == 401


def test_a_revoked_terminal_is_refused_at_its_next_request(terminal, settings):
    with inside(settings):
        devices.revoke(terminal.made.number, "aya")
    assert terminal.get("/kiosk/screens/home").status_code == 401
    assert terminal.post("/kiosk/pulse").status_code == 401
    assert terminal.client.get("/kiosk/enrol/state").json["state"] == "revoked"


def test_a_terminal_sees_nothing_of_others(terminal):
    for path in ("/counter/", "/manager/", "/admin/", "/api/v1/offices/honcho/tickets/A001"):
        assert terminal.client.get(path).status_code in (302, 401, 403, 404, 405), path


def test_a_board_is_no_kiosk(app, settings):
    board = let_in(app, settings, kind="board")
    assert board.get("/kiosk/screens/home").status_code == 403
    assert board.post(TAKE, **boxes()).status_code == 403


def test_a_system_with_a_token_needs_no_signature(client, settings):
    with inside(settings):
        token = accounts.enrol_device("kiosk", "honcho", "aya")
    answer = client.post(TAKE, data=boxes(), headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "A001" in answer.text


def test_every_answer_is_kept_nowhere_and_the_end_of_a_turn_clears_the_cache(terminal):
    terminal.client.set_cookie("lang", "en")
    for path in ("/kiosk/", "/kiosk/screens/home", "/kiosk/screens/check-in", "/kiosk/screens/status/"):
        assert terminal.get(path).headers["Cache-Control"] == "no-store", path
    answer = terminal.post("/kiosk/wipe")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert terminal.client.get_cookie("lang") is None
