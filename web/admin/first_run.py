"""使い始めるまで: seven questions from the template to a city that residents can book in, one a page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Invalid, NotFound
from models.core.messages import Message, _n
from models.operations import first_run as acts
from models.operations.setting_changes import OtherState
from models.queries import first_run, offices
from models.queries.offices import OfficeView
from models.rules.first_run import MAIL, OPEN, PEOPLE, QUESTIONS, Preparation, following
from web.access import ADMINISTRATOR, visitor
from web.admin import first_run_people, first_run_steps
from web.admin.overview import name_of_visitor
from web.admin.setting_pages import harmless
from web.languages import gettext

blueprint = Blueprint("first_run", __name__)
NEEDS_PAGE = {PEOPLE: "staff.page", MAIL: "ways.page"}
"""Questions that are asked only where this side of a separated city has the page for it."""
NAMES = {
    "office": (_n("庁舎の名前と場所"), _n("住民の画面と、予約の控えに出ます。")),
    "hours": (_n("開いている時間"), _n("予約できる時間は、ここから決まります。")),
    "counters": (_n("窓口"), _n("窓口ごとに、受け持つ業務を決めます。")),
    "procedures": (_n("受け付ける手続き"), _n("担当の課ごとに選びます。")),
    "people": (_n("窓口の職員"), _n("最初の職員に、合言葉を渡します。")),
    "mail": (_n("お知らせの送り方"), _n("予約の控えを、メールで送れます。")),
    "open": (_n("見て、始める"), _n("住民の画面を確かめて、始める日を決めます。")),
}
NOTHING_LEFT = _n("もう使い始めています。変えるときは、ここから選んでください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str | Response:
    """Every question, which are answered, and the next one."""
    found = first_run.waiting()
    if found is None:
        return _over()
    asked = _asked()
    left = [one for one in asked if one not in found.answered]
    return render_template(
        "admin/first_run/contents.html",
        sections=[],
        person=name_of_visitor(),
        lines=[(one, *NAMES[one], one in found.answered) for one in asked],
        following=left[0] if left else "",
        preparation=found,
        place_shown=offices.offices()[0],
    )


@blueprint.get("/<question>")
@ADMINISTRATOR
def ask(question: str) -> str | Response:
    """One question, with what is set now."""
    if question not in _asked():
        raise NotFound
    found = first_run.waiting()
    return _over() if found is None else _page(question, found)


@blueprint.post("/<question>")
@ADMINISTRATOR
def answer(question: str) -> Response:
    """Keep an answer and go on to the next question; a refusal names each box and keeps what was typed."""
    if question not in _asked():
        raise NotFound
    found = first_run.waiting()
    if found is None:
        return _over()
    actor = visitor().actor
    try:
        if question == OPEN:
            return _open(actor)
        stays = first_run_steps.STEPS[question].keep(_place(), request.form, actor)
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(question, found, wrong), 422)
    except OtherState as changed:
        flash(gettext(changed.message.template), "warning")
        return redirect(url_for("first_run.ask", question=question), 303)
    except first_run_people.SignInFirst:
        return first_run_people.sign_in_first()
    acts.answered(question, actor)
    goes = question if stays else following(question, _asked())
    return redirect(url_for("first_run.ask", question=goes), 303)


def _open(actor: str) -> Response:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        day = date.min
    acts.open_from(day, actor)
    return redirect(url_for("first_run.page"), 303)


def _asked() -> tuple[str, ...]:
    """The questions that this side of the city answers."""
    here = current_app.view_functions
    return tuple(one for one in QUESTIONS if NEEDS_PAGE.get(one, "overview.page") in here)


def _over() -> Response:
    flash(gettext(NOTHING_LEFT), "done")
    return redirect(url_for("overview.page"), 303)


def _place() -> OfficeView:
    return offices.offices()[0]


def _page(question: str, found: Preparation, wrong: dict[str, Message] | None = None) -> str:
    asked, place = _asked(), _place()
    at = asked.index(question)
    typed = harmless() if request.method == "POST" else None
    view: dict[str, Any] = {"typed": typed or {}, "wrong": wrong or {}}
    if question == OPEN:
        view |= _preview(found)
    else:
        view |= first_run_steps.STEPS[question].shown(place, typed)
    return render_template(
        f"admin/first_run/{question}.html",
        sections=[],
        person=name_of_visitor(),
        question=question,
        name=NAMES[question][0],
        step=at + 1,
        steps=len(asked),
        earlier=asked[at - 1] if at else "",
        later=following(question, asked),
        place_shown=place,
        **view,
    )


def _preview(found: Preparation) -> dict[str, Any]:
    place = _place()
    today = place.day_of(now())
    return {
        "summary": first_run_steps.summary(place, _asked()),
        "missing": [one for one in _asked() if one != OPEN and one not in found.answered],
        "names": NAMES,
        "tomorrow": today + timedelta(days=1),
        "day": found.first_day,
        "first": first_run_steps.first_slots(place, max(found.first_day or today, today + timedelta(days=1))),
        "residents_here": "home.page" in current_app.view_functions,
    }
