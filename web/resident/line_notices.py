"""LINEで知らせる: a code to send to the city's LINE account, for whoever holds a booking or a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from flask import Blueprint, render_template, request, url_for
from flask_limiter import RequestLimit
from markupsafe import Markup

from models.core.errors import Gone, NotFound, TooMany
from models.core.messages import _n
from models.operations import line_codes as acts
from models.papers import qr
from models.queries import bookings, holder, ways
from models.rules import line_account
from web import reading
from web.access import HOLDER
from web.account import security
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private

blueprint = Blueprint("line_notices", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

PER_ADDRESS = "30 per hour"
TOO_OFTEN = _n("短い間に何度もコードが作られました。1時間ほどたってから、もう一度お試しください。")


@dataclass(frozen=True)
class Whose:
    """What LINE would tell of: the page to go back to, the office's clock, and the language it is told in now."""

    back: str
    zone: str
    language: str


def too_often(_: RequestLimit) -> NoReturn:
    """Somebody makes one code after the other."""
    raise TooMany(TOO_OFTEN, retry_after=3600)


@blueprint.route("/bookings/<token>/line", methods=["GET", "POST"])
@HOLDER
@security.limiter.limit(PER_ADDRESS, methods=["POST"], on_breach=too_often)
def booking(token: str) -> str:
    """What it does for a booking, and a button for a code."""
    found = bookings.by_token(token)
    if not found.live:
        raise Gone
    back = url_for("my_booking.show", token=token)
    return _page(token, Whose(back, found.office.zone.key, found.language))


@blueprint.route("/tickets/<token>/line", methods=["GET", "POST"])
@HOLDER
@security.limiter.limit(PER_ADDRESS, methods=["POST"], on_breach=too_often)
def number(token: str) -> str:
    """What it does for a number, and a button for a code."""
    zone = holder.opened(token).place.zone.key
    return _page(token, Whose(url_for("number_notices.page", token=token), zone, reading.current().code))


def _page(token: str, whose: Whose) -> str:
    """A code that is shown ends the one that was shown before."""
    account = ways.line_account()
    if not account:
        raise NotFound
    asked = request.method == "POST" and not expired()
    issued = acts.issue(token, reading.told_in(request.form)) if asked else None
    address = line_account.link(account, issued.code) if issued else ""
    return render_template(
        "resident/line_notices.html",
        whose=whose,
        account=account,
        issued=issued,
        address=address,
        code=Markup(qr.svg(address)) if issued else "",  # noqa: S704  (drawn by us)
        chosen=reading.told_in(request.form) if request.form else whose.language,
        expired=expired(),
    )
