"""Counters open and close: who is on is known from choosing a counter, lunch, taking over and signing out."""

from __future__ import annotations

import pytest

from models.operations import counters
from models.queries import hall as halls
from tests.web.counter.conftest import DESK, TODAY, press, walk_in
from tests.web.people import BEN, Person, employ, post, sign_in

DAI = Person("dai", "counter")


def on(hall):
    with hall.inside() as place:
        return [(one.counter.number, one.actor) for one in halls.on_now(place, place.day_of(TODAY))]


def test_choosing_a_counter_opens_it_and_signing_out_closes_it(hall, ben):
    assert on(hall) == [("2", "ben")]
    assert '受付中の窓口 <b class="number">2</b>' in ben.get(DESK).text
    post(ben, DESK, "/staff/sign-out")
    assert on(hall) == []


def test_lunch_closes_it_and_one_key_opens_it_again(hall, ben):
    page = press(ben, "/counter/close", ending="lunch").text
    assert "昼休み中です" in page
    assert "窓口を開ける <kbd>F4</kbd>" in page
    assert on(hall) == []
    assert "2番窓口を開けました。" in press(ben, "/counter/open").text
    assert on(hall) == [("2", "ben")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_calling_from_a_closed_counter_opens_it(hall, ben):
    walk_in(hall)
    assert "この窓口は閉じています" in press(ben, "/counter/close", ending="closed").text
    assert "呼出中" in press(ben, "/counter/next").text
    assert on(hall) == [("2", "ben")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_counter_that_serves_somebody_does_not_close(hall, ben):
    number = walk_in(hall)
    press(ben, "/counter/next")
    assert f"{number}を対応中です。" in press(ben, "/counter/close", ending="closed").text
    assert on(hall) == [("2", "ben")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestAnotherPerson:
    def test_is_taken_over_only_where_that_is_meant(self, app, hall, ben, settings):
        employ(settings, DAI)
        other = sign_in(app, DAI)
        answer = post(other, "/counter/place", "/counter/place", place="honcho/2")
        assert answer.status_code == 409
        assert "交代する <kbd>F4</kbd>" in answer.text
        assert on(hall) == [("2", "ben")]
        taken = {"place": "honcho/2", "take_over": "honcho/2"}
        assert post(other, "/counter/place", "/counter/place", **taken).status_code == 303
        assert on(hall) == [("2", "dai")]
        page = ben.get(DESK).text
        assert "Daiが、この窓口で受付中です" in page
        walk_in(hall)
        assert "ほかの職員が受付中です。" in press(ben, "/counter/next").text
        assert "いま対応している人はいません" in press(ben, "/counter/open", take_over="true").text
        assert on(hall) == [("2", "ben")]

    def test_a_confirmed_change_counts_for_that_counter_alone(self, app, hall, ben, settings):
        employ(settings, DAI)
        other = sign_in(app, DAI)
        mixed = {"place": "honcho/2", "take_over": "honcho/3"}
        assert post(other, "/counter/place", "/counter/place", **mixed).status_code == 409

    def test_a_system_that_calls_is_no_person(self, app, hall):
        with hall.inside() as place:
            counters.open_counter(place, "2", "system/1")
        client = sign_in(app, BEN)
        assert "受付中：システム" in client.get("/counter/place").text
        assert post(client, "/counter/place", "/counter/place", place="honcho/2").status_code == 303
        assert on(hall) == [("2", "ben")]
