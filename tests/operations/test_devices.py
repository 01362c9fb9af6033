"""Who becomes a device: one-time codes, an administrator's word, a key that cannot leave its browser (K1, K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.core.errors import Invalid, NotFound, Unauthorized
from models.operations import accounts, devices
from models.queries import devices as found
from models.queries import staff
from models.rules import device_signature, references
from models.rules.device_signature import Request
from tests.conftest import BOTH, SQLITE
from tests.kiosk.browser_key import BrowserKey

pytestmark = SQLITE

ASKED = Request("POST", "/kiosk/screens/ticket/take", b"office=honcho")


def enrolled(key: BrowserKey, kind: str = "kiosk"):
    return devices.enrol(devices.new_code(kind, "honcho", "aya", "正面玄関"), key.open)


def at_the_door(key: BrowserKey):
    made = enrolled(key)
    devices.approve(made.number, "aya")
    device = found.by_cookie(made.token)
    assert device is not None
    return device


def wrong(code: str) -> str:
    """Another code of the right shape."""
    return references.shown(references.new(code.encode() + b"wrong"))


@BOTH
def test_k1_a_code_works_once_and_the_device_waits_for_an_administrator(city):
    code = devices.new_code("kiosk", "honcho", "aya")
    made = devices.enrol(code, BrowserKey().open)
    device = found.by_cookie(made.token)
    assert device is not None
    assert device.state == "pending"
    with pytest.raises(Invalid):
        devices.enrol(code, BrowserKey().open)
    devices.approve(made.number, "aya")
    assert [(one.state, one.approved_by, one.word) for one in found.everything()] == [
        ("open", "aya", made.word)
    ]
    with pytest.raises(NotFound):
        devices.approve(made.number, "aya")


def test_k1_a_code_is_old_after_ten_minutes(city, clock):
    code = devices.new_code("kiosk", "honcho", "aya")
    clock.tick(timedelta(minutes=10))
    with pytest.raises(Invalid):
        devices.enrol(code, BrowserKey().open)


@BOTH
def test_k1_five_wrong_tries_end_every_code_that_lives(city):
    first, second = devices.new_code("kiosk", "honcho", "aya"), devices.new_code("board", "higashi", "aya")
    for _ in range(5):
        with pytest.raises(Invalid):
            devices.enrol(wrong(first), BrowserKey().open)
    for code in (first, second):
        with pytest.raises(Invalid):
            devices.enrol(code, BrowserKey().open)
    assert devices.enrol(devices.new_code("kiosk", "honcho", "aya"), BrowserKey().open).number


def test_k1_four_wrong_tries_do_not(city):
    code = devices.new_code("kiosk", "honcho", "aya")
    for text in (wrong(code), "", "あ", "K7FX-29MA"):
        with pytest.raises(Invalid):
            devices.enrol(text, BrowserKey().open)
    assert devices.enrol(code.lower().replace("-", " "), BrowserKey().open).kind == "kiosk"


@pytest.mark.parametrize("key", ["", "A" * 87, "あ" * 87, "cut", "BA" + "A" * 85])
def test_what_is_no_key_uses_no_code_up(city, key):
    key = BrowserKey().open[:-1] if key == "cut" else key
    code = devices.new_code("kiosk", "honcho", "aya")
    with pytest.raises(Invalid):
        devices.enrol(code, key)
    assert devices.enrol(code, BrowserKey().open).number


def test_the_word_comes_from_the_key_alone(city):
    key = BrowserKey()
    made = enrolled(key)
    point = device_signature.key_of(key.open)
    assert point is not None
    assert made.word == device_signature.word(point)
    assert len(made.word) == 4


@pytest.mark.parametrize(
    ("kind", "office", "label"),
    [("robot", "honcho", ""), ("kiosk", "nowhere", ""), ("kiosk", "honcho", "a\u202eb")],
)
def test_a_code_for_nothing_is_refused(city, kind, office, label):
    with pytest.raises(Invalid):
        devices.new_code(kind, office, "aya", label)


@BOTH
def test_k2_what_the_key_signed_passes_once(city):
    key = BrowserKey()
    device = at_the_door(key)
    header = key.header(ASKED)
    devices.prove(device, header, ASKED)
    with pytest.raises(Unauthorized):
        devices.prove(device, header, ASKED)
    devices.prove(device, key.header(ASKED), ASKED)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, method="PUT"),
        replace(ASKED, address="/m/tonari/kiosk/screens/ticket/take"),
        replace(ASKED, body=b"office=higashi"),
    ],
)
def test_k2_a_signature_is_of_this_request_alone(city, other):
    key = BrowserKey()
    with pytest.raises(Unauthorized):
        devices.prove(at_the_door(key), key.header(ASKED), other)


@pytest.mark.parametrize("header", ["", "1.", "x", "1." + "A" * 86, "9" * 15 + "." + "_" * 86])
def test_k2_a_copied_cookie_without_the_key_is_refused_with_one_alarm(city, header):
    device = at_the_door(BrowserKey())
    for _ in range(3):
        with pytest.raises(Unauthorized):
            devices.prove(device, header, ASKED)
    assert [bool(one.alarm_at) for one in found.everything()] == [True]


def test_k2_another_devices_key_does_not_open(city):
    other = BrowserKey()
    at_the_door(other)
    with pytest.raises(Unauthorized):
        devices.prove(at_the_door(BrowserKey()), other.header(ASKED), ASKED)


def test_an_alarm_is_shown_for_a_week(city, clock):
    device = at_the_door(BrowserKey())
    with pytest.raises(Unauthorized):
        devices.prove(device, "", ASKED)
    clock.tick(timedelta(days=8))
    assert [one.alarm_at for one in found.everything()] == [None]


def test_a_revoked_device_proves_nothing_any_more(city):
    key = BrowserKey()
    device = at_the_door(key)
    devices.revoke(device.number, "aya")
    devices.revoke(device.number, "aya")
    with pytest.raises(Unauthorized):
        devices.prove(device, key.header(ASKED), ASKED)
    with pytest.raises(NotFound):
        devices.revoke(999, "aya")


def test_a_browsers_cookie_is_no_token_and_a_systems_token_no_cookie(city):
    made = enrolled(BrowserKey())
    devices.approve(made.number, "aya")
    assert staff.by_device(made.token) is None
    token = accounts.enrol_device("kiosk", "honcho", "aya")
    assert staff.by_device(token) is not None
    assert found.by_cookie(token) is None
    assert found.by_cookie("nix") is None
