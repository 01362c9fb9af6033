"""プリンター: where counters print official forms, by address in the house's network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.messages import Message, _n
from models.operations import printers as acts
from models.operations.setting_changes import OtherState
from models.queries import direct_prints, offices, printers
from models.queries.offices import OfficeView
from models.queries.printers import PrinterView
from models.queries.setting_changes import PRINTERS
from models.rules.printers import LONGEST_ADDRESS, LONGEST_NAME
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.change_lines import row_lines
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.admin.setting_pages import Effect, SettingPage, history, of_office, sent, shown
from web.counter.on_paper import PROBLEMS
from web.languages import gettext

blueprint = Blueprint("admin_printers", __name__)
TITLE = _n("プリンター")
PRINTS = _n("{address}（窓口 {counters}）")
PIN = _n("証明書の指紋 {pin}…")
WAITING = _n("「{name}」で印刷を待つ{n}枚は、もう出ません")
ASK_AGAIN = _n("窓口で、もう一度「印刷する」を押してください。")
NOWHERE = _n("{counters}番の窓口では、画面で開いて印刷します")
LOOKED_AT = _n("変えたあと、つながるかを確かめます。")
LOOKING = _n("「{name}」につながるかを確かめています。数秒してから、一覧を新しくしてください。")
HERE = {
    "refused": _n("プリンターが印刷を断りました。アドレスと、プリンターの設定を確かめてください。"),
    "not_taken": _n("自動の仕事が動いていません。「自動の仕事」を見てください。"),
    "outside": _n("プリンターのアドレスが、庁舎のネットワークの外です。「変える」で直してください。"),
}
"""What whoever keeps the printers does where a counter is told to ask them."""


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """The printers of an office and the form for one; or what going back would change."""
    return shown(_setting(asked_office()))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Look at a printer that is set, changed or given up, or do it."""
    return sent(_setting(asked_office()))


@blueprint.post("/<int:printer>/look")
@ADMINISTRATOR
def look(printer: int) -> Response:
    """Ask a printer how it is."""
    place = asked_office()
    acts.look_again(place, printer, visitor().actor)
    flash(gettext(LOOKING, name=printers.printer(place, printer).name), "info")
    return redirect(url_for(".page", office=place.code), 303)


def _setting(place: OfficeView) -> SettingPage:
    return SettingPage(
        of_office(place, PRINTERS, TITLE, "admin_printers.page"),
        state=printers.printers_state(place),
        read=partial(_read, place),
        judge=partial(acts.printers_checked, place),
        lines=partial(row_lines, _told),
        effects=partial(_effects, place),
        keep=lambda wanted, seen: acts.set_printers(place, wanted, visitor().actor, seen),
        form=partial(_page, place),
    )


def _read(place: OfficeView, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """All printers as they would be with the one of the form, or without it (`end`)."""
    number = given.get("printer", "")
    chosen = _chosen(place, number)
    if number and chosen is None:
        raise OtherState
    others = [printers.state_of(one) for one in printers.printers_of(place) if one != chosen]
    if given.get("end"):
        return others
    typed = {name: given.get(name, "") for name in ("name", "address", "fingerprint")}
    return [*others, {**typed, "counters": request.form.getlist("counters")}]


def _told(one: Mapping[str, Any]) -> str:
    said = gettext(PRINTS, address=one["address"], counters=gettext("、").join(one["counters"]))
    return f"{said}\n{gettext(PIN, pin=one['fingerprint'][:16])}" if one["fingerprint"] else said


def _effects(
    place: OfficeView, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Effect]:
    """Sheets that nobody will print, counters without a printer, and that the new ones are looked at."""
    waiting = [one.printer_id for one in direct_prints.open_at(place)]
    lost = [
        Effect(gettext(WAITING, name=one.name, n=waiting.count(one.id)), gettext(ASK_AGAIN), "warning")
        for one in printers.printers_of(place)
        if printers.state_of(one) not in after and one.id in waiting
    ]
    old, new = ([number for one in rows for number in one["counters"]] for rows in (before, after))
    left = [number for number in old if number not in new]
    found = [Effect(gettext(NOWHERE, counters=gettext("、").join(left)))] if left else []
    return [*lost, *found, *([Effect(gettext(LOOKED_AT))] if any(one not in before for one in after) else [])]


def _chosen(place: OfficeView, number: str) -> PrinterView | None:
    """The printer that is changed; None for a new one, and for one that is not in use any more."""
    return next((one for one in printers.printers_of(place) if str(one.id) == number), None)


def _page(place: OfficeView, wrong: Mapping[str, Message], typed: Mapping[str, str] | None) -> str:
    chosen = _chosen(place, request.values.get("printer", ""))
    held = printers.state_of(chosen) if chosen else {}
    return render_template(
        "admin/printers.html",
        sections=sections("admin_printers.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        counters=offices.counters_of(place),
        printers=printers.printers_of(place),
        chosen=chosen,
        problems={**PROBLEMS, **HERE},
        typed=held if typed is None else typed,
        chosen_counters=held.get("counters", []) if typed is None else request.form.getlist("counters"),
        wrong=wrong,
        longest=(LONGEST_NAME, LONGEST_ADDRESS),
        history=history(_setting(place)),
        moment=moment,
    )
