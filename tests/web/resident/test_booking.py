"""The way from a life event to a booking, and every stone on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import booking as acts
from models.operations.places_policy import set_policy
from models.queries import bookings, offices
from models.queries.bookings import Contact
from tests.conftest import inside
from tests.web.resident.conftest import ONE, booked
from tests.web.resident.phone import Phone
from web.resident.draft import read_time

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def fill(app: Flask, settings: Settings, text: str, codes: tuple[str, ...] = ("JUM-01",)) -> None:
    """Let others take every place of this time (as the office's clock says it)."""
    with inside(settings):
        place = offices.office("honcho")
        starts_at = read_time(text, place)
        assert starts_at is not None
        while True:
            try:
                acts.book(acts.Request(place, codes, starts_at, Contact("ホカノ　ヒト", "a@example.jp")))
            except acts.SlotTaken:
                return


def choosing(phone: Phone, *codes: str) -> Phone:
    return phone.open("/book/?office=honcho&" + "&".join(f"procedure={code}" for code in codes))


def at_the_check(phone: Phone, nth: int = 3) -> str:
    """Go up to the last page before booking; the time chosen."""
    choosing(phone, "JUM-01")
    button = phone.buttons("starts_at")[nth]
    phone.submit(button).press("内容の確認へ進む", ONE)
    assert phone.heading == "この内容でよろしいですか"
    return button.get("value")


@on_sqlite
class TestChoosing:
    def test_only_offices_that_do_all_of_it_are_offered(self, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        assert [one.get("value") for one in phone.buttons("office")] == ["honcho", "higashi", "library"]
        choosing(phone, "JUM-01", "KOT-02")
        assert phone.buttons("office") == []
        assert "本庁舎" in phone.text

    def test_without_an_office_for_all_of_it_each_can_be_booked_alone(self, phone: Phone) -> None:
        choosing(phone, "KOT-02", "RMT-01")
        assert phone.heading == "一度にできる庁舎がありません"
        phone.link("この手続きを予約する")
        assert phone.heading == "来る日と時間を選んでください"

    def test_without_a_procedure_the_search_is_shown(self, phone: Phone) -> None:
        assert phone.open("/book/?procedure=NO-99").heading == "どの手続きですか"

    def test_closed_days_cannot_be_chosen(self, phone: Phone) -> None:
        choosing(phone, "JUM-01").press("カレンダー")
        days = [one.get("value") for one in phone.buttons("day")]
        assert days == ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]
        phone.press("次の月")
        days = [one.get("value") for one in phone.buttons("day")]
        assert "2026-12-28" in days
        assert "2026-12-29" not in days
        assert "2026-12-05" not in days

    def test_thursday_evening_and_times_behind_us_are_right(self, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        assert phone.buttons("starts_at")[0].get("value") == "2026-11-24T09:30"
        phone.open(phone.address + "&day=2026-11-26")
        assert phone.buttons("starts_at")[-1].get("value") == "2026-11-26T18:50"

    def test_when_the_last_time_of_today_has_passed_today_is_neither_full_nor_offered(
        self, phone: Phone, clock: FrozenDateTimeFactory
    ) -> None:
        clock.tick(timedelta(hours=9))
        days = [one for one in choosing(phone, "JUM-01").page.all("span") if one.get("class") == "day-number"]
        assert days[0].shown == "11/25"
        assert "空きが出るのを待つ" not in phone.text
        phone.open(f"{phone.address}&month=2026-11")
        words = {
            day.shown: word.shown
            for day, word in zip(
                (one for one in phone.page.all("span") if one.get("class") == "day-number"),
                (one for one in phone.page.all("span") if one.get("class") == "day-word"),
                strict=True,
            )
        }
        assert [words[day] for day in ("1", "23", "24", "25", "29")] == ["—選べません"] * 3 + ["空き", "休み"]

    def test_a_full_day_says_so(self, app: Flask, settings: Settings, phone: Phone) -> None:
        for text in ("2026-11-24T09:30", "2026-11-24T09:40"):
            fill(app, settings, text)
        choosing(phone, "JUM-01")
        assert "2026-11-24T09:30" not in [one.get("value") for one in phone.buttons("starts_at")]

    def test_cards_of_the_guide_lengthen_the_visit(self, phone: Phone) -> None:
        assert "およそ25分" in choosing(phone, "IDO-01").text
        assert "およそ40分" in phone.open(phone.address + "&cards=3").text


@on_sqlite
class TestContact:
    def test_every_error_names_the_box_and_keeps_what_was_typed(self, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        phone.submit(phone.buttons("starts_at")[0])
        phone.press("内容の確認へ進む", {"name": "山田 花子", "email": "hanako@", "phone": "12"})
        assert phone.status == 422
        assert "3か所を直してください" in phone.text
        assert (phone.value("name"), phone.value("email"), phone.value("phone")) == (
            "山田 花子",
            "hanako@",
            "12",
        )

    def test_a_my_number_is_refused_and_gone(self, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        phone.submit(phone.buttons("starts_at")[0])
        phone.press("内容の確認へ進む", {"name": "マエニワ　ハナコ", "phone": "1234 5678 9018"})
        assert phone.status == 422
        assert "マイナンバー" in phone.text
        assert "9018" not in phone.answer.get_data(as_text=True)
        assert phone.value("name") == "マエニワ　ハナコ"

    def test_hiragana_becomes_katakana(self, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        phone.submit(phone.buttons("starts_at")[0])
        phone.press("内容の確認へ進む", {"name": "まえにわ ﾊﾅｺ", "phone": "09012345678"})
        assert "マエニワ　ハナコ" in phone.page.all("dl")[0].text

    def test_mending_the_time_keeps_the_contact(self, phone: Phone) -> None:
        at_the_check(phone)
        phone.press("直す（日と時間）").press("次の日")
        assert "090-1234-5678" not in phone.address
        phone.submit(phone.buttons("starts_at")[0])
        assert phone.heading == "この内容でよろしいですか"
        assert "マエニワ　ハナコ" in phone.text
        phone.press("直す（電話番号）")
        assert phone.value("phone") == "090-1234-5678"

    def test_an_expired_form_keeps_what_was_typed(self, client: FlaskClient, phone: Phone) -> None:
        choosing(phone, "JUM-01")
        phone.submit(phone.buttons("starts_at")[0])
        client.delete_cookie("session")
        phone.press("内容の確認へ進む", ONE)
        assert phone.status == 400
        assert phone.value("name") == ONE["name"]
        phone.press("内容の確認へ進む")
        client.delete_cookie("session")
        phone.press("この内容で予約する")
        assert phone.status == 400
        assert phone.press("この内容で予約する").heading == "予約ができました"


class TestBooking:
    def test_a_time_that_filled_meanwhile_gives_three_near_ones_and_keeps_everything(
        self, app: Flask, settings: Settings, phone: Phone
    ) -> None:
        time = at_the_check(phone)
        fill(app, settings, time)
        phone.press("この内容で予約する")
        assert phone.status == 409
        assert phone.heading == "まだ予約できていません"
        near = phone.buttons("starts_at")
        assert len(near) == 3
        assert time not in [one.get("value") for one in near]
        assert "マエニワ　ハナコ" in phone.text
        check = phone.page
        phone.press("ほかの日時をさがす")
        assert f'value="{time[:10]}" aria-current="true"' in phone.answer.get_data(as_text=True)
        phone.page = check
        phone.submit(near[0])
        assert near[0].get("value").endswith(phone.page.all("b")[0].shown.zfill(5))
        assert phone.press("この内容で予約する").heading == "予約ができました"

    def test_sending_twice_books_once(self, app: Flask, settings: Settings, phone: Phone) -> None:
        at_the_check(phone)
        check, address = phone.page, phone.address
        first = phone.press("この内容で予約する").address
        phone.page, phone.address = check, address
        assert phone.press("この内容で予約する").address == first

    @on_sqlite
    def test_going_back_and_changing_the_time_leads_to_the_booking_there_is(self, phone: Phone) -> None:
        at_the_check(phone)
        check, address = phone.page, phone.address
        first = phone.press("この内容で予約する").address
        phone.page, phone.address = check, address
        phone.press("直す（日と時間）")
        phone.submit(phone.buttons("starts_at")[-1]).press("この内容で予約する")
        assert phone.address == f"{first}?already=1"
        assert "もう決まっています" in phone.text

    @on_sqlite
    def test_a_time_that_has_gone_by_leads_back_to_the_times_with_everything_kept(
        self, clock: FrozenDateTimeFactory, phone: Phone
    ) -> None:
        at_the_check(phone, 0)
        clock.move_to("2026-11-24T00:40:00Z")
        phone.press("この内容で予約する")
        assert phone.status == 422
        assert "その時間は、もう選べません" in phone.text
        phone.submit(phone.buttons("starts_at")[0])
        assert phone.press("この内容で予約する").heading == "予約ができました"

    @on_sqlite
    def test_what_was_chosen_is_what_is_stored(self, settings: Settings, phone: Phone) -> None:
        token = booked(phone, "IDO-01", "MNC-05", cards=2).rsplit("/", 1)[1]
        with inside(settings):
            found = bookings.by_token(token)
            assert (found.procedures, found.cards, found.language) == (("IDO-01", "MNC-05"), 2, "ja")
            assert bookings.contact_of(found) == Contact("マエニワ　ハナコ", "", "090-1234-5678")

    @on_sqlite
    def test_another_city_s_address_does_not_matter_below_a_prefix(self, phone: Phone) -> None:
        phone.open("/m/maeniwa/").link("予約する").link("住民票の写しの交付").link("この手続きを予約する")
        assert phone.address.startswith("/m/maeniwa/book/")
        phone.submit(phone.buttons("starts_at")[0]).press("内容の確認へ進む", ONE).press("この内容で予約する")
        assert phone.address.startswith("/m/maeniwa/bookings/")


@on_sqlite
def test_b1_who_holds_as_many_as_the_office_allows_is_told_what_to_do(
    phone: Phone, settings: Settings
) -> None:
    with inside(settings):
        set_policy(offices.office("honcho"), {"most_booked": 1}, "test")
    booked(phone, "JUM-01")
    phone.open("/book/?procedure=JUM-01&office=honcho")
    phone.submit(phone.buttons("starts_at")[5])
    phone.press("内容の確認へ進む", {**ONE, "phone": "+81 90 1234 5678"}).press("この内容で予約する")
    assert (phone.status, phone.heading) == (409, "まだ予約できていません")
    assert "予約は、1件までです。" in phone.text
    assert "0000-20-1111" in phone.text
    assert not [one for one in phone.page.all("button") if "この内容で予約する" in one.shown]


@on_sqlite
def test_who_gave_up_many_a_short_while_ago_is_told_when_to_come_back(
    phone: Phone, settings: Settings
) -> None:
    with inside(settings):
        set_policy(offices.office("honcho"), {"most_cancelled": 1}, "test")
    token = booked(phone, "JUM-01").split("/")[-1]
    with inside(settings):
        acts.cancel(token)
    phone.open("/book/?procedure=JUM-01&office=honcho")
    phone.submit(phone.buttons("starts_at")[5])
    phone.press("内容の確認へ進む", ONE).press("この内容で予約する")
    assert (phone.status, phone.heading) == (429, "まだ予約できていません")
    assert phone.answer.headers["Retry-After"] == "3600"
    assert "あと60分ほど" in phone.text
    assert "0000-20-1111" in phone.text
