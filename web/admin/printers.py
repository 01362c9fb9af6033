"""プリンター: where counters print official forms, by address in the house's network, and what was set before."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Invalid
from models.core.messages import Message, _n
from models.operations import printers as acts
from models.queries import offices, printers
from models.queries.offices import OfficeView
from models.queries.printers import PrinterView
from models.rules import mynumber
from models.rules.printers import LONGEST_ADDRESS, LONGEST_NAME, Wanted
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.overview import name_of_visitor, sections
from web.counter.on_paper import PROBLEMS
from web.languages import gettext

blueprint = Blueprint("admin_printers", __name__)
KEPT = _n("「{name}」を保存しました。つながるかを確かめています。")
ENDED = _n("「{name}」を使わないようにしました。")
LOOKING = _n("「{name}」につながるかを確かめています。数秒してから、一覧を新しくしてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The printers of an office, the form for one, and what was set before."""
    place = asked_office()
    return _page(place, _chosen(place, request.args.get("printer", "")))


@blueprint.post("/")
@ADMINISTRATOR
def keep() -> Response:
    """Set a printer, or other values for one."""
    place = asked_office()
    chosen = _chosen(place, request.form.get("printer", ""))
    typed = Wanted(
        request.form.get("name", ""),
        request.form.get("address", ""),
        request.form.get("fingerprint", ""),
        tuple(request.form.getlist("counters")),
    )
    try:
        made = acts.set_printer(place, typed, visitor().actor, chosen.id if chosen else None)
    except Invalid as refused:
        wrong = {problem.field: problem.message for problem in refused.problems}
        return make_response(_page(place, chosen, wrong), 422)
    flash(gettext(KEPT, name=made.name), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/<int:printer>/end")
@ADMINISTRATOR
def end(printer: int) -> Response:
    """Nobody prints there any more."""
    place = asked_office()
    name = printers.printer(place, printer).name
    acts.remove(place, printer, visitor().actor)
    flash(gettext(ENDED, name=name), "done")
    return redirect(url_for(".page", office=place.code), 303)


@blueprint.post("/<int:printer>/look")
@ADMINISTRATOR
def look(printer: int) -> Response:
    """Ask a printer how it is."""
    place = asked_office()
    acts.look_again(place, printer, visitor().actor)
    flash(gettext(LOOKING, name=printers.printer(place, printer).name), "info")
    return redirect(url_for(".page", office=place.code), 303)


def _chosen(place: OfficeView, number: str) -> PrinterView | None:
    """The printer that is changed; None for a new one."""
    return next((one for one in printers.printers_of(place) if str(one.id) == number), None)


def _page(
    place: OfficeView, chosen: PrinterView | None = None, wrong: Mapping[str, Message] | None = None
) -> str:
    typed = {key: text for key, text in request.form.items() if not mynumber.contains_my_number(text)}
    held = (
        {"name": chosen.name, "address": chosen.address, "fingerprint": chosen.fingerprint} if chosen else {}
    )
    counters = request.form.getlist("counters") if wrong else chosen.counters if chosen else ()
    return render_template(
        "admin/printers.html",
        sections=sections("admin_printers.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        counters=offices.counters_of(place),
        printers=printers.printers_of(place),
        ended=printers.ended_of(place),
        chosen=chosen,
        problems=PROBLEMS,
        typed=typed if wrong else held,
        chosen_counters=list(counters),
        wrong=wrong or {},
        longest=(LONGEST_NAME, LONGEST_ADDRESS),
    )
