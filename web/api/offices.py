"""Offices, what they offer, and when there is room: for everybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, fields

from models.catalogue.definitions import Bring, Catalogue, Procedure
from models.core.clock import now
from models.queries import availability, catalogue, offices
from models.queries.offices import OfficeView
from web import reading, ruby
from web.access import PUBLIC
from web.api.blueprint import Calls, revalidated
from web.api.shapes import LANGUAGE_CODES, Answer, Moment, codes, near, one_of, whole

blueprint = Calls("offices", __name__, "Offices, procedures and free times.")
USUAL_SPAN = timedelta(days=14)
BOOKING = {"recommended": "optional"}
"""The catalogue's finer word for one of the contract's three."""


class InLanguage(Schema):
    """The language of names; Japanese, behind its English, where the city has none."""

    lang = one_of(LANGUAGE_CODES)


class OpeningHours(Answer):
    """Office-local hours of a weekday; 0 is Monday, a lunch break makes two."""

    weekday = fields.Integer(required=True)
    opens = fields.String(required=True)
    closes = fields.String(required=True)


class ExceptionalDay(Answer):
    """A date with other hours than its weekday's; closed where they are null."""

    date = fields.Date(required=True)
    opens = fields.String(allow_none=True)
    closes = fields.String(allow_none=True)
    reason = fields.String()


class Office(Answer):
    """庁舎."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    telephone = fields.String()
    timezone = fields.String(required=True)
    opening_hours = fields.List(fields.Nested(OpeningHours), required=True)
    exceptional_days = fields.List(fields.Nested(ExceptionalDay))


class OfferedProcedure(Answer):
    """手続き: durations are minutes."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    queue = fields.String(required=True)
    duration_minutes = fields.Integer(required=True)
    duration_prefilled_minutes = fields.Integer(required=True)
    forms = fields.List(fields.String(), required=True)
    booking = one_of(("required", "optional", "none"), required=True)
    bring = fields.List(fields.String(), required=True)


class SlotsAsked(Schema):
    """For which visit, between which office-local days (both included, at most 62)."""

    procedure = codes(required=True)
    first = fields.Date(data_key="from", validate=near)
    last = fields.Date(data_key="to", validate=near)
    cards = whole(0, 10, strict=False, load_default=0)


class FreeSlot(Answer):
    """A beginning that can take the whole visit; `remaining` places."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    remaining = fields.Integer(required=True)


@blueprint.route("/offices")
@PUBLIC
@revalidated
@blueprint.arguments(InLanguage, location="query")
@blueprint.response(200, Office(many=True))
@blueprint.alt_response(304, description="You have the newest already.")
def list_offices(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Every office of the municipality."""
    return [_office(place, _language(asked)) for place in offices.offices()]


@blueprint.route("/offices/<office>/procedures")
@PUBLIC
@revalidated
@blueprint.arguments(InLanguage, location="query")
@blueprint.response(200, OfferedProcedure(many=True))
@blueprint.alt_response(304, description="You have the newest already.")
def list_procedures(asked: dict[str, Any], office: str) -> list[dict[str, Any]]:
    """What an office offers."""
    chosen = catalogue.current()
    offered = offices.procedures_of(offices.office(office))
    known = [chosen.procedures[code] for code in offered if code in chosen.procedures]
    return [_procedure(chosen, one, _language(asked)) for one in known]


@blueprint.route("/offices/<office>/slots")
@PUBLIC
@blueprint.arguments(SlotsAsked, location="query")
@blueprint.response(200, FreeSlot(many=True))
def list_slots(asked: dict[str, Any], office: str) -> list[dict[str, Any]]:
    """Every beginning that can take the whole visit; without days, the next two weeks."""
    place, at = offices.office(office), now()
    need = availability.need_of(catalogue.current(), place, asked["procedure"], asked["cards"])
    first: date = asked.get("first") or place.day_of(at)
    last: date = asked.get("last") or first + USUAL_SPAN
    return [
        {
            "starts_at": free.starts_at.astimezone(place.zone),
            "ends_at": free.ends_at.astimezone(place.zone),
            "remaining": free.remaining,
        }
        for free in availability.free_times(place, need, first, last, at)
    ]


def _language(asked: dict[str, Any]) -> str:
    """The language that was asked for; the catalogue has its own words in each, whatever pages are translated."""
    return str(asked.get("lang") or reading.current().code)


def _office(place: OfficeView, spoken: str) -> dict[str, Any]:
    week = offices.week_of(place)
    return {
        "code": place.code,
        "name": ruby.without_readings(place.name_in(spoken)),
        "address": place.address,
        "telephone": place.telephone,
        "timezone": place.zone.key,
        "opening_hours": [
            {"weekday": weekday, "opens": f"{span.opens:%H:%M}", "closes": f"{span.closes:%H:%M}"}
            for weekday, spans in enumerate(week.weekdays)
            for span in spans
        ],
        "exceptional_days": [
            {
                "date": other.day,
                "opens": f"{other.span.opens:%H:%M}" if other.span else None,
                "closes": f"{other.span.closes:%H:%M}" if other.span else None,
                "reason": other.reason,
            }
            for other in week.exceptions
        ],
    }


def _procedure(chosen: Catalogue, procedure: Procedure, spoken: str) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "name": ruby.without_readings(procedure.words.in_language(spoken)),
        "queue": procedure.queue,
        "duration_minutes": procedure.minutes.plain,
        "duration_prefilled_minutes": procedure.minutes.prefilled,
        "forms": list(procedure.forms),
        "booking": BOOKING.get(procedure.booking, procedure.booking),
        "bring": [_bring(chosen, one, spoken) for one in procedure.bring],
    }


def _bring(chosen: Catalogue, bring: Bring, spoken: str) -> str:
    name = ruby.without_readings(chosen.items[bring.item].words.in_language(spoken))
    return f"{name}（{bring.when}）" if bring.when else name
