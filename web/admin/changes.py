"""変更の記録: who changed which setting when, newest first, each with the page where the way back is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, render_template, url_for

from models.core.errors import NotFound
from models.core.messages import _n
from models.queries import catalogue, offices, setting_changes, staff
from models.queries.setting_changes import (
    COUNTERS,
    CROSSING,
    DAYS,
    DEVICE,
    HALL,
    KEYS,
    LIMITS,
    OFFERED,
    OFFICE,
    PLACES,
    PRINTERS,
    PROCEDURE,
    RECEIVERS,
    REMINDERS,
    RETENTION,
    SEALING,
    SLOTS,
    STAFF,
    TEXT,
    TOKEN,
    TOPICS,
    WAY,
    WEEK,
    WORDS,
    ChangeView,
)
from web.access import ADMINISTRATOR
from web.admin import notice_words
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext
from web.presentation import plain_words

blueprint = Blueprint("changes", __name__)
MOST = 200
PAGES: Mapping[str, tuple[str, str, str]] = {
    DAYS: (_n("閉庁日・特別な日"), "hours.page", "office"),
    WEEK: (_n("曜日ごとの開庁時間"), "hours.page", "office"),
    SLOTS: (_n("予約枠"), "slots.page", ""),
    OFFICE: (_n("庁舎の名前と場所"), "office_settings.edit", "office"),
    COUNTERS: (_n("窓口"), "counter_settings.edit", "office"),
    OFFERED: (_n("受け付ける手続き"), "offered.edit", "office"),
    PROCEDURE: (_n("手続き"), "procedures.edit", "code"),
    WORDS: (_n("市からの案内"), "words.edit", "spot"),
    HALL: (_n("庁舎の決まり"), "hall_policy.page", "office"),
    LIMITS: (_n("1日に出す番号札の上限"), "hall_policy.page", "office"),
    PLACES: (_n("空いた枠"), "places.page", "office"),
    REMINDERS: (_n("リマインド"), "reminders.page", "office"),
    TEXT: (_n("お知らせの文面"), "messages.text", "kind"),
    PRINTERS: (_n("プリンター"), "admin_printers.page", "office"),
    RECEIVERS: (_n("連携先"), "admin_handover.page", "office"),
    SEALING: (_n("申請書の封"), "admin_sealing.page", "office"),
    WAY: (_n("送り方"), "ways.page", ""),
    STAFF: (_n("職員"), "staff.page", ""),
    TOKEN: (_n("システムの鍵"), "tokens.page", ""),
    DEVICE: (_n("機器"), "devices.page", ""),
    KEYS: (_n("封の鍵"), "admin_sealing.page", ""),
    CROSSING: (_n("相手の側の鍵"), "crossing.page", ""),
    RETENTION: (_n("保存期間"), "retention.page", "office"),
}
"""By topic: what it is, and the page that shows its changes with the name of its place in the address."""


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The newest changes of everything that is set."""
    return render_template(
        "admin/changes.html",
        sections=sections("changes.page"),
        person=name_of_visitor(),
        lines=[_line(one) for one in setting_changes.history(*TOPICS, most=MOST)],
        moment=moment,
    )


def _line(one: ChangeView) -> tuple[ChangeView, str, str, str]:
    what, endpoint, place = PAGES[one.topic]
    values = dict(zip((place, "language"), one.of.split("/"), strict=False)) if place else {}
    return one, gettext(what), _name(one), _address(endpoint, values)


def _address(endpoint: str, values: Mapping[str, Any]) -> str:
    """Where a setting's page shows its changes; empty where this side of the city has no such page."""
    here = endpoint in current_app.view_functions
    return url_for(endpoint, **values) + "#history" if here else ""


def _name(one: ChangeView) -> str:
    return NAMES.get(one.topic, _office)(one.of)


def _procedure(code: str) -> str:
    found = catalogue.current().procedures.get(code)
    return plain_words(found.words) if found else code


def _office(code: str) -> str:
    try:
        return offices.office(code).name
    except NotFound:
        return code


def _number(number: str) -> str:
    return gettext("{n}番", n=number)


def _none(_: str) -> str:
    return ""


NAMES: Mapping[str, Callable[[str], str]] = {
    PROCEDURE: _procedure,
    WORDS: _none,
    TEXT: lambda of: notice_words.name_of(of.partition("/")[0]),
    WAY: notice_words.way_name,
    STAFF: lambda number: staff.username_of(int(number)),
    TOKEN: _number,
    DEVICE: _number,
    KEYS: str,
    CROSSING: _none,
}
"""By topic: what one of its things is called; an office's name otherwise."""
