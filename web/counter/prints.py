"""直接印刷: a form comes out of the counter's printer; what became of each sheet is a person's word."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import NotFound
from models.core.messages import _n
from models.operations import direct_prints
from models.queries import applications, printers
from models.queries import direct_prints as seen
from web.access import COUNTER, DESK, visitor
from web.counter import on_paper, reading
from web.counter.door import back, opened
from web.counter.place import here
from web.counter.scanning import reason_given
from web.languages import gettext

blueprint = opened("prints")
ACTIONS = ("again", "cancel", "confirm", "doubt")
CANCELLED = _n("印刷を取り消しました。")
TOLD = _n("プリンターに取り消すよう伝えました。紙が出ないか見ていてください。")
CONFIRMED = _n("紙を受け取ったことを記録しました。")
DOUBTED = _n("要確認にしました。紙が見つからなければ、理由を選んで刷り直してください。")


@blueprint.get("/prints")
@DESK
def page() -> str:
    """Every open sheet of this office, and the printers that keep people waiting."""
    where = here()
    return render_template(
        "counter/prints.html",
        where=where,
        prints=on_paper.shown(where, everywhere=True),
        waiting=seen.waiting(where.office),
        problem_words=on_paper.problem_words,
        printers=printers.printers_of(where.office),
    )


@blueprint.post("/applications/<reference>/direct-print")
@COUNTER
def ask(reference: str) -> Response:
    """The filled form comes out of this counter's printer: only what this tab's scan showed; a copy asks why."""
    where, slip = here(), request.form.get("scan", "")
    reading.check(where, slip, reference)

    def go_on() -> str:
        reason = reason_given(where, applications.by_reference(reference))
        copies = request.form.get("copies", "")
        direct_prints.ask(
            where.office, reference, where.number, visitor().actor, reason,
            int(copies) if copies.isascii() and copies.isdigit() and len(copies) < 4 else None,
        )  # fmt: skip
        return ""

    return back(go_on, url_for("desk.page", scan=slip))


@blueprint.post("/prints/<int:sheet>/<action>")
@DESK
def step(sheet: int, action: str) -> Response:
    """What a person says of one sheet: still here, nothing more, in hand, not there."""
    where, actor = here(), visitor().actor
    if action not in ACTIONS:
        raise NotFound
    slip = request.form.get("scan", "")
    to = (
        url_for("prints.page")
        if request.form.get("from") == "list"
        else url_for("desk.page", scan=slip or None)
    )

    def go_on() -> str:
        if action == "again":
            direct_prints.again(where.office, sheet, actor)
            return ""
        if action == "cancel":
            return gettext(CANCELLED if direct_prints.cancel(where.office, sheet, actor) else TOLD)
        if action == "confirm":
            direct_prints.confirm(where.office, sheet, actor)
            return gettext(CONFIRMED)
        direct_prints.doubt(where.office, sheet, actor)
        return gettext(DOUBTED)

    return back(go_on, to)
