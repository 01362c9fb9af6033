"""まだ予約できないとき: until a new city opens, residents read from when on they can book; an administrator looks."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request

from models.queries import first_run, offices
from web.access import visitor

BLUEPRINTS = frozenset({"guide", "booking"})
PAGES = frozenset({"home.page"})


def register(app: Flask) -> None:
    """Answer in place of the pages that lead to a booking."""

    @app.before_request
    def wait() -> Response | None:
        if request.blueprint not in BLUEPRINTS and request.endpoint not in PAGES:
            return None
        found = first_run.waiting()
        if found is None or visitor().role == "administrator":
            return None
        return make_response(
            render_template("resident/not_yet.html", day=found.first_day, places=offices.offices())
        )
