"""サインインの時間: until when the session lasts, and the password once more to go on without losing what is open."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import accounts
from web.access import ANY_STAFF
from web.account import credentials, security
from web.account.destination import after_sign_in
from web.languages import gettext

blueprint = Blueprint("lasting", __name__)
WRONG = _n("パスワードが違います。もう一度入力してください。")
EXTENDED = _n("延ばしました。この画面は閉じてかまいません。")


@blueprint.get("/time")
@ANY_STAFF
def page() -> str:
    """Until when; opening it is work, so the idle minutes begin anew."""
    return _page()


@blueprint.post("/time")
@ANY_STAFF
def extend() -> Response:
    """Twelve hours from now on for whoever knows the password; the session stays the same in every window."""
    person = security.person()
    if not credentials.matches(request.form.get("password", ""), person.password or ""):
        accounts.note_failure(person.username)
        accounts.refuse_if_locked(person.username)
        return make_response(_page(WRONG), 422)
    security.extend()
    flash(gettext(EXTENDED), "done")
    return redirect(url_for(".page"), 303)


def _page(problem: Message | str = "") -> str:
    person = security.person()
    return render_template(
        "account/time.html",
        ends=security.ends(),
        username=person.username,
        problem=problem,
        home=after_sign_in(person.role, ""),
    )
