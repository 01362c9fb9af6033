"""The desk: call, start, finish, nobody there, numbers for walk-ins; everything by plain forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.operations import arrivals, counters
from models.queries import bookings, line
from tests.web.counter.conftest import DESK, TODAY, bookings_state, press, walk_in
from tests.web.people import BEN, CHIE, Person, employ, post, sign_in, token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


class TestPlace:
    def test_who_has_no_place_yet_is_asked_and_the_answer_is_remembered(self, app, hall):
        client = sign_in(app, BEN)
        assert client.get(DESK).headers["Location"] == "/counter/place"
        asked = client.get("/counter/place")
        assert "2番　引っ越し・世帯" in asked.text
        post(client, "/counter/place", "/counter/place", place="honcho/2")
        page = client.get(DESK)
        assert "2番窓口" in page.text
        assert "B 引っ越し・世帯 →、 C 戸籍の届出 →、 A 証明書" in re.sub("<[^>]*>", "", page.text)

    @pytest.mark.parametrize("place", ["", "honcho/", "honcho/99", "nowhere/1"])
    def test_a_place_that_does_not_exist_is_asked_for_again(self, app, hall, place):
        answer = post(sign_in(app, BEN), "/counter/place", "/counter/place", place=place)
        assert answer.status_code == 422
        assert "窓口の番号を選んでください" in answer.text

    def test_another_office_than_ones_own_cannot_be_chosen(self, app, hall):
        client = sign_in(app, BEN)
        assert "東支所" not in client.get("/counter/place").text
        assert post(client, "/counter/place", "/counter/place", place="higashi/1").status_code == 403

    def test_a_concierge_needs_no_counter(self, keiko):
        page = keiko.get(DESK)
        assert page.status_code == 200
        assert "業務ごとの待ち" in page.text
        assert "次を呼ぶ" not in page.text

    def test_who_works_everywhere_chooses_the_office(self, app, hall, settings):
        employ(settings, Person("fumi", "concierge", None))
        client = sign_in(app, Person("fumi", "concierge", None))
        assert client.get(DESK).headers["Location"] == "/counter/place"
        page = client.get("/counter/place").text
        assert all(name in page for name in ("本庁舎", "東支所", "図書館ホール"))
        post(client, "/counter/place", "/counter/place", place="higashi/")
        assert "受付　東支所" in client.get(DESK).text


class TestOneVisit:
    def test_a_walk_in_is_called_started_and_finished_and_every_step_is_timed(self, hall, ben, clock):
        number = walk_in(hall)
        clock.tick(timedelta(minutes=7))
        page = press(ben, "/counter/next")
        assert "呼出中" in page.text
        assert number in page.text
        clock.tick(timedelta(minutes=1))
        assert f"<title>{number} 呼出中 · 2番窓口 ·" in page.text
        assert f"<title>{number} 対応中 · 2番窓口 ·" in press(ben, f"/counter/tickets/{number}/start").text
        clock.tick(timedelta(minutes=12))
        page = press(ben, f"/counter/tickets/{number}/finish")
        assert f"{number}を終了しました" in page.text
        assert "きょう 1件・平均 手続 12.0分・待ち 7.0分" in page.text
        with hall.inside() as place:
            done = line.by_number(place, place.day_of(TODAY), number)
            kinds = [(event.kind, event.counter) for event in line.events(done)]
        assert kinds == [("arrive", None), ("call", "2"), ("start", "2"), ("finish", "2")]
        assert done.started_at is not None
        assert done.finished_at is not None
        assert done.finished_at - done.started_at == timedelta(minutes=12)

    def test_a_long_handling_does_not_sign_the_clerk_out_and_an_empty_counter_does(self, hall, ben, clock):
        number = walk_in(hall)
        press(ben, "/counter/next")
        press(ben, f"/counter/tickets/{number}/start")
        for _ in range(4):
            clock.tick(timedelta(minutes=10))
            assert ben.get(DESK, headers={"X-Quiet": "1"}).status_code == 200
        assert f"{number}を終了しました" in press(ben, f"/counter/tickets/{number}/finish").text
        for _ in range(2):
            clock.tick(timedelta(minutes=8))
            left = ben.get(DESK, headers={"X-Quiet": "1"})
        assert left.status_code == 302

    def test_finish_and_next_is_one_key(self, hall, ben):
        first, second = walk_in(hall), walk_in(hall)
        press(ben, "/counter/next")
        press(ben, f"/counter/tickets/{first}/start")
        page = press(ben, "/counter/next", finish=first)
        assert re.search(rf"<b>{second}</b>", page.text)
        assert 'data-key="F2"' in page.text

    def test_the_same_key_pressed_on_an_old_page_skips_nobody(self, hall, ben):
        first, second, third = walk_in(hall), walk_in(hall), walk_in(hall)
        press(ben, "/counter/next")
        press(ben, f"/counter/tickets/{first}/start")
        press(ben, "/counter/next", finish=first)
        page = press(ben, "/counter/next", finish=first)
        assert f"{first}はいま「終了」です" in page.text
        assert re.search(rf"<b>{second}</b>", page.text)
        assert third in page.text

    def test_nobody_waiting_is_said(self, ben):
        assert "待っている人はいません。" in press(ben, "/counter/next").text

    def test_somebody_who_does_not_come_can_return_to_the_line(self, hall, ben):
        number = walk_in(hall)
        press(ben, "/counter/next")
        press(ben, f"/counter/tickets/{number}/recall")
        page = press(ben, f"/counter/tickets/{number}/no-show")
        assert "来なかった人：" in page.text
        ticket = ben.get(f"/counter/tickets/{number}")
        assert "列に戻す" in ticket.text
        assert "もう一度呼出" in ticket.text
        press(ben, f"/counter/tickets/{number}/return")
        assert re.search(rf"<b>{number}</b>", press(ben, "/counter/next").text)

    def test_a_counter_has_one_ticket_at_a_time(self, hall, ben):
        first, second = walk_in(hall), walk_in(hall)
        press(ben, "/counter/next")
        page = press(ben, f"/counter/tickets/{second}/call")
        assert f"この窓口は{first}を対応中です" in page.text

    def test_reloading_changes_nothing(self, hall, ben):
        number = walk_in(hall)
        press(ben, "/counter/next")
        pages = {re.sub(r'value="[^"]{40,}"', "", ben.get(DESK).text) for _ in range(2)}
        assert len(pages) == 1
        assert re.search(rf"<b>{number}</b>", pages.pop())

    def test_the_clock_of_the_ticket_starts_with_its_start(self, hall, ben, clock):
        number = walk_in(hall)
        press(ben, "/counter/next")
        clock.tick(timedelta(minutes=2))
        page = press(ben, f"/counter/tickets/{number}/start")
        assert 'data-clock-from="2026-11-24T00:02:00+00:00"' in page.text


class TestLine:
    def test_it_stands_in_the_order_of_calling_and_says_why_and_who_waits_too_long(self, hall, ben, clock):
        with hall.inside() as place:
            counters.open_counter(place, "1", "aoki")
        helped = walk_in(hall, "JUM-01")
        first = walk_in(hall, "IDO-01", "JUM-01")
        clock.tick(timedelta(minutes=8))
        page = ben.get(DESK).text
        assert page.index(f">{first}<") < page.index(f">{helped}<")
        assert f"次は {first}" in page
        assert "引っ越し・世帯の列で、受付の順番です。" in page
        assert "転入届 ほか1" in page
        assert "手伝い・受付順" in page
        assert "超過" not in page
        clock.tick(timedelta(minutes=8))
        page = ben.get(DESK).text
        assert '2人・<b class="late">超過 2人</b>・目標 B15 C15 A10分' in page
        assert page.count("16分 <small>超過</small>") == 2
        press(ben, "/counter/next")
        assert "証明書の待ちが目標の10分を過ぎたので、この窓口が手伝います。" in ben.get(DESK).text

    def test_only_the_queues_of_this_counter_are_shown(self, hall, ben, keiko):
        number = walk_in(hall, "MNC-03")
        assert number not in ben.get(DESK).text
        assert number in keiko.get(DESK).text

    def test_a_booked_visitor_waits_from_the_booked_time(self, hall, ben, clock):
        visitor = hall.book(TODAY)
        with hall.inside() as place:
            arrivals.check_in(place, bookings.by_token(visitor.token), "test")
        assert (
            "予約 10:30 の人です。時刻の前なので、ほかに待つ人がいないときに呼びます。" in ben.get(DESK).text
        )
        clock.tick(timedelta(minutes=89))
        page = hall.counter().get(DESK).text
        assert "予約 10:30 の人です。2分前から、予約のない人より先に呼びます。" in page
        assert "予約10:30" in page
        assert bookings_state(hall, visitor) == "arrived"


class TestNumbers:
    def test_a_walk_in_gets_a_number_once_even_if_the_form_is_sent_twice(self, hall, keiko):
        page = keiko.get("/counter/tickets/new")
        key = re.findall(r'name="key" value="([^"]+)"', page.text)
        fields = {"csrf_token": token_of(page), "key": key, "procedure": ["IDO-03", "JUM-01"]}
        answers = [keiko.post("/counter/tickets", data=fields) for _ in range(2)]
        assert {answer.headers["Location"].split("?")[0] for answer in answers} == {"/counter/tickets/B001"}
        slip = keiko.get(answers[0].headers["Location"])
        assert "番号札を渡してください" in slip.text
        assert "転居届・住民票の写しの交付" in slip.text
        assert "前に0人が待っています" in slip.text

    def test_without_a_procedure_none_is_given(self, keiko):
        answer = post(keiko, "/counter/tickets/new", "/counter/tickets")
        assert answer.status_code == 422
        assert "か所を直してください" in answer.text

    def test_procedures_are_found_by_plain_words(self, keiko):
        page = keiko.get("/counter/tickets/new?q=引っ越し").text
        assert "転入届" in page
        assert "飼い犬" not in page
        assert "に合う手続きは、この庁舎にはありません" in keiko.get("/counter/tickets/new?q=宇宙旅行").text

    def test_a_number_can_be_cancelled_by_the_reception(self, hall, keiko):
        number = walk_in(hall)
        page = post(keiko, DESK, f"/counter/tickets/{number}/cancel")
        assert page.status_code == 303
        assert f"/counter/tickets/{number}" not in keiko.get(DESK).text

    def test_a_number_nobody_has_is_not_found(self, ben):
        assert ben.get("/counter/tickets/Z999").status_code == 404
        assert post(ben, DESK, "/counter/tickets/Z999/start").status_code == 404
        assert post(ben, DESK, "/counter/tickets/B001/explode").status_code == 404


class TestWhoMay:
    @pytest.mark.parametrize("path", ["/counter/next", "/counter/applications/ABCD/print"])
    def test_the_reception_does_not_call_or_print(self, keiko, path):
        assert post(keiko, DESK, path).status_code == 403

    def test_the_reception_does_not_start(self, hall, keiko):
        assert post(keiko, DESK, f"/counter/tickets/{walk_in(hall)}/start").status_code == 404

    def test_a_manager_has_no_desk(self, app, hall, settings):
        employ(settings, CHIE)
        client = sign_in(app, CHIE)
        for path in ("/counter/", "/counter/place", "/counter/tickets/new", "/counter/tickets/B001"):
            assert client.get(path).status_code == 403

    def test_nobody_comes_in_without_signing_in(self, client):
        assert client.get("/counter/").status_code == 302
        assert client.get("/counter/tickets/new").headers["Location"].startswith("/staff/sign-in?next=")

    def test_a_form_without_its_token_does_nothing(self, hall, ben):
        number = walk_in(hall)
        assert ben.post("/counter/next").status_code == 400
        with hall.inside() as place:
            assert line.by_number(place, place.day_of(TODAY), number).state == "waiting"
