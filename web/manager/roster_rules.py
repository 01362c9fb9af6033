"""勤務の決まり: kinds of shifts, people by code, lunches and hours, as lines of text; every version is kept."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Invalid
from models.core.messages import Message, _n
from models.operations import roster_rules as acts
from models.queries import roster_rules
from models.queries.roster_rules import Version
from models.rules import mynumber
from models.rules.planning.roster_rules import SHIPPED
from models.rules.planning.roster_text import LONGEST, RulesText, document_of, written
from web.access import REPORTS, own_office, visitor
from web.languages import gettext
from web.manager.choosing import chosen, shown
from web.manager.roster_shown import queue_names

blueprint = Blueprint("roster_rules", __name__)
blueprint.context_processor(shown)

KEPT = _n("勤務の決まりを保存しました（第{version}版）。")
PARTS = ("kinds", "people", "lunch_from", "lunch_to", "hours", "most", "leave")
FIELDS = {"lunch": "lunch_from", "budget_hours": "hours", "max_per_day": "most"}
"""Which box of the form a part of the document stands in."""


@blueprint.get("/roster/rules")
@REPORTS
def page() -> str:
    """What holds, ready to be changed; with `version` in the address what held then."""
    place = chosen().place
    asked = request.args.get("version", "")
    held = roster_rules.version(place, int(asked)) if asked.isdecimal() and len(asked) < 7 else None
    now_held = roster_rules.current(place)
    found = held or now_held
    return _page(written(found.rules if found else SHIPPED), held if held != now_held else None)


@blueprint.post("/roster/rules")
@REPORTS
def keep() -> Response:
    """Keep a new version; a refusal names each part and keeps what was typed."""
    place = own_office(request.args["office"]) if "office" in request.args else chosen().place
    typed = RulesText(*(request.form.get(name, "")[:LONGEST] for name in PARTS))
    try:
        version = acts.keep(place, document_of(typed), visitor().actor)
    except Invalid as refused:
        problems: dict[str, Message] = {}
        for one in refused.problems:
            problems.setdefault(FIELDS.get(one.field, one.field), one.message)
        clean = RulesText(
            *("" if mynumber.contains_my_number(text) else text for text in vars(typed).values())
        )
        return make_response(_page(clean, problems=problems), 422)
    flash(gettext(KEPT, version=version), "done")
    return redirect(url_for("rosters.page", office=place.code), 303)


def _page(
    typed: RulesText, held: Version | None = None, problems: Mapping[str, Message] | None = None
) -> str:
    choice = chosen()
    return render_template(
        "manager/roster_rules.html",
        here="rosters.page",
        choice=choice,
        typed=typed,
        held=held,
        problems=problems or {},
        names=queue_names(),
        history=roster_rules.history(choice.place),
        longest=LONGEST,
    )
