"""Hours saved: the formula stands beside the number, and the baseline cannot be talked up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.operations.baselines import Typed, freeze
from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, browser, send, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/manager/savings"
WATCH = {"procedure": "JUM-01", "minutes": "34", "cases": "40", "note": "ストップウォッチ"}


def test_hours_stand_with_the_numbers_they_come_from(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: freeze(Typed("JUM-01", 34, 40, "測定"), "test"))
    fill(lambda: past(MONDAY, *["9:00 9:05 9:05 9:20"] * 60))
    text = words(manager.get(PAGE))
    assert "19 時間 減らしました" in text
    assert "（34.0分 − 15.0分）× 60件 ÷ 60" in text
    assert "（34 − 15）分 × 30,000件 ÷ 60 = 9,500時間" in text
    assert "（3.25 − 0）分 × 36,000件 ÷ 60 = 1,950時間" in text
    assert "減らせた時間 19 時間" in words(manager.get("/manager/"))
    table = manager.get("/manager/savings.csv").data.decode("utf-8-sig").splitlines()
    assert table[1] == "2026-11,JUM-01,住民票の写しの交付,60,34.0,15.0,19.0,19.0"


def test_without_a_baseline_it_says_what_to_do_first(manager: FlaskClient) -> None:
    assert "まず、導入前の手続時間を固めます" in words(manager.get(PAGE))


def test_a_measured_time_is_frozen_and_cannot_be_frozen_again(manager: FlaskClient) -> None:
    assert send(manager, PAGE, f"{PAGE}/freeze", **WATCH).status_code == 303
    assert "ストップウォッチ" in manager.get(PAGE).text
    again = send(manager, PAGE, f"{PAGE}/freeze", **{**WATCH, "minutes": "90"})
    assert again.status_code == 409
    assert "もう固めてあります" in words(again)


def test_bad_numbers_are_told_and_stay(manager: FlaskClient) -> None:
    page = send(manager, PAGE, f"{PAGE}/freeze", **{**WATCH, "minutes": "三十", "note": "測り方"})
    assert page.status_code == 422
    assert "数字で書いてください" in page.text
    assert "三十" in page.text
    assert "測り方" in page.text


def test_a_span_before_the_change_is_frozen(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: past(MONDAY, *["9:00 9:05 9:05 9:25"] * 10))
    span = {"office": "honcho", "from": str(MONDAY - timedelta(14)), "to": str(MONDAY)}
    assert send(manager, PAGE, f"{PAGE}/freeze-span", **span).status_code == 303
    assert "1つの手続きの基準を固めました" in words(manager.get(PAGE))
    short = send(manager, PAGE, f"{PAGE}/freeze-span", **{**span, "from": str(MONDAY)})
    assert (short.status_code, "14日以上" in short.text) == (422, True)


def test_letting_go_needs_a_reason(manager: FlaskClient, fill: Fill) -> None:
    fill(lambda: freeze(Typed("JUM-01", 34, 40, "測定"), "test"))
    refused = send(manager, PAGE, f"{PAGE}/unfreeze", unfrozen="JUM-01", reason=" ")
    assert (refused.status_code, "理由を書いてください" in refused.text) == (422, True)
    assert send(manager, PAGE, f"{PAGE}/unfreeze", unfrozen="JUM-01", reason="測り間違い").status_code == 303
    assert "まだ固めた基準はありません" in words(manager.get(PAGE))


def test_another_offices_span_is_refused(app: Flask, settings: Settings) -> None:
    client = browser(app, settings, office="higashi")
    span = {"office": "honcho", "from": "2026-10-01", "to": "2026-11-01"}
    assert send(client, PAGE, f"{PAGE}/freeze-span", **span).status_code == 403
