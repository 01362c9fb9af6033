"""開庁時間と閉庁日: an office's week and its special days; what would change is looked at before it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.queries import hours_changes, offices, slots
from models.queries.offices import OfficeView
from models.rules import mynumber, week_hours
from models.rules.slot_changes import WEEK
from web.access import ADMINISTRATOR
from web.admin import hours_shown
from web.admin.asked import asked_office
from web.admin.jobs import moment
from web.admin.overview import name_of_visitor, sections
from web.presentation import weekday_name

blueprint = Blueprint("hours", __name__)
BAD_DAY = _n("日を選んでください。")
NO_CHANGE = _n("いまの時間と同じです。変えるところを書いてください。")


@blueprint.get("/")
@ADMINISTRATOR
def page() -> str:
    """The hours of an office, its special days, and what was changed before."""
    return _page(asked_office())


@blueprint.get("/week")
@ADMINISTRATOR
def week() -> Response:
    """Weekly hours as they were typed: on to the preview, or back with what is wrong."""
    place = asked_office()
    try:
        first = _day(request.args.get("first", ""))
        typed = week_hours.typed(request.args)
        wanted = hours_changes.from_day(place, first, typed, place.day_of(now()))
        if typed == offices.week_of(place).usual(first):
            raise Invalid([FieldProblem("hours.0", message(NO_CHANGE))])
    except Invalid as refused:
        wrong = {one.field: one.message for one in refused.problems}
        return make_response(_page(place, wrong, request.args), 422)
    text = week_hours.written(wanted.week)
    asked = url_for("slots.preview", office=place.code, kind=WEEK, first=first, week=text)
    return redirect(asked, 303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid([FieldProblem("first", message(BAD_DAY))]) from problem


def _page(
    place: OfficeView, wrong: Mapping[str, Message] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    today = place.day_of(now())
    found = offices.week_of(place)
    spells = [(first, hours) for first, hours in found.spells if first > today]
    boxes = {f"hours.{day}": week_hours.day_text(spans) for day, spans in enumerate(found.weekdays)}
    shown = {name: text for name, text in (typed or boxes).items() if not mynumber.contains_my_number(text)}
    return render_template(
        "admin/hours.html",
        sections=sections("hours.page"),
        person=name_of_visitor(),
        place_shown=place,
        places=offices.offices(),
        days=[(day, weekday_name(day)) for day in range(7)],
        week=[(weekday_name(day), hours_shown.written(spans)) for day, spans in enumerate(found.weekdays)],
        later=[
            (first, [(weekday_name(day), hours_shown.written(spans)) for day, spans in enumerate(hours)])
            for first, hours in spells
        ],
        special=hours_shown.special_days(place, today),
        history=hours_shown.history(place, today),
        waiting=len(slots.without_place(place, today)),
        tomorrow=today + timedelta(days=1),
        moment=moment,
        wrong=wrong or {},
        typed=shown,
    )
