"""変更の記録: who changed which setting when, newest first, each with the page where the way back is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, render_template, url_for

from models.core.errors import NotFound
from models.core.messages import _n
from models.queries import catalogue, offices, setting_changes
from models.queries.setting_changes import (
    COUNTERS,
    DAYS,
    OFFERED,
    OFFICE,
    PROCEDURE,
    TOPICS,
    WEEK,
    WORDS,
    ChangeView,
)
from web.access import ADMINISTRATOR
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext
from web.presentation import plain_words

blueprint = Blueprint("changes", __name__)
MOST = 200
PAGES: Mapping[str, tuple[str, str, str]] = {
    DAYS: (_n("閉庁日・特別な日"), "hours.page", "office"),
    WEEK: (_n("曜日ごとの開庁時間"), "hours.page", "office"),
    OFFICE: (_n("庁舎の名前と場所"), "office_settings.edit", "office"),
    COUNTERS: (_n("窓口"), "counter_settings.edit", "office"),
    OFFERED: (_n("受け付ける手続き"), "offered.edit", "office"),
    PROCEDURE: (_n("手続き"), "procedures.edit", "code"),
    WORDS: (_n("市からの案内"), "words.edit", "spot"),
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
    return one, gettext(what), _name(one), _address(endpoint, {place: one.of})


def _address(endpoint: str, values: Mapping[str, Any]) -> str:
    """Where a setting's page shows its changes; empty where this side of the city has no such page."""
    here = endpoint in current_app.view_functions
    return url_for(endpoint, **values) + "#history" if here else ""


def _name(one: ChangeView) -> str:
    if one.topic == PROCEDURE:
        found = catalogue.current().procedures.get(one.of)
        return plain_words(found.words) if found else one.of
    if one.topic == WORDS:
        return ""
    try:
        return offices.office(one.of).name
    except NotFound:
        return one.of
