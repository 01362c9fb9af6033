"""A number's page: true at every state without scripts, cheap to ask again, gone after the day, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import arrivals, calling, counters, hall
from models.operations.arrivals import Issued
from models.queries import bookings, holder
from models.queries.offices import office
from tests.conftest import inside
from tests.web.api.test_hall import HOUSE, tables_read
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from web.resident import waiting

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
Take = Callable[..., Issued]


@pytest.fixture
def take(settings: Settings, clock: FrozenDateTimeFactory) -> Take:
    """Take a number at the kiosk of the first office."""

    def taking(*procedures: str) -> Issued:
        with inside(settings):
            return arrivals.issue(office("honcho"), list(procedures or ("JUM-01",)), "kiosk")

    return taking


@pytest.fixture
def desk(settings: Settings, clock: FrozenDateTimeFactory) -> Callable[..., None]:
    """Counter 1 calls the next (no number), or takes a step of a number."""

    def doing(number: str = "", action: str = "", counter: str = "1") -> None:
        with inside(settings):
            if number:
                calling.step(office("honcho"), number, action, "ben", counter)  # type: ignore[arg-type]
            else:
                calling.call_next(office("honcho"), counter, "ben")

    return doing


@pytest.fixture
def one_counter(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    """Only counter 1 is on."""
    with inside(settings):
        counters.open_counter(office("honcho"), "1", "ben")


def page_of(made: Issued) -> str:
    return f"/tickets/{made.token}"


class TestWaiting:
    def test_it_says_the_number_who_is_ahead_and_a_range(
        self, phone: Phone, take: Take, one_counter: None
    ) -> None:
        for _ in range(9):
            take()
        phone.open(page_of(take()))
        assert "A010" in phone.heading
        assert "前にいる人9人" in phone.text
        assert "順番になると、ここに窓口の番号が出ます。" in phone.text
        held = phone.text.partition("待ち時間の目安")[2]
        low, _, high = held.partition("分")[0].strip().partition("〜")
        assert int(low) % 5 == int(high) % 5 == 0

    def test_somebody_who_is_nearly_called_is_told_to_stay_close(self, phone: Phone, take: Take) -> None:
        phone.open(page_of(take()))
        assert "まもなくお呼びします" in phone.text

    def test_few_people_who_take_long_keep_nobody_close(
        self, phone: Phone, take: Take, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(waiting, "shown_range", lambda _: (45, 85))
        text = phone.open(page_of(take())).text
        assert "45〜85分" in text
        assert "まもなくお呼びします" not in text

    @pytest.mark.parametrize(
        ("language", "wait", "told"),
        [
            ("ja", (85, 115), "85〜115分"),
            ("ja", (260, 290), "4時間20分〜4時間50分"),
            ("ja", (0, 130), "2時間10分以内"),
            ("ja", (180, 180), "およそ3時間"),
            ("en", (260, 290), "4 h 20 min–4 h 50 min"),
            ("zh-Hans", (260, 290), "4小时20分钟～4小时50分钟"),
            ("vi", (180, 180), "Khoảng 3 giờ"),
            ("ko", (260, 290), "4시간 20분~4시간 50분"),
            ("tl", (0, 130), "Sa loob ng 2 oras 10 min"),
            ("ne", (0, 130), "2 घण्टा 10 मिनेटभित्र"),
            ("pt-BR", (115, 125), "1 h 55 min–2 h 5 min"),
            ("id", (260, 290), "4 jam 20 menit–4 jam 50 menit"),
        ],
    )
    def test_from_two_hours_on_a_wait_is_told_in_hours(
        self,
        phone: Phone,
        take: Take,
        monkeypatch: pytest.MonkeyPatch,
        language: str,
        wait: tuple[int, int],
        told: str,
    ) -> None:
        monkeypatch.setattr(waiting, "shown_range", lambda _: wait)
        page = page_of(take())
        assert told in phone.open(f"{page}?lang={language}").text

    def test_a_booked_visitor_is_told_the_booked_time(
        self, phone: Phone, settings: Settings, clock: FrozenDateTimeFactory, take: Take
    ) -> None:
        token = booked(phone, "JUM-01").rsplit("/", 1)[1]
        take()
        with inside(settings):
            made = arrivals.check_in(office("honcho"), bookings.by_token(token), "kiosk")
            at = bookings.by_token(token).starts_at + timedelta(hours=9)
        phone.open(page_of(made))
        assert f"予約の時間（{at.hour}:{at.minute:02}）のころに" in phone.text

    def test_without_scripts_it_refreshes_itself(self, client: FlaskClient, take: Take) -> None:
        text = client.get(page_of(take())).text
        assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in text

    def test_what_comes_after_is_listed(
        self, phone: Phone, take: Take, settings: Settings, desk: Callable[..., None]
    ) -> None:
        with inside(settings):
            hall.set_policy(office("honcho"), {"several": "walk"}, "test")
        made = take("JUM-01", "IDO-01")
        phone.open(page_of(made))
        assert "きょうの順番" in phone.text
        assert phone.text.count("このあと") == 1
        desk(counter="2")
        desk(made.number, "start", "2")
        desk(made.number, "finish", "2")
        phone.open(page_of(made))
        assert "済み" in phone.text
        assert "いまここ" in phone.text


class TestAtEveryState:
    def test_your_turn_says_where_to_go(self, phone: Phone, take: Take, desk: Callable[..., None]) -> None:
        made = take()
        desk()
        phone.open(page_of(made))
        assert phone.heading == "あなたの番です"
        assert "1番窓口へ" in phone.text
        assert 'data-title="1番窓口へ"' in phone.answer.text

    @pytest.mark.parametrize(
        ("steps", "told"),
        [
            (["absent"], "お呼びしましたが、いらっしゃいませんでした"),
            (["start"], "1番窓口で対応しています。"),
            (["start", "hold"], "手続きの途中です。"),
            (["start", "back_office"], "書類を作っています。"),
            (["start", "back_office", "deliver"], "お渡しの準備ができました"),
            (["start", "finish"], "手続きは終わりました"),
            (["no_show"], "この番号は終わりました"),
            (["absent", "cancel"], "この番号は取り消しました"),
            (["absent", "return"], "まもなくお呼びします"),
        ],
    )
    def test_it_says_what_happens_and_what_to_do(
        self, phone: Phone, take: Take, desk: Callable[..., None], steps: list[str], told: str
    ) -> None:
        made = take()
        desk()
        for one in steps:
            desk(made.number, one)
        phone.open(page_of(made))
        assert phone.status == 200
        assert told in phone.text

    def test_in_a_booth_the_next_team_comes_to_the_visitor(
        self, phone: Phone, take: Take, settings: Settings, desk: Callable[..., None]
    ) -> None:
        with inside(settings):
            hall.set_policy(office("honcho"), {"several": "booth"}, "test")
        made = take("JUM-01", "IDO-01")
        desk(counter="2")
        desk(made.number, "start", "2")
        desk(made.number, "finish", "2")
        phone.open(page_of(made))
        assert "いまの席でお待ちください。次の担当がまいります。" in phone.text
        desk(counter="1")
        phone.open(page_of(made))
        assert "いまの席でお待ちください。担当がまいります。" in phone.text
        assert "番窓口へ" not in phone.text

    def test_a_notice_of_the_hall_reaches_the_phone(
        self, phone: Phone, take: Take, settings: Settings
    ) -> None:
        with inside(settings):
            hall.set_notice(office("honcho"), "印刷機が止まっています", "test")
        phone.open(page_of(take()))
        assert "印刷機が止まっています" in phone.text
        other = phone.open(f"{phone.address}?lang=ko").answer.text
        assert "일본어로 쓰여 있습니다" in other
        assert '<span lang="ja">印刷機が止まっています</span>' in other


class TestAskingAgain:
    def test_news_are_304_without_a_look_at_a_ticket_until_something_happens(
        self, client: FlaskClient, take: Take, desk: Callable[..., None]
    ) -> None:
        path = f"{page_of(take())}/now"
        first = client.get(path)
        assert "<html" not in first.text
        known = {"If-None-Match": first.headers["ETag"]}
        with tables_read() as read:
            assert client.get(path, headers=known).status_code == 304
        assert read <= HOUSE
        desk()
        assert 'data-state="called"' in client.get(path, headers=known).text

    def test_phones_look_more_often_when_it_is_nearly_their_turn(
        self, client: FlaskClient, take: Take, desk: Callable[..., None], one_counter: None
    ) -> None:
        made = [take() for _ in range(8)]

        def pause(one: Issued) -> int:
            return int(client.get(f"{page_of(one)}/now").text.partition('data-again="')[2].partition('"')[0])

        assert [pause(made[7]), pause(made[4]), pause(made[0])] == [20, 10, 5]
        desk()
        assert pause(made[0]) == 5


class TestLeaving:
    def test_it_asks_once_and_then_the_number_is_gone(self, phone: Phone, take: Take) -> None:
        phone.open(page_of(take()))
        phone.link("番号を取り消して帰る")
        assert "まだ取り消していません" in phone.text
        phone.press("取り消して帰る")
        assert "この番号は取り消しました" in phone.text
        phone.open(f"{phone.address}/leave")
        assert "この番号は取り消しました" in phone.text

    def test_whoever_is_being_served_is_told_so(
        self, phone: Phone, take: Take, desk: Callable[..., None]
    ) -> None:
        made = take()
        phone.open(f"{page_of(made)}/leave")
        desk()
        desk(made.number, "start")
        phone.press("取り消して帰る")
        assert phone.status == 409
        assert "対応中" in phone.text


class TestWhoMaySee:
    def test_every_other_address_is_one_and_the_same_page(self, client: FlaskClient, take: Take) -> None:
        token = take().token
        parts = ("", "/now", "/leave", "/app.webmanifest")
        for wrong in ("A" * 32, token.lower(), token[:-1], "x"):
            for part in parts:
                assert client.get(f"/tickets/{wrong}{part}").status_code == 404

    def test_after_the_day_it_is_gone(
        self, client: FlaskClient, take: Take, clock: FrozenDateTimeFactory
    ) -> None:
        path = page_of(take())
        clock.tick(timedelta(hours=15, minutes=1))
        for part in ("", "/now", "/leave", "/app.webmanifest"):
            answer = client.get(path + part)
            assert answer.status_code == 410
        assert "新しく受付してください" in answer.text

    def test_nobody_finds_it_by_search_and_no_cache_keeps_it(self, client: FlaskClient, take: Take) -> None:
        headers = client.get(page_of(take())).headers
        assert headers["X-Robots-Tag"].startswith("noindex")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


class TestInstalling:
    def test_the_manifest_opens_this_number(self, client: FlaskClient, take: Take) -> None:
        path = page_of(take())
        answer = client.get(f"{path}/app.webmanifest")
        told = json.loads(answer.text)
        assert answer.mimetype == "application/manifest+json"
        assert (told["start_url"], told["display"], told["scope"]) == (path, "standalone", "/tickets/")
        for one in told["icons"]:
            assert client.get(one["src"], buffered=True).status_code == 200

    def test_the_worker_stands_where_it_may_serve_and_keeps_only_the_frame(self, client: FlaskClient) -> None:
        answer = client.get("/m/maeniwa/sw.js")
        assert answer.mimetype == "text/javascript"
        assert 'const ROOT = "/m/maeniwa";' in answer.text
        page = client.get("/offline").text
        assert "通信が切れています" in page
        assert "csrf_token" not in page


def test_the_day_of_a_slip_is_the_offices_own(
    take: Take, settings: Settings, clock: FrozenDateTimeFactory
) -> None:
    made = take()
    clock.move_to("2026-11-24 14:59:00")
    with inside(settings):
        assert holder.opened(made.token).place.code == "honcho"
        counters.leave(office("honcho"), "ben")


class TestSatisfaction:
    def test_it_is_asked_when_all_is_finished_and_can_be_answered_again(
        self, phone: Phone, take: Take, desk: Callable[..., None], one_counter: None
    ) -> None:
        made = take()
        assert "満足しましたか" not in phone.open(page_of(made)).text
        desk()
        desk(made.number, "start")
        desk(made.number, "finish")
        phone.open(page_of(made)).press("7")
        assert "7 と答えました" in phone.text
        phone.press("10")
        assert "10 と答えました" in phone.text
        assert "7 と答えました" not in phone.text

    def test_before_that_it_is_refused(self, phone: Phone, take: Take, client: FlaskClient) -> None:
        made = take()
        phone.open(page_of(made)).link("番号を取り消して帰る")
        sent = {"score": "7", "csrf_token": phone.value("csrf_token")}
        assert phone.client.post(f"{page_of(made)}/satisfaction", data=sent).status_code == 409
