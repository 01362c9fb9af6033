"""The reception: every queue at a glance, numbers with priority, numbers stopped, notices, help calls, late ones."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.core.errors import Conflict
from models.operations import accounts, arrivals, help
from models.operations import hall as acts
from models.queries import bookings, line, staff
from models.queries import hall as halls
from models.queries import help as help_calls
from tests.web.counter.conftest import DESK, TODAY, press, walk_in
from tests.web.people import post, token_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def state(hall):
    with hall.inside() as place:
        return halls.hall(place, place.day_of(TODAY))


class TestQueues:
    def test_each_says_who_waits_how_long_against_the_target_and_who_is_on(self, hall, ben, keiko, clock):
        walk_in(hall)
        walk_in(hall)
        clock.tick(timedelta(minutes=14))
        page = re.sub(r"\s+", " ", keiko.get(DESK).text)
        row = page.partition("<b>B</b> 引っ越し・世帯")[2].partition("</tr>")[0]
        assert '<td class="amount">2</td>' in row
        assert "14／15分" in row
        assert "超過" not in row
        assert "<b>2</b>" in row
        assert re.search(r"[0-9]+〜[0-9]+分|すぐ", row)
        clock.tick(timedelta(minutes=2))
        page = re.sub(r"\s+", " ", hall.reception().get(DESK).text)
        assert "16／15分 <small>超過</small>" in page.partition("<b>B</b>")[2].partition("</tr>")[0]

    def test_a_counter_sees_the_hall_on_a_page_of_its_own(self, hall, ben):
        number = walk_in(hall, "ZEI-01")
        page = ben.get("/counter/hall").text
        assert "業務ごとの待ち" in page
        assert number in page


class TestNumbers:
    def test_one_press_gives_a_usual_number_with_priority(self, hall, keiko):
        page = keiko.get(DESK)
        assert "住民票の写しの交付" in page.text
        key = re.findall(r'name="key" value="([^"]+)"', page.text)[0]
        fields = {"csrf_token": token_of(page), "key": key, "procedure": "JUM-01", "priority": "true"}
        number = keiko.post("/counter/tickets", data=fields).headers["Location"].partition("?")[0][-4:]
        with hall.inside() as place:
            assert line.by_number(place, place.day_of(TODAY), number).priority

    def test_searching_keeps_what_was_chosen_and_gives_out_nothing(self, hall, keiko):
        answer = post(
            keiko, "/counter/tickets/new", "/counter/tickets", search="1", q="犬", procedure=["JUM-01"]
        )
        assert answer.status_code == 200
        assert 'value="JUM-01" id="f-procedure" checked' in answer.text
        assert "犬" in answer.text
        with hall.inside() as place:
            assert line.line(place, place.day_of(TODAY)) == []

    def test_numbers_end_for_residents_and_staff_still_give_one(self, hall, keiko):
        press(keiko, "/counter/hall/stop")
        assert state(hall).stopped
        with hall.inside() as place, pytest.raises(Conflict):
            arrivals.issue(place, ["JUM-01"], "resident")
        answer = post(keiko, "/counter/tickets/new", "/counter/tickets", procedure="JUM-01")
        assert answer.status_code == 303
        assert "きょうの番号札は終わりにしています。" in keiko.get(DESK).text
        press(keiko, "/counter/hall/resume")
        assert not state(hall).stopped

    def test_a_used_up_contingent_is_said_and_what_was_chosen_is_kept(self, hall, keiko):
        with hall.inside() as place:
            acts.set_limits(place, {"A": 0}, "test")
        answer = post(keiko, "/counter/tickets/new", "/counter/tickets", procedure="JUM-01")
        assert answer.status_code == 409
        assert "すべてお配りしました" in answer.text
        assert 'value="JUM-01" id="f-procedure" checked' in answer.text


class TestNotice:
    def test_boards_are_told_and_it_can_be_taken_away(self, hall, keiko):
        assert "と出します" in press(keiko, "/counter/hall/notice", words=" 12時から  込み合います ").text
        assert state(hall).notice == "12時から 込み合います"
        press(keiko, "/counter/hall/notice", words="")
        assert state(hall).notice == ""

    @pytest.mark.parametrize("text", ["あ" * 101, "番号は123456789018です"])
    def test_what_cannot_be_shown_is_refused_with_its_reason(self, hall, keiko, text):
        answer = post(keiko, DESK, "/counter/hall/notice", words=text)
        assert answer.status_code == 422
        assert "か所を直してください" in answer.text
        assert "123456789018" not in answer.text
        assert state(hall).notice == ""


class TestHelp:
    def test_a_kiosk_calls_and_somebody_answers(self, hall, ben, keiko):
        with hall.inside() as place:
            token = accounts.enrol_device("kiosk", "honcho", "test", "受付機1（正面玄関）")
            device = staff.by_device(token)
            first = help.call(place, device.number, "kiosk/1")
            assert help.call(place, device.number, "kiosk/1") == first
        for client in (ben, keiko):
            assert client.get(DESK).text.count("受付機1（正面玄関）で職員を呼んでいます") == 1
        press(keiko, f"/counter/help/{first}/answer")
        assert "職員を呼んでいます" not in ben.get(DESK).text
        with hall.inside() as place:
            assert help_calls.open_calls(place) == ()
            assert help.call(place, device.number, "kiosk/1") != first
        assert post(keiko, DESK, "/counter/help/999/answer").status_code == 404


class TestOneTicket:
    def test_priority_is_given_and_taken_away(self, hall, keiko):
        first, second = walk_in(hall), walk_in(hall)
        for on, head in (("true", second), ("false", first)):
            post(keiko, DESK, f"/counter/tickets/{second}/priority", on=on)
            with hall.inside() as place:
                assert line.by_number(place, place.day_of(TODAY), second).priority == (on == "true")
            page = keiko.get("/counter/hall").text
            assert min((first, second), key=lambda one: page.index(f">{one}<")) == head

    def test_a_late_booking_stands_at_its_time_again(self, hall, keiko, clock):
        visitor = hall.book(TODAY)
        clock.move_to(TODAY + timedelta(minutes=20))
        client = hall.reception()
        answer = post(client, DESK, "/counter/scans", code=visitor.code)
        slip = answer.headers["Location"].partition("?scan=")[2]
        answer = post(client, DESK, "/counter/check-ins", scan=slip)
        page = client.get(answer.headers["Location"]).text
        assert "予約から20分過ぎたので、通常の順番です。" in page
        number = re.findall(r"/counter/tickets/([A-Z][0-9]{3})", page)[0]
        assert "予約の順番に戻す" in client.get(f"/counter/tickets/{number}").text
        post(client, DESK, f"/counter/tickets/{number}/restore")
        with hall.inside() as place:
            found = line.by_number(place, place.day_of(TODAY), number)
            assert found.due_at == bookings.by_token(visitor.token).starts_at - timedelta(minutes=2)
        assert "予約の順番に戻す" not in client.get(f"/counter/tickets/{number}").text
