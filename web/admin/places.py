"""空いた枠: when a place that was given up opens again, who waits for one, and how many one contact holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import places_policy as acts
from models.queries import catalogue, offices, waiting_list
from models.queries.offices import OfficeView
from models.queries.places_policy import places_policy
from models.queries.setting_changes import PLACES
from models.rules.places_policy import RANGES, SHIPPED, checked
from models.rules.setting_marks import others
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import counted
from web.admin.jobs import moment
from web.admin.number_boxes import boxed, numbers
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.languages import gettext

blueprint = Blueprint("places", __name__)
MINUTES, ENTRIES, TIMES = _n("分"), _n("件"), _n("回")
WORDS = {
    "reopen_from_minutes": (
        _n("空いた枠を、いちばん短くて何分閉じておくか"),
        MINUTES,
        _n("満員だった枠が取り消されても、この時間は予約できません。"),
    ),
    "reopen_to_minutes": (
        _n("空いた枠を、いちばん長くて何分閉じておくか"),
        MINUTES,
        _n("この時間までに、予約できるようにします。どちらも0なら、すぐに空きます。"),
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
LABELS: Mapping[str, str] = {**{name: words[0] for name, words in (WORDS | LIMITS).items()}, **SWITCHES}
UNITS = {name: words[1] for name, words in (WORDS | LIMITS).items()}
AT_ONCE = _n("これから空く枠と、これからの予約に使います。")
NOBODY_TOLD = _n("キャンセル待ちの{n}人に、空きをご案内しなくなります")
STILL_WAITING = _n("もう一度受け付けるようにするまで、並んだままです。いまのご案内は、期限まで使えます。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """The numbers of an office, and how many people wait for what; or what going back would change."""
    return shown(_setting(asked_office()))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at the numbers, or keep those that differ."""
    return sent(_setting(asked_office()))


def _setting(place: OfficeView) -> SettingPage:
    policy = places_policy(place)
    state = asdict(policy)
    return SettingPage(
        of_office(place, PLACES, FREED, "places.page"),
        state=state,
        read=_read,
        judge=lambda wanted: (
            state | checked({name: wanted[name] for name in state if name in wanted}, policy)
        ),
        lines=partial(counted, LABELS, UNITS),
        effects=partial(_effects, place),
        keep=lambda wanted, seen: acts.set_policy(place, others(wanted, state), visitor().actor, seen),
        form=partial(_page, place),
    )


def _read(given: Mapping[str, str]) -> dict[str, int | bool]:
    return {**numbers(given, RANGES), **{name: given.get(name) == "true" for name in SWITCHES}}


def _effects(place: OfficeView, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Effect]:
    waiting = sum(one.waiting for one in waiting_list.crowds(place))
    if before["waiting_list"] and not after["waiting_list"] and waiting:
        return [Effect(gettext(NOBODY_TOLD, n=waiting), gettext(STILL_WAITING), "warning")]
    return [Effect(gettext(AT_ONCE))]


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting, queues = _setting(place), catalogue.current().queues
    return render_template(
        "admin/places.html",
        sections=sections("places.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        groups=((FREED, WORDS), (HELD, LIMITS)),
        ranges=RANGES,
        base=SHIPPED,
        crowds=[(queues[one.queue], one) for one in waiting_list.crowds(place) if one.queue in queues],
        history=history(setting),
        moment=moment,
        wrong=wrong,
        values=boxed(setting.state) if typed is None else typed,
    )
