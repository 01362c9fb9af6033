"""Every step of a ticket from the desk: put aside and taken back, moved, undone, finished with what was done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.operations import arrivals, calling, counters
from models.operations import hall as hall_acts
from models.queries import line
from tests.web.counter.conftest import DESK, TODAY, press, walk_in
from tests.web.people import post


def ticket(hall, number):
    with hall.inside() as place:
        return line.by_number(place, place.day_of(TODAY), number)


def called(hall, ben, *procedures):
    number = walk_in(hall, *procedures)
    press(ben, "/counter/next")
    return number


def served(hall, ben, *procedures):
    number = called(hall, ben, *procedures)
    press(ben, f"/counter/tickets/{number}/start")
    return number


def test_a_ticket_is_held_and_taken_up_again_and_handed_over_after_the_back_office(hall, ben):
    number = served(hall, ben)
    page = press(ben, f"/counter/tickets/{number}/hold").text
    assert f"{number}を保留にしました。" in page
    assert "再開 <kbd>F4</kbd>" in page
    assert "対応中" in press(ben, f"/counter/tickets/{number}/resume").text
    page = press(ben, f"/counter/tickets/{number}/back-office").text
    assert (
        '交付で呼ぶ <kbd><span aria-hidden="true">⇧</span><span class="visually-hidden">Shift </span>F4</kbd>'
        in page
    )
    page = press(ben, f"/counter/tickets/{number}/deliver").text
    assert "交付の呼出中" in page
    assert "渡して次を呼ぶ" in page
    press(ben, "/counter/next", finish=number)
    assert ticket(hall, number).state == "done"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestNobodyComes:
    def test_after_enough_calls_and_seconds_the_desk_proposes_absence(self, hall, ben, clock):
        number = called(hall, ben)
        clock.tick(timedelta(seconds=90))
        assert "来なければ F8" not in ben.get(DESK).text
        for _ in range(2):
            page = press(ben, f"/counter/tickets/{number}/recall").text
        assert "3回呼びました" in page
        assert "来なければ F8" not in page
        clock.tick(timedelta(seconds=90))
        assert "3回呼びました。来なければ F8 を押してください。" in ben.get(DESK).text

    def test_who_is_absent_can_come_back_to_the_head_of_the_line(self, hall, ben, clock):
        number = called(hall, ben)
        other = walk_in(hall)
        clock.tick(timedelta(minutes=1))
        page = press(ben, f"/counter/tickets/{number}/absent").text
        assert "いない人" in page
        assert "戻った" in page
        page = press(ben, f"/counter/tickets/{number}/return").text
        assert "席を外して戻った人です。" in page
        assert page.index(f">{number}<") < page.index(f">{other}<")

    def test_an_absent_one_can_be_called_from_its_page(self, hall, ben):
        number = called(hall, ben)
        press(ben, f"/counter/tickets/{number}/absent")
        assert "この窓口に呼ぶ <kbd>F6</kbd>" in ben.get(f"/counter/tickets/{number}").text
        assert "呼出中" in press(ben, f"/counter/tickets/{number}/call").text


class TestTransfer:
    def test_the_visitor_goes_on_with_number_and_place(self, hall, ben):
        number = served(hall, ben)
        page = ben.get(f"/counter/tickets/{number}/transfer").text
        assert "番号も、並んだ順番もそのままです。" in page
        assert "国保・年金・後期" in page
        answer = post(ben, DESK, f"/counter/tickets/{number}/transfer", queue="F")
        assert answer.status_code == 303
        assert f"{number}を「国保・年金・後期」の列に移しました。" in ben.get(DESK).text
        moved = ticket(hall, number)
        assert (moved.queue, moved.state, moved.leg) == ("F", "waiting", 2)
        timeline = ben.get(f"/counter/tickets/{number}").text
        assert "移動（F）" in timeline
        assert "前：" in timeline

    @pytest.mark.parametrize("queue", ["", "Z", "R"])
    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_without_a_queue_of_this_office_it_is_asked_again_and_nothing_happens(self, hall, ben, queue):
        number = served(hall, ben)
        assert post(ben, DESK, f"/counter/tickets/{number}/transfer", queue=queue).status_code == 422
        assert ticket(hall, number).state == "serving"

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_the_reception_moves_only_who_waits(self, hall, ben, keiko):
        first, second = walk_in(hall), walk_in(hall)
        press(ben, "/counter/next")
        post(keiko, DESK, f"/counter/tickets/{first}/transfer", queue="F")
        assert f"{first}はいま「呼出中」です" in keiko.get(DESK).text
        assert ticket(hall, first).queue == "B"
        post(keiko, DESK, f"/counter/tickets/{second}/transfer", queue="F")
        assert ticket(hall, second).queue == "F"


class TestUndo:
    def test_a_step_is_taken_back_with_a_reason_and_the_history_keeps_both(self, hall, ben):
        number = called(hall, ben)
        page = ben.get(f"/counter/tickets/{number}/undo").text
        assert "「呼出（2番窓口）」を取り消すと、「お待ち」に戻ります。" in page
        post(ben, DESK, f"/counter/tickets/{number}/undo", reason="mispress")
        assert f"{number}の操作を取り消しました。いまは「お待ち」です。" in ben.get(DESK).text
        assert "取り消し（呼出）" in ben.get(f"/counter/tickets/{number}").text

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_an_idle_counter_offers_its_last_step(self, hall, ben, clock):
        number = served(hall, ben)
        page = press(ben, f"/counter/tickets/{number}/finish").text
        assert f"{number}の「終了」を取り消す" in page
        clock.tick(timedelta(minutes=11))
        assert "を取り消す" not in ben.get(DESK).text
        post(ben, DESK, f"/counter/tickets/{number}/undo", reason="not_finished")
        assert "10分より前の操作は取り消せません。" in ben.get(DESK).text

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_without_one_of_the_reasons_nothing_is_taken_back(self, hall, ben):
        number = called(hall, ben)
        answer = post(ben, DESK, f"/counter/tickets/{number}/undo", reason="why not")
        assert answer.status_code == 422
        assert "取り消す理由を選んでください。" in answer.text
        assert ticket(hall, number).state == "called"


class TestFinish:
    def test_it_is_kept_what_was_done(self, hall, ben):
        number = served(hall, ben, "IDO-01", "JUM-01")
        page = ben.get(f"/counter/tickets/{number}/finish").text
        assert len(re.findall(r'name="outcome" value="[^"]+" checked', page)) == 2
        answer = post(ben, DESK, f"/counter/tickets/{number}/finish", outcome=["IDO-03"])
        assert answer.status_code == 303
        assert ticket(hall, number).procedures == ("IDO-03",)

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_what_is_no_procedure_is_refused_and_the_ticket_stays(self, hall, ben):
        number = served(hall, ben)
        press(ben, f"/counter/tickets/{number}/finish", outcome="NIX-99")
        assert ticket(hall, number).state == "serving"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestStay:
    def test_the_next_counter_of_a_stay_is_told_and_told_again_where_it_stands(self, hall, ben):
        with hall.inside() as place:
            hall_acts.set_policy(place, {"several": "walk"}, "test")
        number = served(hall, ben, "IDO-01", "KOK-01")
        assert "このあと：" in ben.get(DESK).text
        page = press(ben, f"/counter/tickets/{number}/finish").text
        assert f"{number}を終了しました。続けて「国保・年金・後期」の列に並んでいます。" in page
        page = ben.get(f"/counter/tickets/{number}/undo").text
        assert "「終了」を取り消すと、「対応中」に戻ります。" in page

    def test_a_visitor_in_a_booth_is_gone_to(self, hall, ben):
        with hall.inside() as place:
            hall_acts.set_policy(place, {"several": "booth"}, "test")
            number = arrivals.issue(place, ["IDO-01", "KOK-01"], "test").number
            for action in ("call", "start", "finish"):
                calling.step(place, number, action, "aoki", "2")
            counters.leave(place, "aoki")
        client = hall.counter("5")
        page = press(client, "/counter/next").text
        assert "2番ブースへ行ってください。" in page
        assert "前：" in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestRefusals:
    def test_another_counter_was_faster_and_the_desk_says_so(self, hall, ben):
        number = walk_in(hall)
        with hall.inside() as place:
            calling.step(place, number, "call", "aoki", "3")
        assert (
            f"{number}はいま「呼出中」です。この操作はできません。"
            in press(ben, f"/counter/tickets/{number}/call").text
        )

    def test_what_was_read_stays_on_the_desk_through_a_refusal(self, hall, ben):
        visitor = hall.book(TODAY)
        answer = post(ben, DESK, "/counter/scans", code=visitor.code)
        slip = answer.headers["Location"].partition("?scan=")[2]
        answer = post(ben, DESK, f"/counter/tickets/{walk_in(hall)}/start?scan={slip}")
        page = ben.get(answer.headers["Location"]).text
        assert "はいま「お待ち」です。" in page
        assert "カツラギ" in page

    def test_a_number_that_is_typed_opens_its_ticket(self, hall, ben):
        number = walk_in(hall)
        for typed in (number, "b1", "Ｂ００１"):
            answer = post(ben, DESK, "/counter/scans", code=typed)
            assert answer.headers["Location"] == f"/counter/tickets/{number}"
        answer = post(ben, DESK, "/counter/scans", code="B7")
        assert answer.status_code == 404
        assert "B007という受付番号は、きょうはありません。" in answer.text

    def test_every_row_says_why_it_stands_there(self, hall, ben):
        walk_in(hall)
        number = walk_in(hall, priority=True, language="en")
        page = ben.get(DESK).text
        assert "優先・English" in page
        assert (
            "優先の人です。15分早く受付したものとして並びます。" in ben.get(f"/counter/tickets/{number}").text
        )
