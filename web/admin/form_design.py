"""様式: the city's own version of a form, looked at while it is written, proposed, and released by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import DomainError, FieldProblem, Invalid, NotFound
from models.core.messages import Message, _n, message
from models.operations import form_revisions as acts
from models.operations.form_revisions import OtherBase, SecondPerson
from models.queries import catalogue, form_revisions
from models.rules import mynumber
from models.rules.forms import packing
from models.rules.forms.designing import KINDS, WIDTHS
from web.access import ADMINISTRATOR, visitor
from web.admin.form_shown import Design, design, opened, released, typed
from web.admin.overview import name_of_visitor, sections
from web.languages import gettext
from web.presentation import western_date

blueprint = Blueprint("form_design", __name__)
NO_TITLE = _n("題名を書いてください。")
PROPOSED = _n("案を保存しました。ほかの管理者が確かめると、{day}から使われます。")
RELEASED = _n("「{form}」の第{n}版を、{day}から使います。")
DROPPED = _n("案を下げました。")
BAD_DAY = _n("使い始める日を選んでください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """Every form with the version in force, and what waits or is to come."""
    known, today = catalogue.current(), form_revisions.today()
    return render_template(
        "admin/forms.html",
        sections=sections("form_design.page"),
        person=name_of_visitor(),
        forms=list(known.forms.values()),
        in_force=form_revisions.in_force(today),
        waiting=form_revisions.waiting(),
        coming=form_revisions.coming(today),
        mark=packing.mark,
    )


@blueprint.get("/<form>")
@ADMINISTRATOR
def edit(form: str) -> str:
    """A form as it is in force, or with the text of the version that was asked for (`from`)."""
    asked = request.args.get("from", "")
    if asked.isdecimal() and len(asked) < 10:
        chosen = form_revisions.one(int(asked))
        if chosen.form != form:
            raise NotFound
        return _page(opened(form, chosen.text))
    if asked == "catalogue":
        return _page(opened(form, ""))
    found = form_revisions.in_force(form_revisions.today()).get(form)
    return _page(opened(form, found.text if found else ""))


@blueprint.post("/<form>")
@ADMINISTRATOR
def change(form: str) -> Response:
    """What was typed and pressed, shown again; or proposed to a second administrator (`do` = propose)."""
    found = _typed(form)
    if request.form.get("do") != "propose" or found.wrong:
        return make_response(_page(found, _wrong(found)), 422 if found.wrong else 200)
    try:
        first_day = _day(request.form.get("first_day", ""))
        acts.propose(form, found.text, first_day, request.form.get("reason", ""), visitor().actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(found, wrong), 422)
    flash(gettext(PROPOSED, day=western_date(first_day)), "done")
    return redirect(url_for("form_design.page"), 303)


@blueprint.post("/<form>/preview")
@ADMINISTRATOR
def preview(form: str) -> str:
    """The sheet and what changes, while somebody types."""
    return render_template("admin/form_preview.html", found=_typed(form))


@blueprint.get("/revisions/<int:revision>")
@ADMINISTRATOR
def one(revision: int) -> str:
    """A version that waits, was released or dropped: what it changes, and its sheet."""
    chosen = form_revisions.one(revision)
    found = released(chosen)
    return render_template(
        "admin/form_revision.html",
        sections=sections("form_design.page"),
        person=name_of_visitor(),
        revision=chosen,
        found=found,
        mine=chosen.proposed_by == visitor().actor,
        today=form_revisions.today(),
    )


def _wrong(found: Design) -> dict[str, Message]:
    """The box that a text cannot be used for: the text itself, or the title that is missing among the boxes."""
    if found.wrong and request.form.get("way") == "text":
        return {"text": found.wrong}
    proposed = request.form.get("do") == "propose"
    return {"title": message(NO_TITLE)} if proposed and not request.form.get("title", "").strip() else {}


@blueprint.post("/revisions/<int:revision>/release")
@ADMINISTRATOR
def release(revision: int) -> Response:
    """Use what somebody else proposed."""
    try:
        done = acts.release(revision, request.form.get("mark", ""), visitor().actor)
    except (OtherBase, SecondPerson, Invalid) as refused:
        flash(gettext(_told(refused).template, **_told(refused).values), "warning")
        return redirect(url_for("form_design.one", revision=revision), 303)
    title = form_revisions.made(done.form, done.text).words.ja
    flash(gettext(RELEASED, form=title, n=done.number, day=western_date(done.first_day)), "done")
    return redirect(url_for("form_design.page"), 303)


@blueprint.post("/revisions/<int:revision>/drop")
@ADMINISTRATOR
def drop(revision: int) -> Response:
    """Put a proposed version away."""
    acts.drop(revision, visitor().actor)
    flash(gettext(DROPPED), "done")
    return redirect(url_for("form_design.page"), 303)


def _typed(form: str) -> Design:
    sent = {name: _shown(name) for name in request.form}
    return typed(form, sent) if request.form.get("way") != "text" else design(form, sent.get("text", ""))


def _shown(name: str) -> str:
    """What was typed into a box, as it may be shown again: nothing of a My Number."""
    text = request.form.get(name, "")
    return "" if mynumber.contains_my_number(text) else text


def _told(refused: DomainError) -> Message:
    return refused.problems[0].message if isinstance(refused, Invalid) else refused.message


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid([FieldProblem("first_day", message(BAD_DAY))]) from problem


def _page(found: Design, wrong: Mapping[str, Message] | None = None) -> str:
    sent = {name: _shown(name) for name in ("first_day", "reason")}
    return render_template(
        "admin/form_design.html",
        sections=sections("form_design.page"),
        person=name_of_visitor(),
        found=found,
        kinds=KINDS,
        widths=WIDTHS,
        wrong=wrong or {},
        first_day=sent["first_day"] or form_revisions.today().isoformat(),
        reason="" if mynumber.contains_my_number(sent["reason"]) else sent["reason"],
        history=form_revisions.of_form(found.form.id),
    )
