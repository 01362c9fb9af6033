"""A tuned plan: asked for by a press, watched with and without JavaScript, stopped, and shown beside the formula's."""

from __future__ import annotations

import re
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations import tuning
from models.rules.planning import staffing_tuning, week_tuning
from tests.web.manager.conftest import TOKEN, Fill, browser, send, words
from tests.web.manager.test_staffing import rush

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PLAN = "/manager/staffing"
ASK = "/manager/staffing/tuning?office=honcho&share=90&within=10"


def ask(manager: FlaskClient) -> str:
    answer = send(manager, PLAN, ASK)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_press_asks_and_the_page_shows_how_far_it_is(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    assert "くわしく計算する" in words(manager.get(PLAN))
    to = ask(manager)
    page = manager.get(to)
    assert "まもなく始めます" in words(page)
    assert "<progress" in page.text
    assert "data-running" in page.text
    assert "進み具合を見る" in words(manager.get(PLAN))


def test_the_result_stands_beside_the_formula(
    manager: FlaskClient, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = staffing_tuning.played_days
    monkeypatch.setattr(week_tuning, "played_days", partial(real, days=30))
    monkeypatch.setattr(week_tuning, "tune", lambda days, start, progress: [count + 1 for count in start])
    fill(rush)
    to = ask(manager)
    fill(tuning.work)
    page = manager.get(to)
    text = words(page)
    assert "data-running" not in page.text
    assert "月曜日：くわしい計算と目安" in text
    assert "時間内に呼べる人" in text
    rows = re.findall(r"(\d+) (\d+) (\+1|−1|・) (\d+)%", text)
    assert rows
    assert all(int(counters) == int(formula) + 1 and apart == "+1" for counters, formula, apart, _ in rows)
    assert max(int(share) for *_, share in rows) == 100
    assert page.text.count('<td class="need-short"') == len(rows), "the whole week at a glance"
    assert "1つ減らすと" in text
    assert re.search(r"\d+% \d+%（1[0-3]:[03]0）", text), (
        "who suffers from one counter less comes in the rush"
    )
    assert "計算の結果を見る" in words(manager.get(PLAN))


def test_it_can_be_stopped(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    to = ask(manager)
    stopped = send(manager, to, f"{to}/cancel")
    assert stopped.status_code == 303
    assert "計算をやめました" in words(manager.get(to))


def test_another_offices_plan_is_not_shown_or_stopped(
    app: Flask, settings: Settings, manager: FlaskClient, fill: Fill
) -> None:
    fill(rush)
    to = ask(manager)
    other = browser(app, settings, office="higashi")
    assert other.get(to).status_code == 403
    found = TOKEN.search(other.get("/manager/staffing/weekly").text)
    assert found
    assert other.post(f"{to}/cancel", data={"csrf_token": found[1]}).status_code == 403
    assert manager.get("/manager/staffing/tuning/9999").status_code == 404


def test_a_target_that_is_none_is_refused(manager: FlaskClient, fill: Fill) -> None:
    fill(rush)
    assert send(manager, PLAN, "/manager/staffing/tuning?share=200&within=10").status_code == 422
