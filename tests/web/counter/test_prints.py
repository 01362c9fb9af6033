"""P4, P6, P7 at the counter: a form comes out of the counter's printer, and a person says what became of the paper."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.operations import direct_sending
from models.queries import direct_prints as seen
from models.queries import printing as prints
from models.rules.printers import Wanted
from tests.operations import installed
from tests.web.counter.conftest import DESK, TODAY, Hall, scan
from tests.web.counter.test_scanning import printed, slip_of
from tests.web.people import token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
JAM = "紙づまり・印字不良"


@pytest.fixture
def printer(hall: Hall) -> int:
    """Ben's counter has a printer."""
    with hall.inside() as place:
        return installed.printer(place, Wanted("2番のプリンター", "ipp://10.0.0.2/", "", ("2",)))


def asked(ben: FlaskClient, page: TestResponse, form: str, slip: str = "", **fields: str) -> TestResponse:
    data = {"csrf_token": token_of(page), "scan": slip or slip_of(page), "copies": "0", **fields}
    return ben.post(f"/counter/applications/{form}/direct-print", data=data, follow_redirects=True)


def said(ben: FlaskClient, page: TestResponse, number: int, action: str) -> TestResponse:
    data = {"csrf_token": token_of(page), "scan": slip_of(page)}
    return ben.post(f"/counter/prints/{number}/{action}", data=data, follow_redirects=True)


def ended(hall: Hall, printer: int, state: direct_sending.End, problem: str = "") -> int:
    """What the sender would note of the sheet that waits."""
    with hall.inside():
        taken = direct_sending.claim(printer, "test")
        assert taken is not None
        if state in ("sent", "unclear"):
            assert direct_sending.begin(taken.number, "test", 7, b"")
        direct_sending.end(taken.number, "test", state, problem)
        return taken.number


def test_a_form_is_printed_confirmed_and_printed_again_with_a_reason(hall, ben, printer) -> None:
    visitor = hall.book(TODAY)
    page = scan(ben, visitor.code)
    assert "2番のプリンターで印刷する" in page.text
    assert "画面で開いて印刷する" in page.text
    page = asked(ben, page, visitor.form)
    assert "プリンターに送ります" in page.text
    assert printed(ben, page, visitor.form).status_code == 409
    number = ended(hall, printer, "sent")
    page = ben.get(page.request.full_path)
    assert (page.text.count("印刷しました"), "印刷済 " in page.text) == (2, False), "nobody has said it yet"
    page = said(ben, page, number, "confirm")
    assert "紙を受け取ったことを記録しました。" in page.text
    assert "印刷済 " in page.text

    assert "刷り直すときは理由" in asked(ben, page, visitor.form, copies="1").text
    assert "理由を選んで" in asked(ben, page, visitor.form, copies="1", reason="").text
    assert "ほかの画面で" in asked(ben, page, visitor.form, copies="0", reason=JAM).text
    page = asked(ben, page, visitor.form, copies="1", reason=JAM)
    assert "再発行1" in re.sub(r"\s", "", page.text)
    assert asked(ben, page, visitor.form, copies="1", reason=JAM).status_code == 200
    ended(hall, printer, "sent")
    with hall.inside():
        number = seen.open_at(hall_office(hall))[0].application_id
        assert [one.state for one in prints.of_application(number)] == ["confirmed", "released"]


def test_p7_a_sheet_is_asked_for_only_by_the_tab_that_read_it(hall, ben, printer) -> None:
    mine, other = hall.book(TODAY), hall.book(TODAY)
    page = scan(ben, mine.code)
    assert "この画面で読み取った申請書ではありません" in asked(ben, page, other.form).text
    asked(ben, page, mine.form, slip="forged")
    with hall.inside():
        assert seen.open_at(hall_office(hall)) == ()


def test_p6_a_printer_without_paper_is_seen_by_everybody_and_each_sheet_waits_for_a_word(
    hall, ben, printer, clock
) -> None:
    visitor = hall.book(TODAY)
    page = asked(ben, scan(ben, visitor.code), visitor.form)
    number = ended(hall, printer, "held", "no_paper")
    clock.tick(130)
    page = ben.get(DESK)
    assert re.search(
        r'help-strip alarm">.*2番のプリンターで申請書が出ません.*用紙切れです', page.text, re.DOTALL
    )
    listed = ben.get("/counter/prints")
    assert "ご本人がまだいれば" in listed.text
    page = scan(ben, visitor.code)
    page = said(ben, page, number, "again")
    assert "プリンターに送ります" in page.text
    ended(hall, printer, "unclear", "time_out")
    page = ben.get("/counter/prints")
    assert "要確認" in page.text
    answer = ben.post(
        f"/counter/prints/{number}/confirm",
        data={"csrf_token": token_of(page), "from": "list"},
        follow_redirects=True,
    )
    assert "印刷を待つ申請書はありません" in answer.text
    page = scan(ben, visitor.code)
    assert "いまはそのようにできません" in said(ben, page, number, "again").text
    assert said(ben, page, number, "burn").status_code == 404
    assert said(ben, page, 9999, "cancel").status_code == 404


def test_without_a_printer_everything_is_as_before(hall, ben) -> None:
    visitor = hall.book(TODAY)
    page = scan(ben, visitor.code)
    assert "画面で開いて印刷する" not in page.text
    assert "プリンターが決まっていません" in asked(ben, page, visitor.form).text
    assert printed(ben, page, visitor.form).mimetype == "application/pdf"


def hall_office(hall: Hall):
    """The city hall."""
    with hall.inside() as place:
        return place
