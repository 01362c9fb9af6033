"""A week's shifts as a manager makes them: rules in lines of text, the table, why each shift, files to take along."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import roster_rules, tuning
from models.queries.offices import office
from models.rules.planning.roster_leave import Leave
from models.rules.planning.roster_rules import SHIPPED, Person, RosterRules, document
from tests.past_visits import MONDAY
from tests.web.manager.conftest import TOKEN, Fill, browser, send, words
from tests.web.manager.test_staffing import rush

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE, RULES = "/manager/roster", "/manager/roster/rules"
TYPED = {
    "kinds": "一日, 8:30, 17:15, 60\n午前、8:30、12:30、0",
    "people": "01, A B, 一日, 月火水木金, 5\n02\tA\t一日　午前\t月 水\t２\n\nP1,A,,,",
    "lunch_from": "11:00",
    "lunch_to": "14:00",
    "hours": "",
    "most": "",
    "leave": "P1, 2026-12-01\n01、2026/12/24、2027年1月4日",
}


def decided(**more: Any) -> None:
    people = tuple(Person(f"P{n}", ("A",)) for n in range(1, 7))
    roster_rules.keep(office("honcho"), document(RosterRules(SHIPPED.kinds, people, **more)), "test")


def made(manager: FlaskClient, week: str = "2026-11-30") -> str:
    answer = send(manager, PAGE, week=week)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"]


def test_rules_are_written_as_lines_and_kept_with_their_history(manager: FlaskClient) -> None:
    assert "働く人と勤務の型を書いてください" in words(manager.get(PAGE))
    assert send(manager, RULES, **TYPED).status_code == 303
    assert send(manager, RULES, **{**TYPED, "most": "9"}).status_code == 303
    page = words(manager.get(PAGE))
    assert "第2版" in page
    assert "3人" in page
    text = manager.get(RULES).text
    assert "02, A, 一日 午前, 月水, 2" in text
    assert "P1, A, , , 5" in text
    assert "P1, 2026-12-01\n01, 2026-12-24, 2027-01-04" in text
    assert "この版を開く" in text
    older = manager.get(f"{RULES}?version=1")
    assert "第1版を開いています" in words(older)
    assert manager.get(f"{RULES}?version=9").status_code == 404


@pytest.mark.parametrize(
    ("box", "typed", "why"),
    [
        ("kinds", "一日, 8:30", "勤務の型「一日」：始まりと終わり"),
        ("kinds", "長い, 8:30, 17:15, 0", "労働基準法"),
        ("kinds", "一日, 8:30, 17:15, 昼", "昼休みは0から120まで"),
        ("people", "山田 花子, A", "氏名は書きません"),
        ("people", "01, Z", "業務「Z」はありません"),
        ("people", "01, A, 夜勤", "勤務の型「夜勤」はありません"),
        ("people", "01, A, 一日, 月曜", "月水金"),
        ("people", "01, A, 一日, 月, 八", "1から7まで"),
        ("lunch_from", "15:00", "始まりを終わりより前に"),
        ("hours", "たくさん", "1から10000まで"),
        ("most", "0", "1から200まで"),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_stays(
    manager: FlaskClient, box: str, typed: str, why: str
) -> None:
    answer = send(manager, RULES, **{**TYPED, box: typed})
    assert answer.status_code == 422
    assert why in words(answer)
    assert typed in answer.text
    assert f'id="f-{box}"' in answer.text
    assert "働く人と勤務の型を書いてください" in words(manager.get(PAGE)), "nothing was kept"


@pytest.mark.parametrize("box", TYPED)
def test_a_my_number_is_refused_and_not_shown_again(manager: FlaskClient, box: str) -> None:
    for number in ("123456789018", "1234 5678 9018"):
        answer = send(manager, RULES, **{**TYPED, box: number})
        assert answer.status_code == 422
        assert number not in answer.text


def test_a_roster_says_who_works_when_and_why(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    fill(decided)
    page = manager.get(made(manager))
    text = words(page)
    assert "11月30日（月）から12月6日（日）まで" in text
    assert "data-running" not in page.text
    assert "これより少ない時間では同じようにできないことを確かめました" in text
    assert "どの30分も足りています" not in text, "Thursday evening is nobody's"
    assert "17:15〜17:30" in text or "17:00〜" in text
    assert "なぜこの勤務か" in text
    assert "この人を入れて" in text
    assert "要る窓口と、窓口にいる人" in text
    assert 'class="series a"' in page.text


def test_leave_and_everybodys_burdens_stand_in_the_roster(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    leave = (Leave("P1", date(2026, 11, 30), date(2026, 12, 1)),)
    fill(lambda: decided(leave=leave))
    first = words(manager.get(made(manager)))
    assert "P1 A 休み 休み" in first
    assert "ほとんどないことを確かめました" in first
    assert "（前の8週間" not in first
    assert "（前の8週間" in words(manager.get(made(manager, "2026-12-07")))


def test_a_small_budget_says_what_stays_open(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    fill(lambda: decided(most_hours=20.0))
    text = words(manager.get(made(manager)))
    assert "足りない時間帯" in text
    assert "窓口が" in text
    assert "使える時間は 20時間" in text


def test_the_table_is_read_back_as_it_was(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    fill(lambda: roster_rules.keep(office("honcho"), document(_dangerous()), "test"))
    answer = manager.get(f"{made(manager)}.csv")
    assert answer.data.startswith("\ufeff".encode())
    assert 'filename="roster-honcho-2026-11-30.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows
    assert set(rows[0]) == {
        "日付", "曜日", "職員", "勤務の型", "始まり", "終わり", "昼休みの始まり", "昼休みの終わり", "時間", "業務",
    }  # fmt: skip
    assert {row["職員"] for row in rows} <= {"'-1", "01", "02", "03"}
    assert {row["勤務の型"] for row in rows} == {"'=1+1"}, "no spreadsheet calculates it"
    assert {row["時間"] for row in rows} == {"7.75"}
    assert rows[0]["日付"] == "2026-11-30"
    assert rows[0]["曜日"] == "月曜日"


def _dangerous() -> RosterRules:
    kinds = checked_kinds("=1+1")
    return RosterRules(kinds, tuple(Person(code) for code in ("-1", "01", "02", "03")))


def checked_kinds(name: str) -> Any:
    whole = SHIPPED.kinds[0]
    return (type(whole)(name, whole.starts, whole.ends, whole.lunch),)


def events(file: bytes) -> list[dict[str, str]]:
    """The events of a calendar file, unfolded."""
    found: list[dict[str, str]] = []
    for line in file.decode().replace("\r\n ", "").split("\r\n"):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            found[-1].setdefault(*line.split(":", 1))
    return found


def test_the_calendar_holds_every_shift_and_one_persons_only_theirs(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    fill(decided)
    at = made(manager)
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{at}.csv").data.decode("utf-8-sig"))))
    answer = manager.get(f"{at}.ics")
    assert answer.mimetype == "text/calendar"
    every = events(answer.data)
    assert len({one["UID"] for one in every}) == len(every) == len(rows)
    first = datetime.strptime(every[0]["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert first == datetime.fromisoformat(f"{rows[0]['日付']}T{rows[0]['始まり']}+09:00")
    assert every[0]["SUMMARY"] == f"{rows[0]['職員']} {rows[0]['勤務の型']}"
    code = rows[0]["職員"]
    own = events(manager.get(f"{at}.ics?person={code}").data)
    assert len(own) == sum(row["職員"] == code for row in rows)
    assert manager.get(f"{at}.ics?person=ZZ").status_code == 404


def test_one_that_takes_longer_is_watched_stopped_and_has_no_files_yet(
    manager: FlaskClient, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rush)
    fill(decided)
    monkeypatch.setattr(tuning, "at_once", lambda number: False)
    at = made(manager)
    page = manager.get(at)
    assert "まもなく始めます" in words(page)
    assert "data-running" in page.text
    assert manager.get(f"{at}.csv").status_code == manager.get(f"{at}.ics").status_code == 404
    assert send(manager, at, f"{at}/cancel").status_code == 303
    assert "計算をやめました" in words(manager.get(at))


def test_a_week_without_visits_says_that_none_could_be_made(manager: FlaskClient, fill: Fill) -> None:
    fill(decided)
    assert "勤務表を作れませんでした" in words(manager.get(made(manager)))


def test_a_week_that_is_none_and_an_office_without_people_are_refused(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(rush)
    found = TOKEN.search(manager.get(RULES).text)
    assert found
    nobody = manager.post(PAGE, data={"csrf_token": found[1], "week": "2026-11-30"})
    assert nobody.status_code == 422
    fill(decided)
    for week in ("", "2026-12-01", "2031-01-06", "monday"):
        assert send(manager, PAGE, week=week).status_code == 422


def test_another_offices_rosters_and_rules_are_not_shown(
    app: Flask, settings: Settings, manager: FlaskClient, fill: Fill
) -> None:
    fill(rush)
    fill(decided)
    at = made(manager)
    other = browser(app, settings, office="higashi")
    for address in (at, f"{at}.csv", f"{at}.ics", f"{RULES}?office=honcho"):
        assert other.get(address).status_code == 403, address
    found = TOKEN.search(other.get(RULES).text)
    assert found
    for address in (f"{at}/cancel", f"{PAGE}?office=honcho", f"{RULES}?office=honcho"):
        assert other.post(address, data={"csrf_token": found[1], **TYPED}).status_code == 403, address
    assert manager.get(f"{PAGE}/999").status_code == 404


def test_the_week_that_came_is_offered_last(manager: FlaskClient, fill: Fill) -> None:
    fill(decided)
    text = manager.get(PAGE).text
    assert text.index("2026-11-30") < text.index("2026-12-07") < text.index('value="2026-11-23"')
    assert MONDAY.isoformat() not in text.split("roster-make")[1]
