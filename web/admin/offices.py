"""庁舎の設定: what is said of each office, and the ways to its counters, its procedures and its hours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Invalid
from models.core.messages import Message, _n
from models.operations import office_settings as acts
from models.queries import office_settings, offices, setting_changes
from models.queries.offices import OfficeView
from models.rules import office_settings as rules
from web.access import ADMINISTRATOR, own_office, visitor
from web.admin.change_lines import counted
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import (
    Effect,
    SettingPage,
    Step,
    Which,
    harmless,
    history,
    looked_first,
    sent,
    shown,
)
from web.languages import gettext

blueprint = Blueprint("office_settings", __name__)
FIELDS: Mapping[str, tuple[str, str]] = {
    "name": (_n("庁舎の名前"), _n("住民の画面・予約の控え・お知らせに出ます。")),
    "name_easy": (
        _n("やさしい日本語の名前"),
        _n("漢字の後ろに読みがなを付けます。例：{example}"),
    ),
    "name_en": (_n("英語の名前"), _n("日本語のほかの画面では、この名前を使います。")),
    "address": (_n("住所"), _n("例：前庭市本町一丁目1番1号")),
    "telephone": (_n("電話番号"), _n("例：0000-20-1111")),
    "access": (_n("行きかた"), _n("例：前庭駅北口から歩いて8分。")),
    "access_en": (_n("行きかた（英語）"), _n("例：An 8-minute walk from Maeniwa Station")),
    "booking_days_ahead": (
        _n("何日先まで予約を受けるか"),
        _n("減らしても、もう公開した予約枠は残ります。"),
    ),
    "bookable_percent": (_n("予約に使う割合"), _n("残りは予約のない人のために空けておきます。")),
}
PARTS = {name: words[0] for name, words in FIELDS.items()}
UNITS = {"booking_days_ahead": _n("日"), "bookable_percent": "%"}
CODE, NOT_SHOWN = _n("略号"), _n("手続きを決めるまで、住民の画面には出ません")
STAYS = _n("足した庁舎は消せません。手続きをすべてはずすと、住民の画面からは消えます。略号は変えられません。")
ADDED = _n(
    "「{office}」を足しました。開庁時間、窓口、手続きの順に決めてください。手続きを決めるまで、住民の画面には出ません。"
)
EARLIER = _n(
    "予約を受ける日が変わるのは、これから公開する日です。もう公開した予約枠は、「予約枠」で変えます。"
)


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every office with the ways to what is set for it."""
    return render_template(
        "admin/offices.html",
        sections=sections("office_settings.page"),
        person=name_of_visitor(),
        places=[
            (one, len(offices.counters_of(one)), len(offices.procedures_of(one))) for one in offices.offices()
        ],
        moment=moment,
    )


@blueprint.get("/new")
@ADMINISTRATOR
def new() -> str:
    """The boxes for one more office."""
    return _new({}, {"booking_days_ahead": "60", "bookable_percent": "50"})


@blueprint.post("/new")
@ADMINISTRATOR
def add() -> Response:
    """Add an office, after a look at it; a refusal names each box and keeps what was typed."""
    code = request.form.get("code", "").strip()
    try:
        found = rules.new_office(code, request.form, [one.code for one in offices.offices()])
        if (first := looked_first(_addition(code, found))) is not None:
            return first
        acts.add_office(code, request.form, visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_new(wrong, harmless()), 422)
    flash(gettext(ADDED, office=request.form["name"]), "done")
    return redirect(url_for("office_settings.page"), 303)


@blueprint.get("/<office>")
@ADMINISTRATOR
def edit(office: str) -> str | Response:
    """What is said of an office, or what going back would change."""
    return shown(_setting(own_office(office)))


@blueprint.post("/<office>")
@ADMINISTRATOR
def keep(office: str) -> Response:
    """Look at what was typed, or keep it."""
    return sent(_setting(own_office(office)))


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        Which(
            title=place.name,
            here=url_for("office_settings.edit", office=place.code),
            section="office_settings.page",
            topic=setting_changes.OFFICE,
            of=place.code,
        ),
        state=office_settings.office_state(place),
        read=dict,
        judge=rules.office,
        lines=partial(counted, PARTS, UNITS),
        effects=_effects,
        keep=lambda wanted, seen: acts.set_office(place, wanted, seen, visitor().actor),
        form=lambda wrong, typed: _page(place, wrong, typed),
    )


def _addition(code: str, found: Mapping[str, Any]) -> Step:
    """Before there is one more office."""
    return Step(
        title=found["name"],
        section="office_settings.page",
        here=url_for(".add"),
        back_to=url_for("office_settings.page"),
        lines=[(gettext(CODE), "", code), *counted(PARTS, UNITS, {}, found)],
        effects=[Effect(gettext(NOT_SHOWN), gettext(STAYS), "warning")],
        kind="primary",
    )


def _effects(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Effect]:
    numbers = [name for name in rules.NUMBERS if before.get(name) != after.get(name)]
    return [Effect(gettext(EARLIER))] if numbers else []


def _new(wrong: Mapping[str, Message], typed: Mapping[str, str]) -> str:
    return _form(None, wrong, typed, [])


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting = _setting(place)
    return _form(place, wrong, setting.state if typed is None else typed, history(setting))


def _form(
    place: OfficeView | None, wrong: Mapping[str, Message], typed: Mapping[str, Any], changes: list[Any]
) -> str:
    return render_template(
        "admin/office.html",
        sections=sections("office_settings.page"),
        person=name_of_visitor(),
        place_shown=place,
        fields=FIELDS,
        units=UNITS,
        texts=rules.TEXTS,
        wrong=wrong,
        typed=typed,
        history=changes,
        moment=moment,
    )
