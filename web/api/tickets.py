"""Numbers given out: to a walk-in, and to whoever shows a code at the entrance."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from models.operations import arrivals, scanning
from models.queries import applications
from web.access import device_only, own_office, visitor
from web.api.blueprint import Calls, creates, key_of
from web.api.shapes import LANGUAGE_CODES, TOO_LONG, Truth, codes, one_of, text
from web.api.ticket_shape import IssuedTicket, issued

blueprint = Calls("tickets", __name__, "Take a number, check in.")
LONGEST_CODE = 4096


class TicketAsked(Schema):
    """A walk-in: what for, and the forms filled in at home. `priority` for who cannot wait long."""

    procedures = codes(required=True)
    priority = Truth(load_default=False)
    language = one_of(LANGUAGE_CODES, load_default="ja")
    application_tokens = fields.List(
        text(64), validate=validate.Length(max=20, error=TOO_LONG), load_default=list
    )


class CodeRead(Schema):
    """What the scanner read, or the 8 characters that were typed."""

    code = text(LONGEST_CODE, required=True)


class CheckedIn(IssuedTicket):
    """The ticket, and how the arrival compares with the booked time (minutes)."""

    on_time = fields.Boolean(required=True)
    early_minutes = fields.Integer(required=True)
    late_minutes = fields.Integer(required=True)


@blueprint.route("/offices/<office>/tickets", methods=["POST"])
@device_only("kiosk")
@creates
@blueprint.arguments(TicketAsked)
@blueprint.response(201, IssuedTicket)
@blueprint.alt_response(409, "CONFLICT")
def issue(asked: dict[str, Any], office: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A walk-in takes a number; 409 with `closed` where no more are given out today, except by staff."""
    place, actor = own_office(office), visitor().actor
    key = key_of(f"tickets {place.code} {actor}", asked)
    brought = tuple(applications.by_token(token) for token in dict.fromkeys(asked["application_tokens"]))
    for one in brought:
        scanning.refuse(place, one)
    with_them = arrivals.Brought(brought, asked["priority"], by_staff=visitor().kind != "device")
    made = arrivals.issue(place, asked["procedures"], actor, asked["language"], key, with_them)
    shown = issued(made.token)
    return shown, 201, {"Location": shown["status_url"]}


@blueprint.route("/offices/<office>/check-ins", methods=["POST"])
@device_only("kiosk")
@creates
@blueprint.arguments(CodeRead)
@blueprint.response(201, CheckedIn)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(410, "GONE")
def check_in(asked: dict[str, Any], office: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Somebody shows the QR code of a booking or an application. A booking is checked in once (then 409)."""
    place, actor = own_office(office), visitor().actor
    key = key_of(f"check-ins {place.code} {actor}", asked)
    made = scanning.arrive(place, asked["code"], actor, key)
    shown = {
        **issued(made.token),
        "on_time": made.on_time,
        "early_minutes": made.early_minutes,
        "late_minutes": made.late_minutes,
    }
    return shown, 201, {"Location": shown["status_url"]}
