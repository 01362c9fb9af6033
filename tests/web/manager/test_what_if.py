"""A manager asks what would be different: waits before beside after, the example, and what cannot be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/what-if"
SPAN = f"from={MONDAY}&to={MONDAY + timedelta(4)}"


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def week() -> None:
    """Twenty a day from ten o'clock, one in five minutes, at a counter that needs eight for each."""
    for day in range(5):
        came, called = range(600, 700, 5), range(601, 761, 8)
        past(
            MONDAY + timedelta(day),
            *(
                f"{clock(at)} {clock(at_call)} - {clock(at_call + 7)}"
                for at, at_call in zip(came, called, strict=True)
            ),
        )


def test_todays_figures_stand_in_the_form(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}")
    assert page.status_code == 200
    assert 'name="counters" value="1"' in page.text.replace("\n    ", " ")
    assert "100人の来庁" in words(page)
    assert "いまと もしも" not in words(page)


def test_one_counter_more_is_played_beside_today(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}&counters=2")
    assert page.status_code == 200
    assert "待ち時間（分）：いまと もしも" in words(page)
    table = manager.get(f"{PAGE}.csv?{SPAN}&counters=2").data.decode("utf-8-sig").splitlines()
    kind, before, _, _, _, after, *_ = table[1].split(",")
    assert kind == "全員"
    assert float(before) > 2 * float(after)


def test_the_days_as_they_were_are_played_beside_what_the_log_says(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    text = words(manager.get(f"{PAGE}?{SPAN}"))
    assert "記録 29.5 同じ日々を計算 28.5" in text
    assert "記録と計算がずれています" not in text


def test_booking_where_nobody_else_comes_and_too_much_work_are_told(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    assert "仕事の量が" in words(manager.get(f"{PAGE}?{SPAN}&booked=50&handling=40"))
    assert "仕事の量が" not in words(manager.get(f"{PAGE}?{SPAN}&booked=50"))


def test_an_empty_field_leaves_what_is(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    asked = "booked=&prefilled=&counters=2&handling=&handling_prefilled=&opens=&closes="
    page = manager.get(f"{PAGE}?{SPAN}&{asked}")
    assert page.status_code == 200
    assert "必須" not in page.text
    assert manager.get(f"{PAGE}.csv?{SPAN}&{asked}").text == manager.get(f"{PAGE}.csv?{SPAN}&counters=2").text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("booked=96", "0から95までの数"),
        ("counters=x", "数字で書いてください"),
        ("opens=17:00&closes=09:00", "時刻を確かめてください"),
        ("opens=early", "時刻を確かめてください"),
    ],
)
def test_what_cannot_be_read_is_told_and_stays(
    manager: FlaskClient, fill: Fill, asked: str, told: str
) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}&{asked}")
    assert page.status_code == 422
    assert told in words(page)
    assert manager.get(f"{PAGE}.csv?{SPAN}&{asked}").status_code == 422


def test_the_example_of_susono_names_what_it_assumes_even_without_visits(manager: FlaskClient) -> None:
    page = manager.get(f"{PAGE}?example=everybody_prefilled_fewer_counters")
    text = words(page)
    assert "窓口は10か所、昼は3・4・3か所ずつ交代で休む。" in text
    assert "手続時間（平均） 15.0 分 前は 34" in text
    assert "番号札の人</text>" in page.text
    assert "予約の人</text>" not in page.text, "nobody of them comes"
    assert manager.get(f"{PAGE}?example=nothing").status_code == 200
