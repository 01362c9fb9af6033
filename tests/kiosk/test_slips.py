"""P6 at the kiosk's door: a terminal is given what stands on its own fresh slips, and tells how each print went."""

from __future__ import annotations

import pytest

from models.core.tokens import derived, new_token
from models.operations import arrivals, calling
from models.papers import slip
from models.queries import slips
from models.queries.offices import office
from tests.conftest import inside
from tests.kiosk.browser_key import let_in
from tests.operations.test_slips import booked

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
SLIPS = "/kiosk/slips"


@pytest.fixture
def terminal(app, settings):
    return let_in(app, settings)


@pytest.fixture
def issued(settings):
    with inside(settings):
        return arrivals.issue(office("honcho"), ["IDO-01"], "test")


def told(terminal, job, state, problem=""):
    answer = terminal.post(f"{SLIPS}/{job}/report", state=state, problem=problem)
    return answer.status_code, answer.json["state"]


def test_a_terminal_is_given_what_stands_on_the_slip_and_tells_how_the_print_went(terminal, issued, settings):
    asked = terminal.post(SLIPS, ticket=issued.token)
    assert asked.status_code == 200
    found = slip.read(asked.json["slip"])
    assert (found.headline, found.kind) == (issued.number, "ticket")
    assert found.qr.endswith(f"/tickets/{issued.token}")
    job = asked.json["job"]
    assert terminal.post(SLIPS, ticket=issued.token).json["key"] == asked.json["key"]
    assert told(terminal, job, "printing") == (200, "printing")
    assert told(terminal, job, "printing") == (409, "printing")
    assert told(terminal, job, "failed", "paper_out") == (200, "failed")
    with inside(settings):
        [trouble] = slips.troubles(office("honcho"))
        assert (trouble.problem, trouble.device_id) == ("paper_out", terminal.made.number)
    assert told(terminal, job, "here") == (200, "failed")
    assert told(terminal, job, "again") == (200, "asked")
    assert told(terminal, job, "printing") == (200, "printing")
    assert told(terminal, job, "printed") == (200, "printed")
    assert told(terminal, job, "printed") == (200, "printed")
    with inside(settings):
        assert slips.troubles(office("honcho")) == ()


def test_a_booking_has_its_own_slip(terminal, settings):
    with inside(settings):
        made = booked()
    found = slip.read(terminal.post(SLIPS, booking=made.token).json["slip"])
    assert found.kind == "booking"
    assert found.qr == f"M1{derived(made.token, 'qr')}"


def test_the_slip_is_in_the_language_that_the_screen_speaks(terminal, issued):
    address, body = SLIPS, f"ticket={issued.token}"
    headers = {**terminal.signed(address, body), "Accept-Language": "en"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    answer = terminal.client.post(address, data=body, headers=headers)
    assert answer.json["slip"]["language"] == "en"
    assert answer.json["slip"]["title"] == {"ja": "引っ越し・世帯", "own": "Moving"}


@pytest.mark.parametrize("box", ["ticket", "booking"])
def test_somebody_elses_guess_is_answered_like_nothing_at_all(terminal, box):
    assert terminal.post(SLIPS, **{box: new_token()}).status_code == 404
    assert terminal.post(SLIPS).status_code == 422


def test_another_terminal_neither_sees_nor_changes_a_print(app, settings, terminal, issued):
    job = terminal.post(SLIPS, ticket=issued.token).json["job"]
    other = let_in(app, settings)
    for state in ("printing", "printed", "again", "here", "left"):
        assert other.post(f"{SLIPS}/{job}/report", state=state).status_code == 404


def test_nobody_without_the_browsers_key_has_anything_printed(client, issued):
    assert client.post(SLIPS, data={"ticket": issued.token}).status_code == 401


def test_a_number_that_was_given_back_promises_no_wait(terminal, issued, settings):
    with inside(settings):
        calling.step(office("honcho"), issued.number, "cancel", "resident")
    asked = terminal.post(SLIPS, ticket=issued.token)
    assert asked.status_code == 200
    labels = [row["label"]["ja"] for row in asked.json["slip"]["rows"]]
    assert "あなたの前" not in labels
