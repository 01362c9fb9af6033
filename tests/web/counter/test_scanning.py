"""Reading, checking in and printing: each warning in its own words, and never somebody else's paper."""

from __future__ import annotations

import html
import io
import random
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from pdfminer.high_level import extract_text
from werkzeug.test import TestResponse

from models.core.errors import Unavailable
from models.operations import arrivals, booking, envelopes, printing, sealing_keys
from models.papers import sealed
from models.papers.verification import SheetMismatch
from models.queries import bookings, catalogue, line, offices
from models.queries import printing as prints
from models.queries import sealing_keys as seen_keys
from models.rules.forms import packing
from models.rules.forms.json_schema import example
from tests.conftest import START
from tests.web.counter.conftest import AOI, DESK, TODAY, TOMORROW, Hall, Visitor, bookings_state, scan
from tests.web.people import Person, employ, post, sign_in, token_of
from web.counter import reading

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
EMI = Person("emi", "counter")
ALERT = r'role="alert">.*?<p>(.+?)</p>\s*</div>'
FORGED = "M1" + "A" * 32


def inner(pattern: str, page: TestResponse) -> str:
    found = re.search(pattern, page.text, re.DOTALL)
    assert found, page.text
    return html.unescape(found[1])


def alert(page: TestResponse) -> str:
    """What a warning says, without the marks that keep its words whole."""
    return re.sub(r"<[^>]+>", "", inner(ALERT, page))


def slip_of(page: TestResponse) -> str:
    return inner(r'name="scan" value="([^"]+)"', page)


def printed(client: FlaskClient, page: TestResponse, reference: str, **fields: str) -> TestResponse:
    data = {"csrf_token": token_of(page), "scan": slip_of(page), **fields}
    return client.post(f"/counter/applications/{reference}/print", data=data)


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s", "", extract_text(io.BytesIO(pdf)))


def notes(hall: Hall, visitor: Visitor) -> tuple[str, list[str]]:
    """What the house remembers of a visit: the booking's state, and the events of its ticket."""
    with hall.inside():
        found = bookings.by_token(visitor.token)
        ticket = line.of_booking(found.id)
        return found.state, [event.kind for event in line.events(ticket)] if ticket else []


class TestReading:
    def test_a_code_shows_who_it_is_which_form_and_what_was_written(self, hall, ben):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        assert page.status_code == 200
        assert AOI in page.text
        assert "カツラギ　アオイ" in page.text
        assert "住民異動届　2人" in page.text
        assert "令和8年11月20日" in page.text
        assert "静岡県前庭市東町三丁目5番6号" in page.text
        assert "窓口で書く：" in page.text
        assert visitor.form[:4] + "-" + visitor.form[4:] in page.text

    @pytest.mark.parametrize(
        "typed",
        [str.lower, str.upper, lambda code: code + "\r\n", lambda code: f"  {code} ", lambda code: code + code,
         lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code)],
        ids=["lower", "upper", "enter", "spaces", "twice", "full-width"],
    )  # fmt: skip
    def test_whatever_the_keyboard_makes_of_it_the_code_is_read(self, hall, ben, typed):
        assert AOI in scan(ben, typed(hall.book(TODAY).code)).text

    @pytest.mark.parametrize("way", ["booking", "form"])
    def test_the_number_that_people_read_out_does_the_same(self, hall, ben, way):
        number = getattr(hall.book(TODAY), way)
        for typed in (number, f"{number[:4]}-{number[4:]}".lower(), f"{number[:4]} {number[4:]}"):
            assert AOI in scan(ben, typed).text

    def test_what_is_missing_is_named(self, hall, ben):
        with patch("tests.web.counter.conftest.family", lambda: {"kind": "転入", "d_name": AOI}):
            visitor = hall.book(TODAY, ready=False)
        page = scan(ben, visitor.code)
        assert "足りない：" in page.text
        assert "新しい世帯主" in page.text
        assert "「住民異動届」は入力の途中です。" in page.text

    def test_a_booking_without_a_form_says_so(self, hall, ben):
        page = scan(ben, hall.book(TODAY, form=False).code)
        assert "事前に入力された申請書はありません。" in page.text
        assert "カツラギ　アオイ" in page.text

    def test_reloading_shows_the_same_and_notes_nothing_more(self, hall, ben):
        answer = post(ben, DESK, "/counter/scans", code=hall.book(TODAY).code)
        page = answer.headers["Location"]
        first, second = (re.sub(r'value="[^"]{40,}"', "", ben.get(page).text) for _ in range(2))
        assert first == second
        assert AOI in first

    def test_a_name_is_shown_as_text_never_as_markup(self, hall, ben):
        with (
            patch("tests.web.counter.conftest.AOI", "x"),
            patch("tests.web.counter.conftest.family", lambda: {"kind": "転入", "d_name": "<b>{{7*7}}</b>"}),
        ):
            page = scan(ben, hall.book(TODAY, ready=False).code)
        assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page.text

    def test_the_reception_sees_who_comes_but_not_what_was_written(self, hall, keiko):
        page = scan(keiko, hall.book(TODAY).code)
        assert AOI in page.text
        assert "受付する" in page.text
        assert "東町三丁目" not in page.text
        assert "印刷する" not in page.text


class TestWarnings:
    def test_each_refusal_has_its_own_sentence_and_notes_nothing(self, hall, ben, clock):
        cancelled, other_office = hall.book(TODAY), hall.book(TODAY, place="higashi")
        with hall.inside():
            booking.cancel(cancelled.token)
        expired = hall.book(TODAY)
        said = {}
        for name, code, status in (
            ("forged", FORGED, 404),
            ("foreign", "https://evil.example/", 404),
            ("cut", FORGED[:20], 404),
            ("empty", "", 404),
            ("cancelled", cancelled.code, 410),
            ("cancelled number", cancelled.booking, 410),
            ("other office", other_office.code, 409),
        ):
            page = scan(ben, code)
            assert (name, page.status_code) == (name, status)
            said[name] = alert(page)
        clock.move_to(START + timedelta(days=5))
        late = scan(hall.counter(), expired.code)
        said["expired"] = alert(late)
        assert late.status_code == 410
        assert "この市の予約や申請書のものではありません" in said["forged"]
        assert said["foreign"] == said["forged"]
        assert "読み取れませんでした" in said["cut"]
        assert said["empty"] == said["cut"]
        assert said["cancelled"] == "この予約は取り消されています。"
        assert said["cancelled number"] == said["cancelled"]
        assert said["other office"] == "東支所あての申請書です。こちらでは印刷できません。"
        assert said["expired"].startswith("この申請書は11月27日（金）で期限が切れました。")
        assert notes(hall, other_office) == ("booked", [])
        assert notes(hall, expired) == ("booked", [])

    def test_another_day_is_said_with_its_date_and_cannot_be_checked_in(self, hall, ben):
        page = scan(ben, hall.book(TOMORROW).code)
        assert "予約は11月25日（水）です。きょうの予約ではありません。" in page.text
        assert "受付する" not in page.text

    def test_somebody_else_than_the_one_at_the_counter_is_said_and_not_mixed_up(self, hall, ben):
        first, second = hall.book(TODAY), hall.book(TOMORROW)
        with hall.inside() as place:
            arrivals.check_in(place, bookings.by_token(first.token), "test")
        post(ben, DESK, "/counter/next")
        page = scan(ben, second.code)
        assert "いま対応しているR001とは別の人です。" in page.text
        assert notes(hall, second) == ("booked", [])
        assert "事前入力あり（1つの申請書）" in page.text

    def test_another_citys_code_is_like_a_forged_one(self, hall, ben):
        code = hall.book(TODAY).code
        changed = code[:-1] + ("A" if code[-1] != "A" else "B")
        assert scan(ben, changed).status_code == 404
        assert "この市の予約や申請書のものではありません" in scan(ben, changed).text


class TestCheckIn:
    def test_a_booked_visitor_gets_a_number_once(self, hall, keiko):
        visitor = hall.book(TODAY)
        page = scan(keiko, visitor.code)
        fields = {"csrf_token": token_of(page), "scan": slip_of(page)}
        first = keiko.get(keiko.post("/counter/check-ins", data=fields).headers["Location"])
        assert "R001 で受付しました。" in first.text
        assert bookings_state(hall, visitor) == "arrived"
        again = keiko.get(keiko.post("/counter/check-ins", data=fields).headers["Location"])
        assert "もう受付が済んでいます（R001）。" in again.text
        assert "受付する" not in again.text

    def test_a_number_read_out_checks_in_too(self, hall, keiko):
        visitor = hall.book(TODAY, form=False)
        page = scan(keiko, visitor.booking)
        assert post(keiko, DESK, "/counter/check-ins", scan=slip_of(page)).status_code == 303
        assert bookings_state(hall, visitor) == "arrived"

    def test_who_was_checked_in_can_be_called_to_this_counter(self, hall, ben):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        answer = ben.post("/counter/check-ins", data={"csrf_token": token_of(page), "scan": slip_of(page)})
        shown = ben.get(answer.headers["Location"])
        assert "この窓口に呼ぶ" in shown.text
        post(ben, DESK, "/counter/tickets/R001/call")
        assert "呼出中" in ben.get(DESK).text

    def test_the_forms_of_the_ticket_at_the_counter_are_opened_with_one_key(self, hall, ben):
        visitor = hall.book(TODAY)
        with hall.inside() as place:
            arrivals.check_in(place, bookings.by_token(visitor.token), "test")
        post(ben, DESK, "/counter/next")
        post(ben, DESK, "/counter/tickets/R001/start")
        page = ben.get(DESK)
        assert "申請書を開く" in page.text
        assert AOI in scan(ben, inner(r'name="code" value="([^"]+)"', page)).text


class TestPrinting:
    def test_the_sheet_is_what_was_typed_and_every_step_is_timed(self, hall, ben, clock):
        visitor = hall.book(TODAY)
        with hall.inside() as place:
            arrivals.check_in(place, bookings.by_token(visitor.token), "test")
        post(ben, DESK, "/counter/next")
        post(ben, DESK, "/counter/tickets/R001/start")
        page = scan(ben, visitor.code)
        sheet = printed(ben, page, visitor.form)
        assert (sheet.status_code, sheet.mimetype) == (200, "application/pdf")
        assert sheet.headers["Content-Disposition"] == f'inline; filename="{visitor.form}-1.pdf"'
        assert sheet.headers["Cache-Control"] == "no-store"
        text = text_of(sheet.data)
        assert AOI.replace("\u3000", "") in text
        assert "𠮷田髙" in text
        assert visitor.form in text.replace("-", "")
        assert notes(hall, visitor) == ("arrived", ["arrive", "call", "start", "scan", "print"])

    def test_after_printing_the_desk_says_when_and_asks_why_before_it_prints_again(self, hall, ben, clock):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        assert printed(ben, page, visitor.form).status_code == 200
        clock.tick(timedelta(minutes=2))
        shown = scan(ben, visitor.code)
        assert "印刷済 9:00" in shown.text
        assert "09:00に印刷済みです。刷り直すときは理由を選んでください。" in shown.text
        assert "印刷する" not in shown.text
        refused = printed(ben, page, visitor.form)
        assert refused.status_code == 409
        assert "09:00に印刷済みです" in refused.text
        assert printed(ben, shown, visitor.form, reason="").status_code == 409
        copy = printed(ben, shown, visitor.form, reason=printing.REASONS[0])
        assert copy.status_code == 200
        assert "再発行" in text_of(copy.data)
        with hall.inside():
            jobs = prints.of_application(1)
        assert [(job.copy, job.reason, job.state) for job in jobs] == [
            (1, "", "released"),
            (2, printing.REASONS[0], "released"),
        ]

    def test_two_tabs_each_print_what_they_show(self, hall, ben):
        first, second = hall.book(TODAY), hall.book(TODAY)
        tab_a, tab_b = scan(ben, first.code), scan(ben, second.code)
        crossed = printed(ben, tab_a, second.form)
        assert crossed.status_code == 409
        assert "この画面で読み取った申請書ではありません" in crossed.text
        for tab, visitor, other in ((tab_a, first, second), (tab_b, second, first)):
            text = text_of(printed(ben, tab, visitor.form).data).replace("-", "")
            assert visitor.form in text
            assert other.form not in text

    @pytest.mark.parametrize("slip", ["", "x", "e30.x.y"])
    def test_without_a_scan_nothing_is_printed(self, hall, ben, slip):
        visitor = hall.book(TODAY)
        answer = post(ben, DESK, f"/counter/applications/{visitor.form}/print", scan=slip)
        assert answer.status_code == 409
        assert answer.mimetype == "text/html"
        with hall.inside():
            assert prints.of_application(1) == ()

    def test_a_scan_is_worth_nothing_to_somebody_else_or_after_an_hour(self, hall, ben, app, settings, clock):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        slip = slip_of(page)
        employ(settings, EMI)
        emi = sign_in(app, EMI)
        post(emi, "/counter/place", "/counter/place", place="honcho/1")
        refused = post(emi, DESK, f"/counter/applications/{visitor.form}/print", scan=slip)
        assert refused.status_code == 409
        for _ in range(7):
            clock.tick(timedelta(minutes=10))
            ben.get(DESK)
        late = post(ben, DESK, f"/counter/applications/{visitor.form}/print", scan=slip)
        assert late.status_code == 409
        assert "読み取ってから時間がたちました" in late.text
        assert reading.SLIP_SECONDS == 3600

    def test_a_sheet_that_is_not_what_it_should_be_is_not_released(self, hall, ben):
        visitor = hall.book(TODAY)
        page = scan(ben, visitor.code)
        with patch.object(printing, "verify", side_effect=SheetMismatch("planted")):
            answer = printed(ben, page, visitor.form)
        assert answer.status_code == Unavailable.status
        assert "紙を出しませんでした" in answer.text
        assert printed(ben, page, visitor.form).status_code == 200


class TestInParts:
    def test_the_second_part_is_asked_for_and_both_are_one_form(self, hall, ben):
        with hall.inside():
            place = offices.office("honcho")
            sealing_keys.make_ahead(TODAY.date())
            form = catalogue.current().forms["F01"]
            letters = random.Random(1)
            name = "".join(chr(letters.randrange(0x4E00, 0x9000)) for _ in range(700))
            answers = packing.packed(packing.plan(form), {**example(form), "submit_to": name})
            part = sealed.PackedForm("F01", packing.mark(form), answers)
            key = seen_keys.for_day(place, TODAY.date())
            first, second = sealed.texts(envelopes.sealed_for(place, key, sealed.Contents("", (part,))))
        page = scan(ben, first)
        assert page.status_code == 409
        assert "2枚のうち1枚を読みました。2枚目をかざしてください。" in page.text
        before = inner(r'name="before" value="([^"]+)"', page)
        data = {"csrf_token": token_of(page), "code": second, "before": before}
        page = ben.post("/counter/scans", data=data, follow_redirects=True)
        assert page.status_code == 200
        assert "住民票の写し" in page.text
