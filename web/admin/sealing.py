"""申請書の封: whether an office's residents seal what they fill in at home, and the keys that do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError
from models.core.messages import Message, _n
from models.operations import sealing_keys as key_acts
from models.operations import sealing_policy as acts
from models.queries import offices, sealing_keys
from models.queries.offices import OfficeView
from models.queries.sealing_policy import SEALS, decides, seals
from models.queries.setting_changes import KEYS, SEALING, ChangeView
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import Line, plain_parts, plainly, told
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, Step, history, looked_first, of_office, sent, shown
from web.languages import gettext
from web.presentation import year_and_month

blueprint = Blueprint("admin_sealing", __name__)
TITLE, SEALED = _n("申請書の封"), _n("申請書に封をする")
UNREAD = _n("これから家で書く申請書は、窓口で読み取るまで、市のサーバーには読めません")
READABLE = _n("これから家で書く申請書は、市のサーバーが読める形で預かります")
AS_WRITTEN = _n("切り替える前に書かれた申請書は、そのまま使えます。")
KEY_OF, OPENS = _n("{month}の鍵"), _n("申請書を開けられる")
LOST = _n("すべての庁舎の、この月の申請書が開けなくなります")
FOR_GOOD = _n("元にはもどせません。来た方には、窓口で書き直してもらいます。")
ENDED = _n("{month}の鍵を壊しました。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """What an office decided, and its keys; or what going back would change."""
    return shown(_setting(asked_office()))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at sealing from now on or no more, or do it; the keys are made at once where they are missing."""
    return sent(_setting(asked_office()))


@blueprint.post("/end")
@ADMINISTRATOR
def end() -> Response:
    """Destroy the private keys of one month that is over, for all offices."""
    place, month = asked_office(), _month(request.form.get("month", ""))
    if (first := looked_first(_ending(place, month))) is not None:
        return first
    try:
        key_acts.end(month, visitor().actor)
        flash(gettext(ENDED, month=year_and_month(month)), "done")
    except DomainError as refused:
        flash(gettext(refused.message.template, **refused.message.values), "warning")
    return redirect(url_for(".page", office=place.code), 303)


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(place, SEALING, TITLE, "admin_sealing.page"),
        state={SEALS: decides(place)},
        read=lambda given: {SEALS: given.get(SEALS) == "true"},
        judge=lambda wanted: {SEALS: wanted.get(SEALS) is True},
        lines=partial(plain_parts, {SEALS: SEALED}),
        effects=lambda _, after: [
            Effect(gettext(UNREAD if after[SEALS] else READABLE), gettext(AS_WRITTEN), "warning")
        ],
        keep=partial(_keep, place),
        form=partial(_page, place),
    )


def _keep(place: OfficeView, wanted: Mapping[str, bool], seen: str) -> None:
    if wanted[SEALS]:
        key_acts.make_ahead(place.day_of(now()), visitor().actor)
    acts.set_policy(place, seals=wanted[SEALS], actor=visitor().actor, seen=seen)


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    return render_template(
        "admin/sealing.html",
        sections=sections("admin_sealing.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        on=seals(place) if typed is None else typed.get(SEALS) == "true",
        keys=sealing_keys.keys_of(place),
        over=sealing_keys.over,
        wrong=wrong,
        history=history(_setting(place)),
        ended=told(_told, KEYS),
        moment=moment,
    )


def _ending(place: OfficeView, month: date) -> Step:
    return Step(
        title=gettext(KEY_OF, month=year_and_month(month)),
        section="admin_sealing.page",
        here=url_for(".end"),
        back_to=url_for(".page", office=place.code),
        lines=[(gettext(OPENS), plainly(True), plainly(False))],
        effects=[Effect(gettext(LOST), gettext(FOR_GOOD), "error")],
    )


def _told(one: ChangeView) -> list[Line]:
    month = gettext(KEY_OF, month=year_and_month(_month(one.of)))
    return [(f"{month}　{gettext(OPENS)}", plainly(one.before["opens"]), plainly(one.after["opens"]))]


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return date.min
