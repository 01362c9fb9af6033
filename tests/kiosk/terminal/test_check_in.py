"""Checking in at the terminal: every code, every refusal in plain words, and what the camera sees."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kiosk.terminal import sight
from models.core.tokens import new_token
from models.papers import qr
from models.rules.device_signature import Request
from tests.kiosk.browser_key import let_in
from tests.web.counter.conftest import TODAY, TOMORROW, Hall
from tests.web.people import BEN, KEIKO, employ

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
READ, FRAMES = "/kiosk/screens/check-in/read", "/kiosk/frames"


@pytest.fixture
def hall(app, settings):
    employ(settings, BEN, KEIKO)
    return Hall(app, settings)


def test_a_booked_visitor_is_checked_in_once_and_the_same_screen_again_says_the_same(terminal, hall):
    visitor = hall.book(TODAY)
    key = new_token()
    for _ in range(2):
        answer = terminal.post(READ, code=visitor.code, key=key)
        assert answer.status_code == 200
        assert "R001" in answer.text
        assert "ご予約は10:30です" in answer.text
    answer = terminal.post(READ, code=visitor.code, key=new_token())
    assert answer.status_code == 409
    assert "もう受付が済んでいます（R001）" in answer.text


def test_who_comes_late_is_told_how_it_goes_on(terminal, hall, clock):
    visitor = hall.book(TODAY)
    clock.move_to(TODAY.replace(hour=3))
    answer = terminal.post(READ, code=visitor.code, key=new_token())
    assert "B001" in answer.text
    assert "番号札の順番でお呼びします" in answer.text


def test_another_day_is_named(terminal, hall):
    visitor = hall.book(TOMORROW)
    answer = terminal.post(READ, code=visitor.code, key=new_token())
    assert answer.status_code == 409
    assert "11月25日" in answer.text


def test_another_building_is_named_with_its_address(app, settings, hall):
    branch = let_in(app, settings, "higashi")
    answer = branch.post(READ, code=hall.book(TODAY).code, key=new_token())
    assert answer.status_code == 409
    assert "ここではなく、本庁舎です" in answer.text
    assert "前庭市本町一丁目1番1号" in answer.text


@pytest.mark.parametrize(
    "code", ["", "nix", "M1" + "A" * 32, "https://example.invalid/", "K7FX-29MA", "M1" + "あ" * 5000]
)
def test_what_is_not_ours_is_refused_in_words_for_visitors(terminal, code):
    answer = terminal.post(READ, code=code, key=new_token())
    assert answer.status_code == 404
    assert "見つかりませんでした" in answer.text


def test_the_reference_can_be_typed(terminal, hall):
    visitor = hall.book(TODAY)
    assert "R001" in terminal.post(READ, code=visitor.form, key=new_token()).text


def picture(text: str, side: int = 480) -> bytes:
    """A code as a camera may see it: grey, small, not straight, as JPEG."""
    code = Image.open(io.BytesIO(qr.png(text, 6))).convert("L")
    seen = Image.new("L", (side, side), 160)
    seen.paste(code.rotate(7, expand=True, fillcolor=160).resize((300, 300)), (90, 90))
    held = io.BytesIO()
    seen.save(held, "JPEG", quality=60)
    return held.getvalue()


def show(terminal, body: bytes):
    headers = terminal.key.header(sight_request(body))
    return terminal.client.post(
        FRAMES, data=body, content_type="image/jpeg", headers={"X-Device-Signature": headers, "X-Kiosk": "1"}
    )


def sight_request(body: bytes) -> Request:

    return Request("POST", FRAMES, body)


@pytest.fixture
def rested(monkeypatch):
    monkeypatch.setattr(sight, "_looks", {})


def test_the_camera_reads_a_code(terminal, rested):
    text = qr.reference_text(new_token())
    assert show(terminal, picture(text)).json == {"code": text}


def test_a_picture_without_a_code_is_nothing(terminal, rested):
    held = io.BytesIO()
    Image.new("L", (480, 480), 90).save(held, "JPEG")
    assert show(terminal, held.getvalue()).status_code == 204


@pytest.mark.parametrize("body", [b"", b"GIF89a", b"\xff\xd8\xff" + b"x" * 99, qr.png("M1" + "A" * 32)])
def test_anything_but_a_small_jpeg_is_refused(terminal, rested, body):
    assert show(terminal, body).status_code == 422


def test_a_huge_picture_is_refused(terminal, rested):
    held = io.BytesIO()
    Image.new("L", (4000, 40), 90).save(held, "JPEG")
    assert show(terminal, held.getvalue()).status_code == 422


@pytest.mark.parametrize("side", [b"\x2f\xff\x2f\xff", b"\xff\xff\xff\xff"])
def test_a_small_file_that_claims_to_be_a_huge_picture_is_refused(terminal, rested, side):
    whole = picture(qr.reference_text(new_token()))
    head = whole.index(b"\xff\xc0") + 5
    assert show(terminal, whole[:head] + side + whole[head + 4 :]).status_code == 422


def test_more_than_a_few_pictures_a_second_are_refused(terminal, rested):
    blank = picture("x")
    statuses = [show(terminal, blank).status_code for _ in range(sight.MOST_A_SECOND + 1)]
    assert statuses[-1] == 429
