"""窓口の設定: which counters an office has, and what each does, the main queue first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import office_settings as acts
from models.queries import catalogue, office_settings, offices, setting_changes
from models.queries.offices import OfficeView
from web.access import ADMINISTRATOR, own_office, visitor
from web.admin.change_lines import Line, row_lines
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.languages import gettext
from web.presentation import plain_words

blueprint = Blueprint("counter_settings", __name__)
MORE_ROWS = 3
MOST_ROWS = 80
FIELDS = ("number", "name", "queues")
NOW = _n("番号札をお持ちの方は、これからは新しい窓口から呼ばれます。")
SLOTS = _n("業務{code}の予約枠を作る窓口の数が {before} から {after} に変わります")
PUBLISHED = _n("これから公開する日から変わります。もう公開した予約枠の人数は、「予約枠」で変えます。")


@blueprint.get("/<office>/counters")
@ADMINISTRATOR
def edit(office: str) -> str | Response:
    """The counters of an office, or what going back would change."""
    return shown(_setting(own_office(office)))


@blueprint.post("/<office>/counters")
@ADMINISTRATOR
def keep(office: str) -> Response:
    """Look at what was typed, or keep it."""
    return sent(_setting(own_office(office)))


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(
            place, setting_changes.COUNTERS, _n("窓口"), "counter_settings.edit", "office_settings.page"
        ),
        state=office_settings.counters_state(place),
        read=_rows,
        judge=lambda rows: acts.counters_checked(place, rows),
        lines=_lines,
        effects=lambda before, after: _effects(place, before, after),
        keep=lambda wanted, seen: acts.set_counters(place, wanted, seen, visitor().actor),
        form=lambda wrong, typed: _page(place, wrong, typed),
    )


def _rows(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {field: given.get(f"{field}.{at}", "") for field in FIELDS}
        for at in range(MOST_ROWS)
        if f"number.{at}" in given
    ]


def _lines(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Line]:
    found = row_lines(_told, before, after, "number")
    return [(gettext("{number}番", number=number), old, new) for number, old, new in found]


def _told(one: Mapping[str, Any]) -> str:
    return f"{one['name']}　{' → '.join(one['queues'])}".strip()


def _effects(
    place: OfficeView, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Effect]:
    queues = sorted(office_settings.needed_queues(place, catalogue.current()))
    old, new = (office_settings.staffed(rows, queues) for rows in (before, after))
    return [
        Effect(gettext(SLOTS, code=code, before=old[code], after=new[code]), gettext(PUBLISHED))
        for code in queues
        if old[code] != new[code]
    ] + [Effect(gettext(NOW))]


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting = _setting(place)
    rows = setting.state if typed is None else _rows(typed)
    more = [dict.fromkeys(FIELDS, "") for _ in range(MORE_ROWS if typed is None else 0)]
    return render_template(
        "admin/counters.html",
        sections=sections("office_settings.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        rows=[{**one, "queues": _text(one["queues"])} for one in [*rows, *more]],
        queues=[(code, plain_words(one.words)) for code, one in catalogue.current().queues.items()],
        needed=office_settings.needed_queues(place, catalogue.current()),
        open_now=office_settings.open_counters(place),
        wrong=wrong,
        history=history(setting),
        moment=moment,
    )


def _text(queues: str | Sequence[str]) -> str:
    return queues if isinstance(queues, str) else " ".join(queues)
