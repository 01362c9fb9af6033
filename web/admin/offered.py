"""受け付ける手続き: what an office offers; who has booked something else keeps the booking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import office_settings as acts
from models.queries import catalogue, office_settings, offices, setting_changes
from models.queries.offices import OfficeView
from web.access import ADMINISTRATOR, own_office, visitor
from web.admin.change_lines import Line
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.languages import gettext
from web.presentation import plain_words

blueprint = Blueprint("offered", __name__)
YES, NO = _n("受け付ける"), _n("受け付けない")
BOOKED = _n("やめる手続きの予約が{n}件あります")
STAY = _n("予約は取り消されません。窓口で受けるか、別の庁舎へご案内ください。新しい予約は受けません。")
FROM_TONIGHT = _n("足した手続きの予約枠は、今夜の自動の仕事で公開されます。")


@blueprint.get("/<office>/procedures")
@ADMINISTRATOR
def edit(office: str) -> str | Response:
    """What an office offers, or what going back would change."""
    return shown(_setting(own_office(office)))


@blueprint.post("/<office>/procedures")
@ADMINISTRATOR
def keep(office: str) -> Response:
    """Look at what was ticked, or keep it."""
    return sent(_setting(own_office(office)))


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(
            place, setting_changes.OFFERED, _n("受け付ける手続き"), "offered.edit", "office_settings.page"
        ),
        state=office_settings.offered_state(place),
        read=lambda _: request.form.getlist("procedure"),
        judge=lambda chosen: acts.offered_checked(place, chosen),
        lines=lambda before, after: list(_lines(before, after)),
        effects=lambda before, after: _effects(place, before, after),
        keep=lambda wanted, seen: acts.set_offered(place, wanted, seen, visitor().actor),
        form=lambda wrong, typed: _page(place, wrong, typed),
    )


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    known = catalogue.current().procedures
    for code in sorted({*before, *after}):
        if (code in before) != (code in after):
            name = f"{code}　{plain_words(known[code].words)}" if code in known else code
            old, new = (gettext(YES if code in kept else NO) for kept in (before, after))
            yield name, old, new


def _effects(place: OfficeView, before: Sequence[str], after: Sequence[str]) -> list[Effect]:
    found = []
    booked = office_settings.booked_with(place, set(before) - set(after))
    if booked:
        found.append(Effect(gettext(BOOKED, n=booked), gettext(STAY), "warning"))
    if set(after) - set(before):
        found.append(Effect(gettext(FROM_TONIGHT)))
    return found


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    setting, known = _setting(place), catalogue.current()
    chosen = set(setting.state if typed is None else request.form.getlist("procedure"))
    groups: list[tuple[str, str, list[Any]]] = []
    for code, queue in known.queues.items():
        mine = [one for one in known.procedures.values() if one.queue == code]
        if mine:
            groups.append((code, plain_words(queue.words), mine))
    return render_template(
        "admin/offered.html",
        sections=sections("office_settings.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        groups=groups,
        chosen=chosen,
        served=office_settings.served_queues(place),
        wrong=wrong,
        history=history(setting),
        moment=moment,
    )
