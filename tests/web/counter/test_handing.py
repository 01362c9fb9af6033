"""What is handed over at the counter: a number's code and slip, and a booking's new code for a lost one."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
import typst
import zxingcpp
from PIL import Image
from pypdfium2 import PdfDocument

from models.core.errors import NotFound
from models.queries import bookings
from tests.web.counter.conftest import TODAY, bookings_state, scan, walk_in
from tests.web.people import post, token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PICTURE = re.compile(r'<div class="qr-picture".*?(<svg.*?</svg>)', re.DOTALL)


def given(client, hall):
    """Take a number at the reception and look at the page that comes after."""
    page = client.get("/counter/tickets/new")
    key = re.findall(r'name="key" value="([^"]+)"', page.text)
    answer = client.post(
        "/counter/tickets", data={"csrf_token": token_of(page), "key": key, "procedure": ["IDO-03"]}
    )
    return answer.headers["Location"]


def read(page):
    """What a phone reads from the page."""
    found = PICTURE.search(page.text)
    assert found
    drawn = f'#set page(width: 60mm, height: 60mm)\n#image(bytes({json.dumps(found[1])}), format: "svg")'
    picture = Image.open(io.BytesIO(typst.compile(drawn.encode(), format="png", ppi=200)))
    return zxingcpp.read_barcode(picture).text


class TestNumbers:
    def test_a_phone_reads_the_number_s_own_page(self, hall, keiko):
        address = read(keiko.get(given(keiko, hall)))
        opened = hall.app.test_client().get(address.removeprefix("http://localhost"), follow_redirects=True)
        assert opened.status_code == 200, (address, opened.history, opened.headers)
        assert "B001" in opened.text

    @pytest.mark.parametrize("paper", ["58", "80", "A6"])
    def test_the_slip_is_printed_on_any_paper(self, hall, keiko, paper):
        page = keiko.get(given(keiko, hall))
        address = re.search(rf'href="([^"]+slip.pdf[?]paper={paper})"', page.text)
        assert address
        pdf = keiko.get(address[1])
        assert pdf.mimetype == "application/pdf"
        assert "B001" in PdfDocument(io.BytesIO(pdf.data))[0].get_textpage().get_text_bounded()

    def test_the_code_is_shown_for_this_number_only_and_not_for_long(self, hall, keiko, clock):
        address = given(keiko, hall)
        other = walk_in(hall)
        assert "qr-picture" not in keiko.get(address.replace("B001", other)).text
        assert "qr-picture" not in keiko.get("/counter/tickets/B001?new=nonsense").text
        clock.tick(timedelta(minutes=11))
        page = keiko.get(address)
        assert page.status_code == 200
        assert "qr-picture" not in page.text


class TestRenewing:
    def test_the_new_code_opens_the_booking_and_the_old_one_nothing(self, hall, keiko):
        visitor = hall.book(TODAY)
        page = scan(keiko, visitor.code)
        slip = re.search(r'name="scan" value="([^"]+)"', page.text)
        assert slip
        answer = post(keiko, "/counter/", "/counter/bookings/renew", scan=slip[1])
        assert answer.status_code == 303
        shown = keiko.get(answer.headers["Location"])
        assert "前のQRコードは、もう使えません" in shown.text
        token = read(shown).rpartition("/")[2]
        with hall.inside():
            assert bookings.by_token(token).reference == visitor.booking
            with pytest.raises(NotFound):
                bookings.by_token(visitor.token)
        assert scan(keiko, visitor.code).status_code == 404

    def test_nothing_is_renewed_without_the_scan_that_showed_it(self, hall, keiko):
        visitor = hall.book(TODAY)
        answer = post(keiko, "/counter/", "/counter/bookings/renew", scan="nonsense")
        assert answer.headers["Location"] == "/counter/"
        assert bookings_state(hall, visitor) == "booked"
        assert keiko.get("/counter/bookings/renewed?code=nonsense").status_code == 404

    def test_whoever_is_here_already_has_nothing_to_renew(self, hall, keiko):
        visitor = hall.book(TODAY)
        page = scan(keiko, visitor.code)
        slip = re.search(r'name="scan" value="([^"]+)"', page.text)
        assert slip
        post(keiko, "/counter/", "/counter/check-ins", scan=slip[1])
        answer = post(keiko, "/counter/", "/counter/bookings/renew", scan=slip[1])
        assert "renewed" not in answer.headers["Location"]
        with hall.inside():
            assert bookings.by_token(visitor.token).state == "arrived"
