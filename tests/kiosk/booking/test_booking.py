"""Somebody without a phone books a time at a kiosk and carries a code away."""

from __future__ import annotations

import re
from datetime import datetime
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.core.db import session
from models.core.settings import Settings
from models.operations import accounts
from models.operations import booking as acts
from models.queries import bookings
from models.tables import Booking
from tests.conftest import inside
from tests.kiosk.screens import Screens
from tests.postgresql import BOTH

START = "/kiosk/screens/booking"


@pytest.fixture
def screens(client: FlaskClient, settings: Settings) -> Screens:
    with inside(settings):
        token = accounts.enrol_device("kiosk", "library", "test")
    return Screens(client, token)


def at_name(screens: Screens) -> Screens:
    """A residence record at the city hall, from the library's kiosk: the first free time of the first free day."""
    screens.open(START).press("証明書").press("住民票の写し").press("はい、次へ")
    screens.press("本庁舎")
    assert "何日に" in screens.title
    return screens.choose().choose()


def booked(settings: Settings) -> list[Booking]:
    with inside(settings):
        return list(session().scalars(select(Booking)))


@BOTH
def test_a_time_in_another_building_is_booked_with_a_name_alone(screens: Screens, settings: Settings) -> None:
    at_name(screens).type("かさいはなこ")
    assert "電話番号を" in screens.title
    screens.press("残さない")
    assert "まだ予約は決まっていません" in screens.said
    assert "本庁舎" in screens.said
    screens.press("予約する")
    assert screens.title == "予約しました"
    (one,) = booked(settings)
    assert (one.channel, one.state) == ("kiosk", "booked")
    with inside(settings):
        contact = bookings.contact_of(bookings.by_id(one.id))
        assert (contact.name, contact.phone, contact.email) == ("カサイハナコ", "", "")
    assert one.reference[:4] in re.sub("<[^>]+>", "", screens.said)


def test_pressing_twice_books_once(screens: Screens, settings: Settings) -> None:
    at_name(screens).type("カサイハナコ").press("残さない")
    last = next(form for form in screens.forms if "予約する" in form.says)
    screens.send(last)
    assert screens.send(last).title == "予約しました"
    assert len(booked(settings)) == 1


def test_a_name_that_is_no_kana_and_a_number_that_is_none_are_asked_again(screens: Screens) -> None:
    at_name(screens).type("葛西")
    assert "カタカナで" in screens.title
    assert 'role="alert"' in screens.said
    screens.type("カサイ").type("12")
    assert "電話番号を" in screens.title
    assert 'role="alert"' in screens.said
    assert "日時" in screens.type("09011112222").said


def test_a_time_that_filled_meanwhile_is_answered_with_the_nearest_ones(
    screens: Screens,
) -> None:
    at_name(screens).type("カサイハナコ").press("残さない")
    last = next(form for form in screens.forms if "予約する" in form.says)
    starts = dict(last.carried)["starts_at"]
    taken = acts.SlotTaken([datetime.fromisoformat(starts)])
    with patch.object(acts, "book", side_effect=taken):
        screens.press("予約する")
    assert "うまりました" in screens.title
    screens.choose()
    assert screens.title == "予約しました"


def test_no_screen_shows_more_than_five_keys_of_days_or_times(screens: Screens) -> None:
    screens.open(START).press("証明書").press("住民票の写し").press("はい、次へ").press("本庁舎")
    first = [form.says for form in screens.forms if ("day" in dict(form.carried))]
    assert len(first) == 4
    screens.press("ほかの日")
    second = [form.says for form in screens.forms if ("day" in dict(form.carried))]
    assert not set(first) & set(second)
    screens.choose()
    assert sum("starts_at" in dict(form.carried) for form in screens.forms) <= 4
    screens.press("午後の時間")
    assert "午後" in screens.said


def test_whoever_has_booked_may_write_the_form_for_it_here(screens: Screens, settings: Settings) -> None:
    at_name(screens).type("カサイハナコ").press("残さない").press("予約する").press("申請書も書いておく")
    assert "だれが入力しますか" in screens.title
    screens.press("自分で入力する")
    assert "氏名" in screens.title


def test_an_unknown_procedure_or_office_is_not_found(screens: Screens) -> None:
    form = screens.open(START).forms[0]
    form.action = f"{START}/day"
    form.carried = [("procedure", "XXX-99"), ("office", "honcho")]
    assert screens.send(form).status == 404
    form.carried = [("procedure", "JUM-01"), ("office", "nowhere")]
    assert screens.send(form).status == 404
