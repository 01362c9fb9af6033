"""What is refused before anybody looks at it: broken encodings, NUL, foreign origins, bodies without measure."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from models.core.messages import _n

LARGEST_BODY = 64 * 1024
LARGEST_IMPORT = 8 * 1024 * 1024
MOST_PARTS = 500
BAD_TEXT = _n("文字が壊れて届きました。もう一度送ってください。")
FOREIGN = _n("ほかのサイトから送られた内容は受け付けません。このサイトの画面から送ってください。")


def register(app: Flask) -> None:
    """Set the limits and check each request's text once."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = MOST_PARTS

    @app.before_request
    def measure() -> None:
        if request.path.endswith(":import") or request.path.endswith("/import"):
            request.max_content_length = LARGEST_IMPORT
            request.max_form_memory_size = LARGEST_IMPORT
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method not in (
            "GET",
            "HEAD",
            "OPTIONS",
        ):
            raise BadRequest(FOREIGN)
        _check(unquote_to_bytes(request.query_string))
        _check(request.environ.get("PATH_INFO", "").encode("latin-1", "replace"))
        if request.mimetype == "application/x-www-form-urlencoded":
            _check_boxes(request.get_data(cache=True))
        elif request.mimetype == "multipart/form-data":
            _check_parts()


def _check_boxes(body: bytes) -> None:
    """A form as text: as many boxes as a form of parts may have."""
    if body.count(b"&") >= MOST_PARTS:
        raise RequestEntityTooLarge
    _check(unquote_to_bytes(body.replace(b"+", b" ")))


def _check_parts() -> None:
    """A form of parts, which has been read already: what was no letter stands there as the sign for that."""
    boxes = [text for pair in request.form.items(multi=True) for text in pair]
    uploads = [text or "" for name, file in request.files.items(multi=True) for text in (name, file.filename)]
    if any(sign in text for text in (*boxes, *uploads) for sign in ("\0", "\ufffd")):
        raise BadRequest(BAD_TEXT)


def _check(text: bytes) -> None:
    """Text is whole UTF-8 without NUL, or the request is malformed."""
    try:
        if "\0" in text.decode("utf-8"):
            raise BadRequest(BAD_TEXT)
    except UnicodeDecodeError as problem:
        raise BadRequest(BAD_TEXT) from problem
