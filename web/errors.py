"""Errors as answers: a page in the visitor's words, or problem+json (RFC 9457); never a stack, a query or a path."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, g, make_response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from models.core import log
from models.core.db import DatabaseProblem
from models.core.errors import DomainError, Invalid, NotFound, TooMany, Unauthorized, Unavailable
from models.core.messages import Message, _n, message
from web import error_page
from web.access import for_people
from web.languages import gettext, say

TITLES: dict[int, str] = {
    400: _n("送られた内容を読めませんでした"),
    401: _n("サインインが必要です"),
    403: _n("この画面は開けません"),
    404: _n("見つかりませんでした"),
    405: _n("この操作はできません"),
    409: _n("いまはできません"),
    410: _n("期限が過ぎています"),
    413: _n("送られた内容が大きすぎます"),
    415: _n("この形式では受け付けていません"),
    422: _n("入力を確かめてください"),
    429: _n("少し待ってください"),
    500: _n("システムの不具合です"),
    503: _n("ただいま混み合っています"),
}
DETAILS: dict[int, str] = {
    400: _n("画面を開き直して、もう一度送ってください。"),
    405: _n("画面のボタンから操作してください。"),
    413: _n("送る内容を小さくして、もう一度お試しください。"),
    415: _n("画面から送り直してください。"),
    500: _n("記録しました。お急ぎのときは窓口へお電話ください。"),
}
FOR_SYSTEMS: dict[int, str] = {
    400: _n("UTF-8のJSONとして読めません。鍵の重なりや壊れた文字がないか確かめてください。"),
    405: _n("この方法では使えません。Allow ヘッダーにある方法を使ってください。"),
    413: _n("送る内容を小さくしてください（JSONは64 KiB、CSVは8 MiBまで）。"),
    415: _n("Content-Type を確かめてください（JSONは application/json、CSVは text/csv）。"),
}
"""The same for systems that call the API."""
FORM_EXPIRED = _n("画面を開いてから時間がたちました")
FORM_KEPT = _n(
    "入力したものは、そのまま残っています。もう一度ボタンを押してください。"
    "何度も出るときは、ブラウザーでクッキーを使えるようにしてください。"
)
FORM_LOST = _n("前の画面を開き直して、もう一度送ってください。")


def register(app: Flask) -> None:
    """Answer every error in one of two shapes."""
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(HTTPException, by_protocol)
    app.register_error_handler(DatabaseProblem, without_database)
    app.register_error_handler(Exception, unexpected)


def form_expired(_: CSRFError) -> Response:
    """A page that stood open too long: what was typed can be sent once more by a press."""
    text = message(FORM_KEPT if error_page.typed() else FORM_LOST)
    return answer(400, text, title=FORM_EXPIRED, repeats=True)


def refused(problem: DomainError, *, sure: bool = True) -> Response:
    """A refusal of the domain; `sure` says whether nothing was written."""
    extra: dict[str, Any] = dict(problem.extra)
    if isinstance(problem, Invalid):
        extra["errors"] = [{"field": one.field, "message": said(one.message)} for one in problem.problems]
    if hasattr(problem, "alternatives"):
        extra["alternatives"] = [at.isoformat() for at in problem.alternatives]
    repeats = sure and isinstance(problem, TooMany | Unavailable | Unauthorized)
    response = answer(problem.status, problem.message, problem.kind, sure=sure, repeats=repeats, **extra)
    if isinstance(problem, TooMany | Unavailable):
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def by_protocol(problem: HTTPException) -> Response:
    """What Flask and Werkzeug refuse."""
    status = problem.code or 500
    if status < 400:
        return make_response(problem)
    if status == 404:
        return refused(NotFound())
    usual = DETAILS if for_people() else {**DETAILS, **FOR_SYSTEMS}
    own = problem.description if problem.description in OWN_SENTENCES else usual.get(status, usual[400])
    response = answer(status, message(own))
    for name, value in problem.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def without_database(problem: DatabaseProblem) -> Response:
    """The database cannot answer: 503. An act that could not write says so itself; this may be the look after one."""
    log.logger().error(
        "database", error=type(problem.orig).__name__, route=route(), request_id=g.get("request_id")
    )
    return refused(Unavailable(), sure=False)


def unexpected(problem: Exception) -> Response:
    """A defect: logged with where it happened and without what anybody typed."""
    where = "?"
    trace = problem.__traceback__
    while trace is not None:
        where = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.logger().error(
        "defect", error=type(problem).__name__, where=where, route=route(), request_id=g.get("request_id")
    )
    return answer(500, message(DETAILS[500]), sure=False)


def answer(
    status: int,
    text: Message,
    kind: str = "about:blank",
    *,
    title: str = "",
    sure: bool = True,
    repeats: bool = False,
    **extra: Any,
) -> Response:
    """One error as a page or as problem+json. `sure`: nothing was written; `repeats`: the same may be sent again."""
    title = title or TITLES.get(status, TITLES[400])
    if for_people():
        return error_page.page(status, say(title), text, sure=sure, repeats=repeats)
    problem_type = kind if kind == "about:blank" else f"urn:maeniwa:{kind}"
    body = {"type": problem_type, "title": gettext(title), "status": status, "detail": said(text), **extra}
    response = make_response(json.dumps(body, ensure_ascii=False), status)
    response.mimetype = "application/problem+json"
    return response


def said(text: Message) -> str:
    """A message in the visitor's language."""
    return gettext(text.template, **text.values)


def route() -> str:
    """The rule of the present address, which holds no token."""
    return str(request.url_rule) if request.url_rule else "-"


OWN_SENTENCES = frozenset(
    {
        _n("文字が壊れて届きました。もう一度送ってください。"),
        _n("ほかのサイトから送られた内容は受け付けません。このサイトの画面から送ってください。"),
    }
)
