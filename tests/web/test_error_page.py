"""A page of an error says what happened, what has not happened, and how to go on; nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from models.core.errors import Conflict, Forbidden, Gone, NotFound, TooMany, Unavailable
from tests.web.people import token_of
from tests.web.resident.phone import Page

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
NOTHING_CHANGED = "何も変わっていません。"
UNSURE = "押したことができたかどうかは、わかりません。"
KEPT = "取ってある予約や番号は、そのままです。"
NAME = "ヤマダ　<ハナコ>"
OURS = {"Sec-Fetch-Site": "same-origin"}
NO_DATABASE = OperationalError("SELECT", {}, RuntimeError())


@pytest.fixture
def going_wrong(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the page behind an endpoint do this instead."""
    app.config.update(PROPAGATE_EXCEPTIONS=False)

    def instead(endpoint: str, problem: Exception | None) -> None:
        view = app.view_functions[endpoint]

        def failing(**_: Any) -> str:
            if problem:
                raise problem
            return f"taken: {request.form['name']}"

        failing.__dict__.update(view.__dict__)
        monkeypatch.setitem(app.view_functions, endpoint, failing)

    return instead


def pressed(client: FlaskClient, **more: Any) -> Any:
    """What a form of the booking is answered that was sent with a good token."""
    token = token_of(client.get("/book/contact?procedure=JUM-01&office=honcho&starts_at=2026-11-25T10:00"))
    data = {"csrf_token": token, "name": NAME, **more.pop("data", {})}
    return client.post("/book/confirm", data=data, **more)


def seen(answer: Any) -> tuple[str, list[str]]:
    """The heading, and what can be pressed below it."""
    page = Page(answer.text)
    inside = [one for one in page.elements if any(over.tag == "main" for over in one.parents)]
    heading = next(one.shown for one in inside if one.tag == "h1")
    return heading, [one.shown for one in inside if one.tag in ("a", "button")]


@pytest.mark.parametrize(
    ("problem", "status", "heading", "ways"),
    [
        (NotFound(), 404, "見つかりませんでした", ["はじめのページへ", "庁舎の場所と時間"]),
        (Gone(), 410, "期限が過ぎています", ["はじめのページへ", "庁舎の場所と時間"]),
        (Conflict(), 409, "いまはできません", ["はじめのページへ"]),
        (RequestEntityTooLarge(), 413, "送られた内容が大きすぎます", ["はじめのページへ"]),
        (TooMany(), 429, "少し待ってください", ["もう一度開く", "はじめのページへ"]),
        (Unavailable(), 503, "ただいま混み合っています", ["もう一度開く", "はじめのページへ"]),
        (NO_DATABASE, 503, "ただいま混み合っています", ["もう一度開く", "はじめのページへ"]),
        (ValueError(), 500, "システムの不具合です", ["もう一度開く", "はじめのページへ", "庁舎の場所と時間"]),
    ],
)
def test_a_resident_reads_what_happened_and_goes_on(
    client: FlaskClient, going_wrong: Any, problem: Exception, status: int, heading: str, ways: list[str]
) -> None:
    going_wrong("home.page", problem)
    answer = client.get("/")
    assert answer.status_code == status
    assert seen(answer) == (heading, ways)
    assert (KEPT in answer.text) == (status >= 500)
    assert NOTHING_CHANGED not in answer.text
    assert answer.text.count("見つかりませんでした") <= 2, "once in the title, once as the heading"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Conflict(), NOTHING_CHANGED),
        (Unavailable(), NOTHING_CHANGED),
        (NO_DATABASE, UNSURE),
        (ValueError(), UNSURE),
    ],
)
def test_whoever_pressed_reads_whether_anything_was_done(
    client: FlaskClient, going_wrong: Any, problem: Exception, said: str
) -> None:
    going_wrong("booking.confirm", problem)
    answer = pressed(client, headers=OURS)
    assert said in answer.text
    assert not [other for other in {NOTHING_CHANGED, UNSURE, KEPT} - {said} if other in answer.text]


@pytest.mark.parametrize("problem", [Unavailable(), TooMany()])
def test_what_was_typed_is_sent_once_more_by_one_press(
    client: FlaskClient, going_wrong: Any, problem: Exception
) -> None:
    going_wrong("booking.confirm", problem)
    refused = pressed(client, headers=OURS)
    assert seen(refused)[1][0] == "もう一度送る"
    hidden = {one.get("name"): one.get("value") for one in Page(refused.text).elements if one.tag == "input"}
    assert hidden["name"] == NAME
    going_wrong("booking.confirm", None)
    assert client.post("/book/confirm", data=hidden, headers=OURS).text == f"taken: {NAME}"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"headers": OURS, "data": {"password": "niwa no ishi wa shizuka"}},
        {"headers": OURS, "data": {"name": "1234 5678 9018"}},
    ],
)
def test_neither_a_foreign_page_nor_a_password_nor_an_individual_number_is_offered_again(
    client: FlaskClient, going_wrong: Any, more: dict[str, Any]
) -> None:
    going_wrong("booking.confirm", Unavailable())
    refused = pressed(client, **more)
    assert seen(refused)[1] == ["はじめのページへ"]
    assert 'type="hidden"' not in refused.text


@pytest.mark.parametrize(
    ("headers", "ways"), [(OURS, ["もう一度送る", "はじめのページへ"]), ({}, ["はじめのページへ"])]
)
def test_a_form_that_stood_open_too_long_says_so(
    client: FlaskClient, headers: dict[str, str], ways: list[str]
) -> None:
    answer = client.post(
        "/counter/tickets", data={"csrf_token": "old", "procedure": "JUM-01"}, headers=headers
    )
    assert answer.status_code == 400
    assert seen(answer) == ("画面を開いてから時間がたちました", ways)
    assert ("入力したものは、そのまま残っています。" in answer.text) == bool(headers)
    assert ("前の画面を開き直して" in answer.text) != bool(headers)


def test_a_screen_of_the_hall_looks_again_by_itself_and_a_persons_page_does_not(
    client: FlaskClient, going_wrong: Any
) -> None:
    for endpoint in ("board.show", "home.page"):
        going_wrong(endpoint, NO_DATABASE)
    assert client.get("/board/honcho").headers["Refresh"] == "30"
    assert "Refresh" not in client.get("/").headers


def test_a_defect_carries_the_beginning_of_its_number_in_the_log(
    client: FlaskClient, going_wrong: Any
) -> None:
    going_wrong("home.page", ValueError())
    answer = client.get("/")
    assert f"番号 500-{answer.headers['X-Request-Id'][:8]}（" in answer.text


def test_who_may_not_see_a_page_of_staff_signs_in_as_somebody_else(
    client: FlaskClient, going_wrong: Any
) -> None:
    going_wrong("sign_in.page", Forbidden())
    answer = client.get("/staff/sign-in")
    assert seen(answer) == ("この画面は開けません", ["サインイン"])
    assert "来庁予約" not in answer.text
