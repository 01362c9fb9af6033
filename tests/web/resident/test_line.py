"""Being told by LINE, on the pages and at the door for LINE's servers; nothing of it where the city has no account."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import arrivals, channels
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_line_codes import AIKO, NEEDS, body, event, sign
from tests.web.admin.previews import done
from tests.web.people import AYA, employ, post, sign_in
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
DOOR, WAYS = "/line/webhook", "/admin/messages/ways/"


@pytest.fixture
def account(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    with inside(settings):
        channels.open_channel("line", NEEDS, "test")


@pytest.fixture
def number(settings: Settings, clock: FrozenDateTimeFactory) -> str:
    """The page of a number that was taken at the kiosk."""
    with inside(settings):
        return f"/tickets/{arrivals.issue(office('honcho'), ['JUM-01'], 'kiosk').token}"


def call(client: FlaskClient, content: bytes, signature: str) -> int:
    """What LINE's servers are answered."""
    headers = {"X-Line-Signature": signature, "Content-Type": "application/json"}
    return client.post(DOOR, data=content, headers=headers).status_code


def code_on(phone: Phone) -> str:
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", phone.text)
    assert found
    return found[0]


def test_a_number_is_tied_by_its_code_and_untied_on_its_page(
    account: None, number: str, phone: Phone, client: FlaskClient
) -> None:
    phone.open(f"{number}/notices").link("LINEで知らせる").press("コードを作る", {"language": "vi"})
    code = code_on(phone)
    opens = phone.named("a", "LINEを開いてコードを送る").get("href")
    assert opens == f"https://line.me/R/oaMessage/%40maeniwa/?{code.replace('-', '')}"
    assert "@maeniwa" in phone.text
    assert "9:10 まで使えます" in phone.text
    content = body(event(AIKO, code))
    assert call(client, content, sign(content)) == 200
    phone.open(f"{number}/notices")
    assert "Tiếng Việt" in phone.text
    assert AIKO not in phone.answer.text
    phone.press("このお知らせを止める")
    assert "Tiếng Việt" not in phone.text.partition("いまのお知らせ先")[2].partition("LINEで知らせる")[0]


def test_a_booking_is_tied_and_says_so(account: None, phone: Phone, client: FlaskClient) -> None:
    page = booked(phone, "JUM-01")
    phone.link("LINEで知らせる").press("コードを作る")
    content = body(event(AIKO, code_on(phone)))
    assert call(client, content, sign(content)) == 200
    assert "LINE に送ります" in phone.open(page).text
    assert not [one for one in phone.page.all("a") if "LINEで知らせる" in one.shown]
    phone.press("お知らせを止める")
    assert "お知らせは送りません" in phone.text


def test_nothing_is_shown_and_nobody_listens_without_an_account(
    number: str, phone: Phone, client: FlaskClient, settings: Settings
) -> None:
    with inside(settings):
        channels.open_channel("line", {"token": "only sends"}, "test")
    assert "LINE" not in phone.open(f"{number}/notices").text
    assert phone.open(f"{number}/line").status == 404
    assert "LINE" not in phone.open(booked(phone, "JUM-01")).text
    assert call(client, body(), sign(body())) == 404


def test_the_door_hears_only_what_is_signed_and_can_be_read(account: None, client: FlaskClient) -> None:
    assert call(client, body(), sign(body())) == 200
    assert call(client, body(), "") == 403
    assert call(client, body() + b" ", sign(body())) == 403
    assert call(client, b"{", sign(b"{")) == 400
    large = body(*({"text": "x" * 1000} for _ in range(100)))
    assert call(client, large, sign(large)) == 413
    assert client.get(DOOR).status_code == 405


def test_the_administrator_gives_the_account_and_sees_where_line_is_to_call(
    app: Flask, settings: Settings
) -> None:
    employ(settings, AYA)
    aya = sign_in(app, AYA)
    page = aya.get(WAYS).text
    assert "http://localhost/line/webhook" in page
    bad = post(
        aya, WAYS, f"{WAYS}line/open", **{"line.token": "t", "line.account": "maeniwa", "line.secret": "s"}
    )
    assert bad.status_code == 422
    assert "@ で始まる" in bad.text
    assert "32文字以上" in bad.text
    given = {"line.token": "t", "line.account": "@maeniwa", "line.secret": NEEDS["secret"]}
    assert done(aya, WAYS, f"{WAYS}line/open", **given).status_code == 303
    shown = aya.get(WAYS).text
    assert "@maeniwa" in shown
    assert NEEDS["secret"] not in shown
    assert done(aya, WAYS, f"{WAYS}line/open", **{"line.account": "@shi"}).status_code == 303
    with inside(settings):
        kept = channels.needs_of("line")
    assert (kept["account"], kept["secret"], kept["token"]) == ("@shi", NEEDS["secret"], "t")
    assert NEEDS["secret"] not in json.dumps(bad.text)
