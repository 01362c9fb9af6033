"""The counter's own camera, in a real browser whose camera shows a film of a real QR code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.core.tokens import new_token
from models.papers import qr
from tests.camera import filmed, frame, showing
from tests.chromium import launched, served
from tests.web.counter.conftest import AOI, DESK, TODAY, Hall
from tests.web.people import BEN, PASSWORD, token_of

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
expect = playwright.expect
FRAMES = "/counter/frames"


@pytest.mark.browser
def test_a_code_held_before_the_camera_is_read_and_the_camera_goes_off(hall: Hall, tmp_path: Path) -> None:
    visitor = hall.book(TODAY)
    film = filmed(visitor.code, tmp_path / "code.y4m")
    with served(hall.app) as address, launched(*showing(film)) as browser:
        tab = browser.new_page(base_url=address, locale="ja-JP")
        _at_the_desk(tab)
        tab.get_by_role("button", name="カメラで読み取る").click()
        expect(tab.locator("dialog.camera")).to_be_visible()
        expect(tab.locator(".read-name b")).to_have_text(AOI, timeout=20000)
        expect(tab.locator("dialog.camera")).to_be_hidden()


def _at_the_desk(tab: Any) -> None:
    tab.goto("/staff/sign-in")
    tab.get_by_label("利用者名").fill(BEN.username)
    tab.get_by_label("パスワード").fill(PASSWORD)
    tab.get_by_role("button", name="サインイン").click()
    tab.get_by_label("2番　引っ越し・世帯").check()
    tab.get_by_role("button", name="ここで受け付ける").click()


def test_the_house_answers_with_the_code_or_with_nothing(ben: FlaskClient) -> None:
    text = qr.reference_text(new_token())
    head = {"X-CSRFToken": token_of(ben.get(DESK))}
    for shown, status in ((text, 200), ("", 204)):
        answer = ben.post(FRAMES, data=frame(shown), content_type="image/jpeg", headers=head)
        assert (answer.status_code, answer.get_data() and answer.json) == (
            status,
            {"code": text} if shown else b"",
        )
    assert ben.post(FRAMES, data=b"GIF89a", content_type="image/jpeg", headers=head).status_code == 422
    assert ben.post(FRAMES, data=frame(text), content_type="image/jpeg").status_code == 400
    for _ in range(6):
        last = ben.post(FRAMES, data=frame(""), content_type="image/jpeg", headers=head)
    assert last.status_code == 429
