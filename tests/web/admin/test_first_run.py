"""From nothing to "open tomorrow": `maeniwa init`, seven questions, and a resident's booking on the next open day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from models.core import directory
from models.core import settings as core_settings
from models.core.db import standing
from models.core.errors import Conflict
from models.core.settings import Settings
from models.operations import accounts, booking
from models.queries import channels, offices, setting_changes, slots, staff
from scheduler.commands.main import main
from tests.applications import APPLICATIONS
from tests.conftest import START, inside
from tests.operations.test_booking import free
from tests.scheduler.test_mailer import AIKO
from tests.web.people import CHEAP, PASSWORD, post
from tests.web.resident.phone import Phone
from wsgi import create_app

CITY = "susono"
PAGE = "/admin/first-run/"
NEXT = "決めて、次へ"
NOT_YET = "予約の受け付けは、まだ始まっていません。"
WHO = {"name": "ヤマダ　ハナコ", "phone": "0550-12-3456"}


@dataclass(frozen=True)
class New:
    """A city that `maeniwa init` has just made, with its first administrator's code."""

    settings: Settings
    code: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `maeniwa init` leaves behind; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("new") / "instance"
    with freeze_time(START):
        assert main(["init", "--code", CITY, "--name", "裾野市", "--instance", str(folder)]) == 0
    return folder


@pytest.fixture
def new(made: Path, tmp_path: Path, clock: FrozenDateTimeFactory, capsys: pytest.CaptureFixture[str]) -> New:
    folder = tmp_path / "instance"
    shutil.copytree(made, folder)
    assert main(["code", "administrator", "--instance", str(folder)]) == 0
    return New(core_settings.load(folder, {"MAENIWA_LOG_LEVEL": "error"}), capsys.readouterr().out.strip())


@pytest.fixture
def app(new: New) -> Iterator[Flask]:
    with APPLICATIONS.of(new.settings) as found:
        yield found


@pytest.fixture
def desk(app: Flask, new: New) -> Iterator[Phone]:
    """The first administrator, just signed in with the code."""
    with patch.object(accounts, "_hasher", CHEAP):
        client = app.test_client()
        assert post(client, "/staff/code", "/staff/code", code=new.code).status_code == 303
        answer = post(client, "/staff/password", "/staff/password", password=PASSWORD, again=PASSWORD)
        assert answer.headers["Location"] == PAGE
        yield Phone(client)


@pytest.fixture
def resident(app: Flask) -> Phone:
    return Phone(app.test_client())


def asked(desk: Phone, question: str) -> Phone:
    return desk.open(PAGE + question)


def test_from_init_to_a_booking_with_seven_pages_and_four_boxes(
    desk: Phone, resident: Phone, new: New, clock: FrozenDateTimeFactory
) -> None:
    typed = {
        "office": {"address": "静岡県裾野市佐野1059", "telephone": "055-992-1111"},
        "people": {"username.0": "aoki", "name.0": "市民課 青木"},
    }
    assert NOT_YET in resident.text
    desk.open(PAGE).link("最初の問いへ")
    assert desk.heading == "庁舎の名前と場所"
    desk.press(NEXT, typed["office"])
    for heading in ("開いている時間", "窓口", "受け付ける手続き"):
        assert desk.heading == heading
        desk.press(NEXT)
    assert desk.heading == "窓口の職員"
    desk.press("招いて、合言葉を出す", typed["people"])
    assert "市民課 青木 さんの合言葉" in desk.text
    desk.link("渡したので、次へ")
    assert desk.heading == "お知らせの送り方"
    desk.press(NEXT)
    assert desk.heading == "見て、始める"
    for word in ("静岡県裾野市佐野1059", "8:30〜17:15", "市民課 青木", "最初に予約できるのは"):
        assert word in desk.text
    assert "まだ見ていない" not in desk.text
    desk.press("この日から始める")
    assert "2026年11月25日（水）から、住民が予約できます" in desk.text
    assert "2026年11月25日（水）から、ここで予約できます。" in resident.open("/guide/").text
    clock.move_to("2026-11-25T00:00:00Z")
    assert resident.open("/").heading == "市役所に来る前に、ここでできること"
    resident.open("/book/?office=honcho&procedure=JUM-01")
    first = resident.buttons("starts_at")[0]
    assert first.get("value").startswith("2026-11-25T")
    resident.submit(first).press("内容の確認へ進む", WHO).press("この内容で予約する")
    assert resident.heading == "予約ができました"


def test_what_was_entered_stays_and_nothing_is_asked_twice(desk: Phone, new: New) -> None:
    asked(desk, "office").press(NEXT, {"address": "裾野市佐野1059", "access": "裾野駅から歩いて10分。"})
    desk.link("もどる")
    boxes = dict(desk.boxes(desk.named("button", NEXT)))
    assert (boxes["address"], boxes["access"]) == ("裾野市佐野1059", "裾野駅から歩いて10分。")
    asked(desk, "hours").press(NEXT, {"hours.0": "8時から", "hours.1": "9:00-16:00"})
    boxes = dict(desk.boxes(desk.named("button", NEXT)))
    assert (boxes["hours.0"], boxes["hours.1"]) == ("8時から", "9:00-16:00")
    assert "24時間の時刻で書いてください" in desk.text
    desk.open("/admin/").link("続きから")
    assert desk.text.count("（決めました）") == 1
    desk.link("続きから")
    assert desk.heading == "開いている時間"


def test_the_answers_are_what_the_slots_are_made_of(desk: Phone, new: New) -> None:
    asked(desk, "hours").press(NEXT, {"hours.0": "", "hours.1": "9:00-12:00"})
    away = {f"away.{at}": "true" for at in range(2, 8)}
    asked(desk, "counters").press(NEXT, {**away, "name.0": "総合窓口"})
    assert desk.heading == "受け付ける手続き"
    with inside(new.settings, CITY):
        place = offices.offices()[0]
        assert [(one.number, one.name) for one in offices.counters_of(place)] == [
            ("1", "総合窓口"),
            ("2", "引っ越し・世帯"),
        ]
        assert offices.week_of(place).weekdays[0] == ()
        monday, tuesday = (
            place.day_of(START).replace(month=12, day=7),
            place.day_of(START).replace(month=12, day=8),
        )
        assert slots.published(place, monday, monday) == ()
        made = slots.published(place, tuesday, tuesday)
        assert {one.queue for one in made} == {"A", "B", "C"}
        assert {one.starts_at.hour for one in made} == {0, 1, 2}
        assert [one.topic for one in setting_changes.history("counters", "offered")] == [
            "counters",
            "offered",
        ]


def test_a_department_that_is_not_done_here_is_taken_off_and_comes_back_whole(desk: Phone, new: New) -> None:
    asked(desk, "procedures")
    chosen = [one.get("value") for one in desk.page.elements if one.get("name") == "department"]
    desk.press(NEXT, {"department": chosen[1:]})
    with inside(new.settings, CITY):
        fewer = len(offices.procedures_of(offices.offices()[0]))
    asked(desk, "procedures").press(NEXT, {"department": chosen})
    with inside(new.settings, CITY):
        assert len(offices.procedures_of(offices.offices()[0])) > fewer
    asked(desk, "procedures").press(NEXT, {"department": []})
    assert "手続きを1つ以上選んでください" in desk.text


def test_everybody_is_invited_or_nobody_and_codes_are_shown_once(desk: Phone, new: New) -> None:
    invite = "招いて、合言葉を出す"
    two = {"username.0": "aoki", "username.1": "Ä ö", "name.1": "誰か"}
    asked(desk, "people").press(invite, two)
    assert "利用者名は半角の" in desk.text
    with inside(new.settings, CITY):
        assert [one.username for one in staff.everyone()] == ["administrator"]
    desk.press(invite, {"username.1": "baba"})
    assert desk.text.count("さんの合言葉") == 2
    assert "さんの合言葉" not in asked(desk, "people").text


def test_mail_is_opened_with_what_was_typed_or_left_for_later(desk: Phone, new: New) -> None:
    asked(desk, "mail").press(NEXT, {"way": "email"})
    assert "メールサーバーの名前を入力してください" in desk.text
    desk.press(NEXT, {"server": "smtp.example.jp", "sender": "yoyaku@example.jp"})
    assert desk.heading == "見て、始める"
    with inside(new.settings, CITY):
        assert channels.is_open("email")


def test_a_day_that_is_over_or_far_is_refused_and_until_the_day_it_may_be_said_again(
    desk: Phone, resident: Phone
) -> None:
    go = "この日から始める"
    for day in ("2026-11-23", "2027-06-01", "soon", ""):
        asked(desk, "open").press(go, {"day": day})
        assert "3か月以内の日を選んでください" in desk.text
    asked(desk, "open").press(go, {"day": "2026-12-01"})
    asked(desk, "open").press(go, {"day": "2026-11-30"})
    assert "2026年11月30日（月）から" in resident.open("/").text


def test_before_the_day_residents_wait_the_administrator_looks_and_nobody_books(
    desk: Phone, resident: Phone, app: Flask, new: New
) -> None:
    for path in ("/", "/guide/", "/guide/search", "/book/?office=honcho&procedure=JUM-01"):
        assert NOT_YET in resident.open(path).text
    assert desk.open("/").heading == "市役所に来る前に、ここでできること"
    assert desk.open("/book/?office=honcho&procedure=JUM-01").buttons("starts_at")
    with inside(new.settings, CITY):
        wanted = booking.Request(offices.offices()[0], ("JUM-01",), free()[20], AIKO)
        with pytest.raises(Conflict, match="まだ始まっていません"):
            booking.book(wanted)


def test_after_the_day_the_questions_are_over(desk: Phone, app: Flask, clock: FrozenDateTimeFactory) -> None:
    asked(desk, "open").press("この日から始める")
    clock.move_to("2026-11-25T03:00:00Z")
    client = app.test_client()
    page = "/staff/sign-in"
    answer = post(client, page, page, username="administrator", password=PASSWORD)
    assert answer.headers["Location"] == "/admin/"
    assert client.get(f"{PAGE}hours").headers["Location"] == "/admin/"
    assert "もう使い始めています" in client.get("/admin/").text


def test_without_any_municipality_a_browser_says_what_to_do(tmp_path: Path) -> None:
    chosen = core_settings.load(tmp_path / "instance", {"MAENIWA_LOG_LEVEL": "error"})
    with standing(chosen):
        directory.prepare()
    client: FlaskClient = create_app(chosen).test_client()
    for path in ("/", "/admin/", "/staff/sign-in"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "maeniwa init --code" in answer.text
    assert client.get("/api/v1/offices").get_json()["detail"] == "自治体がまだありません。"
    assert main(["init", "--code", CITY, "--name", "裾野市", "--instance", str(tmp_path / "instance")]) == 0
    assert client.get("/").status_code == 200
