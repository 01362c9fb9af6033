"""A manager splits the week's hours anew and sees whom other opening hours would touch; looking changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, send, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/opening-hours"
SPAN = f"from={MONDAY}&to={MONDAY + timedelta(4)}"
SHORT = "&".join(f"opens.{day}=09:00&closes.{day}=16:30" for day in range(5))


def week() -> None:
    """Forty a day before noon on two counters, and on Monday two late ones, one of them booked."""
    for day in range(5):
        for counter in ("1", "2"):
            past(
                MONDAY + timedelta(day),
                *(
                    f"{10 + n // 6}:{n % 6}1 {10 + n // 6}:{n % 6}2 - {10 + n // 6}:{n % 6}9"
                    for n in range(20)
                ),
                counter=counter,
            )
    past(MONDAY, "16:40 16:45 16:45 16:55", "16:50 17:00 17:00 17:10 17:00")


def test_the_own_week_is_split_and_told(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}")
    assert page.status_code == 200
    assert "いまの窓口時間を、曜日に配り直すと" in words(page)
    assert "202人の記録から" in words(page)
    table = manager.get(f"{PAGE}.csv?{SPAN}").data.decode("utf-8-sig").splitlines()
    assert table[0].startswith("曜日,1日の来庁,開庁（分）")
    assert table[1].startswith("月曜日,42.0,525,")


def test_shorter_hours_name_who_came_in_the_cut(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    text = words(manager.get(f"{PAGE}?{SPAN}&{SHORT}"))
    assert "短くなる時間に来ていた人（1週間） 2 人" in text
    assert "月曜日 2.0 1.0" in text
    assert "住民票の写しの交付 2.0 1.0 月曜日" in text
    assert "待ち時間はどうなるか" in text


def test_who_came_late_without_a_procedure_has_a_line_with_a_name(manager: FlaskClient, fill: Fill) -> None:
    def late() -> None:
        week()
        past(MONDAY + timedelta(1), "16:50 17:00 17:00 17:10", procedure="")

    fill(late)
    assert "（記録なし） 1.0 0.0 火曜日" in words(manager.get(f"{PAGE}?{SPAN}&{SHORT}"))


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("opens.0=17:00&closes.0=09:00", "月曜日の時刻を確かめてください"),
        ("opens.1=x&closes.1=09:00", "火曜日の時刻を確かめてください"),
        ("opens.2=09:00", "水曜日の時刻を確かめてください"),
        ("opens.0=&closes.0=", "開ける曜日を、1つは残してください"),
    ],
)
def test_times_that_are_none_are_told(manager: FlaskClient, fill: Fill, times: str, told: str) -> None:
    fill(week)
    page = manager.get(f"{PAGE}?{SPAN}&{times}")
    assert (page.status_code, told in words(page)) == (422, True)


def test_without_visits_it_says_how_the_first_come(manager: FlaskClient) -> None:
    assert "まだ来庁の記録がありません" in words(manager.get(PAGE))


class TestDenmark:
    def test_the_example_is_split_at_the_optimum(self, manager: FlaskClient) -> None:
        form = manager.get("/manager/staffing/weekly?sample=denmark").text
        table = form.split('name="table"')[1].split(">", 1)[1].split("</textarea>")[0].strip()
        sent = {"table": table, "handling": "8", "share": "90", "within": "10", "hours": "1174"}
        text = words(send(manager, "/manager/staffing/weekly", **sent))
        assert "平均の待ちは 2.9分" in text
        for line in (
            "月曜日 1,502 27 27 216",
            "火曜日 1,549 43 44 220",
            "水曜日 203 7 6 30",
            "木曜日 2,768 48 48",
        ):
            assert line in text
        assert "火曜日は、かくれた山です" in text
        assert "毎日同じ 30窓口にすると、木曜日は列が延び続けます" in text

    def test_too_few_hours_are_told(self, manager: FlaskClient) -> None:
        sent = {
            "table": "weekday,opens,closes,n\n月,09:00,17:00,500",
            "handling": "10",
            "share": "90",
            "within": "10",
        }
        page = send(manager, "/manager/staffing/weekly", hours="20", **sent)
        assert (page.status_code, "88時間から計算できます" in words(page)) == (422, True)
