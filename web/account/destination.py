"""Where a signed-in person goes: the page they asked for, if it is ours and theirs; else their role's first page."""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from models.queries import first_run
from web.access import policy_of

FIRST_PAGES = {
    "counter": "/counter/",
    "concierge": "/counter/",
    "manager": "/manager/",
    "administrator": "/admin/",
}
FIRST_RUN = "/admin/first-run/"
PLAIN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def after_sign_in(role: str, asked: str) -> str:
    """An address of this site and this municipality that the role may open."""
    return request.script_root + (asked if _may_open(role, asked) else _first_page(role))


def _first_page(role: str) -> str:
    """The role's first page; an administrator of a city that is not open yet goes on with what is still to be set."""
    unfinished = role == "administrator" and first_run.waiting() is not None
    return FIRST_RUN if unfinished else FIRST_PAGES[role]


def own_path(asked: str) -> str:
    """The path as it came if it leads to a page of ours, else empty."""
    return asked if _endpoint(asked) else ""


def _may_open(role: str, asked: str) -> bool:
    policy = policy_of(current_app, _endpoint(asked))
    return policy is not None and policy.kind == "staff" and role in policy.names


def _endpoint(asked: str) -> str:
    path = asked.partition("?")[0]
    if not (PLAIN_PATH.fullmatch(asked) and PLAIN_PATH.fullmatch(unquote(path))):
        return ""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except (HTTPException, RoutingException):
        return ""
    return str(endpoint)
