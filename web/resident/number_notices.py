"""番号のお知らせ: by e-mail or to this phone, when few are ahead and when the number is called; and stopping it."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as AnyResponse

from models.core.errors import Conflict, DomainError, Invalid, TooMany
from models.core.messages import Message, _n
from models.operations import subscriptions as acts
from models.operations.ticket_notices import PEOPLE_BEFORE
from models.queries import channels, holder, subscriptions, ways
from models.rules import mynumber
from web import languages, reading
from web.access import HOLDER
from web.account import security
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private

blueprint = Blueprint("number_notices", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

PER_ADDRESS = "30 per hour"
TOO_OFTEN = _n("短い間に何度も申し込まれました。1時間ほどたってから、もう一度お試しください。")
BY_HAND = ("email", "sms", "push")
LONGEST_TYPED = 254


def too_often(_: RequestLimit) -> NoReturn:
    """Somebody gives one address after the other."""
    raise TooMany(TOO_OFTEN, retry_after=3600)


@blueprint.get("/<token>/notices")
@HOLDER
def page(token: str) -> str:
    """How this number's holder is told, with a box for an address."""
    return _page(token)


@blueprint.post("/<token>/notices")
@HOLDER
@security.limiter.limit(
    PER_ADDRESS, on_breach=too_often, deduct_when=lambda response: response.status_code < 400
)
def ask(token: str) -> AnyResponse:
    """Be told this way from now on; a script's request (a browser's subscription) is answered without a page."""
    if expired():
        return make_response(_page(token))
    way = request.form.get("way", "")
    address = _typed(way)[: acts.LONGEST_ADDRESS + 1]
    quiet = way == "push"
    try:
        if way not in BY_HAND:
            raise Conflict(acts.CLOSED)
        acts.subscribe(token, way, address, reading.told_in(request.form))
    except (Invalid, Conflict) as refused:
        problem = refused.problems[0].message if isinstance(refused, Invalid) else refused.message
        return _refused(token, problem, refused, quiet)
    return make_response("", 204) if quiet else redirect(url_for("number_notices.page", token=token), 303)


@blueprint.post("/<token>/notices/stop")
@HOLDER
def stop(token: str) -> AnyResponse:
    """Not this way any more."""
    holder.opened(token)
    if expired():
        return make_response(_page(token))
    chosen = request.form.get("asked", "")
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10:
        acts.end(token, int(chosen))
    return redirect(url_for("number_notices.page", token=token), 303)


def notices_of(token: str) -> dict[str, Any]:
    """What the pieces of a number's pages need: open ways, what was asked for, and the key browsers want."""
    slip = holder.opened(token)
    asked, opened = subscriptions.of_visit(slip.visit_id), channels.opened()
    return {
        "slip": slip,
        "by_email": "email" in opened,
        "by_sms": "sms" in opened,
        "push_key": ways.push_key(),
        "by_line": bool(ways.line_account()),
        "asked": asked,
        "full": len(asked) >= acts.MOST,
        "most": acts.MOST,
        "people": PEOPLE_BEFORE,
    }


def _refused(token: str, problem: Message | str, refused: DomainError, quiet: bool) -> Response:
    if quiet:
        return make_response(
            languages.say(problem), refused.status, {"Content-Type": "text/plain; charset=utf-8"}
        )
    return make_response(_page(token, problem), refused.status)


def _typed(way: str) -> str:
    """The address in a way's own box."""
    return request.form.get("phone" if way == "sms" else "address", "")


def _page(token: str, problem: Message | str = "") -> str:
    way = request.form.get("way", "") if problem else ""
    typed = _typed(way)[:LONGEST_TYPED] if way in ("email", "sms") else ""
    if mynumber.contains_my_number(typed):
        typed = ""
    view = {"problem": problem, "way": way, "typed": typed, "chosen": reading.told_in(request.form)}
    return render_template("resident/waiting/notices.html", token=token, **view, **notices_of(token))
