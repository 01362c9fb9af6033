"""行き来（外側）: the day-list to be carried in, and the counts that came out."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import DomainError, NotFound
from models.core.messages import _n
from models.operations import day_lists, status_intake
from web.access import ADMINISTRATOR, visitor
from web.admin.asked import asked_office
from web.admin.crossing import download, refused, uploaded
from web.languages import gettext
from web.presentation import clock_time

blueprint = Blueprint("crossing_outside", __name__)
SHOWN = _n("{time}の待ちのようすを、住民の画面に出しました。")


@blueprint.post("/day-list")
@ADMINISTRATOR
def export() -> Response:
    """The bookings of an office's day, sealed for the inside."""
    place = asked_office()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError as problem:
        raise NotFound from problem
    try:
        return download(day_lists.export(place, day, visitor().actor), f"day-list-{place.code}-{day}.json")
    except DomainError as problem:
        refused(problem)
        return redirect(url_for("crossing.page"), 303)


@blueprint.post("/status/import")
@ADMINISTRATOR
def take() -> Response:
    """Show the counts of a file to residents."""
    try:
        made_at = status_intake.take(uploaded(), visitor().actor)
        flash(gettext(SHOWN, time=clock_time(made_at, "Asia/Tokyo")), "done")
    except DomainError as problem:
        refused(problem)
    return redirect(url_for("crossing.page"), 303)
