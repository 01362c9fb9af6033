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
from web import languages
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


@blueprint.get("/<token>")
@HOLDER
def page(token: str) -> str:
    """What it does, and a button for a code."""
    return _page(token)


@blueprint.post("/<token>")
@HOLDER
@security.limiter.limit(PER_ADDRESS, on_breach=too_often)
def make(token: str) -> str:
    """Show a new code; one that was shown before opens nothing any more."""
    if expired():
        return _page(token)
    return _page(token, acts.issue(token, languages.told_in(request.form)))


def _page(token: str, issued: acts.Issued | None = None) -> str:
    whose, account = _whose(token), ways.line_account()
    if not account:
        raise NotFound
    address = line_account.link(account, issued.code) if issued else ""
    return render_template(
        "resident/line_notices.html",
        token=token,
        whose=whose,
        account=account,
        issued=issued,
        address=address,
        code=Markup(qr.svg(address)) if issued else "",  # noqa: S704  (drawn by us)
        chosen=languages.told_in(request.form) if request.form else whose.language,
        expired=expired(),
    )


def _whose(token: str) -> Whose:
    try:
        found = bookings.by_token(token)
    except NotFound:
        place = holder.opened(token).place
        back = url_for("number_notices.page", token=token)
        return Whose(back, place.zone.key, languages.current().code)
    if not found.live:
        raise Gone
    return Whose(url_for("my_booking.show", token=token), found.office.zone.key, found.language)
