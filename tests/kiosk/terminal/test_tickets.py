"""A number at the terminal: for one matter or several, here or in another building, once however often it is sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.core.db import session
from models.core.tokens import new_token
from models.operations import hall
from models.queries.offices import office
from models.tables import Ticket
from tests.conftest import inside
from tests.kiosk.browser_key import let_in

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
CHOICE = re.compile('class="choice[ "]')
CHOOSE, WHERE, TAKE = "/kiosk/screens/ticket/", "/kiosk/screens/ticket/where", "/kiosk/screens/ticket/take"


def taken(settings):
    with inside(settings):
        rows = session().execute(select(Ticket.number, Ticket.procedures, Ticket.priority, Ticket.language))
        return [tuple(row) for row in rows]


def test_a_kind_of_matter_then_the_procedure_then_one_more(terminal):
    page = terminal.get(CHOOSE).text
    assert len(CHOICE.findall(page)) == 5
    assert "証明書" in page
    page = terminal.post(CHOOSE, group="A").text
    assert "住民票の写しの交付" in page
    assert len(CHOICE.findall(page)) <= 5
    page = terminal.post(CHOOSE, procedure="JUM-01").text
    assert "用件を1つ加える" in page
    page = terminal.post(CHOOSE, procedure="JUM-01", more="1", group="B").text
    assert 'name="procedure" value="JUM-01"' in page


def test_every_procedure_of_the_city_can_be_reached(terminal, settings):
    """Sheet after sheet, the way that a finger goes."""
    reached = set()
    for group in "ABCDFGHKS":
        for sheet in range(6):
            page = terminal.post(CHOOSE, group=group, sheet=str(sheet), more="1").text
            reached |= set(page.split('name="procedure" value="')[1:] and [
                part.partition('"')[0] for part in page.split('name="procedure" value="')[1:]
            ])  # fmt: skip
    assert {"JUM-01", "IDO-01", "KOS-01", "MNC-02", "RMT-01"} <= reached
    assert len(reached) > 50


def test_several_procedures_are_one_number(terminal, settings):
    key = new_token()
    for _ in range(2):
        answer = terminal.post(TAKE, office="honcho", procedure=["JUM-01", "IDO-01"], key=key)
        assert answer.status_code == 200
        assert "B001" in answer.text
    assert [(number, set(codes)) for number, codes, _, _ in taken(settings)] == [
        ("B001", {"JUM-01", "IDO-01"})
    ]


def test_who_cannot_wait_long_says_so_and_no_reason_is_kept(terminal, settings):
    terminal.post(TAKE, office="honcho", procedure="JUM-01", key=new_token(), priority="1")
    terminal.post(TAKE, office="honcho", procedure="JUM-01", key=new_token())
    assert [priority for _, _, priority, _ in taken(settings)] == [True, False]


def test_the_number_is_in_the_language_of_the_screen(terminal, settings):
    body = f"office=honcho&procedure=JUM-01&key={new_token()}"
    headers = {**terminal.signed(TAKE, body), "Accept-Language": "en"}
    sent = {"data": body, "content_type": "application/x-www-form-urlencoded", "headers": headers}
    terminal.client.post(TAKE, **sent)
    assert [language for *_, language in taken(settings)] == ["en"]


def test_the_library_takes_numbers_for_the_city_hall_with_its_address(app, settings):
    library = let_in(app, settings, "library")
    page = library.post(WHERE, procedure="IDO-01").text
    assert "本庁舎" in page
    assert "前庭市本町一丁目1番1号" in page
    page = library.post("/kiosk/screens/ticket/confirm", procedure="IDO-01", office="honcho", seen="1").text
    assert "本庁舎" in page
    answer = library.post(TAKE, procedure="IDO-01", office="honcho", key=new_token())
    assert "B001" in answer.text
    assert "前庭市本町一丁目1番1号" in answer.text
    assert "市民バス「市役所前」でおります。" in answer.text


def test_what_the_library_does_itself_is_taken_there(app, settings):
    library = let_in(app, settings, "library")
    assert "番号札を とりますか" in library.post(WHERE, procedure="JUM-01").text


def test_a_building_that_is_closed_today_gives_no_numbers(app, settings, clock):
    clock.move_to(datetime(2026, 11, 28, 1, 0, tzinfo=UTC))
    library = let_in(app, settings, "library")
    answer = library.post(WHERE, procedure="IDO-01")
    assert answer.status_code == 409
    assert "時間を予約してください" in answer.text


@pytest.mark.parametrize(
    "boxes", [{}, {"procedure": "XXX-99"}, {"office": "nowhere", "procedure": "JUM-01"}, {"key": "short"}]
)
def test_nonsense_is_refused_on_a_screen(terminal, settings, boxes):
    answer = terminal.post(TAKE, **{"office": "honcho", "key": new_token(), **boxes})
    assert answer.status_code in (404, 422)
    assert 'class="screen refused"' in answer.text
    assert taken(settings) == []


def test_where_numbers_have_ended_nobody_chooses_in_vain(terminal, settings):
    with inside(settings):
        hall.stop_issuing(office("honcho"), "aya")
    assert "どの用件ですか" in terminal.get(CHOOSE).text, "other buildings still give numbers"
    assert "東支所" in terminal.post(WHERE, procedure="JUM-01").text
    assert "いまは番号を取れません" in terminal.post(WHERE, procedure="KOT-02").text, (
        "only this building does it"
    )
    with inside(settings):
        for code in ("higashi", "library"):
            hall.stop_issuing(office(code), "aya")
    page = terminal.get(CHOOSE).text
    assert "きょうの番号札は終わりました" in page
    assert 'href="/kiosk/screens/booking"' in page
    assert taken(settings) == []


def test_after_numbers_have_ended_the_screen_says_so(terminal, settings):
    with inside(settings):
        hall.stop_issuing(office("honcho"), "aya")
    answer = terminal.post(TAKE, office="honcho", procedure="JUM-01", key=new_token())
    assert answer.status_code == 409
    assert "きょうの番号札は終わりました" in answer.text
