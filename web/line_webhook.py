"""LINEのサーバーから: what they tell of the city's account, proven by their signature over the bytes they sent."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from models.operations import line_codes
from web.access import PUBLIC

blueprint = Blueprint("line_webhook", __name__)
SIGNATURE = "X-Line-Signature"


@blueprint.post("/webhook")
@PUBLIC
def hear() -> tuple[str, int]:
    """Take it in; 200 says that it need not be told again."""
    try:
        line_codes.hear(request.get_data(cache=True), request.headers.get(SIGNATURE, ""))
    except ValueError as problem:
        raise BadRequest from problem
    return "", 200
