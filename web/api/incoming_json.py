"""A JSON body as this house accepts it: UTF-8, whole, unambiguous, not too deep; everything else is 400, 413 or 415."""

from __future__ import annotations

import json
import math
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

DEEPEST = 32
MOST_PARTS = 2000
"""Names and values of a whole body: no form has a quarter of that."""


def read(request: Request) -> Any:
    """The parsed body; an empty object where nothing was sent at all.

    Raises 413 over the limit, 415 for another media type, 400 for a body that is not plain JSON.
    """
    body = request.get_data(cache=True)
    if not body and request.mimetype in ("", "application/json"):
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadRequest
    return parsed(body)


def parsed(body: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises 400 for NaN, doubled keys, NUL, lone surrogates and deep nesting, 413 for too many parts.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as problem:
        raise BadRequest from problem
    _check(value)
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that comes twice would mean two things to two readers."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _check(value: Any) -> None:
    waiting: list[tuple[Any, int]] = [(value, 1)]
    parts = 0
    while waiting:
        one, depth = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise RequestEntityTooLarge
        if depth > DEEPEST:
            raise BadRequest
        if isinstance(one, str):
            _check_text(one)
        elif isinstance(one, dict):
            waiting.extend((inner, depth + 1) for pair in one.items() for inner in pair)
        elif isinstance(one, list):
            waiting.extend((inner, depth + 1) for inner in one)


def _check_text(text: str) -> None:
    """NUL cannot be stored, half a surrogate pair is no character."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadRequest
