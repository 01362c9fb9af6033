"""The manager's first page: what it counts, what it keeps back, who may look."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import facts
from models.rules.visit_export import COLUMNS
from tests.past_visits import MONDAY, come_late, nights_begin, past
from tests.web.manager.conftest import Fill, browser, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 24)


def busy_monday() -> None:
    past(MONDAY, *(f"9:00 9:{wait:02} 9:{wait:02} 9:{wait + 20:02}" for wait in range(1, 21)))
    past(MONDAY, "9:50 9:58 9:58 10:08 10:00", "- - - - 11:00", prefilled=True)


def test_tiles_heat_and_table_say_the_numbers(manager: FlaskClient, fill: Fill) -> None:
    fill(busy_monday)
    page = manager.get("/manager/")
    text = words(page)
    assert page.status_code == 200
    assert "待ち時間（中央値） 10.0 分" in text
    assert "10人に9人は 18 分以内" in text
    assert re.search(r'<td class="heat-2"><a href="/manager/tickets[^"]+">10</a></td>', page.text)
    assert "月曜日の 9:00 ごろが いちばん待ちます（10分）" in text
    assert "月曜日 21" in text
    assert "50.0%" in text
    assert "−2.0" in text


def test_a_visit_finished_today_is_in_the_weekday_table(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(TODAY, "8:31 8:36 8:37 8:47"))
    page = manager.get("/manager/?span=today")
    assert "火曜日 1" in words(page)
    assert "5.0" in page.text


def test_below_ten_visits_medians_are_kept_back_and_it_says_why(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:07 9:07 9:20"] * 9))
    text = words(manager.get("/manager/"))
    assert "待ち時間（中央値） — 分" in text
    assert "「—」：10件より少ないので、中央値と9割を出していません" in text


@pytest.mark.parametrize(
    ("by", "line"),
    [("hour", "9時台"), ("procedure", "住民票の写しの交付"), ("queue", "証明書"), ("counter", "1番窓口"),
     ("source", "予約なしで来た")],
)  # fmt: skip
def test_every_cut_names_its_lines(manager: FlaskClient, fill: Fill, by: str, line: str) -> None:
    fill(busy_monday)
    page = manager.get(f"/manager/?by={by}")
    assert f'<th scope="row">{line}</th>' in page.text


def test_one_queue_can_be_looked_at_alone(manager: FlaskClient, fill: Fill) -> None:
    fill(busy_monday)
    fill(lambda: past(MONDAY, "9:00 9:05 9:06 9:20", queue="B", procedure="IDO-01"))
    assert "月曜日 1 " in words(manager.get("/manager/?queue=B"))


def test_the_chart_is_a_picture_without_scripts_and_has_the_same_days(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(busy_monday)
    for by in ("weekday", "hour"):
        assert f"/manager/charts/visits-{by}.svg" in manager.get(f"/manager/?by={by}").text
        picture = manager.get(f"/manager/charts/visits-{by}.svg")
        assert picture.mimetype == "image/svg+xml"
        assert b"<script" not in picture.data
    assert manager.get("/manager/charts/visits-counter.svg").status_code == 404
    assert manager.get("/manager/charts/visits-weekday.svg?span=year&office=library").status_code == 404


def test_the_log_can_be_saved_as_csv(manager: FlaskClient, fill: Fill) -> None:
    fill(busy_monday)
    answer = manager.get("/manager/visits.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 23
    assert "visits-honcho-2026-10-26-2026-11-22.csv" in answer.headers["Content-Disposition"]


def test_another_office_is_closed_to_a_manager_of_one(app: Flask, settings: Settings) -> None:
    client = browser(app, settings, office="higashi")
    for page in ("", "visits.csv", "staffing", "savings", "import", "charts/visits-weekday.svg"):
        assert client.get(f"/manager/{page}?office=honcho").status_code == 403
    assert "東支所" in client.get("/manager/").text
    assert client.get("/manager/?office=nowhere").status_code == 404


def test_other_roles_are_not_let_in(app: Flask, settings: Settings) -> None:
    for role in ("counter", "concierge"):
        assert browser(app, settings, role).get("/manager/").status_code == 403
    assert app.test_client().get("/manager/").status_code in (302, 303)


def test_an_empty_office_says_how_to_begin(manager: FlaskClient) -> None:
    text = words(manager.get("/manager/"))
    assert "まだ来庁の記録がありません" in text
    assert "これまでの番号札機の記録を取り込む" in text
    assert "まだ来庁の記録がありません" in words(manager.get("/manager/staffing"))


def test_an_empty_span_leads_to_the_newest_record(manager: FlaskClient, fill: Fill) -> None:
    fill(busy_monday)
    page = manager.get("/manager/?from=2025-01-01&to=2025-02-01")
    assert "いちばん新しい記録は 2026年 11月16日（月）" in words(page)
    assert "from=2026-10-20&amp;to=2026-11-16" in page.text


@pytest.mark.parametrize(
    ("span", "told"),
    [("from=x&to=2026-11-01", "日付を読めません"), ("from=2026-11-02&to=2026-11-01", "始まりの日と同じか後"),
     ("from=2001-01-01&to=2026-11-01", "3660日以内")],
)  # fmt: skip
def test_a_span_that_is_none_is_told_and_what_was_typed_stays(
    manager: FlaskClient, span: str, told: str
) -> None:
    page = manager.get(f"/manager/?{span}")
    assert page.status_code == 422
    assert told in page.text
    assert span.split("&")[0].removeprefix("from=") in page.text


def test_five_years_are_one_page_and_one_table(manager: FlaskClient, fill: Fill) -> None:
    def years() -> None:
        nights_begin("honcho")
        past(date(2022, 10, 3), *["9:00 9:10 9:11 9:30"] * 10)
        past(date(2026, 10, 5), *["9:00 9:10 9:11 9:30"] * 10, prefilled=True)
        come_late(date(2022, 10, 3), date(2026, 10, 5))
        facts.make_all()

    fill(years)
    span = "from=2021-11-01&to=2026-10-31"
    page = manager.get(f"/manager/?by=prefilled&{span}")
    assert page.status_code == 200
    text = words(page)
    assert ("事前入力あり" in text, "事前入力なし" in text, "毎晩の集計から" in text) == (True, True, True)
    assert "visits.csv" not in page.text
    (head, without, filled_in) = csv.reader(
        io.StringIO(manager.get(f"/manager/cuts/prefilled.csv?{span}").data.decode("utf-8-sig"))
    )
    assert dict(zip(head, without, strict=True))["来庁"] == "10"
    assert (without[0], filled_in[0], filled_in[1]) == ("事前入力なし", "事前入力あり", "10")
    assert manager.get(f"/manager/cuts/name.csv?{span}").status_code == 404
    assert manager.get("/manager/?from=2001-01-01&to=2026-10-31").status_code == 422
