"""連携先: which systems an office hands applications over to, and what became of each hand-over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from models.core.errors import Conflict, FieldProblem, Invalid
from models.core.messages import Message, _n
from models.operations import carrying
from models.operations import receivers as acts
from models.operations.setting_changes import OtherState
from models.papers.handover import ADAPTERS
from models.queries import catalogue, handovers, offices, receivers
from models.queries.offices import OfficeView
from models.queries.setting_changes import RECEIVERS
from models.rules import mynumber
from models.rules.handover.items import names
from models.rules.handover.receivers import WAYS, Wanted, order_of, plain
from web.access import ADMINISTRATOR, visitor
from web.account import security
from web.admin.asked import asked_office
from web.admin.change_lines import row_lines
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
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
TITLE = _n("連携先")
FORMS, ITEMS, EVERYTHING = _n("様式"), _n("項目"), _n("すべて")
NOT_SENT = _n("「{name}」にまだ届いていない{n}件は、送りません")
NEW_SECRET = _n("「{name}」の署名を確かめる鍵は、新しく作ります")
SHOWN_ONCE = _n("変えたあとの画面に1回だけ出ます。受け取るシステムの設定に入れてください。")
AT_COUNTERS = _n("窓口の画面は、すぐに変わります。")
CARRIED = _n("もう一度送ります。")
FRESH_NEEDED = _n("連携先を変更する前に、もう一度サインインしてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """The receivers of an office, a form for another one, and the log; or what going back would change."""
    return shown(_setting(asked_office()))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at a receiver that is added or ended, or do it. The password must have been given lately."""
    return _sign_in_first() or sent(_setting(asked_office()))


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


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(place, RECEIVERS, TITLE, "admin_handover.page"),
        state=receivers.receivers_state(place),
        read=partial(_read, place),
        judge=partial(acts.receivers_checked, place),
        lines=partial(row_lines, _told),
        effects=partial(_effects, place),
        keep=partial(_keep, place),
        form=partial(_page, place),
    )


def _read(place: OfficeView, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """All receivers as they would be without one (`end`), or with the one of the form."""
    mine = receivers.of_office(place)
    end = given.get("end", "")
    if end and all(str(one.id) != end for one in mine):
        raise OtherState
    kept = [receivers.state_of(one) for one in mine if str(one.id) != end]
    if end:
        return kept
    typed = {name: given.get(name, "").strip() for name in BOXES}
    if any(mynumber.contains_my_number(text) for text in typed.values()):
        raise Invalid([FieldProblem("name", Message(mynumber.REFUSED))])
    forms = tuple(dict.fromkeys(request.form.getlist("forms")))
    order = order_of(typed.pop("order"))
    return [*kept, plain(Wanted(order=order, forms=forms, **typed))]


def _told(one: Mapping[str, Any]) -> str:
    """Everything that a receiver is, a thing a line."""
    shape = ADAPTERS[one["shape"]].words if one["shape"] in ADAPTERS else one["shape"]
    way = WAY_WORDS[one["way"]][0]
    known = catalogue.current().forms
    forms = [known[code].words.ja if code in known else code for code in one["forms"]]
    where = one["folder"] or one["url"]
    said = ((FORMS, forms), (ITEMS, one["order"]))
    what = [
        f"{gettext(label)}{gettext('：')}{gettext('、').join(given) or gettext(EVERYTHING)}"
        for label, given in said
    ]
    return "\n".join(filter(None, (f"{gettext(way)}・{gettext(shape)}", where, *what)))


def _effects(
    place: OfficeView, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Effect]:
    """What is not carried any more, and which systems need a new secret."""
    ended = [one for one in receivers.of_office(place) if receivers.state_of(one) not in after]
    left = [(one.name, handovers.not_carried(one.id)) for one in ended]
    new = [one["name"] for one in after if one not in before and one["way"] == "webhook"]
    return [
        *(Effect(gettext(NOT_SENT, name=name, n=n), "", "warning") for name, n in left if n),
        *(Effect(gettext(NEW_SECRET, name=name), gettext(SHOWN_ONCE), "warning") for name in new),
        Effect(gettext(AT_COUNTERS)),
    ]


def _keep(place: OfficeView, wanted: Sequence[Mapping[str, Any]], seen: str) -> None:
    made = acts.set_receivers(place, wanted, visitor().actor, seen)
    if made:
        session[GIVEN] = made


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
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
        given=session.pop(GIVEN, {}),
        wrong=wrong,
        typed=typed or {},
        typed_forms=request.form.getlist("forms"),
        history=history(_setting(place)),
        moment=moment,
    )
