"""The page of an error: what happened, what has not happened, and how to go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, make_response, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from models.core.errors import NotFound, Unavailable
from models.core.messages import Message, _n, message
from models.rules import mynumber
from web.access import SAFE

STAFF = frozenset({"admin", "counter", "manager", "staff"})
SCREENS = frozenset({"board", "kiosk"})
"""Screens of a hall, where nobody presses anything."""
FIRST_PAGES: Mapping[str, str] = {
    audience: f"{audience}/" for audience in ("admin", "board", "counter", "kiosk", "manager")
}
"""Where an audience begins, by the beginning of its addresses; everybody else begins at the city's first page."""
STATES: Mapping[int, str] = {401: "closed", 403: "closed", 404: "empty"}
SHORTER: Mapping[str, Message] = {
    NotFound.default: message(_n("アドレスや番号をもう一度お確かめください。")),
    Unavailable.default: message(_n("少し待ってから、もう一度お試しください。")),
}
"""Sentences that say the title once more, without it."""
NOTHING_CHANGED = message(_n("何も変わっていません。"))
UNSURE = message(_n("押したことができたかどうかは、わかりません。前の画面を開き直して、確かめてください。"))
KEPT = message(_n("取ってある予約や番号は、そのままです。"))
LOOK_AGAIN_SECONDS = 30


def page(status: int, title: Markup, text: Message, *, sure: bool, repeats: bool) -> Response:
    """The answer. `sure`: nothing was written; `repeats`: sending the same once more may well be taken."""
    audience = request.path.split("/")[1]
    looks = request.method in SAFE
    shown = {
        "status": status,
        "state": STATES.get(status, "error"),
        "title": title,
        "text": SHORTER.get(text.template, text),
        "kept": _kept(status, audience, sure=sure),
        "sent_again": typed() if repeats and not looks else {},
        "opens_again": looks and status in (429, 500, 503),
        "entrance": _entrance(status, audience),
        "for_staff": audience in STAFF,
        "for_residents": audience not in STAFF | SCREENS,
        "number": f"{status}-{g.get('request_id', '')[:8]}" if status == 500 else str(status),
    }
    response = make_response(render_template("layout/error.html", **shown), status)
    if audience in SCREENS and looks and status >= 500:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _kept(status: int, audience: str, *, sure: bool) -> Message | None:
    """What the reader need not fear, or must look at."""
    if request.method not in SAFE:
        return NOTHING_CHANGED if sure else UNSURE
    return KEPT if status >= 500 and audience not in STAFF | SCREENS else None


def typed() -> Mapping[str, Any]:
    """What was sent, to be sent again by a press under a fresh token.

    Nothing from another site, no password, and nothing beside an individual number, which no page repeats.
    """
    same_site = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not same_site or request.files or "password" in request.form:
        return {}
    sent = {name: values for name, values in request.form.lists() if name != "csrf_token"}
    if any(mynumber.contains_my_number(one) for values in sent.values() for one in values):
        return {}
    return {**sent, "csrf_token": [generate_csrf()]}


def _entrance(status: int, audience: str) -> str:
    """Where a person goes on: to the first page of whom the address belongs to, or to sign in as somebody else."""
    signs_in = audience == "staff" or (audience in STAFF and status in (401, 403))
    return f"{request.script_root}/{'staff/sign-in' if signs_in else FIRST_PAGES.get(audience, '')}"
