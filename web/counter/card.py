"""カードから用紙を作る: somebody came without a form; name and address from a card stand on the one that is printed."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Conflict, DomainError
from models.core.messages import _n, message
from models.operations import applications, scanning
from models.queries import catalogue, line
from models.rules.forms.from_card import ITEMS, from_card
from web.access import COUNTER, visitor
from web.counter import reading
from web.counter.door import opened, told
from web.counter.place import Place, here

blueprint = opened("counter_card")
LONGEST = 2048
NOTHING = _n("カードの内容を、この様式には入れられません。ほかの様式を選ぶか、用紙に書いてもらってください。")


@blueprint.get("")
@COUNTER
def page() -> str:
    """Which form, and what stands on the face of the card; the reader beside this machine does the rest."""
    where = here()
    known = catalogue.current().forms
    mine = _wanted(where)
    forms = [(form.id, form.words.ja) for form in known.values() if not form.paper_only]
    return render_template("counter/card.html", where=where, forms=forms, chosen=mine)


@blueprint.post("")
@COUNTER
def make() -> Response:
    """The form with what the card told: a draft that the desk shows at once, as if its code had been read."""
    where = here()
    try:
        form = catalogue.current().forms.get(request.form.get("form", ""))
        fields = from_card(form, _told(request.form.get("card", ""))) if form and not form.paper_only else {}
        if form is None or not fields:
            raise Conflict(message(NOTHING))
        written = applications.Written("counter", ready=False, actor=visitor().actor)
        made = applications.file(where.office, form.id, fields, written=written)
        found = scanning.scan(where.office, made.reference, where.number, visitor().actor)
    except DomainError as problem:
        flash(told(problem.message), "warning")
        return redirect(url_for(".page"), 303)
    return redirect(url_for("desk.page", scan=reading.slip_for(where, found)), 303)


def _wanted(where: Place) -> str:
    """The first form of what the visitor at this counter came for; empty where nobody is here."""
    ticket = line.at_counter(where.office, where.office.day_of(now()), where.number) if where.number else None
    known = catalogue.current()
    for code in ticket.procedures if ticket else ():
        for form in known.procedures[code].forms if code in known.procedures else ():
            if form in known.forms and not known.forms[form].paper_only:
                return form
    return ""


def _told(text: str) -> dict[str, str]:
    """What the reader told, as the page sent it; empty for any other text."""
    try:
        found = json.loads(text) if 0 < len(text) <= LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    told = found if isinstance(found, dict) else {}
    return {name: told[name] for name in ITEMS if isinstance(told.get(name), str)}
