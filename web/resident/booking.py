"""予約する: the day and time, who it is, one look at all of it, and then the booking. Nothing is kept before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from models.catalogue.definitions import Catalogue
from models.core.errors import FieldProblem, Invalid, Unavailable
from models.operations import booking as acts
from models.operations.booking_limits import Limit, TooSoon
from models.operations.idempotency import Key
from models.queries import bookings, catalogue, channels
from models.queries.bookings import Contact
from models.queries.offices import offering
from models.rules import contact as contact_rules
from models.rules import mynumber
from web.access import PUBLIC
from web.resident import days
from web.resident.draft import Draft, read, read_day
from web.resident.expired import expired, keep_what_was_typed
from web.resident.lengths import lengths
from web.resident.waiting_list import offered_on

blueprint = Blueprint("booking", __name__)
keep_what_was_typed(blueprint)

SCOPE = "page/book"
Answer = tuple[str, int]


@blueprint.route("/", methods=["GET", "POST"])
@PUBLIC
def page() -> Answer | Response:
    """The place, the day and the time."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if not draft.procedures:
        return redirect(url_for("guide.search"))
    return _choosing(chosen, draft)


@blueprint.route("/contact", methods=["GET", "POST"])
@PUBLIC
def contact() -> Answer | Response:
    """Who it is: a name in kana and one way to reach them."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if draft.starts_at is None:
        return page()
    return _asking(chosen, draft)


@blueprint.post("/confirm")
@PUBLIC
def confirm() -> Answer | Response:
    """One look at everything before it is decided."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if draft.starts_at is None:
        return page()
    if expired():
        return _asking(chosen, draft)
    try:
        who = _checked(draft)
    except Invalid as refused:
        return _asking(chosen, draft, refused.problems)
    return _confirming(chosen, replace(draft, contact=asdict(who)))


@blueprint.post("/make")
@PUBLIC
def make() -> Answer | Response:
    """Book. Pressing twice, going back and sending again lead to the same booking."""
    chosen = catalogue.current()
    draft = _draft(chosen)
    if draft.starts_at is None or draft.place is None:
        return page()
    if expired():
        return _confirming(chosen, draft)
    try:
        who = _checked(draft)
    except Invalid as refused:
        return _asking(chosen, draft, refused.problems)
    wanted = acts.Request(draft.place, draft.procedures, draft.starts_at, who, draft.cards, draft.language)
    try:
        made = acts.book(wanted, Key(SCOPE, draft.key, ""))
    except acts.SlotTaken as taken:
        return _confirming(chosen, draft, 409, alternatives=days.buttons(draft.place, taken.alternatives))
    except Limit as reached:
        return _reached(chosen, draft, reached)
    except Invalid:
        return _choosing(chosen, draft, missed=draft.starts_at)
    except Unavailable as busy:
        return _confirming(chosen, draft, busy.status, problem=busy.message)
    other = bookings.by_token(made.token).starts_at != draft.starts_at
    return redirect(url_for("my_booking.show", token=made.token, already="1" if other else None), 303)


def _reached(chosen: Catalogue, draft: Draft, limit: Limit) -> Response:
    """The contact may not book, or not yet: then the answer says when."""
    response = make_response(_confirming(chosen, draft, limit.status, reached=limit.message))
    if isinstance(limit, TooSoon):
        response.headers["Retry-After"] = str(limit.retry_after)
    return response


def _draft(chosen: Catalogue) -> Draft:
    posted = request.method == "POST"
    return read(request.form if posted else request.args, request.form if posted else MultiDict(), chosen)


def _checked(draft: Draft) -> Contact:
    found = contact_rules.checked(draft.contact["name"], draft.contact["email"], draft.contact["phone"])
    return Contact(found.name, found.email, found.phone)


def _choosing(chosen: Catalogue, draft: Draft, missed: datetime | None = None) -> Answer:
    if draft.place is None:
        apart = [(chosen.procedures[code], offering([code])) for code in draft.procedures]
        return render_template("resident/booking/nowhere.html", apart=apart), 200
    values = request.form if request.method == "POST" else request.args
    need = draft.need(chosen)
    wanted = read_day(values.get("day", "")) or _day_of(draft)
    view: dict[str, Any] = {"draft": draft, "need": need, "missed": missed, **_about(chosen, draft)}
    if "month" in values:
        shown = days.month(draft.place, need, values["month"], wanted)
        view["waits"] = offered_on(draft, [day.state for week in shown.weeks for day in week if day])
        return render_template("resident/booking/month.html", month=shown, **view), 200
    found = days.choice(draft.place, need, wanted, read_day(values.get("from", "")))
    view["waits"] = offered_on(draft, [day.state for day in found.strip])
    return render_template("resident/booking/time.html", choice=found, **view), 422 if missed else 200


def _asking(chosen: Catalogue, draft: Draft, problems: Sequence[FieldProblem] = ()) -> Answer:
    refused = {problem.field: problem.message for problem in problems}
    typed = {
        name: "" if getattr(refused.get(name), "template", "") == mynumber.REFUSED else text
        for name, text in draft.contact.items()
    }
    view = {"refused": refused, "typed": typed, "expired": expired(), **_about(chosen, draft)}
    return render_template("resident/booking/contact.html", draft=draft, **view), 422 if refused else 200


def _confirming(chosen: Catalogue, draft: Draft, status: int = 200, **more: Any) -> Answer:
    view = {
        "alternatives": (),
        "problem": None,
        "reached": None,
        "expired": expired(),
        **_about(chosen, draft),
        **more,
    }
    return render_template("resident/booking/confirm.html", draft=draft, **view), status


def _about(chosen: Catalogue, draft: Draft) -> dict[str, Any]:
    """The visit in words: its procedures and how long it takes, also when pre-filled."""
    procedures = [chosen.procedures[code] for code in draft.procedures]
    plain, prefilled = lengths(chosen, procedures, draft.cards)
    return {
        "procedures": procedures,
        "minutes": plain,
        "minutes_prefilled": prefilled,
        "day": _day_of(draft),
        "told": bool(channels.opened() & {"email", "sms"}),
    }


def _day_of(draft: Draft) -> date | None:
    if draft.starts_at is None or draft.place is None:
        return None
    return draft.place.day_of(draft.starts_at)
