"""空いた枠: when a place that was given up opens again, who waits for one, and how many one contact holds."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.operations import places_policy as acts
from models.queries import catalogue, offices, waiting_list
from models.queries.offices import OfficeView
from models.queries.places_policy import places_policy
from models.queries.setting_changes import PLACES
from models.rules import mynumber
from models.rules.places_policy import OUT_OF_RANGE, RANGES, SHIPPED
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import ChangeLine
from web.admin.jobs import moment
from web.admin.kept_before import asked_before, boxed, plainly, told
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("places", __name__)
MINUTES, ENTRIES, TIMES = _n("分"), _n("件"), _n("回")
WORDS = {
    "reopen_from_minutes": (
        _n("空いた枠を閉じておく時間（短いとき）"),
        MINUTES,
        _n("満員だった枠が取り消されたとき、この時間から"),
    ),
    "reopen_to_minutes": (
        _n("空いた枠を閉じておく時間（長いとき）"),
        MINUTES,
        _n("この時間までの、どこかで予約できるようにします。どちらも0なら、すぐです。"),
    ),
    "offer_minutes": (_n("ご案内を取っておく時間"), MINUTES, _n("過ぎると、次の人に回します。")),
    "most_waiting": (_n("1人が並べる数"), ENTRIES, _n("同じ手続きには、いつも1件だけです。")),
    "most_lapses": (
        _n("ご案内を見送れる回数"),
        TIMES,
        _n("この回数だけ期限が過ぎると、キャンセル待ちは終わります。"),
    ),
}
LIMITS = {
    "most_booked": (
        _n("同じ連絡先で取れる予約の数"),
        ENTRIES,
        _n("来庁の前の予約を数えます。0なら、いくつでも取れます。"),
    ),
    "most_cancelled": (
        _n("続けて取り消せる回数"),
        TIMES,
        _n("次の時間のうちにこの回数だけ取り消した連絡先では、しばらく予約できません。0なら、止めません。"),
    ),
    "cancelled_minutes": (_n("取り消しを数える時間"), MINUTES, _n("この時間がたつと、また予約できます。")),
}
FREED, HELD = _n("空いた枠の決まり"), _n("予約の数の決まり")
SWITCHES = {
    "waiting_list": _n("キャンセル待ちを受け付ける"),
    "limits_api": _n("ほかのシステム（API）からの予約も数える"),
}
KEPT = _n("{office}の空いた枠と予約の数の決まりを保存しました。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The numbers of an office, and how many people wait for what."""
    place = asked_office()
    before = asked_before(place.code, PLACES)
    present = {name: getattr(places_policy(place), name) for name in (*RANGES, *SWITCHES)}
    return _page(place, typed=boxed({**present, **before}) if before else None)


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Keep the numbers; a refusal names each and keeps what was typed."""
    place = asked_office()
    try:
        acts.set_policy(place, _read(), visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(place, wrong, request.form), 422)
    flash(gettext(KEPT, office=place.name), "done")
    return redirect(url_for(".page", office=place.code), 303)


def _read() -> dict[str, int | bool]:
    problems, found = [], {}
    for name, (low, high) in RANGES.items():
        text = request.form.get(name, "").strip()
        if text.isdecimal() and len(text) <= 6 and low <= int(text) <= high:
            found[name] = int(text)
        else:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, low=low, high=high)))
    if problems:
        raise Invalid(problems)
    return {**found, **{name: request.form.get(name) == "true" for name in SWITCHES}}


def _history(place: OfficeView) -> list[ChangeLine]:
    labels = {**{name: words[0] for name, words in (WORDS | LIMITS).items()}, **SWITCHES}
    return told(
        place.code,
        {PLACES: lambda name: gettext(labels.get(name, name))},
        plainly,
        lambda number: url_for(".page", office=place.code, back=number),
    )


def _page(
    place: OfficeView, wrong: Mapping[str, Message] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    queues = catalogue.current().queues
    return render_template(
        "admin/places.html",
        sections=sections("places.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        groups=((FREED, WORDS), (HELD, LIMITS)),
        ranges=RANGES,
        base=SHIPPED,
        policy=places_policy(place),
        crowds=[(queues[one.queue], one) for one in waiting_list.crowds(place) if one.queue in queues],
        history=_history(place),
        moment=moment,
        wrong=wrong or {},
        typed={name: text for name, text in (typed or {}).items() if not mynumber.contains_my_number(text)},
    )
