"""Being told, on the booking's page and the number's, without scripts; no address in full, nothing promised in vain."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from models.core.db import session
from models.operations import arrivals, booking, calling, channels, counters, sending
from models.queries import bookings
from models.queries.letters import letter_of
from models.queries.offices import office
from models.tables import Message, Subscription
from tests.conftest import inside
from tests.web.people import token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MAIL = {"url": "smtp://127.0.0.1:1", "sender": "a@city.example.jp"}
ONE = {"name": "マエニワ　ハナコ", "email": "hanako@example.jp"}
BROWSER = json.dumps({"endpoint": "https://push.example.jp/1", "keys": {"p256dh": "BA", "auth": "AA"}})


@pytest.fixture
def mail(settings, clock):
    with inside(settings):
        channels.open_channel("email", MAIL, "test")


@pytest.fixture
def number(settings, clock):
    """The page of a number that was taken at the kiosk."""
    with inside(settings):
        return f"/tickets/{arrivals.issue(office('honcho'), ['JUM-01'], 'kiosk').token}"


@pytest.fixture
def page(phone):
    """The page of a booking with an e-mail address."""
    phone.open("/book/?procedure=JUM-01&cards=0&office=honcho")
    phone.submit(phone.buttons("starts_at")[3])
    phone.press("内容の確認へ進む", ONE).press("この内容で予約する")
    return phone.address


def ask(client, number, way="email", address="hanako@example.jp", **more):
    given = {"csrf_token": token_of(client.get(f"{number}/notices")), "way": way, "address": address}
    return client.post(f"{number}/notices", data=given | more)


def waiting(settings):
    with inside(settings):
        return session().scalar(select(func.count()).select_from(Message).where(Message.state == "due"))


def languages_of(settings):
    """Of what waits to be sent."""
    with inside(settings):
        return session().scalars(select(Message.language).where(Message.state == "due")).all()


class TestBooking:
    def test_the_page_says_where_it_is_told_and_its_holder_stops_it_and_starts_it_again(
        self, mail, page, phone, settings
    ):
        assert "h…@example.jp に送ります" in phone.text
        assert "hanako@" not in phone.text
        assert waiting(settings) == 1
        phone.press("お知らせを止める")
        assert "お知らせは送りません" in phone.text
        assert waiting(settings) == 0
        phone.press("h…@example.jp でお知らせを受け取る")
        assert "に送ります" in phone.text

    def test_who_stopped_it_hears_neither_of_a_move_nor_of_a_cancellation(self, mail, page, phone, settings):
        phone.press("お知らせを止める")
        token = page.rpartition("/")[2].partition("#")[0].partition("?")[0]
        with inside(settings):
            later = bookings.by_token(token).starts_at.replace(hour=5, minute=0)
            booking.move(token, later)
            booking.cancel(token)
        assert waiting(settings) == 0

    def test_it_is_told_in_the_language_that_was_chosen_and_in_another_from_then_on(
        self, mail, phone, settings
    ):
        phone.open("/book/?procedure=JUM-01&cards=0&office=honcho")
        phone.submit(phone.buttons("starts_at")[3])
        phone.press("内容の確認へ進む", {**ONE, "language": "vi"})
        assert "Tiếng Việt" in phone.text
        phone.press("この内容で予約する")
        assert languages_of(settings) == ["vi"]
        phone.press("この言葉にする", {"language": "ne"})
        assert '<option value="ne" lang="ne" selected>' in phone.answer.text
        with inside(settings):
            token = phone.address.rpartition("/")[2].partition("#")[0].partition("?")[0]
            booking.cancel(token)
        assert languages_of(settings) == ["ne"]

    def test_a_language_that_there_is_not_is_the_pages(self, mail, phone, settings):
        phone.open("/book/?procedure=JUM-01&cards=0&office=honcho")
        phone.submit(phone.buttons("starts_at")[3])
        phone.press("内容の確認へ進む", {**ONE, "language": "xx"}).press("この内容で予約する")
        assert languages_of(settings) == ["ja"]

    def test_nothing_is_promised_while_mail_is_closed(self, page, phone):
        assert "お知らせ" not in phone.text
        assert "example.jp に" not in phone.text


class TestNumber:
    def test_nothing_is_offered_while_every_way_is_closed(self, client, number):
        assert "なったら知らせる" not in client.get(number).text
        assert "いまは、お知らせを送れません" in client.get(f"{number}/notices").text
        assert ask_closed(client, number).status_code == 409

    def test_an_address_is_told_three_people_before_and_when_called(self, client, settings, mail, clock):
        with inside(settings):
            place = office("honcho")
            counters.open_counter(place, "1", "ben")
            made = [arrivals.issue(place, ["JUM-01"], "kiosk") for _ in range(5)]
        mine = f"/tickets/{made[4].token}"
        assert "あと3人になったら知らせる" in client.get(mine).text
        assert ask(client, mine, address="mika@example.jp").status_code == 303
        page = client.get(f"{mine}/notices").text
        assert "m…@example.jp" in page
        assert "mika@" not in page
        with inside(settings):
            calling.call_next(place, "1", "ben")
            (number,) = sending.claim("m", "email")
            letter = letter_of(number)
            assert (letter.kind, letter.to) == ("soon", "mika@example.jp")
            assert "A005" in letter.body

    def test_it_is_stopped_and_the_address_is_gone(self, client, settings, mail, number):
        ask(client, number)
        with inside(settings):
            asked = session().scalar(select(Subscription.id))
        page = client.get(f"{number}/notices")
        client.post(f"{number}/notices/stop", data={"csrf_token": token_of(page), "asked": asked})
        assert "example.jp</span>" not in client.get(f"{number}/notices").text
        with inside(settings):
            assert session().scalars(select(Subscription.address)).all() == [None]

    def test_nobody_stops_what_another_number_asked_for(self, client, settings, mail, number):
        ask(client, number)
        with inside(settings):
            asked = session().scalar(select(Subscription.id))
            other = f"/tickets/{arrivals.issue(office('honcho'), ['JUM-01'], 'kiosk').token}"
        token = token_of(client.get(f"{other}/notices"))
        client.post(f"{other}/notices/stop", data={"csrf_token": token, "asked": asked})
        assert "h…@example.jp" in client.get(f"{number}/notices").text

    def test_three_addresses_a_number_and_no_fourth(self, client, mail, number):
        page = client.get(f"{number}/notices")
        given = {"csrf_token": token_of(page), "way": "email"}
        answers = [
            client.post(f"{number}/notices", data={**given, "address": f"h{nth}@example.jp"}).status_code
            for nth in range(4)
        ]
        assert answers == [303, 303, 303, 409]
        assert "3つまで" in client.get(f"{number}/notices").text

    def test_a_wrong_address_is_named_and_kept_but_never_an_individual_number(self, client, mail, number):
        answer = ask(client, number, address="hanako@")
        assert answer.status_code == 422
        assert 'value="hanako@"' in answer.text
        assert "123456789018" not in ask(client, number, address="123456789018").text

    def test_a_browser_gives_its_subscription_and_is_answered_without_a_page(
        self, client, settings, mail, number
    ):
        with inside(settings):
            channels.open_channel("push", {"contact": "it@city.example.jp"}, "test")
        answer = ask(client, number, "push", BROWSER)
        assert (answer.status_code, answer.text) == (204, "")
        page = client.get(f"{number}/notices").text
        assert "ブラウザーの通知" in page
        assert "push.example.jp" not in page
        refused = ask(client, number, "push", '{"endpoint": "http://a/"}')
        assert (refused.status_code, refused.mimetype) == (422, "text/plain")

    def test_a_telephone_is_told_in_the_language_that_was_chosen_whatever_the_number_was_taken_in(
        self, client, settings, number
    ):
        needs = {"url": "https://sms.example.jp/", "token": "t"}
        with inside(settings):
            channels.open_channel("sms", needs, "test")
        assert "メールで知らせる" not in client.get(f"{number}/notices").text
        refused = ask(client, number, "sms", phone="12")
        assert refused.status_code == 422
        assert 'href="#f-phone"' in refused.text
        ask(client, number, "sms", phone="080-1111-2278", language="zh-Hans")
        ask(client, number, "sms", phone="080-1111-2278", language="ko")
        page = client.get(f"{number}/notices").text
        assert "…78" in page
        assert "080-1111" not in page
        with inside(settings):
            counters.open_counter(office("honcho"), "1", "ben")
            calling.call_next(office("honcho"), "1", "ben")
            assert [letter_of(one).subject for one in sending.claim("m", "sms")] == [
                "A001번: 창구로 와 주십시오"
            ]

    def test_ways_that_are_not_offered_here_are_refused(self, client, mail, number):
        for way in ("webhook", "line", "sms", ""):
            assert ask(client, number, way).status_code == 409


def ask_closed(client, number):
    """Somebody sends the form of a page that was open before the way was closed."""
    token = token_of(client.get(f"{number}/leave"))
    given = {"csrf_token": token, "way": "email", "address": "hanako@example.jp"}
    return client.post(f"{number}/notices", data=given)
