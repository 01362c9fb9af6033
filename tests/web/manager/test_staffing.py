"""Counters needed: the week at a glance, the target, and the story of a weekly table."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, send, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
DENMARK = Path(__file__).parents[2] / "data" / "denmark_weekly.csv"
WEEKLY = "/manager/staffing/weekly"
TYPED = {"handling": "8", "share": "90", "within": "10"}


def rush() -> None:
    for week in range(4):
        day = MONDAY - timedelta(weeks=week)
        past(
            day,
            *(
                f"10:{minute:02} 10:{minute:02} 10:{minute:02} 10:{minute + 20:02}"
                for minute in range(0, 30, 3)
            ),
        )


def test_a_short_half_hour_is_shown_drawn_and_told(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    page = manager.get("/manager/staffing")
    text = words(page)
    assert "月曜日 10:00〜11:00 は窓口が" in text, "who came in the rush is still there after it"
    assert "need-short" in page.text
    assert "/manager/charts/staffing-0.svg" in page.text
    assert "アーランC" in text
    assert "窓口に限りがなければ、目安の式では" in text, "more are needed than the office has"
    assert "40人の来庁" in text
    picture = manager.get("/manager/charts/staffing-0.svg")
    assert picture.mimetype == "image/svg+xml"
    assert manager.get("/manager/charts/staffing-6.svg").status_code == 404


def test_every_half_hour_of_a_weekday_says_why_it_needs_its_counters(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(rush)
    assert "なぜこの数か（月曜日）" in words(manager.get("/manager/staffing?share=80&within=30"))
    assert (
        "/manager/staffing/why/0?office=honcho&amp;share=80"
        in manager.get("/manager/staffing?share=80&within=30").text
    )
    text = words(manager.get("/manager/staffing/why/0"))
    assert re.search(r"開けられるのは \d+窓口なので、\d+窓口足りません。予約をほかの時間に移す", text)
    assert "この時間に来る人：10人の見込みです（月曜日 4日の記録から）" in text
    assert "このうち" in text
    assert "80%の人を30分以内に呼ぶ" in words(manager.get("/manager/staffing/why/0?share=80&within=30"))
    assert manager.get("/manager/staffing/why/6").status_code == 404
    assert manager.get("/manager/staffing/why/0?within=nan").status_code == 422


def test_the_target_is_the_queues_own_and_can_be_changed(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    assert 'name="within" value="10"' in manager.get("/manager/staffing").text
    fill(lambda: past(MONDAY, "9:00 9:05 9:06 9:20", queue="B"))
    assert 'name="within" value="15"' in manager.get("/manager/staffing?queue=B").text
    page = manager.get("/manager/staffing?share=80&within=30")
    assert 'name="within" value="30"' in page.text
    assert "staffing-0.svg?office=honcho&amp;share=80&amp;within=30" in page.text


def test_a_target_that_is_none_keeps_what_was_typed(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    page = manager.get("/manager/staffing?share=200&within=10")
    assert page.status_code == 422
    assert "50から99まで" in page.text
    assert 'name="share" value="200"' in page.text
    assert manager.get("/manager/staffing?within=nan").status_code == 422


class TestWeeklyTable:
    def test_the_danish_table_shows_why_thursday_gets_more_counters_and_longer_hours(
        self, manager: FlaskClient
    ) -> None:
        page = send(manager, WEEKLY, table=DENMARK.read_text(encoding="utf-8"), **TYPED)
        text = words(page)
        assert page.status_code == 200
        assert "木曜日は来庁がいちばん多い曜日です（1日 2,768人、1週間の 33.4%）" in text
        assert "だから窓口はいちばん多く 48、開庁もいちばん長く 8時間" in text
        assert "火曜日は、かくれた山です" in text
        assert "水曜日は、1週間の開庁時間の 13.2%（5時間）を使いますが、来庁は 2.4%です" in text
        assert "いちばん窓口が要る曜日 48 窓口 木曜日" in text

    def test_a_file_in_shift_jis_with_japanese_weekdays_is_read(self, manager: FlaskClient) -> None:
        table = "weekday,opens,closes,証明書\n月,08:30,17:15,110\n木,08:30,19:00,240\n"
        upload = (io.BytesIO(table.encode("cp932")), "weekly.csv")
        page = send(manager, WEEKLY, file=upload, **TYPED)
        assert "木曜日は来庁がいちばん多い曜日です（1日 240人" in words(page)

    @pytest.mark.parametrize(
        ("table", "typed", "told"),
        [
            ("", {}, "表を貼り付けるか"),
            ("a,b\n1,2", {}, "1行目を「weekday,opens,closes,件数」の形に"),
            ("weekday,opens,closes,n\n月,8時,17:00,5", {}, "2行目が読めません"),
            ("weekday,opens,closes,n\n月,,,", {}, "曜日の行がありません"),
            ("weekday,opens,closes,n\n月,09:00,17:00,5", {"handling": "0"}, "1から240まで"),
            ("weekday,opens,closes,n\n月,09:00,17:00,5", {"within": "x"}, "数字で書いてください"),
        ],
    )
    def test_what_cannot_be_read_is_told_and_stays(
        self, manager: FlaskClient, table: str, typed: dict[str, str], told: str
    ) -> None:
        page = send(manager, WEEKLY, table=table, **{**TYPED, **typed})
        assert page.status_code == 422
        assert told in words(page)
        assert table.replace("\n", "\r\n") in page.text or table in page.text

    def test_the_example_can_be_tried(self, manager: FlaskClient) -> None:
        assert "木,08:30,19:00" in manager.get(f"{WEEKLY}?sample=1").text
