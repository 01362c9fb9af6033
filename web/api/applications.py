"""Pre-filled applications: filed by everybody, seen and deleted by whoever holds the token."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import Schema, fields

from models.core.clock import now
from models.core.days import instant
from models.core.errors import FieldProblem, Invalid, NotFound, invalid
from models.core.messages import _n
from models.operations import applications as operations
from models.operations import envelopes
from models.operations.idempotency import Key
from models.queries import applications, bookings, catalogue, crossing, offices, sealing_keys
from models.queries import envelopes as kept
from models.queries.applications import ApplicationView
from models.queries.bookings import BookingView
from models.queries.envelopes import EnvelopeView
from models.queries.offices import OfficeView
from models.rules.forms.intake import FieldError
from models.rules.forms.validation import validate
from models.rules.sides import OUTSIDE
from web.access import HOLDER, PUBLIC
from web.api.addresses import absolute
from web.api.blueprint import Calls, creates, key_of
from web.api.shapes import Answer, Moment, one_of, text

blueprint = Calls("applications", __name__, "Fill in a form at home.")
NO_FIELDS = _n("入力した項目を fields に入れて送ってください。")
ONLY_SEALED = _n("ここでは、封をした申請書（sealed）だけを受け付けます。")
ONE_OF = _n("fields と sealed は、どちらか1つを送ってください。")
NOT_BASE64 = _n("sealed は Base64URL で送ってください。")
LONGEST_SEALED = 6000


class ApplicationAsked(Schema):
    """A form's answers, for a booking where there is one."""

    form = text(12, required=True)
    fields_ = fields.Dict(keys=fields.String(), data_key="fields", attribute="fields")
    sealed = text(LONGEST_SEALED)
    booking_token = text(64)


class Filed(Answer):
    """What the resident keeps: the token opens it, the QR code is shown at the counter."""

    reference = fields.String(required=True)
    token = fields.String(required=True)
    qr_url = fields.String(required=True)
    expires_at = Moment(required=True)


class SealingKey(Answer):
    """The public key of one month."""

    month = fields.String(required=True)
    mark = fields.String(required=True)
    key = fields.String(required=True)


class SealingKeys(Answer):
    """What seals for an office; `about` is bound into every seal."""

    about = fields.String(required=True)
    keys = fields.List(fields.Nested(SealingKey), required=True)


class Application(Answer):
    """事前申請, without what was typed."""

    reference = fields.String(required=True)
    form = fields.String(required=True)
    status = one_of(("draft", "ready", "deleted"), required=True)
    qr_url = fields.String(required=True)
    expires_at = Moment(required=True)


@blueprint.route("/offices/<office>/applications", methods=["POST"])
@PUBLIC
@creates
@blueprint.arguments(ApplicationAsked)
@blueprint.response(201, Filed)
@blueprint.alt_response(410, "GONE")
def file(asked: dict[str, Any], office: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """File a whole form: readable (`fields`), or sealed to the office's key (`sealed`, an envelope of docs/sealing.md).

    Every answer that cannot be taken is named by its place in `fields`. What is sealed nobody can judge before the
    counter opens it; its `qr_url` is the first of its codes (`?n=2` the second).
    """
    place = offices.office(office)
    key = key_of(f"applications {place.code}", asked)
    booking = _booking(place, asked.get("booking_token"))
    if "sealed" not in asked and crossing.side() == OUTSIDE:
        raise invalid("sealed", ONLY_SEALED)
    if "sealed" in asked:
        return _sealed(place, asked, booking, key)
    filed = operations.file(place, asked["form"], _answers(place, asked, booking), booking, key)
    found = applications.by_token(filed.token)
    shown = {
        "reference": filed.reference,
        "token": filed.token,
        "qr_url": _qr(filed.token),
        "expires_at": found.expires_at.astimezone(place.zone),
    }
    return shown, 201, {"Location": absolute("api_applications.show", token=filed.token)}


@blueprint.route("/applications/<token>")
@HOLDER
@blueprint.response(200, Application)
def show(token: str) -> dict[str, Any]:
    """Whether the form still waits at the city hall; what was typed is not shown again."""
    try:
        found = applications.by_token(token)
    except NotFound:
        return _envelope(token)
    return {
        "reference": found.reference,
        "form": found.form,
        "status": found.state,
        "qr_url": _qr(token),
        "expires_at": _expires(found),
    }


@blueprint.route("/applications/<token>", methods=["DELETE"])
@HOLDER
@blueprint.response(204)
@blueprint.alt_response(409, "CONFLICT")
def delete(token: str) -> None:
    """Delete what was typed, at once; a second time changes nothing. Refused once the counter has read it."""
    try:
        operations.delete(token)
    except NotFound:
        envelopes.delete(token)


@blueprint.route("/offices/<office>/sealing-keys")
@PUBLIC
@blueprint.response(200, SealingKeys)
def sealing_keys_of(office: str) -> dict[str, Any]:
    """The public keys that seal applications for this office, one a month of the visit's day."""
    place = offices.office(office)
    keys = [
        {"month": f"{one.month:%Y-%m}", "mark": one.mark.hex(), "key": base64.b64encode(one.public).decode()}
        for one in sealing_keys.keys_of(place)
        if one.opens
    ]
    return {"about": sealing_keys.about(place), "keys": keys}


def _sealed(
    place: OfficeView, asked: dict[str, Any], booking: BookingView | None, key: Key | None
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Keep an envelope; `Invalid` where it cannot be one for this office and month."""
    if "fields" in asked:
        raise invalid("sealed", ONE_OF)
    try:
        envelope = base64.urlsafe_b64decode(asked["sealed"] + "=" * (-len(asked["sealed"]) % 4))
    except (binascii.Error, ValueError) as problem:
        raise invalid("sealed", NOT_BASE64) from problem
    filed = envelopes.file(place, asked["form"], envelope, booking, key)
    shown = {
        "reference": filed.reference,
        "token": filed.token,
        "qr_url": _qr(filed.token),
        "expires_at": _ends(kept.by_token(filed.token)),
    }
    return shown, 201, {"Location": absolute("api_applications.show", token=filed.token)}


def _envelope(token: str) -> dict[str, Any]:
    found = kept.by_token(token)
    return {
        "reference": found.reference,
        "form": found.form,
        "status": "ready",
        "qr_url": _qr(token),
        "expires_at": _ends(found),
    }


def _ends(found: EnvelopeView) -> datetime:
    zone = offices.office_by_id(found.office_id).zone
    return instant(found.due + timedelta(days=1), time.min, zone).astimezone(zone)


def _expires(found: ApplicationView) -> Any:
    return found.expires_at.astimezone(offices.office_by_id(found.office_id).zone)


def _qr(token: str) -> str:
    return absolute("api_codes.application_svg", token=token)


def _booking(place: OfficeView, token: str | None) -> BookingView | None:
    """The booking that the form belongs to; another office's is not found here."""
    if token is None:
        return None
    found = bookings.by_token(token)
    if found.office.id != place.id:
        raise NotFound
    return found


def _answers(place: OfficeView, asked: dict[str, Any], booking: BookingView | None) -> dict[str, Any]:
    """The answers as the rules keep them; `Invalid` names each that cannot be taken."""
    if "fields" not in asked:
        raise invalid("fields", NO_FIELDS)
    form = catalogue.current().forms.get(asked["form"])
    if form is None:
        raise invalid("form", operations.NO_SUCH_FORM)
    day = booking.day if booking else place.day_of(now())
    found = validate(form, asked["fields"], day)
    if not found.ok:
        raise Invalid([FieldProblem(_path(error), error.message) for error in found.errors])
    return found.fields


def _path(error: FieldError) -> str:
    return error.path if error.path in ("fields", "form") else f"fields.{error.path}"
