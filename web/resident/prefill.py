"""家で申請書を書いておく: one engine for every form, one page a step, saved at each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Unavailable
from models.core.messages import Message
from models.queries import bookings, postal
from models.queries.sealing_policy import seals
from models.rules.forms import boxes, validation
from models.rules.forms.pages import Page, without_my_number
from models.rules.forms.steps import Step, add_row, remove_row, step_after
from web.access import HOLDER
from web.resident.expired import expired, keep_what_was_typed
from web.resident.form_pages import check_page, step_page
from web.resident.private import keep_private
from web.resident.writing import Writing, page_of, unfinished, writing

blueprint = Blueprint("prefill", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

Answer = tuple[str, int] | Response


@blueprint.get("/<token>/forms/<form>")
@HOLDER
def start(token: str, form: str) -> Response:
    """Where to begin or go on: the first page, the first unfinished one, or the check."""
    work = writing(token, form)
    if not work.visit.booking.live:
        return redirect(url_for("my_booking.show", token=token))
    if seals(work.visit.booking.office):
        return redirect(url_for("sealing.page", token=token))
    following = unfinished(work) if work.state in ("draft", "ready") else work.steps[0]
    return redirect(_address(work, following))


@blueprint.route("/<token>/forms/<form>/<step>", methods=["GET", "POST"])
@HOLDER
def page(token: str, form: str, step: str) -> Answer:
    """One page of the form."""
    work = writing(token, form)
    found = work.step(step)
    if found is None or not work.visit.booking.live or seals(work.visit.booking.office):
        return redirect(url_for("prefill.start", token=token, form=form))
    if request.method != "POST":
        return render_template("resident/prefill/step.html", **step_page(work, found, _mending())), 200
    posted = request.form.to_dict(flat=False)
    if expired():
        return _again(work, found, posted, {}, 400)
    if boxes.text(posted, "lookup"):
        return _looked_up(work, found, posted)
    try:
        return _acted(work, found, posted, boxes.text(posted, "do"))
    except Unavailable as busy:
        return _again(work, found, posted, {}, busy.status, problem=busy.message)


@blueprint.route("/<token>/forms/<form>/check", methods=["GET", "POST"])
@HOLDER
def check(token: str, form: str) -> Answer:
    """Everything that was written, to be looked over; then the form is ready."""
    work = writing(token, form)
    if not work.visit.booking.live:
        return redirect(url_for("my_booking.show", token=token))
    judged = validation.validate(work.form, work.fields, work.day)
    if request.method != "POST" or expired():
        return render_template("resident/prefill/check.html", **check_page(work, judged, False)), 200
    if not judged.ok:
        return render_template("resident/prefill/check.html", **check_page(work, judged, True)), 422
    work.keep(judged.fields, ready=True)
    return redirect(url_for("my_booking.show", token=token, written=work.form.id), 303)


@blueprint.get("/<token>/postal")
@HOLDER
def towns(token: str) -> Response:
    """The places of a postal code, for the page's script."""
    bookings.by_token(token)
    found = postal.towns(request.args.get("zip", ""))
    return jsonify(
        addresses=[
            {"pref": one.pref, "city": one.city, "town": one.town, "block": one.block} for one in found
        ]
    )


def _acted(work: Writing, step: Step, posted: boxes.Boxes, wish: str) -> Response | tuple[str, int]:
    """Save what the page says and go where the pressed button leads."""
    if wish == "remove" and step.row is not None:
        work.keep(remove_row(step.section, step.row, work.fields))
        return redirect(url_for("prefill.start", token=work.token, form=work.form.id), 303)
    found = page_of(work, step, posted)
    refused = found.wrong if wish == "later" else found.errors
    if refused:
        return _again(work, step, posted, refused, 422)
    return redirect(_saved(work, step, found, wish), 303)


def _saved(work: Writing, step: Step, found: Page, wish: str) -> str:
    fields = add_row(step.section, found.fields) if wish == "add" else found.fields
    work.keep(fields)
    if wish == "later":
        return url_for("my_booking.show", token=work.token, kept=work.form.id)
    fresh = writing(work.token, work.form.id)
    if _mending() and wish != "add":
        return _address(fresh, unfinished(fresh), mending=True)
    return _address(fresh, step_after(fresh.form, step.id, fresh.fields, fresh.day))


def _again(
    work: Writing,
    step: Step,
    posted: boxes.Boxes,
    errors: Mapping[str, Message],
    status: int,
    **more: Any,
) -> tuple[str, int]:
    """The same page with everything that was typed."""
    shown = without_my_number(step, posted, errors)
    view = step_page(work, step, _mending(), shown, errors)
    return render_template("resident/prefill/step.html", **{**view, **more}), status


def _looked_up(work: Writing, step: Step, posted: Mapping[str, Sequence[str]]) -> tuple[str, int]:
    """The page with the address of a postal code filled in; several towns become a list, several cities are named."""
    name = boxes.text(posted, "lookup")
    found = postal.towns(boxes.text(posted, f"{name}.zip"))
    filled = dict(posted)
    apart = [f"{one.pref}{one.city}" for one in found]
    split = len(set(apart)) > 1
    if found and not split:
        first = found[0]
        filled |= {f"{name}.pref": [first.pref], f"{name}.city": [first.city], f"{name}.town": [first.town]}
        if first.block and not boxes.text(posted, f"{name}.block"):
            filled[f"{name}.block"] = [first.block]
    looked = {
        "towns": {} if split else {name: [one.town for one in found]},
        "found": {name: list(dict.fromkeys(apart)) if split else len(found)},
    }
    return _again(work, step, filled, {}, 200, **looked)


def _mending() -> bool:
    """Whether the page was opened from the check, to which it then leads back."""
    return request.values.get("mend") == "1"


def _address(work: Writing, step: Step | None, mending: bool = False) -> str:
    token, form = work.token, work.form.id
    if step is None:
        return url_for("prefill.check", token=token, form=form)
    return url_for("prefill.page", token=token, form=form, step=step.id, mend="1" if mending else None)
