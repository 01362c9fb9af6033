"""連携先: which systems an office hands applications over to, and what became of each hand-over."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from models.core.errors import Conflict, FieldProblem, Invalid
from models.core.messages import Message, _n
from models.operations import carrying
from models.operations import receivers as acts
from models.papers.handover import ADAPTERS
from models.queries import catalogue, handovers, offices, receivers
from models.queries.offices import OfficeView
from models.rules import mynumber
from models.rules.handover.items import names
from models.rules.handover.receivers import WAYS, Wanted, order_of
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin.asked import asked_office
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("admin_handover", __name__)
WAY_WORDS = {
    "copy": (_n("コピー"), _n("職員が窓口の画面でコピーして、連携先の画面に貼り付けます。")),
    "file": (_n("ファイル"), _n("職員が窓口の画面でファイルを保存します。")),
    "folder": (_n("監視フォルダー"), _n("連携先が見ているフォルダーに、ファイルを置きます。")),
    "webhook": (_n("webhook"), _n("庁内のシステムに、署名をつけて送ります。")),
}
DATES = (("iso", "2026-11-24"), ("digits", "20261124"), ("wareki", "令和8年11月24日"))
STATE_WORDS = {
    "due": _n("送っています"),
    "carrying": _n("送っています"),
    "done": _n("渡しました"),
    "dead": _n("届きませんでした"),
}
BOXES = ("name", "way", "shape", "order", "dates", "folder", "url")
GIVEN = "given_receiver_secret"
OPENED = _n("「{name}」を連携先に加えました。")
ENDED = _n("連携先をやめました。まだ届いていないものは送りません。")
CARRIED = _n("もう一度送ります。")
FRESH_NEEDED = _n("連携先を変更する前に、もう一度サインインしてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The receivers of an office, a form for another one, and the log."""
    return _page(asked_office())


@blueprint.post("/")
@ADMINISTRATOR
def add() -> Response:
    """Open a receiver; a refusal names each box and keeps what was typed."""
    place = asked_office()
    if (first := _sign_in_first()) is not None:
        return first
    try:
        made = acts.open_receiver(place, _read(), visitor().actor)
    except Invalid as refused:
        return make_response(_page(place, {one.field: one.message for one in refused.problems}), 422)
    if made.secret:
        session[GIVEN] = made.secret
    flash(gettext(OPENED, name=request.form.get("name", "").strip()), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/<int:receiver>/end")
@ADMINISTRATOR
def end(receiver: int) -> Response:
    """End a receiver."""
    place = asked_office()
    if (first := _sign_in_first()) is not None:
        return first
    acts.end_receiver(place, receiver, visitor().actor)
    flash(gettext(ENDED), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/receipts/<receipt>/again")
@ADMINISTRATOR
def again(receipt: str) -> Response:
    """Carry once more what was given up."""
    place = asked_office()
    try:
        carrying.carry_again(place, receipt, visitor().actor)
        flash(gettext(CARRIED), "done")
    except Conflict as refused:
        flash(gettext(refused.message.template, **refused.message.values), "warning")
    return redirect(url_for(".page", office=place.code), 303)


def _sign_in_first() -> Response | None:
    """The password must have been given lately: whoever finds an open browser must not lead forms elsewhere."""
    if security.is_fresh():
        return None
    flash(gettext(FRESH_NEEDED), "warning")
    return redirect(url_for("sign_in.page", next=url_for(".page").removeprefix(request.script_root)), 303)


def _read() -> Wanted:
    typed = {name: request.form.get(name, "").strip() for name in BOXES}
    if any(mynumber.contains_my_number(text) for text in typed.values()):
        raise Invalid([FieldProblem("name", Message(mynumber.REFUSED))])
    forms = tuple(dict.fromkeys(request.form.getlist("forms")))
    order = order_of(typed.pop("order"))
    return Wanted(order=order, forms=forms, **typed)


def _page(place: OfficeView, wrong: Mapping[str, Message] | None = None) -> str:
    typed = {
        name: text for name in BOXES if not mynumber.contains_my_number(text := request.form.get(name, ""))
    }
    known = [form for form in catalogue.current().forms.values() if not form.paper_only]
    return render_template(
        "admin/handover.html",
        sections=sections("admin_handover.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        receivers=receivers.of_office(place),
        folders=receivers.folders(),
        log=handovers.latest(place),
        ways=[(code, *(gettext(text) for text in WAY_WORDS[code])) for code in WAYS],
        shapes=[(one.name, gettext(one.words)) for one in ADAPTERS.values()],
        dates=DATES,
        forms=[(form.id, form.words.ja) for form in known],
        names=[(form.words.ja, names(form)) for form in known],
        states=STATE_WORDS,
        fresh=security.is_fresh(),
        given=session.pop(GIVEN, ""),
        wrong=wrong or {},
        typed=typed,
        typed_forms=request.form.getlist("forms"),
        moment=moment,
    )
