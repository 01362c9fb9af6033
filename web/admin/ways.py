"""送り方: open and close the ways out, with what each needs; what is secret is typed or shown once, never again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from models.core.errors import Conflict, Invalid, NotFound, TooMany
from models.core.messages import Message, _n
from models.operations import channels
from models.operations import ways as acts
from models.queries import messages, ways
from models.queries.setting_changes import WAY, ChangeView
from models.rules import mynumber
from models.rules.channels import WAYS
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin import held, notice_words, way_outlook
from web.admin.change_lines import Line, headed, plain_parts, plainly, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, Step, looked_first
from web.api.addresses import absolute
from web.languages import gettext
from web.reading import current

blueprint = Blueprint("ways", __name__)
GIVEN = "given_secret"
PER_ADDRESS = "10 per hour"
BOXES = {
    "email": ("server", "port", "security", "user", "password", "sender", "name"),
    "push": ("contact",),
    "line": ("token", "account", "secret"),
    "sms": ("url", "token", "sender"),
    "webhook": ("url",),
}
OPENED = _n("{way}を開きました。")
CLOSED = _n("{way}を閉じました。待っていたお知らせは送りません。")
ON_ITS_WAY = _n("試しのお知らせを、送る列に入れました。1分ほどで届きます。")
TOO_OFTEN = _n("試し送りは、1時間に10回までです。")
PARTS = {"open": way_outlook.OPEN, "changed": _n("変えたところ")}
NEEDS = {
    "url": _n("アドレスかサーバー"),
    "sender": _n("差出人"),
    "name": _n("差出人の名前"),
    "contact": _n("連絡先"),
    "private_key": _n("鍵の組"),
    "public_key": _n("鍵の組"),
    "token": _n("トークン"),
    "account": _n("アカウント"),
    "secret": _n("署名の鍵"),
}
DROPPED = _n("待っているお知らせ{n}通は、送りません")
NO_RETURN = _n("また開いても、送られません。")
NOT_PROMISED = _n("住民の画面から、この送り方が消えます。")
AGAIN = _n("送り方の変更の前に、もう一度サインインしてください。")
SECRET_FOR = _n("署名を確かめる鍵")
SECRET_NOTE = _n("受け取るシステムの設定に入れてください。この画面を閉じると、もう見られません。")


def too_often(_: RequestLimit) -> NoReturn:
    """Somebody tries a way again and again."""
    raise TooMany(TOO_OFTEN, retry_after=3600)


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every way out: its state, and the boxes of what it needs."""
    return _page()


@blueprint.post("/<way>/open")
@ADMINISTRATOR
def open_way(way: str) -> Response:
    """Open a way, or open it anew with something else; look first at what it would send where."""
    _known(way)
    if (first := _sign_in_first()) is not None:
        return first
    fresh = request.form.get("fresh") == "true"
    try:
        typed = {name: held.typed(request.form, f"{way}.{name}") for name in BOXES[way]}
        step = way_outlook.step(way, acts.outlook(way, typed, fresh), _carried(way, typed, fresh))
        if (first := looked_first(step)) is not None:
            return first
        made = acts.open_way(way, typed, visitor().actor, fresh)
    except Invalid as refused:
        wrong = {_box(way, one.field.removeprefix(f"{way}.")): one.message for one in refused.problems}
        return make_response(_page(way, wrong), 422)
    if made:
        session[GIVEN] = made
    flash(gettext(OPENED, way=notice_words.way_name(way)), "done")
    return redirect(url_for("ways.page", _anchor=way), 303)


@blueprint.post("/<way>/close")
@ADMINISTRATOR
def close(way: str) -> Response:
    """Close a way; what waits is not sent."""
    _known(way)
    if (first := _sign_in_first() or looked_first(_closing(way))) is not None:
        return first
    channels.close_channel(way, visitor().actor)
    flash(gettext(CLOSED, way=notice_words.way_name(way)), "done")
    return redirect(url_for("ways.page", _anchor=way), 303)


@blueprint.post("/<way>/test")
@ADMINISTRATOR
@security.limiter.limit(
    PER_ADDRESS, on_breach=too_often, deduct_when=lambda response: response.status_code == 303
)
def test(way: str) -> Response:
    """Put a test message into the outbox, to the address that was typed."""
    _known(way)
    if (first := _sign_in_first()) is not None:
        return first
    address = request.form.get(f"{way}.address", "")
    try:
        acts.send_test(way, address, current().code, visitor().actor)
    except Invalid as refused:
        return make_response(_page(way, {f"{way}.address": refused.problems[0].message}), 422)
    except Conflict as refused:
        return make_response(_page(way, {f"{way}.address": refused.message}), refused.status)
    flash(gettext(ON_ITS_WAY), "done")
    return redirect(url_for("ways.page", _anchor=way), 303)


def _carried(way: str, typed: Mapping[str, str], fresh: bool) -> list[tuple[str, str]]:
    """The form as it goes through the page that is looked at first; secrets stay unread."""
    fields = [(f"{way}.{name}", text) for name, text in typed.items()]
    secret = frozenset(f"{way}.{name}" for name in acts.SECRETS)
    return held.hold([*fields, *([("fresh", "true")] if fresh else [])], secret)


def _closing(way: str) -> Step:
    left = messages.waiting(way)
    effects = [Effect(gettext(DROPPED, n=left), gettext(NO_RETURN), "warning")] if left else []
    return Step(
        title=notice_words.way_name(way),
        section="messages.page",
        here=url_for("ways.close", way=way),
        back_to=url_for("ways.page", _anchor=way),
        lines=[(gettext(way_outlook.OPEN), plainly(ways.way(way).open), plainly(False))],
        effects=[*effects, Effect(gettext(NOT_PROMISED))],
    )


def _told(one: ChangeView) -> list[Line]:
    """A change of a way: that it was opened or closed, and which of its boxes changed, never what stands in them."""
    kept = (
        {**part, "changed": [gettext(NEEDS[need]) for need in part.get("changed", [])]}
        for part in (one.before, one.after)
    )
    return headed(notice_words.way_name(one.of), plain_parts(PARTS, *kept))


def _known(way: str) -> None:
    if way not in WAYS:
        raise NotFound


def _sign_in_first() -> Response | None:
    """The password must have been given lately: whoever finds an open browser must not redirect the city's mail."""
    if security.is_fresh():
        return None
    flash(gettext(AGAIN), "warning")
    return redirect(url_for("sign_in.page", next=url_for("ways.page").removeprefix(request.script_root)), 303)


def _box(way: str, field: str) -> str:
    """The box of the page in which a refused need was typed."""
    return f"{way}.{'server' if way == 'email' and field == 'url' else field}"


def _line_door() -> str:
    """Where LINE's servers are to tell us of the account; empty on a side without residents' pages."""
    there = "line_webhook.hear" in current_app.view_functions
    return absolute("line_webhook.hear") if there else ""


def _page(way: str = "", wrong: Mapping[str, Message] | None = None) -> str:
    typed = {
        name: text
        for name, text in request.form.items()
        if not name.endswith((".password", ".token", ".secret", held.SUFFIX))
        and not mynumber.contains_my_number(text)
    }
    return render_template(
        "admin/messages/ways.html",
        sections=sections("messages.page"),
        person=name_of_visitor(),
        ways=ways.ways(),
        testable=acts.TESTABLE,
        fresh=security.is_fresh(),
        given=session.pop(GIVEN, ""),
        given_words=(SECRET_FOR, SECRET_NOTE),
        line_door=_line_door(),
        touched=way,
        wrong=wrong or {},
        typed=typed,
        words=notice_words,
        history=told(_told, WAY),
        moment=moment,
    )
