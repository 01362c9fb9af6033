"""減らせた時間: hours given back, the formula they come from, and the frozen handling times before the change."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models.core.errors import Conflict, FieldProblem, Invalid
from models.core.messages import Message, _n
from models.operations import baselines as freezing
from models.operations.baselines import Typed
from models.papers import fact_files
from models.papers.tables import csv_file
from models.queries import baselines, catalogue, fact_tables, measures, satisfaction
from models.queries.kept import look
from models.rules import mynumber
from models.rules.satisfaction import FEWEST, SCORES
from models.rules.savings import hours_saved
from web.access import REPORTS, own_office, visitor
from web.languages import gettext
from web.manager.choosing import chosen, shown
from web.manager.staffing import read_number
from web.presentation import plain_words

blueprint = Blueprint("savings", __name__)
blueprint.context_processor(shown)

REFERENCES = (
    (_n("裾野市の公表値"), 34.0, 15.0, 30_000),
    (_n("志摩市の公表値（1件 3.25分）"), 3.25, 0.0, 36_000),
)
"""Published results that the formula must give: 9,500 and 1,950 hours."""


@blueprint.get("/savings")
@REPORTS
def overview() -> str:
    """Hours saved per procedure in the span, and the baselines they are compared with."""
    return _page({}, {})


@blueprint.get("/savings.csv")
@REPORTS
def table() -> Response:
    """The same month by month as a table."""
    choice = chosen()
    rows = fact_tables.effect(choice.place, choice.first, choice.last)
    name = f"savings-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(fact_tables.EFFECT, rows), mimetype="text/csv", headers=headers)


@blueprint.post("/savings/freeze")
@REPORTS
def freeze() -> AnyResponse | tuple[str, int]:
    """Freeze one handling time that was measured by other means."""
    typed = {
        name: request.form.get(name, "").strip()[:500] for name in ("procedure", "minutes", "cases", "note")
    }
    try:
        freezing.freeze(_typed(typed), visitor().actor)
    except Invalid as refused:
        return _page(typed, {one.field: one.message for one in refused.problems}), 422
    except Conflict as refused:
        return _page(typed, {"procedure": refused.message}), 409
    flash(gettext("基準を1つ固めました。"), "done")
    return redirect(url_for("savings.overview", _anchor="baselines"), 303)


@blueprint.post("/savings/freeze-span")
@REPORTS
def freeze_span() -> AnyResponse | tuple[str, int]:
    """Freeze the handling times of a span before the change."""
    typed = {name: request.form.get(name, "").strip()[:20] for name in ("office", "from", "to")}
    place = own_office(typed["office"])
    try:
        frozen = freezing.freeze_span(place, _date(typed, "from"), _date(typed, "to"), visitor().actor)
    except Invalid as refused:
        return _page(typed, {one.field: one.message for one in refused.problems}), 422
    flash(gettext("{n}つの手続きの基準を固めました。", n=len(frozen)), "done")
    return redirect(url_for("savings.overview", _anchor="baselines"), 303)


@blueprint.post("/savings/unfreeze")
@REPORTS
def unfreeze() -> AnyResponse | tuple[str, int]:
    """Take one baseline back, with a reason."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("unfrozen", "reason")}
    try:
        freezing.unfreeze(typed["unfrozen"], typed["reason"], visitor().actor)
    except Invalid as refused:
        return _page(typed, {one.field: one.message for one in refused.problems}), 422
    flash(gettext("基準を解きました。理由は記録に残りました。"), "done")
    return redirect(url_for("savings.overview", _anchor="baselines"), 303)


def _page(typed: dict[str, str], problems: dict[str, Message]) -> str:
    choice = chosen()
    known = catalogue.current().procedures
    frozen = baselines.frozen()
    names = {code: plain_words(one.words) for code, one in known.items()}
    cases = look(measures.CASES, choice.place, choice.first, choice.last)
    found = measures.against_baselines(cases.answer)
    return render_template(
        "manager/savings.html",
        here="savings.overview",
        choice=choice,
        with_queue=False,
        file_kinds=fact_files.kinds(),
        found=found,
        kept_at=cases.made_at,
        satisfied=satisfaction.of_span(choice.place, choice.first, choice.last),
        fewest=FEWEST,
        scores=SCORES,
        most=max((row.hours for row in found.rows), default=0.0),
        names=names,
        frozen=frozen,
        free=[
            (code, name)
            for code, name in names.items()
            if code not in {one.baseline.procedure for one in frozen}
        ],
        references=[
            (gettext(name), before, after, count, hours_saved(before, after, count))
            for name, before, after, count in REFERENCES
        ],
        typed={name: text for name, text in typed.items() if not mynumber.contains_my_number(text)},
        problems=problems,
    )


def _typed(typed: dict[str, str]) -> Typed:
    problems: list[FieldProblem] = []
    numbers = {}
    for name in ("minutes", "cases"):
        try:
            numbers[name] = read_number(typed[name].replace(",", ""), name)
        except Invalid as refused:
            problems += refused.problems
    if problems:
        raise Invalid(problems)
    return Typed(typed["procedure"], numbers["minutes"], int(numbers["cases"]), typed["note"])


BAD_DATE = _n("日付を選んでください。")


def _date(typed: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        raise Invalid([FieldProblem(name, Message(BAD_DATE))]) from None
