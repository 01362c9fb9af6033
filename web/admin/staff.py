"""職員: invite people, give them a new code, close their accounts, issue tokens; each secret is shown once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError, Invalid, NotFound
from models.core.messages import _n
from models.operations import accounts
from models.queries import offices, staff
from models.queries.setting_changes import STAFF, ChangeView
from models.queries.staff import StaffView
from models.rules import mynumber
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin import account_outlook
from web.admin.account_outlook import EVERYWHERE
from web.admin.change_lines import Line, headed, plain_parts, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.role_names import ROLES
from web.admin.setting_pages import Step, looked_first, looked_then
from web.languages import gettext

blueprint = Blueprint("staff", __name__)
GIVEN = "given"
YEAR = 365
TOKEN_DAYS = {"90": 90, "365": YEAR, "always": None}
TOKEN_LASTS = {"365": _n("1年"), "90": _n("90日"), "always": _n("期限なし")}
TOKEN_BOXES = {"role": "token_role", "office": "token_office"}
CODE_FOR = _n("{name} さんの合言葉")
CODE_NOTE = _n(
    "本人だけに渡してください。72時間以内に1回だけ使えます。この画面を閉じると、もう見られません。"
)
TOKEN_FOR = _n("{name} の鍵")
TOKEN_NOTE = _n("つなぐシステムや機械の設定に入れてください。この画面を閉じると、もう見られません。")
CLOSED = _n("{name} を閉じました。サインイン中でも、次の操作で終わります。")
OPENED = _n("{name} を開きました。前のパスワードでサインインできます。")
NOT_YOURSELF = _n("自分の利用者は閉じられません。ほかの管理者に頼んでください。")
PARTS = {
    "role": _n("役割"),
    "office": _n("庁舎"),
    "active": _n("使える"),
    "code_until": _n("合言葉の期限"),
}
AGAIN = _n("職員と鍵の変更の前に、もう一度サインインしてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Everybody who may sign in, and what can be issued."""
    return _page()


@blueprint.post("/invite")
@ADMINISTRATOR
def invite() -> Response:
    """Make an account, after a look at what it opens; its one-time code is shown once."""
    form = request.form
    username, name = form.get("username", "").strip().lower()[:80], form.get("name", "").strip()[:60]
    role, office = form.get("role", ""), form.get("office", "")

    def make() -> Response | None:
        accounts.check_invitation(username, name, role, office or None)
        first = looked_first(account_outlook.invitation(username, name, role, office))
        if first is None:
            invited = accounts.invite(username, name, role, office or None, visitor().actor)
            _give(gettext(CODE_FOR, name=invited.username), invited.code, CODE_NOTE)
        return first

    return _done(make, "invite")


@blueprint.post("/<username>/code")
@ADMINISTRATOR
def new_code(username: str) -> Response:
    """A fresh code for somebody who forgot the password; look first."""

    def make() -> None:
        invited = accounts.new_code(username, visitor().actor)
        _give(gettext(CODE_FOR, name=invited.username), invited.code, CODE_NOTE)

    return _looked(account_outlook.new_code(_person(username)), make)


@blueprint.post("/<username>/close")
@ADMINISTRATOR
def close(username: str) -> Response:
    """Close an account; its sessions end at once. Look first."""

    def refuse() -> None:
        flash(gettext(NOT_YOURSELF), "warning")

    def make() -> None:
        accounts.set_active(username, False, visitor().actor)
        flash(gettext(CLOSED, name=username), "done")

    if username == visitor().actor:
        return _done(refuse)
    return _looked(account_outlook.closing(_person(username)), make)


@blueprint.post("/<username>/open")
@ADMINISTRATOR
def reopen(username: str) -> Response:
    """Open a closed account again; look first."""

    def make() -> None:
        accounts.set_active(username, True, visitor().actor)
        flash(gettext(OPENED, name=username), "done")

    return _looked(account_outlook.reopening(_person(username)), make)


@blueprint.post("/tokens")
@ADMINISTRATOR
def issue_token() -> Response:
    """A bearer token for a system, after a look at what it opens."""
    form = request.form
    label, role, office = (
        form.get("label", "").strip()[:60],
        form.get("token_role", ""),
        form.get("token_office", ""),
    )
    lasts = form.get("token_days", "")
    lasts = lasts if lasts in TOKEN_DAYS else str(YEAR)

    def make() -> Response | None:
        accounts.check_token(role, office or None, label)
        first = looked_first(account_outlook.key(label, role, office, gettext(TOKEN_LASTS[lasts])))
        if first is None:
            token = accounts.issue_token(role, office or None, visitor().actor, label, TOKEN_DAYS[lasts])
            _give(gettext(TOKEN_FOR, name=label or gettext("システム")), token, TOKEN_NOTE)
        return first

    return _done(make, "token")


def _person(username: str) -> StaffView:
    found = staff.by_username(username)
    if found is None:
        raise NotFound
    return found


def _looked(step: Step, make: Callable[[], None]) -> Response:
    """Look first, then do it; whose password was given lately."""
    return _done(partial(looked_then, step, make))


def _told(one: ChangeView) -> list[Line]:
    """A change of an account by its name of today."""
    who = staff.username_of(int(one.of))
    places = {place.code: place.name for place in offices.offices()}
    return headed(who, plain_parts(PARTS, *(_in_words(kept, places) for kept in (one.before, one.after))))


def _in_words(kept: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    if not kept:
        return {}
    role, until = kept["role"], kept["code_until"]
    return {
        "role": gettext(ROLES[role]),
        "office": places.get(kept["office"]) or gettext(EVERYWHERE),
        "active": kept["active"],
        "code_until": moment(datetime.fromisoformat(until)) if until else "",
    }


def _done(make: Callable[[], Response | None], form: str = "") -> Response:
    """Do it and show the list again, or the page that it gives; a refusal keeps what was typed.

    The password must have been given lately.
    """
    if not security.is_fresh():
        flash(gettext(AGAIN), "warning")
        return redirect(
            url_for("sign_in.page", next=url_for("staff.page").removeprefix(request.script_root)), 303
        )
    try:
        first = make()
    except Invalid as refused:
        errors = {_field(form, problem.field): problem.message for problem in refused.problems}
        return make_response(_page(errors=errors), 422)
    except DomainError as refused:
        if not form:
            raise
        return make_response(_page(errors={_field(form, "office"): refused.message}), 422)
    return first or redirect(url_for("staff.page"), 303)


def _field(form: str, field: str) -> str:
    """The name of a field on the page, where two forms stand below one another."""
    return TOKEN_BOXES.get(field, field) if form == "token" else field


def _give(title: str, secret: str, note: str) -> None:
    session[GIVEN] = {"title": title, "secret": secret, "note": gettext(note)}


def _page(**shown: object) -> str:
    values = {"errors": {}, **shown}
    return render_template(
        "admin/staff.html",
        sections=sections("staff.page"),
        person=name_of_visitor(),
        me=visitor().actor,
        people=staff.everyone(),
        offices={one.id: one for one in offices.offices()},
        roles=ROLES,
        lasts=TOKEN_LASTS,
        history=told(_told, STAFF),
        moment=moment,
        fresh=security.is_fresh(),
        given=session.pop(GIVEN, None),
        now=now(),
        wrong=values["errors"],
        typed={name: text for name, text in request.form.items() if not mynumber.contains_my_number(text)},
    )
