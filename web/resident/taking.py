"""家から番号を取る: where an office allows it, a resident joins today's line by phone; one number a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from models.catalogue.definitions import Procedure, Queue
from models.core.clock import now
from models.core.errors import Conflict, Gone, Invalid, NotFound, TooMany, Unavailable
from models.core.messages import Message, _n
from models.core.tokens import is_token, new_token
from models.operations import arrivals
from models.operations.idempotency import Key
from models.queries import catalogue, hall, holder, live, offices
from models.queries.hall_state import HallState
from models.queries.offices import OfficeView
from models.rules.ticket_states import OVER
from web import reading
from web.access import PUBLIC
from web.account import security
from web.resident.expired import expired, keep_what_was_typed
from web.resident.hours import from_home
from web.resident.private import keep_private

blueprint = Blueprint("taking", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

SCOPE = "page/take"
MINE = "number"
"""Where this browser's own number stands in its cookie: the token that it was given."""
PER_ADDRESS = "20 per hour"
MOST_PROCEDURES = 10
NOT_FROM_HOME = _n("この庁舎では、家から番号を取れません。お越しになるか、時間を予約してください。")
CLOSED = _n("いまは開いていません。開いている時間に番号を取るか、時間を予約してください。")
STOPPED = _n("きょうの番号札は終わりました。別の日に予約してください。")
TOO_OFTEN = _n("短い間に何度も番号が取られました。1時間ほど待つか、庁舎の受付機をお使いください。")
CHOOSE = _n("用事を1つ以上選んでください。")


@dataclass(frozen=True)
class Offered:
    """An office as it gives numbers out now; `why_not` says why it does not."""

    place: OfficeView
    state: HallState
    why_not: str = ""


def too_often(_: RequestLimit) -> NoReturn:
    """Somebody takes one number after the other."""
    raise TooMany(TOO_OFTEN, retry_after=3600)


@blueprint.get("/")
@PUBLIC
def page() -> str | Response:
    """Which office, and where it is possible at all."""
    if mine := own_number():
        return redirect(url_for("waiting.show", token=mine))
    return render_template(
        "resident/taking/offices.html", offered=[_offered(place) for place in offices.offices()]
    )


@blueprint.get("/<office>")
@PUBLIC
def what(office: str) -> str | Response:
    """What for."""
    if mine := own_number():
        return redirect(url_for("waiting.show", token=mine))
    return _what(_offered(offices.office(office)))


@blueprint.post("/<office>")
@PUBLIC
@security.limiter.limit(
    PER_ADDRESS, on_breach=too_often, deduct_when=lambda response: response.status_code == 303
)
def take(office: str) -> str | Response | tuple[str, int]:
    """Take the number. Pressing twice leads to the same one; who has one already is led to it."""
    found = _offered(offices.office(office))
    if expired():
        return _what(found), 400
    if mine := own_number():
        return redirect(url_for("waiting.show", token=mine), 303)
    if found.why_not:
        return _what(found), 409
    chosen = [
        code for code in dict.fromkeys(request.form.getlist("procedure")) if code in _on_offer(found.place)
    ]
    if not chosen:
        return _what(found, CHOOSE), 422
    key = request.form.get("key", "")
    once = Key(SCOPE, key if is_token(key) else new_token(), "")
    try:
        made = arrivals.issue(found.place, chosen[:MOST_PROCEDURES], "resident", reading.current().code, once)
    except (Conflict, Invalid, Unavailable) as refused:
        return _what(found, refused.message), refused.status
    session[MINE] = made.token
    return redirect(url_for("waiting.show", token=made.token), 303)


def own_number() -> str:
    """The token of the number that this browser took and that is still live; empty otherwise."""
    token = str(session.get(MINE, ""))
    try:
        held = holder.held(holder.opened(token), now())
    except (NotFound, Gone):
        return ""
    return "" if held.ticket.state in OVER else token


def _offered(place: OfficeView) -> Offered:
    state = live.state(place, now())
    why = ""
    if not from_home(place):
        why = NOT_FROM_HOME
    elif not state.open:
        why = CLOSED
    elif state.stopped:
        why = STOPPED
    return Offered(place, state, why)


def _on_offer(place: OfficeView) -> dict[str, Procedure]:
    """What somebody without a booking may come for."""
    known = catalogue.current().procedures
    found = {code: known[code] for code in offices.procedures_of(place) if code in known}
    return {code: one for code, one in found.items() if one.booking != "required"}


def _what(found: Offered, problem: Message | str = "") -> str:
    groups: dict[str, list[Procedure]] = {}
    for one in _on_offer(found.place).values():
        groups.setdefault(one.queue, []).append(one)
    lines = {line.code: line for line in found.state.queues}
    queues: list[tuple[Queue, list[Procedure], Any]] = [
        (queue, groups[code], lines.get(code))
        for code, queue in catalogue.current().queues.items()
        if code in groups
    ]
    return render_template(
        "resident/taking/what.html",
        found=found,
        queues=queues,
        problem=problem,
        chosen=request.form.getlist("procedure"),
        key=new_token(),
        expired=expired(),
        hold_minutes=hall.policy_of(found.place).hold_minutes,
    )
