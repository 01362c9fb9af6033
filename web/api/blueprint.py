"""How every call of the API reads its input and is described: one blueprint class, one way to say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, NoReturn, ParamSpec

from flask import Request, Response, make_response, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from models.core.errors import FieldProblem, Invalid, invalid
from models.core.messages import Message, _n, message
from models.operations.idempotency import Key, request_text
from models.rules import mynumber
from web.api import incoming_json

P = ParamSpec("P")
PREFIX = "/api/v1"
KEY_HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,128}")
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]{0,39}")
BAD_KEY = _n("Idempotency-Key は、空白を含まない半角の英数字と記号で、1〜128文字にしてください。")
UNFIT = _n("この項目の値を確かめてください。")
SENTENCES: Mapping[str, str] = {
    "Missing data for required field.": _n("この項目を入れてください。"),
    "Unknown field.": _n("この項目は受け付けていません。消してください。"),
    "Field may not be null.": _n("この項目を空にはできません。"),
    "Not a valid string.": _n("文字で送ってください。"),
    "Not a valid integer.": _n("整数で送ってください。"),
    "Not a valid number.": _n("数で送ってください。"),
    "Not a valid boolean.": _n("true か false で送ってください。"),
    "Not a valid list.": _n("一覧（配列）で送ってください。"),
    "Not a valid mapping type.": _n("項目と値の組（オブジェクト）で送ってください。"),
    "Invalid input type.": _n("項目と値の組（オブジェクト）で送ってください。"),
    "Not a valid date.": _n("年月日を 2026-12-03 の形で送ってください。"),
    "Not a valid datetime.": _n("日時を 2026-12-03T09:30:00+09:00 の形で送ってください。"),
    "Not a valid aware datetime.": _n("日時に時差（+09:00 など）を付けて送ってください。"),
}
"""What the schemas say, in the words of this house."""
KEY_PARAMETER = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]{1,128}$"},
    "description": "The same key and body give the first answer again for 24 hours.",
}


class Parser(FlaskParser):
    """Reads bodies strictly and turns what a schema refuses into `Invalid`."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as `incoming_json` reads it."""
        return incoming_json.read(req)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Every refused field by its place in the request."""
        raise Invalid([problem for part in _parts(error) for problem in _problems("", part)]) from error


class Calls(Blueprint):  # type: ignore[misc]  # the library brings no types
    """A blueprint of the API."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        """Stand below /api/v1 as `api_NAME`."""
        super().__init__(f"api_{name}", import_name, url_prefix=PREFIX, description=description)


creates = Blueprint.doc(parameters=[KEY_PARAMETER])
"""Describes a creating call: it takes an `Idempotency-Key`."""


def key_of(scope: str, body: Any) -> Key | None:
    """The request's `Idempotency-Key` with what was asked; None without one, `Invalid` for a bad one."""
    value = request.headers.get(KEY_HEADER)
    if value is None:
        return None
    if not KEY.fullmatch(value):
        raise invalid(KEY_HEADER, BAD_KEY)
    return Key(f"api {scope}", value, request_text(body))


def revalidated(view: Callable[P, Response]) -> Callable[P, Response]:
    """Give an answer an `ETag`, and 304 to whoever has it already."""

    @wraps(view)
    def answering(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = view(*args, **kwargs)
        response.add_etag()
        response.make_conditional(request)
        return response

    return answering


def _parts(error: ValidationError) -> Iterator[Any]:
    """The messages below the name of the place (json, query) they were read from."""
    found = error.messages
    yield from found.values() if isinstance(found, dict) else (found,)


def _problems(place: str, found: Any) -> Iterator[FieldProblem]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            yield from _problems(_below(place, name), inner)
        return
    first = found[0] if isinstance(found, list) and found else found
    yield FieldProblem(place or "body", _sentence(first))


def _below(place: str, name: Any) -> str:
    """The path of a part; a name that might carry a number of a person is not said again."""
    if isinstance(name, int):
        return f"{place}[{name}]"
    if name == "_schema":
        return place
    plain = PLAIN_NAME.fullmatch(str(name)) and not mynumber.contains_my_number(str(name))
    return ".".join(part for part in (place, str(name) if plain else "?") if part)


def _sentence(said: Any) -> Message:
    """Our own schemas speak Japanese already; the library's English is put into our words."""
    if isinstance(said, Message):
        return said
    text = str(said)
    return message(text if not text.isascii() else SENTENCES.get(text, UNFIT))


def known_already(tag: str) -> Response | None:
    """304 for whoever has this answer already, else None."""
    if not request.if_none_match.contains_weak(tag):
        return None
    response = make_response("", 304)
    response.headers["ETag"] = f'"{tag}"'
    return response
