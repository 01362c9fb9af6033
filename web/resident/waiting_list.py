"""キャンセル待ち: wait for a place on full days; the page behind the entry's link takes an offer, or leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn

from flask import Blueprint, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from models.catalogue.definitions import Catalogue
from models.core.clock import now
from models.core.errors import Conflict, FieldProblem, Gone, Invalid, TooMany, Unavailable
from models.core.messages import Message, _n
from models.operations import waiting_list as acts
from models.operations.booking_limits import Limit
from models.operations.idempotency import Key
from models.queries import availability, catalogue, channels, waiting_list
from models.queries.bookings import Contact
from models.queries.places_policy import places_policy
from models.rules import contact as contact_rules
from models.rules import mynumber
from web.access import HOLDER, PUBLIC
from web.account import security
from web.resident.draft import Draft, read, read_day
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private

blueprint = Blueprint("waiting_list", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

SCOPE = "page/wait"
PER_ADDRESS = "20 per hour"
TOO_OFTEN = _n("短い間に何度もキャンセル待ちに並ばれました。1時間ほどたってから、もう一度お試しください。")
MOST_DAYS = 62
LOOKING = "looking"
"""The box of a form that brings along what was typed and does not join yet."""
Answer = str | tuple[str, int]


def too_often(_: RequestLimit) -> NoReturn:
    """Somebody joins one line after the other."""
    raise TooMany(TOO_OFTEN, retry_after=3600)


@blueprint.get("/book/wait")
@PUBLIC
def page() -> Answer | Response:
    """Between which days, and who it is."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if draft.place is None or not draft.procedures:
        return redirect(url_for("guide.page"))
    return _asking(chosen, draft)


@blueprint.post("/book/wait")
@PUBLIC
@security.limiter.limit(
    PER_ADDRESS, on_breach=too_often, deduct_when=lambda response: response.status_code == 303
)
def join() -> Answer | Response:
    """Join the line. Pressing twice leads to the same entry; who wrote who they are when booking looks first."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if draft.place is None or not draft.procedures:
        if expired():
            raise BadRequest
        return redirect(url_for("guide.page"))
    if expired() or LOOKING in request.form:
        return _asking(chosen, draft)
    first, last = read_day(request.form.get("first_day", "")), read_day(request.form.get("last_day", ""))
    try:
        found = contact_rules.checked(draft.contact["name"], draft.contact["email"], draft.contact["phone"])
        who = Contact(found.name, found.email, found.phone)
        wish = acts.Wish(
            draft.place, draft.procedures, first or date.min, last or date.min, who, draft.cards,
            draft.language,
        )  # fmt: skip
        made = acts.join(wish, Key(SCOPE, draft.key, ""))
    except Invalid as refused:
        return _asking(chosen, draft, refused.problems)
    except (Conflict, Unavailable) as refused:
        return _asking(chosen, draft, problem=refused.message, status=refused.status)
    return redirect(url_for("waiting_list.show", token=made.token), 303)


@blueprint.get("/waiting/<token>")
@HOLDER
def show(token: str) -> Answer:
    """How far the line is, or what is offered until when."""
    return _shown(token)


@blueprint.post("/waiting/<token>/accept")
@HOLDER
def accept(token: str) -> Answer | Response:
    """Take what is offered: it is a booking now. Pressing twice leads to the same one."""
    entry = waiting_list.by_token(token)
    if expired():
        return _shown(token)
    if entry.state != "booked":
        try:
            acts.accept(token)
        except Gone as over:
            return _shown(token, over.message, 409)
        except Limit as reached:
            return _shown(token, reached.message, reached.status, waits=True)
    return redirect(url_for("my_booking.show", token=acts.booking_token(token)), 303)


@blueprint.post("/waiting/<token>/decline")
@HOLDER
def decline(token: str) -> Answer | Response:
    """Leave this offer to the next, and wait on."""
    if expired():
        return _shown(token)
    try:
        acts.decline(token)
    except Gone as over:
        return _shown(token, over.message, 409)
    return redirect(url_for("waiting_list.show", token=token), 303)


@blueprint.route("/waiting/<token>/leave", methods=["GET", "POST"])
@HOLDER
def leave(token: str) -> Answer | Response:
    """Ask once, then wait no more."""
    entry = waiting_list.by_token(token)
    if request.method == "POST" and not expired():
        acts.leave(token)
        return redirect(url_for("waiting_list.show", token=token), 303)
    if not entry.alive:
        return redirect(url_for("waiting_list.show", token=token))
    return render_template("resident/waiting_list/leave.html", token=token, entry=entry)


def offered_on(draft: Draft, states: Sequence[str]) -> bool:
    """Whether a calendar that shows days in these states should tell of the waiting list."""
    return draft.place is not None and "full" in states and places_policy(draft.place).waiting_list


def _shown(
    token: str, problem: Message | str | None = None, status: int = 200, *, waits: bool = False
) -> Answer:
    entry = waiting_list.by_token(token)
    known = catalogue.current().procedures
    view = {
        "token": token,
        "entry": entry,
        "procedures": [known[code] for code in entry.procedures if code in known],
        "over": entry.offered_until is not None and entry.offered_until <= now(),
        "problem": problem,
        "waits": waits,
        "told": channels.is_open("email"),
        "booking": acts.booking_token(token) if entry.state == "booked" else "",
        "expired": expired(),
    }
    return render_template("resident/waiting_list/show.html", **view), status


def _draft(chosen: Catalogue) -> Draft:
    posted = request.method == "POST"
    return read(request.form if posted else request.args, request.form if posted else MultiDict(), chosen)


def _asking(
    chosen: Catalogue,
    draft: Draft,
    problems: Sequence[FieldProblem] = (),
    problem: Message | str | None = None,
    status: int = 200,
) -> Answer:
    if draft.place is None:
        raise ValueError("no office")
    refused: dict[str, Any] = {one.field: one.message for one in problems}
    typed = {
        name: "" if getattr(refused.get(name), "template", "") == mynumber.REFUSED else text
        for name, text in draft.contact.items()
    }
    need = draft.need(chosen)
    begins, ends = availability.horizon(draft.place, now())
    days = availability.calendar(draft.place, need, begins, ends, now())
    full = [day.day for day in days if day.state == "full"]
    page = render_template(
        "resident/waiting_list/join.html",
        draft=draft,
        procedures=[chosen.procedures[code] for code in draft.procedures],
        days=full,
        told=channels.is_open("email"),
        first=read_day(request.values.get("first_day", "")) or next(iter(full), None),
        last=read_day(request.values.get("last_day", "")) or next(iter(full), None),
        refused=refused,
        typed=typed,
        problem=problem,
        expired=expired(),
    )
    return page, 422 if refused else status
