"""How busy it is: now by people, minutes and a lamp in words; usually by the hour; both as open data, few hidden."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import arrivals, counters, hall, visit_log
from models.queries.offices import office
from tests.conftest import START, inside
from tests.web.api.test_hall import tables_read
from tests.web.resident.phone import Phone
from web.resident.congestion import HEADER

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LOG = "ticket_id,queue,arrived_at,called_at,finished_at,counter\n"


@pytest.fixture
def past(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    """Five Tuesdays with six visits in the nine o'clock hour each; one visit at two; and one year ago, many."""
    lines, number = [LOG], 0
    for weeks, hours in ((1, (9,) * 6 + (14,)), (2, (9,) * 6), (3, (9,) * 6), (52, (10,) * 40)):
        day = (START - timedelta(weeks=weeks)).date()
        for place, hour in enumerate(hours):
            number += 1
            came = datetime(day.year, day.month, day.day, hour, place % 60, tzinfo=UTC)
            called, done = came + timedelta(minutes=20), came + timedelta(minutes=30)
            lines.append(
                f"{number},A,{came:%Y-%m-%d %H:%M},{called:%Y-%m-%d %H:%M},{done:%Y-%m-%d %H:%M},1\n"
            )
    with inside(settings):
        taken = visit_log.import_log(office("honcho"), "".join(lines).encode(), "test")
        assert not taken.rejected


class TestNow:
    def test_every_office_says_people_minutes_and_a_lamp_in_words(
        self, phone: Phone, settings: Settings
    ) -> None:
        with inside(settings):
            counters.open_counter(office("honcho"), "1", "ben")
            for _ in range(12):
                arrivals.issue(office("honcho"), ["JUM-01"], "kiosk")
        phone.open("/now/")
        assert "証明書12人" in phone.text.replace(" ", "")
        assert "混んでいます" in phone.text
        assert "開いています（17:15 まで）" in phone.text
        assert "東支所" in phone.text
        assert phone.named("a", "待たずにすむ時間を予約する").get("href") == "/guide/search"

    def test_after_hours_no_lamp_pretends_to_know(self, phone: Phone, clock: FrozenDateTimeFactory) -> None:
        clock.tick(timedelta(hours=10))
        for page in ("/now/", "/offices", "/"):
            phone.open(page)
            assert "次に開くのは 11月25日（水） 8:30〜17:15 です。" in phone.text, page
            assert "すいています" not in phone.text
        clock.tick(timedelta(hours=10))
        phone.open("/now/")
        assert "いまは開いていません。きょうの時間は 8:30〜17:15 です。" in phone.text
        assert "次に開くのは" not in phone.text, "it opens today"

    def test_ended_numbers_are_said_before_anybody_comes(self, phone: Phone, settings: Settings) -> None:
        with inside(settings):
            hall.stop_issuing(office("honcho"), "test")
        assert "きょうの番号札は終わりました" in phone.open("/now/").text

    def test_the_first_page_leads_here(self, phone: Phone) -> None:
        assert phone.open("/").link("いまの混みぐあい").status == 200


class TestUsually:
    def test_a_drawing_with_its_numbers(self, phone: Phone, past: None) -> None:
        phone.open("/now/honcho")
        assert "火曜日に待っている人の数" in phone.text
        assert "9時台" in phone.text
        assert 'class="column-bar a"' in phone.answer.text
        phone.open("/now/honcho?queue=A&weekday=1")
        assert "9時台 2.0 20" in phone.text.replace("9時台2.020", "9時台 2.0 20")

    def test_few_visits_and_old_ones_are_not_shown(self, phone: Phone, past: None) -> None:
        text = phone.open("/now/honcho?weekday=1").text
        assert "14時台-" in text.replace(" ", "")
        phone.open("/now/honcho?weekday=2")
        assert "まだ少ないため" in phone.text

    def test_on_a_day_off_the_next_open_one_is_shown(
        self, phone: Phone, clock: FrozenDateTimeFactory
    ) -> None:
        clock.tick(timedelta(days=4))
        pills = [one for one in phone.open("/now/honcho").page.all("a") if "#usual" in one.get("href")]
        assert [one.shown for one in pills if one.get("aria-current")] == ["月曜日", "全体"]

    def test_asking_again_looks_at_no_past_ticket(self, client: FlaskClient, past: None) -> None:
        client.get("/now/honcho")
        with tables_read() as read:
            client.get("/now/honcho?weekday=3")
        assert "ticket" not in read

    def test_what_is_no_weekday_or_queue_is_passed_over(self, client: FlaskClient) -> None:
        for query in ("weekday=9", "weekday=x", "queue=%00A", "queue=ZZ"):
            assert client.get(f"/now/honcho?{query}").status_code in (200, 400)
        assert client.get("/now/nowhere").status_code == 404


class TestOpenData:
    def test_csv_opens_in_a_spreadsheet_and_hides_small_cells(self, client: FlaskClient, past: None) -> None:
        answer = client.get("/now/congestion.csv")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="992011_congestion.csv"'
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert tuple(rows[0]) == HEADER
        nine = next(row for row in rows if row[4] == "証明書" and row[7] == "09:00")
        assert nine[:4] == ["992011", "", "前庭市", "本庁舎"]
        assert nine[6:] == ["火", "09:00", "2.0", "20.0"]
        two = next(row for row in rows if row[4] == "証明書" and row[7] == "14:00")
        assert two[8:] == ["'-", "'-"] or two[8:] == ["-", "-"]
        assert not any(row[7] == "10:00" for row in rows)

    def test_json_is_the_same_with_the_present_beside_it(self, client: FlaskClient, past: None) -> None:
        told = json.loads(client.get("/now/congestion.json").text)
        (first, *_) = told["offices"]
        assert (first["code"], first["open"]) == ("honcho", True)
        assert {one["code"] for one in first["queues"]} >= {"A", "B"}
        cells = [one for one in first["usual"] if one["queue"] == "A"]
        assert cells == [{"queue": "A", "weekday": 1, "hour": 9, "people": 2.0, "wait_minutes": 20.0}]
