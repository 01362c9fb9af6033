"""Numbers given out: to a walk-in, and to whoever shows a code at the entrance."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from models.core.errors import NotFound
from models.core.tokens import derived
from models.operations import arrivals, reissuing, scanning
from models.operations.booking import QR
from models.papers.qr import reference_text
from models.queries import applications
from web.access import DESK, device_only, own_office, visitor
from web.api.blueprint import Calls, creates, key_of
from web.api.shapes import TOLD_CODES, TOO_LONG, Answer, Truth, codes, one_of, text
from web.api.ticket_shape import IssuedTicket, issued

blueprint = Calls("tickets", __name__, "Take a number, check in.")
LONGEST_CODE = 4096


class TicketAsked(Schema):
    """A walk-in: what for, and the forms filled in at home. `priority` for who cannot wait long."""

    procedures = codes(required=True)
    priority = Truth(load_default=False)
    language = one_of(TOLD_CODES, load_default="ja")
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


class Reissued(Answer):
    """The booking's new token, and the text of its new QR code."""

    reference = fields.String(required=True)
    token = fields.String(required=True)
    code = fields.String(required=True)


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


@blueprint.route("/offices/<office>/reissues", methods=["POST"])
@DESK
@creates
@blueprint.arguments(CodeRead)
@blueprint.response(201, Reissued)
@blueprint.alt_response(410, "GONE")
def reissue(asked: dict[str, Any], office: str) -> tuple[dict[str, Any], int]:
    """Somebody lost the QR code: staff who know who it is give a booking a new one; the old one is unknown at once."""
    place, actor = own_office(office), visitor().actor
    key = key_of(f"reissues {place.code} {actor}", asked)
    booking, _ = scanning.looked_up(asked["code"])
    if booking is None or booking.office.id != place.id:
        raise NotFound
    made = reissuing.reissue(booking, actor, key)
    return {
        "reference": made.reference,
        "token": made.token,
        "code": reference_text(derived(made.token, QR)),
    }, 201
