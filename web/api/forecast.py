"""How many are expected to come on days ahead, by queue and half hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import fields

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.queries import catalogue, forecasts
from models.queries.offices import OfficeView
from web.access import REPORTS, own_office
from web.api.blueprint import Calls
from web.api.reports import Span
from web.api.shapes import Answer, Moment

blueprint = Calls("forecast", __name__, "How many are expected on the days ahead.")
USUAL_SPAN = timedelta(days=13)
LONGEST = timedelta(days=92)
BAD_SPAN = _n("期間は始まりの日から92日以内で、終わりの日を始まりの日より後にしてください。")


class ExpectedPart(Answer):
    """One half hour of a queue: people expected, and between what numbers eight in ten lie.

    `method` is `calendar`, or `recent` where less than a year of days is known and seasons are not.
    """

    starts_at = Moment(required=True)
    queue = fields.String(required=True)
    expected_arrivals = fields.Float(required=True)
    p10 = fields.Float(required=True)
    p90 = fields.Float(required=True)
    method = fields.String(required=True)


@blueprint.route("/offices/<office>/forecast")
@REPORTS
@blueprint.arguments(Span, location="query")
@blueprint.response(200, ExpectedPart(many=True))
def forecast(asked: dict[str, Any], office: str) -> list[dict[str, Any]]:
    """The open half hours of a span, two weeks from today where none is named; none where too little is known."""
    place = own_office(office)
    first: date = asked.get("first") or place.day_of(now())
    last: date = asked.get("last") or first + USUAL_SPAN
    if last < first or last - first > LONGEST:
        raise invalid("to", BAD_SPAN)
    found = [part for queue in catalogue.current().queues for part in _parts(place, first, last, queue)]
    return sorted(found, key=lambda part: (part["starts_at"], part["queue"]))


def _parts(place: OfficeView, first: date, last: date, queue: str) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": datetime(day.day.year, day.day.month, day.day.day, tzinfo=place.zone)
            + timedelta(minutes=minute),
            "queue": queue,
            "expected_arrivals": round(people.p50, 2),
            "p10": round(people.p10, 2),
            "p90": round(people.p90, 2),
            "method": day.method,
        }
        for day in forecasts.expected(place, first, last, queue)
        for minute, people in day.half_hours()
    ]
