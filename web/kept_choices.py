"""What a visitor chooses by one word of an address and keeps for a year: language, letter size, colours."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from flask import Flask, Response, request

from web.access import THIRD_PARTY

KEPT_SECONDS = 365 * 86400


def chosen(name: str, allowed: Collection[str]) -> str:
    """What this request's address asks for, else what was kept; empty where neither is allowed."""
    asked = (request.args.get(name, ""), request.cookies.get(name, ""))
    return next((value for value in asked if value in allowed), "")


def here(**changes: str) -> str:
    """The address of this page with these choices, everything else of it as it is."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    return "?" + urlencode([*kept, *changes.items()])


def keep(app: Flask, name: str, allowed: Collection[str]) -> None:
    """Remember what an address asks for; a file that everybody's cache may keep carries no cookie."""

    @app.after_request
    def remember(response: Response) -> Response:
        value = request.args.get(name, "")
        if value in allowed and request.endpoint not in THIRD_PARTY:
            response.set_cookie(
                name, value, max_age=KEPT_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
            )
        return response
