"""What managers ask: how long people waited and were served, how many counters that takes, the log in and out."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import UnsupportedMediaType

from models.core.clock import now
from models.core.errors import invalid
from models.operations import visit_log
from models.papers.tables import csv_file
from models.queries import catalogue, long_reports, measures
from models.queries.before_after import Side
from models.queries.before_after import before_after as compared
from models.queries.offices import OfficeView
from models.rules.statistics import CUTS, Measures
from models.rules.visit_export import COLUMNS
from web.access import REPORTS, own_office, visitor
from web.api.blueprint import Calls, key_of
from web.api.shapes import NOT_OFFERED, Answer, near
from web.errors import said

blueprint = Calls("reports", __name__, "Waits, handling, counters needed, hours saved.")
USUAL_SPAN = timedelta(days=27)
LOGS = frozenset(
    {"text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream"}
)
"""What browsers and spreadsheets call a CSV file."""
CSV = {"type": "string"}
UNREADABLE = HTTPStatus(422).name
"""What Python calls this answer, under which it is described: from 3.13 on it has another name."""


class Span(Schema):
    """Office-local days, both included; without them the four weeks up to today."""

    first = fields.Date(data_key="from", validate=near)
    last = fields.Date(data_key="to", validate=near)


class StatsAsked(Span):
    """By which cuts, parted by commas: weekday (0 is Monday), hour, procedure, queue, counter, source and more."""

    by = fields.String(load_default="")


class Line(Answer):
    """One line of measures: minutes, shares 0-1, null where there is too little to say (ten visits for percentiles)."""

    weekday = fields.Integer()
    hour = fields.Integer()
    half_hour = fields.String()
    day = fields.String()
    month = fields.String()
    procedure = fields.String()
    queue = fields.String()
    counter = fields.String(allow_none=True)
    source = fields.String()
    was_prefilled = fields.Boolean()
    visits = fields.Integer(required=True)
    served = fields.Integer(required=True)
    booked = fields.Integer(required=True)
    prefilled = fields.Integer(required=True)
    abandoned = fields.Integer(required=True)
    no_shows = fields.Integer(required=True)
    wait_mean = fields.Float(required=True, allow_none=True)
    wait_p50 = fields.Float(required=True, allow_none=True)
    wait_p90 = fields.Float(required=True, allow_none=True)
    wait_max = fields.Float(required=True, allow_none=True)
    handling_mean = fields.Float(required=True, allow_none=True)
    handling_p50 = fields.Float(required=True, allow_none=True)
    handling_p90 = fields.Float(required=True, allow_none=True)
    called_minus_booked_mean = fields.Float(required=True, allow_none=True)
    no_show_rate = fields.Float(required=True, allow_none=True)
    booking_rate = fields.Float(required=True, allow_none=True)
    prefill_rate = fields.Float(required=True, allow_none=True)


class ChangeAsked(Schema):
    """The first day of what changed, and one queue or (without it) all of them."""

    change = fields.Date(required=True, validate=near)
    queue = fields.String(load_default=None)


class ChangeSide(Answer):
    """One side of a change: its days, of which `days_open` had visits, people on such a day, shares 0-1."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    days_open = fields.Integer(required=True)
    people_a_day = fields.Float(required=True, allow_none=True)
    within_target = fields.Float(required=True, allow_none=True)
    utilisation = fields.Float(required=True, allow_none=True)
    measures = fields.Nested(Line, required=True, allow_none=True)


class Change(Answer):
    """The same number of whole weeks on both sides, eight at most; `change` is the first day after."""

    change = fields.Date(required=True)
    before = fields.Nested(ChangeSide, required=True)
    after = fields.Nested(ChangeSide, required=True)


class RefusedLine(Answer):
    """A line of a log that was not taken, and what to do about it."""

    line = fields.Integer(required=True)
    message = fields.String(required=True)


class ImportResult(Answer):
    """What an import did; `notes` name columns that were not used."""

    imported = fields.Integer(required=True)
    rejected = fields.List(fields.Nested(RefusedLine), required=True)
    known_before = fields.Integer(required=True)
    notes = fields.List(fields.String(), required=True)


class SavedBy(Answer):
    """One procedure: mean handling minutes before and now, and how many visits were compared."""

    procedure = fields.String(required=True)
    before_minutes = fields.Float(required=True)
    after_minutes = fields.Float(required=True)
    count = fields.Integer(required=True)
    hours = fields.Float(required=True)
    is_firm = fields.Boolean(required=True)


class SavedHours(Answer):
    """Hours saved = (before - after) x count / 60; procedures without a baseline are named, never guessed."""

    hours = fields.Float(required=True)
    count = fields.Integer(required=True)
    before_minutes = fields.Float(required=True, allow_none=True)
    after_minutes = fields.Float(required=True, allow_none=True)
    procedures = fields.List(fields.Nested(SavedBy), required=True)
    without_baseline = fields.List(fields.String(), required=True)


@blueprint.route("/offices/<office>/stats")
@REPORTS
@blueprint.arguments(StatsAsked, location="query")
@blueprint.response(200, Line(many=True))
def stats(asked: dict[str, Any], office: str) -> list[dict[str, Any]]:
    """Visits, waits and handling, one line a combination of the cuts."""
    place = own_office(office)
    by = list(dict.fromkeys(name.strip() for name in asked["by"].split(",") if name.strip()))
    return [_line(one) for one in long_reports.stats(place, *span(place, asked), by)]


@blueprint.route("/offices/<office>/before-after")
@REPORTS
@blueprint.arguments(ChangeAsked, location="query")
@blueprint.response(200, Change)
def before_after(asked: dict[str, Any], office: str) -> dict[str, Any]:
    """The weeks before and after a change beside one another; days up to yesterday count."""
    place, queue = own_office(office), asked["queue"]
    if queue is not None and queue not in catalogue.current().queues:
        raise invalid("queue", NOT_OFFERED)
    found = compared(place, asked["change"], queue)
    return {"change": found.change, "before": _side(found.before), "after": _side(found.after)}


@blueprint.route("/offices/<office>/visits.csv")
@REPORTS
@blueprint.arguments(Span, location="query")
@blueprint.response(200, CSV, content_type="text/csv")
def visits_csv(asked: dict[str, Any], office: str) -> Response:
    """One row a handled ticket, UTF-8 with byte order mark, no personal data."""
    place = own_office(office)
    first, last = span(place, asked)
    response = make_response(csv_file(COLUMNS, measures.visit_rows(place, first, last)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"visits-{place.code}-{first.isoformat()}-{last.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.route("/offices/<office>/visits:import", methods=["POST"])
@REPORTS
@blueprint.doc(requestBody={"required": True, "content": {"text/csv": {"schema": CSV}}})
@blueprint.response(200, ImportResult)
@blueprint.alt_response(422, UNREADABLE)
def import_visits(office: str) -> dict[str, Any]:
    """Keep the good lines of a log of past handling, and say line by line what is wrong with the others."""
    place, actor = own_office(office), visitor().actor
    content = request.get_data()
    if request.mimetype not in LOGS:
        raise UnsupportedMediaType
    key = key_of(f"import {place.code} {actor}", hashlib.sha256(content).hexdigest())
    done = visit_log.import_log(place, content, actor, key)
    return {
        "imported": done.imported,
        "rejected": [{"line": one.line, "message": said(one.message)} for one in done.rejected],
        "known_before": done.known_before,
        "notes": [said(note) for note in done.notes],
    }


@blueprint.route("/offices/<office>/savings")
@REPORTS
@blueprint.arguments(Span, location="query")
@blueprint.response(200, SavedHours)
def savings(asked: dict[str, Any], office: str) -> dict[str, Any]:
    """Hours saved against the frozen baselines, with what they were computed from."""
    place = own_office(office)
    found = measures.savings(place, *span(place, asked))
    return {
        "hours": found.hours,
        "count": found.count,
        "before_minutes": found.before_minutes,
        "after_minutes": found.after_minutes,
        "procedures": found.rows,
        "without_baseline": found.without_baseline,
    }


def span(place: OfficeView, asked: dict[str, Any]) -> tuple[date, date]:
    """The asked office-local days; four weeks up to the last one where none are named."""
    last: date = asked.get("last") or place.day_of(now())
    return asked.get("first") or last - USUAL_SPAN, last


def _side(one: Side) -> dict[str, Any]:
    return {
        "first": one.first,
        "last": one.last,
        "days_open": one.days_open,
        "people_a_day": one.a_day,
        "within_target": one.line.within_target if one.line else None,
        "utilisation": one.utilisation,
        "measures": _line(one.line.measures) if one.line else None,
    }


def _line(one: Measures) -> dict[str, Any]:
    """The cuts stand beside the measures; the cut `prefilled` is called otherwise than the count."""
    keys = {"was_prefilled" if name == "prefilled" else name: key for name, key in one.keys.items()}
    numbers = {name: getattr(one, name) for name in Line().fields if name not in NOT_NUMBERS}
    return {**keys, **numbers}


NOT_NUMBERS = (frozenset(CUTS) - {"prefilled"}) | {"was_prefilled"}
