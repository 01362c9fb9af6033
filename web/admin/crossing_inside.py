"""行き来（内側）: a day-list is looked at and taken in, and the counts are written to be carried out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import DomainError
from models.core.messages import _n
from models.operations import day_list_intake, status_files
from models.operations.day_list_intake import Report
from web.access import ADMINISTRATOR, visitor
from web.admin.crossing import download, refused, uploaded
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext

blueprint = Blueprint("crossing_inside", __name__)
TAKEN = _n("予約の一覧を取り込みました。")
KINDS = {
    "new": _n("新しい予約"),
    "changed": _n("変わった予約"),
    "cancelled": _n("取り消された予約"),
    "unchanged": _n("変わらない予約"),
    "refused": _n("取り込まない予約"),
}


@blueprint.post("/day-list/import")
@ADMINISTRATOR
def take() -> Response | str:
    """Look at a day-list first; `do=take` takes it in."""
    taking = request.form.get("do") == "take"
    try:
        content = uploaded()
        report = (day_list_intake.take if taking else day_list_intake.look)(content, visitor().actor)
    except DomainError as problem:
        refused(problem)
        return redirect(url_for("crossing.page"), 303)
    if taking:
        flash(gettext(TAKEN), "done")
    return _page(report, "" if taking else content.decode("ascii"))


@blueprint.post("/status")
@ADMINISTRATOR
def export() -> Response:
    """The counts of every office, signed."""
    try:
        return download(status_files.export(visitor().actor), "status.json")
    except DomainError as problem:
        refused(problem)
        return redirect(url_for("crossing.page"), 303)


def _page(report: Report, text: str) -> str:
    """What a list does or did; with its `text` it can be taken in from here."""
    return render_template(
        "admin/crossing_report.html",
        sections=sections("crossing.page"),
        person=name_of_visitor(),
        report=report,
        kinds=KINDS,
        text=text,
        reasons=[(code, gettext(why.template, **why.values)) for code, why in report.refused],
    )
