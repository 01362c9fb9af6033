"""日時を変える: the old time stays until the new one is sure."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from models.core.errors import Gone, Invalid
from models.operations import booking as acts
from models.queries import availability
from web.access import HOLDER
from web.resident import days
from web.resident.draft import read_day, read_time
from web.resident.expired import expired, keep_what_was_typed
from web.resident.my_booking import Visit, visit_of
from web.resident.private import keep_private

blueprint = Blueprint("changing", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)


@blueprint.get("/<token>/change")
@HOLDER
def choose(token: str) -> tuple[str, int] | Response:
    """The days and times that are free for the same visit."""
    visit = visit_of(token)
    if not visit.booking.live or visit.past:
        return redirect(url_for("my_booking.show", token=token))
    return _choosing(visit, request.args)


@blueprint.route("/<token>/change/confirm", methods=["GET", "POST"])
@HOLDER
def confirm(token: str) -> tuple[str, int] | Response:
    """The old and the new time side by side, then the change."""
    visit = visit_of(token)
    if not visit.booking.live or visit.past:
        return redirect(url_for("my_booking.show", token=token))
    starts_at = read_time(request.values.get("starts_at", ""), visit.booking.office)
    if starts_at is None:
        return _choosing(visit, request.args)
    view: dict[str, Any] = {"visit": visit, "booking": visit.booking, "starts_at": starts_at}
    view |= {"day": visit.booking.office.day_of(starts_at), "alternatives": (), "expired": expired()}
    if request.method != "POST" or expired():
        return render_template("resident/my_booking/change.html", **view), 200
    try:
        acts.move(token, starts_at)
    except acts.SlotTaken as taken:
        view["alternatives"] = days.buttons(visit.booking.office, taken.alternatives)
        return render_template("resident/my_booking/change.html", **view), 409
    except Invalid:
        return _choosing(visit, MultiDict(), missed=True)
    except Gone:
        return redirect(url_for("my_booking.show", token=token), 303)
    return redirect(url_for("my_booking.show", token=token), 303)


def _choosing(visit: Visit, values: MultiDict[str, str], missed: bool = False) -> tuple[str, int]:
    booking = visit.booking
    need = availability.need_of(visit.catalogue, booking.office, booking.procedures, booking.cards)
    wanted = read_day(values.get("day", "")) or booking.day
    view: dict[str, Any] = {"visit": visit, "booking": booking, "missed": missed}
    if "month" in values:
        shown = days.month(booking.office, need, values["month"], wanted)
        return render_template("resident/my_booking/months.html", month=shown, **view), 200
    found = days.choice(booking.office, need, wanted, read_day(values.get("from", "")))
    return render_template("resident/my_booking/times.html", choice=found, **view), 422 if missed else 200
