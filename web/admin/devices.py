"""機器: kiosks and boards: one-time codes, who waits to be let in, who was seen when, alarms, and shutting out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from models.core.errors import DomainError, Invalid, NotFound
from models.core.messages import Message, _n
from models.operations import accounts
from models.operations import devices as acts
from models.queries import devices, offices
from models.queries.devices import DeviceView
from models.queries.setting_changes import DEVICE, ChangeView
from models.rules import mynumber
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin.account_outlook import KEY_HOLDER, KEY_ONCE
from web.admin.change_lines import Line, headed, plain_parts, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, Step, looked_first, looked_then
from web.languages import gettext

blueprint = Blueprint("devices", __name__)
GIVEN = "given_device"
KINDS = {"kiosk": _n("受付の機械"), "board": _n("案内の画面")}
STATES = {"pending": _n("許可を待っています"), "open": _n("使えます"), "revoked": _n("使えません")}
CODE_FOR = _n("{name} の登録コード")
CODE_NOTE = _n(
    "機械のブラウザーで {address} を開き、10分以内に入れてください。1回だけ使えます。"
    "この画面を閉じると、もう見られません。"
)
TOKEN_FOR = _n("{name} の鍵")
TOKEN_NOTE = _n("つなぐシステムや機械の設定に入れてください。この画面を閉じると、もう見られません。")
LET_IN = _n("{number}番の機器を許可しました。")
SHUT_OUT = _n("{number}番の機器を止めました。次の操作から使えません。")
WORKS = {
    "kiosk": _n("番号札を出し、予約を受け付けます。職員の画面は開けません。"),
    "board": _n("呼び出した番号を見せます。職員の画面は開けません。"),
}
COMPARE = _n("機械の画面の4文字が {word} のときだけ、許可してください")
ELSE_STOP = _n("ちがうときは、戻って「止める」を押してください。ほかの人の機械かもしれません。")
PARTS = {"kind": _n("種類"), "office": _n("庁舎"), "label": _n("置き場所"), "state": _n("状態")}
NUMBERED = _n("{number}番の機器")
STATE, WORKS_NO_MORE = _n("状態"), _n("次の操作から使えません")
ENROL_ANEW = _n("元にはもどせません。また使うときは、新しい登録コードで登録し直します。")
AGAIN = _n("機器の変更の前に、もう一度サインインしてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every device, and what can be given out."""
    return _page()


@blueprint.post("/codes")
@ADMINISTRATOR
def new_code() -> Response:
    """A one-time code for a browser; shown once."""
    label, kind = request.form.get("label", "").strip()[:60], request.form.get("kind", "")

    def make() -> None:
        code = acts.new_code(kind, request.form.get("office", ""), visitor().actor, label)
        address = request.host_url.rstrip("/") + url_for("kiosk_enrol.page")
        name = label or gettext(KINDS[kind])
        _give(gettext(CODE_FOR, name=name), code, gettext(CODE_NOTE, address=address))

    return _done(make, "code")


@blueprint.post("/tokens")
@ADMINISTRATOR
def issue_token() -> Response:
    """A token for a kiosk or board that is a system, not a browser; looked at first, shown once."""
    label, kind = request.form.get("device_label", "").strip()[:60], request.form.get("device_kind", "")
    office = request.form.get("device_office", "")

    def make() -> Response | None:
        accounts.check_device(kind, office, label)
        first = looked_first(_key(kind, office, label))
        if first is None:
            token = accounts.enrol_device(kind, office, visitor().actor, label)
            _give(gettext(TOKEN_FOR, name=label or gettext(KINDS[kind])), token, gettext(TOKEN_NOTE))
        return first

    return _done(make, "device")


@blueprint.post("/<int:device>/approve")
@ADMINISTRATOR
def approve(device: int) -> Response:
    """Let a waiting browser in; look first whether it is the one in the hall."""
    found = _device(device)
    effects = [
        Effect(gettext(COMPARE, word=found.word), gettext(ELSE_STOP), "warning"),
        Effect(gettext(WORKS[found.kind])),
    ]

    def make() -> None:
        acts.approve(device, visitor().actor)
        flash(gettext(LET_IN, number=device), "done")

    return _looked(found, "devices.approve", STATES["open"], effects, make)


@blueprint.post("/<int:device>/revoke")
@ADMINISTRATOR
def revoke(device: int) -> Response:
    """Shut a device out, from its next request on; look first."""

    def make() -> None:
        acts.revoke(device, visitor().actor)
        flash(gettext(SHUT_OUT, number=device), "done")

    effects = [Effect(gettext(WORKS_NO_MORE), gettext(ENROL_ANEW), "warning")]
    return _looked(_device(device), "devices.revoke", STATES["revoked"], effects, make)


def _device(number: int) -> DeviceView:
    found = next((one for one in devices.everything() if one.id == number), None)
    if found is None:
        raise NotFound
    return found


def _looked(
    found: DeviceView, endpoint: str, becomes: str, effects: list[Effect], make: Callable[[], None]
) -> Response:
    """Look at what a device becomes, then do it."""
    name = gettext(NUMBERED, number=found.id)
    step = Step(
        title=f"{name}　{found.office.name}　{found.label}".strip(),
        section="devices.page",
        here=url_for(endpoint, device=found.id),
        back_to=url_for("devices.page"),
        lines=[(gettext(STATE), gettext(STATES[found.state]), gettext(becomes))],
        effects=effects,
        kind="primary" if endpoint == "devices.approve" else "danger",
    )
    return _done(partial(looked_then, step, make))


def _key(kind: str, office: str, label: str) -> Step:
    """Before a system gets a key of a device."""
    told = {"kind": gettext(KINDS[kind]), "office": offices.office(office).name, "label": label}
    return Step(
        title=label or gettext(KINDS[kind]),
        section="devices.page",
        here=url_for("devices.issue_token"),
        back_to=url_for("devices.page"),
        lines=[(gettext(PARTS[name]), "", text) for name, text in told.items()],
        effects=[Effect(gettext(WORKS[kind])), Effect(gettext(KEY_ONCE), gettext(KEY_HOLDER), "warning")],
        kind="primary",
    )


def _told(one: ChangeView) -> list[Line]:
    """A change of a device by its number."""
    places = {place.code: place.name for place in offices.offices()}
    number = gettext(NUMBERED, number=one.of)
    lines = plain_parts(PARTS, *(_in_words(kept, places) for kept in (one.before, one.after)))
    return headed(number, lines)


def _in_words(kept: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    words = {"kind": KINDS, "state": STATES}
    return {
        name: gettext(words[name][value]) if name in words else places.get(value, value)
        for name, value in kept.items()
    }


def _done(make: Callable[[], Response | None], form: str = "") -> Response:
    """Do it and show the list again, or the page that it gives; a refusal keeps what was typed.

    The password must have been given lately.
    """
    if not security.is_fresh():
        flash(gettext(AGAIN), "warning")
        here = url_for("devices.page").removeprefix(request.script_root)
        return redirect(url_for("sign_in.page", next=here), 303)
    try:
        first = make()
    except Invalid as refused:
        wrong = {_field(form, problem.field): problem.message for problem in refused.problems}
        return make_response(_page(wrong), 422)
    except DomainError as refused:
        if form != "device":
            raise
        return make_response(_page({"device_office": refused.message}), 422)
    return first or redirect(url_for("devices.page"), 303)


def _field(form: str, field: str) -> str:
    """The name of a field on the page, where two forms stand below one another."""
    return f"device_{field}" if form == "device" else field


def _give(title: str, secret: str, note: str) -> None:
    session[GIVEN] = {"title": title, "secret": secret, "note": note}


def _page(wrong: Mapping[str, Message] | None = None) -> str:
    every = devices.everything()
    return render_template(
        "admin/devices.html",
        sections=sections("devices.page"),
        person=name_of_visitor(),
        devices=every,
        alarmed=[one for one in every if one.alarm_at and one.state != "revoked"],
        offices=offices.offices(),
        kinds=KINDS,
        states=STATES,
        history=told(_told, DEVICE),
        moment=moment,
        fresh=security.is_fresh(),
        given=session.pop(GIVEN, None),
        wrong=wrong or {},
        typed={name: text for name, text in request.form.items() if not mynumber.contains_my_number(text)},
    )
