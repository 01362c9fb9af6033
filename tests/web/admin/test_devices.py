"""The administrator's list of kiosks and boards: codes shown once, letting in, alarms, shutting out."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from models.core.errors import Unauthorized
from models.operations import devices
from models.queries import devices as found
from models.queries import staff
from models.rules.device_signature import Request
from tests.conftest import inside
from tests.kiosk.browser_key import BrowserKey
from tests.web.admin.previews import done
from tests.web.people import post

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/admin/devices/"


def secret(page: str) -> str:
    shown = re.search(r'<p class="big number" lang="en">([^<]+)</p>', page)
    return html.unescape(shown[1]) if shown else ""


def test_a_browser_is_enrolled_compared_and_let_in(aya, settings):
    assert post(aya, PAGE, f"{PAGE}codes", kind="kiosk", office="honcho", label="正面玄関").status_code == 303
    page = aya.get(PAGE).text
    code = secret(page)
    assert "/kiosk/enrol/" in page
    assert secret(aya.get(PAGE).text) == ""
    with inside(settings):
        made = devices.enrol(code, BrowserKey().open)
    page = aya.get(PAGE).text
    assert made.word in page
    assert "許可を待っています" in page
    assert f"4文字が {made.word} のときだけ" in post(aya, PAGE, f"{PAGE}{made.number}/approve").text
    assert "許可する</button>" in aya.get(PAGE).text
    assert done(aya, PAGE, f"{PAGE}{made.number}/approve").status_code == 303
    assert "許可する</button>" not in aya.get(PAGE).text
    with inside(settings):
        assert [one.state for one in found.everything()] == ["open"]


def test_k2_an_alarm_stands_above_the_list_until_the_device_is_shut_out(aya, settings):
    with inside(settings):
        made = devices.enrol(devices.new_code("kiosk", "honcho", "aya"), BrowserKey().open)
        devices.approve(made.number, "aya")
        device = found.by_cookie(made.token)
        assert device is not None
        with pytest.raises(Unauthorized):
            devices.prove(device, "", Request("POST", "/kiosk/help", b""))
    assert "別の機械で使われた疑い" in aya.get(PAGE).text
    assert done(aya, PAGE, f"{PAGE}{made.number}/revoke").status_code == 303
    page = aya.get(PAGE).text
    assert f"{made.number}番の機器　状態：使えます → 使えません" in page
    assert "— → —" not in page
    assert "back=" not in page
    assert "別の機械で使われた疑い" not in page
    assert "使えません" in page


def test_a_token_for_a_system_is_shown_once_and_works(aya, settings):
    boxes = {"device_label": "正面玄関", "device_kind": "kiosk", "device_office": "honcho"}
    assert "職員の画面は開けません" in post(aya, PAGE, f"{PAGE}tokens", **boxes).text
    with inside(settings):
        assert found.everything() == ()
    assert done(aya, PAGE, f"{PAGE}tokens", **boxes).status_code == 303
    token = secret(aya.get(PAGE).text)
    assert secret(aya.get(PAGE).text) == ""
    with inside(settings):
        holder = staff.by_device(token)
    assert holder is not None
    assert holder.office_id is not None


@pytest.mark.parametrize(
    ("form", "boxes"),
    [
        ("tokens", {"device_kind": "robot", "device_office": "honcho"}),
        ("tokens", {"device_kind": "kiosk", "device_office": "nowhere"}),
        ("codes", {"kind": "robot", "office": "honcho"}),
        ("codes", {"kind": "kiosk", "office": "nowhere"}),
    ],
)
def test_what_is_for_nothing_is_refused(aya, form, boxes):
    answer = post(aya, PAGE, f"{PAGE}{form}", **boxes)
    assert answer.status_code == 422
    assert secret(answer.text) == ""


def test_half_an_hour_after_signing_in_the_password_is_asked_again(aya, clock, settings):
    for _ in range(3):
        clock.tick(timedelta(minutes=11))
        page = aya.get(PAGE)
    assert "登録コードを出す" not in page.text
    answer = post(aya, PAGE, f"{PAGE}codes", kind="kiosk", office="honcho")
    assert answer.headers["Location"] == "/staff/sign-in?next=/admin/devices/"
