"""QRコードの作り直し: whoever holds a booking's link replaces link and QR code; the old ones open nothing any more."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.operations import reissuing
from models.queries import bookings
from web.access import HOLDER
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private

blueprint = Blueprint("renewing", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)


@blueprint.route("/<token>/renew", methods=["GET", "POST"])
@HOLDER
def page(token: str) -> str | Response:
    """Ask once, then lead to the new page."""
    booking = bookings.by_token(token)
    if not booking.live:
        return redirect(url_for("my_booking.show", token=token))
    if request.method == "POST" and not expired():
        made = reissuing.reissue(booking, "resident")
        return redirect(url_for("my_booking.show", token=made.token), 303)
    return render_template("resident/my_booking/renew.html", token=token, booking=booking)
