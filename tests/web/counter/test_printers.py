"""P6 at the counter: everybody there sees which terminal prints nothing, for how long, and says that it was seen to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.clock import now
from models.operations import accounts, slips
from models.operations.slips import For
from models.queries import line, staff
from models.queries import slips as prints
from tests.web.counter.conftest import DESK, press, walk_in
from tests.web.people import post

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def out_of_paper(hall):
    """A terminal whose paper is used up: its device."""
    number = walk_in(hall)
    with hall.inside() as place:
        device = staff.by_device(
            accounts.enrol_device("kiosk", "honcho", "test", "受付機1（正面玄関）")
        ).number
        ticket = line.by_number(place, place.day_of(now()), number)
        job = slips.ask(place, device, For(visit_id=ticket.visit_id), "kiosk/1")
        slips.claim(place, device, job.id, "kiosk/1")
        slips.report(place, device, job.id, "failed", "kiosk/1", "paper_out")
    return device


@pytest.fixture
def failed(hall):
    return out_of_paper(hall)


def test_the_terminal_and_its_problem_stand_on_every_desk_until_somebody_has_seen_to_it(
    hall, ben, keiko, failed, clock
):
    for client in (ben, keiko):
        page = client.get(DESK).text
        assert page.count("受付機1（正面玄関）で番号札が出ません") == 1
        assert "用紙切れです" in page
        assert "分たちました" not in page
    clock.tick(timedelta(minutes=2))
    assert "2分たちました" in ben.get(DESK).text
    press(keiko, f"/counter/printers/{failed}/seen")
    assert "番号札が出ません" not in ben.get(DESK).text
    with hall.inside() as place:
        assert prints.troubles(place) == ()


def test_a_terminal_of_nowhere_is_not_found(keiko, failed):
    assert post(keiko, DESK, "/counter/printers/999/seen").status_code == 404
