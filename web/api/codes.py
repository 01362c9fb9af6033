"""QR codes of bookings and applications: nothing personal can be read from them."""

from __future__ import annotations

from flask import Response, make_response, request

from models.core.clock import now
from models.core.errors import Gone, NotFound
from models.core.tokens import derived
from models.operations.booking import QR
from models.papers import qr
from models.queries import applications, bookings, envelopes
from web.access import HOLDER
from web.api.blueprint import Calls
from web.languages import gettext

blueprint = Calls("codes", __name__, "What a phone shows to the scanner.")
PICTURE = {"type": "string"}


@blueprint.route("/bookings/<token>/qr.svg")
@HOLDER
@blueprint.response(200, PICTURE, content_type="image/svg+xml")
@blueprint.alt_response(410, "GONE")
def booking_svg(token: str) -> Response:
    """The QR code of a booking as SVG."""
    return _svg(_of_booking(token))


@blueprint.route("/bookings/<token>/qr.png")
@HOLDER
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
@blueprint.alt_response(410, "GONE")
def booking_png(token: str) -> Response:
    """The QR code of a booking as PNG."""
    return _png(_of_booking(token))


@blueprint.route("/applications/<token>/qr.svg")
@HOLDER
@blueprint.response(200, PICTURE, content_type="image/svg+xml")
@blueprint.alt_response(410, "GONE")
def application_svg(token: str) -> Response:
    """The QR code of an application as SVG."""
    return _svg(_of_application(token))


@blueprint.route("/applications/<token>/qr.png")
@HOLDER
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
@blueprint.alt_response(410, "GONE")
def application_png(token: str) -> Response:
    """The QR code of an application as PNG."""
    return _png(_of_application(token))


def _of_booking(token: str) -> str:
    if bookings.by_token(token).state == "cancelled":
        raise Gone
    return qr.reference_text(derived(token, QR))


def _of_application(token: str) -> str:
    """The code of an application; of a sealed one the code that `n` names, from 1."""
    try:
        found = applications.by_token(token)
    except NotFound:
        codes, number = envelopes.by_token(token).codes, request.args.get("n", "1")
        if number not in [str(one) for one in range(1, len(codes) + 1)]:
            raise
        return codes[int(number) - 1]
    if found.state == "deleted" or found.expires_at <= now():
        raise Gone
    return qr.reference_text(derived(token, QR))


def _svg(text: str) -> Response:
    response = make_response(qr.svg(text, gettext("QRコード")))
    response.mimetype = "image/svg+xml"
    return response


def _png(text: str) -> Response:
    response = make_response(qr.png(text))
    response.mimetype = "image/png"
    return response
