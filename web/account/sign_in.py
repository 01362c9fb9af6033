"""サインイン: name and password, the one-time code of a new account, one's own password, signing out."""

from __future__ import annotations

import unicodedata
from typing import NoReturn

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import RequestLimit
from flask_security.utils import logout_user
from werkzeug.wrappers import Response

from models.core.errors import Invalid, TooMany
from models.core.messages import Message, _n
from models.operations import accounts
from models.operations.accounts import LOCKED
from models.queries import staff
from web.access import ANY_STAFF, PUBLIC
from web.account import credentials, security
from web.account.destination import after_sign_in, own_path
from web.languages import gettext

blueprint = Blueprint("sign_in", __name__)
WRONG = _n("利用者名かパスワードが違います。もう一度入力してください。")
WRONG_OLD = _n("いまのパスワードが違います。もう一度入力してください。")
NOT_SAME = _n("2回の入力が同じではありません。もう一度入力してください。")
ENDED = _n(
    "サインインし直してください。15分使わなかったか、12時間たったか、ほかの端末でサインインしたためです。"
)
SIGNED_OUT = _n("サインアウトしました。")
PASSWORD_SET = _n("パスワードを決めました。次からは、利用者名とこのパスワードでサインインします。")
LABELS = {"old": _n("いまのパスワード"), "password": _n("新しいパスワード"), "again": _n("もう一度")}
FAILED = 401
ADDRESS_FAILURES = "50 per 15 minutes"
CODE_FAILURES = "20 per 15 minutes"
NAME_FAILURES = "10 per 15 minutes"


def too_often(_: RequestLimit) -> NoReturn:
    """One answer for every limit, so that it does not tell which names exist."""
    raise TooMany(LOCKED, retry_after=15 * 60)


def failed(response: Response) -> bool:
    """Only failures count."""
    return response.status_code == FAILED


def username() -> str:
    """The name as typed, any width or case."""
    return unicodedata.normalize("NFKC", request.form.get("username", "")[:80]).strip().casefold()


def known() -> bool:
    """Whether the account counts its own failures in the database, which holds over all processes."""
    return staff.by_username(username()) is not None


def name_as_key() -> str:
    """The name that was tried, as the key of its limit."""
    return f"{g.municipality.code}|{username()}"


@blueprint.get("/sign-in")
@PUBLIC
def page() -> str:
    """The sign-in page."""
    return _page(asked=own_path(request.args.get("next", "")), notice=ENDED if security.has_ended() else "")


@blueprint.post("/sign-in")
@PUBLIC
@security.limiter.limit(ADDRESS_FAILURES, deduct_when=failed, on_breach=too_often)
@security.limiter.limit(
    NAME_FAILURES, key_func=name_as_key, deduct_when=failed, on_breach=too_often, exempt_when=known
)
def enter() -> Response:
    """Sign in with name and password; one message for every failure."""
    asked = own_path(request.form.get("next", ""))
    account = credentials.signed_in(username(), request.form.get("password", ""))
    if account is None:
        return make_response(_page(asked=asked, username=username(), problem=WRONG), FAILED)
    security.begin(account, "password")
    return redirect(after_sign_in(account.role, asked), 303)


@blueprint.get("/code")
@PUBLIC
def code() -> str:
    """The first time: a one-time code from the administrator."""
    return render_template("account/code.html")


@blueprint.post("/code")
@PUBLIC
@security.limiter.limit(CODE_FAILURES, deduct_when=failed, on_breach=too_often)
def enter_with_code() -> Response:
    """Use the code up and ask for a password at once."""
    try:
        account = accounts.enter_with_code(request.form.get("code", "")[:80])
    except Invalid as refused:
        shown = render_template("account/code.html", problem=refused.problems[0].message)
        return make_response(shown, FAILED)
    security.begin(account, "code", must_set_password=True)
    return redirect(url_for("sign_in.password"), 303)


@blueprint.get("/password")
@ANY_STAFF
def password() -> str:
    """One's own password."""
    return _password_page()


@blueprint.post("/password")
@ANY_STAFF
def set_password() -> Response:
    """Set a new password; every other session of the account ends."""
    person, wanted = security.person(), request.form.get("password", "")
    if not _first_password() and not credentials.matches(request.form.get("old", ""), person.password or ""):
        accounts.note_failure(person.username)
        accounts.refuse_if_locked(person.username)
        return make_response(_password_page(old=WRONG_OLD), 422)
    if wanted != request.form.get("again", ""):
        return make_response(_password_page(again=NOT_SAME), 422)
    try:
        account = accounts.set_password(person.username, wanted)
    except Invalid as refused:
        return make_response(_password_page(password=refused.problems[0].message), 422)
    security.begin(account, "password")
    flash(gettext(PASSWORD_SET), "done")
    return redirect(after_sign_in(account.role, ""), 303)


@blueprint.get("/here")
@ANY_STAFF
def here() -> tuple[str, int, dict[str, str]]:
    """Somebody is still at work here: the idle minutes begin anew, as with every page; how long the session lasts."""
    found = security.ends()
    return "", 204, {"X-Ends-In": str(found.whole_seconds)} if found else {}


@blueprint.post("/sign-out")
@ANY_STAFF
def leave() -> Response:
    """Sign out here and everywhere; whatever counter this person is on at is closed."""
    person = security.person()
    for leave_place in security.at_sign_out():
        leave_place(person.username)
    accounts.end_sessions(person.username)
    logout_user()
    session.clear()
    flash(gettext(SIGNED_OUT), "done")
    return redirect(url_for("sign_in.page"), 303)


def _page(asked: str = "", username: str = "", problem: str = "", notice: str = "") -> str:
    return render_template(
        "account/sign_in.html", asked=asked, username=username, problem=problem, notice=notice
    )


def _first_password() -> bool:
    return security.MUST_SET_PASSWORD in session


def _password_page(**wrong: Message | str) -> str:
    errors = [
        (field, text, "" if text == WRONG_OLD else gettext(LABELS[field])) for field, text in wrong.items()
    ]
    person = security.person()
    return render_template(
        "account/password.html",
        first=_first_password(),
        username=person.username,
        home="" if _first_password() else after_sign_in(person.role, ""),
        labels=LABELS,
        errors=errors,
        wrong=wrong,
    )
