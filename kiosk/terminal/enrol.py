"""機器の登録: a browser makes its own key, shows a one-time code, and waits for an administrator's word."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from models.core.errors import Invalid
from models.operations import devices
from models.queries import devices as known
from models.rules.entry import PUBLIC, device_cookie

blueprint = Blueprint("kiosk_enrol", __name__)
TEN_YEARS = 315_360_000


@blueprint.get("/")
@PUBLIC
def page() -> str:
    """Type the code."""
    return render_template("kiosk/enrol.html")


@blueprint.post("/")
@PUBLIC
def enrol() -> Response:
    """Use the code up; the browser gets the cookie that names it."""
    try:
        made = devices.enrol(request.form.get("code", "")[:80], request.form.get("key", "")[:200])
    except Invalid as refused:
        say = current_app.jinja_env.filters["say"]
        return make_response(jsonify(problem=str(say(refused.problems[0].message))), refused.status)
    response = make_response(jsonify(number=made.number, kind=made.kind, word=made.word), 201)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        device_cookie(secure),
        made.token,
        TEN_YEARS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Strict",
    )
    for name in ("lang", "text"):
        response.delete_cookie(name)
    return response


@blueprint.get("/state")
@PUBLIC
def state() -> Response:
    """How far this browser is: none, pending, open or revoked."""
    token = request.cookies.get(device_cookie(bool(current_app.config["SESSION_COOKIE_SECURE"])), "")
    found = known.by_cookie(token) if token else None
    return jsonify(state=found.state if found else "none", kind=found.kind if found else "")
