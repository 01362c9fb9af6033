"""最初の職員: a few accounts at once, whose one-time codes are shown once on a page for printing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n
from models.operations import accounts
from models.queries import staff
from models.queries.offices import OfficeView
from web.account import security
from web.admin.role_names import ROLES
from web.languages import gettext
from web.spelling import listed

GIVEN = "first_codes"
ROWS = 3
AGAIN = _n("30分より前にサインインしたので、もう一度サインインしてください。ここまでの答えは残っています。")
NOBODY = _n("まだいません")


class SignInFirst(Exception):
    """The password must have been given lately."""


def sign_in_lately() -> None:
    """`SignInFirst` where whoever is here may have found an open browser."""
    if not security.is_fresh():
        raise SignInFirst


def sign_in_first() -> Response:
    """To the sign-in, and back to the question."""
    flash(gettext(AGAIN), "warning")
    return redirect(url_for("sign_in.page", next=request.path), 303)


def shown(_: OfficeView, typed: Mapping[str, str] | None) -> dict[str, Any]:
    """Who was invited, their codes where they were made just now, and empty rows."""
    return {
        "people": staff.everyone(),
        "given": session.pop(GIVEN, []) if typed is None else [],
        "roles": ROLES,
        "rows": range(ROWS),
        "values": typed or {},
    }


def keep(place: OfficeView, sent: Mapping[str, str], actor: str) -> bool:
    """Invite whoever was named, everybody or nobody; with somebody, one stays and sees the codes."""
    rows = [(sent.get(f"username.{at}", "").strip().lower()[:80], sent.get(f"name.{at}", "").strip()[:60],
             sent.get(f"role.{at}", "")) for at in range(ROWS)]  # fmt: skip
    filled = [at for at, (username, name, _) in enumerate(rows) if username or name]
    if not filled:
        return False
    sign_in_lately()
    try:
        made = accounts.invite_several([rows[at] for at in filled], place.code, actor)
    except Invalid as refused:
        raise Invalid([_in_its_row(one, filled) for one in refused.problems]) from refused
    session[GIVEN] = [
        {"name": rows[at][1] or one.username, "username": one.username, "code": one.code}
        for at, one in zip(filled, made, strict=True)
    ]
    return True


def told(place: OfficeView) -> str:
    """Who works in the office, in a line."""
    return listed(one.name for one in staff.everyone() if one.office_id == place.id) or gettext(NOBODY)


def _in_its_row(problem: FieldProblem, filled: list[int]) -> FieldProblem:
    """A problem of the people who were named, as one of the rows of the page."""
    field, _, at = problem.field.rpartition(".")
    return FieldProblem(f"{field}.{filled[int(at)]}", problem.message)
