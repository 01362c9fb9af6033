"""The page of a booking: everything for whoever holds its link, nothing for anybody else."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory
from PIL import Image

from models.core.settings import Settings
from models.core.tokens import derived, new_token
from models.operations import arrivals
from models.queries import bookings
from tests.conftest import inside
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from tests.web.resident.test_booking import fill

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_it_shows_time_place_things_to_bring_and_forms(phone: Phone) -> None:
    booked(phone, "IDO-01", "KOK-01", "INK-01")
    for told in (
        "11月24日（火）",
        "令和8年",
        "本庁舎",
        "前庭市本町一丁目1番1号",
        "本人確認書類",
        "住民異動届",
        "印鑑登録",
    ):
        assert told in phone.text
    assert phone.text.count("まだ書いていません") == 3


def test_its_code_is_read_by_another_library_and_is_not_the_link(phone: Phone) -> None:
    token = booked(phone, "JUM-01").rsplit("/", 1)[1]
    picture = phone.client.get(f"/bookings/{token}/qr.png")
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.data)))
    assert read.text == "M1" + derived(token, "qr")
    assert token not in read.text
    assert phone.client.get(f"/bookings/{token}/qr.svg").mimetype == "image/svg+xml"


def test_nobody_finds_it_by_search_or_by_a_link_out_of_it(phone: Phone) -> None:
    booked(phone, "JUM-01")
    headers = phone.answer.headers
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_every_wrong_link_gets_the_same_page(phone: Phone) -> None:
    token = booked(phone, "JUM-01").rsplit("/", 1)[1]
    parts = (
        "",
        "/cancel",
        "/change",
        "/forms/F01",
        "/forms/F01/who",
        "/forms/F01/check",
        "/qr.png",
        "/delete-forms",
        "/postal",
    )
    expected = phone.open("/bookings/nothing").answer.data
    for other in (new_token(), token.lower(), token[:-1], "M1" + token, "%E3%81%82", "'"):
        for part in parts:
            phone.open(f"/bookings/{other}{part}")
            assert (phone.status, phone.answer.data) == (404, expected), (other, part)
    for form in ("F02", "F10", "F99", "head"):
        phone.open(f"/bookings/{token}/forms/{form}")
        assert (phone.status, phone.answer.data) == (404, expected)


def test_the_time_is_changed_after_one_look_and_the_code_stays(phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    phone.link("日時を変える").press("次の日")
    button = phone.buttons("starts_at")[0]
    phone.submit(button)
    assert phone.heading == "この日時に変えますか"
    phone.press("この日時に変える")
    assert phone.address == mine
    assert "12月1日（火）" in phone.text


def test_a_new_time_that_is_full_leaves_the_old_one(app: Flask, settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    before = phone.page.all("p")[0].shown
    phone.link("日時を変える")
    time = phone.buttons("starts_at")[-1]
    phone.submit(time)
    fill(app, settings, time.get("value"))
    phone.press("この日時に変える")
    assert phone.status == 409
    assert "いまの予約は、そのまま残っています" in phone.text
    near = phone.buttons("starts_at")
    assert len(near) == 3
    assert phone.open(mine).page.all("p")[0].shown == before
    phone.open(f"{mine}/change/confirm?starts_at={near[0].get('value')}").press("この日時に変える")
    assert phone.status == 200


def test_cancelling_asks_once_and_frees_the_place(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "JUM-01", cards=2)
    phone.link("予約を取り消す")
    assert "まだ取り消していません" in phone.text
    phone.press("予約を取り消す")
    assert phone.heading == "予約を取り消しました"
    assert phone.page.all("title")[0].shown.startswith("予約を取り消しました ·")
    assert phone.open(f"{mine}/cancel").heading == "予約を取り消しました"
    assert phone.open(f"{mine}/change").heading == "予約を取り消しました"
    phone.link("同じ手続きをもう一度予約する")
    assert "cards=2" in phone.address


def test_a_day_gone_by_is_said_and_does_not_shut_the_door(clock: FrozenDateTimeFactory, phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    clock.move_to("2026-11-24T06:00:00Z")
    assert "予約の時間を過ぎても、受付できます" in phone.open(mine).text
    clock.move_to("2026-11-25T00:00:00Z")
    phone.open(mine)
    assert phone.heading == "予約の日が過ぎました"
    assert "窓口で受け付けます" in phone.text


def test_after_check_in_it_shows_the_number(
    settings: Settings, clock: FrozenDateTimeFactory, phone: Phone
) -> None:
    mine = booked(phone, "JUM-01")
    with inside(settings):
        found = bookings.by_token(mine.rsplit("/", 1)[1])
        arrivals.check_in(found.office, found, "kiosk")
    phone.open(mine)
    assert phone.heading == "受付しました"
    assert "この番号でお呼びします" in phone.text
    clock.move_to("2026-11-25T00:00:00Z")
    assert phone.open(mine).heading == "この来庁は終わりました"


def test_an_expired_form_cancels_nothing(client: FlaskClient, phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    phone.link("予約を取り消す")
    client.delete_cookie("session")
    assert phone.press("予約を取り消す").status == 400
    assert phone.open(mine).heading == "予約ができました"
