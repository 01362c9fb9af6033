"""予約のページ: everything about one visit for whoever holds its link; change, cancel and delete without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from models.catalogue.definitions import Catalogue, Form, Procedure
from models.core.clock import now
from models.core.errors import Conflict, NotFound
from models.core.messages import _n
from models.core.tokens import derived
from models.operations import applications as form_acts
from models.operations import booking as acts
from models.operations import booking_subscriptions
from models.papers import qr
from models.queries import applications, bookings, catalogue, line, subscriptions, ways
from models.queries import envelopes as kept
from models.queries.bookings import BookingView
from models.queries.sealing_policy import seals
from models.rules import visits
from web.access import HOLDER
from web.languages import gettext
from web.reading import told_in
from web.resident.expired import expired, keep_what_was_typed
from web.resident.private import keep_private

blueprint = Blueprint("my_booking", __name__)
keep_what_was_typed(blueprint)
keep_private(blueprint)

LINE = _n("LINE")
FRESH = timedelta(minutes=15)
"""How long the page says 予約ができました instead of 予約しています."""


@dataclass(frozen=True)
class FormState:
    """One form of the visit and how far it was written: none, draft, ready or paper."""

    form: Form
    state: str


@dataclass(frozen=True)
class Visit:
    """A booking with its procedures as they were offered when it was made."""

    token: str
    booking: BookingView
    catalogue: Catalogue
    procedures: tuple[Procedure, ...]
    forms: tuple[FormState, ...]

    @property
    def online(self) -> tuple[FormState, ...]:
        """The forms that can be written at home."""
        return tuple(one for one in self.forms if one.state != "paper")

    @property
    def written(self) -> tuple[FormState, ...]:
        """The forms with something written."""
        return tuple(one for one in self.forms if one.state in ("draft", "ready"))

    @property
    def past(self) -> bool:
        """Whether the day has gone by without a visit."""
        return self.booking.state == "no_show" or (self.booking.live and self._gone_by)

    @property
    def over(self) -> bool:
        """Whether there is nothing to come any more: cancelled, gone by, or done on an earlier day."""
        return self.booking.state == "cancelled" or self.past or self._gone_by

    @property
    def _gone_by(self) -> bool:
        return self.booking.day < self.booking.office.day_of(now())

    def minutes(self, prefilled: bool = False) -> int:
        """Minutes at the counter, as 目安."""
        return visits.visit_minutes(self.procedures, self.booking.cards, prefilled, self.catalogue.visit)


def visit_of(token: str) -> Visit:
    """The holder's visit; one and the same `NotFound` for every other token."""
    booking = bookings.by_token(token)
    edition = catalogue.edition(booking.edition)
    procedures = tuple(edition.procedures[code] for code in booking.procedures if code in edition.procedures)
    states: dict[str, str] = {}
    begun: dict[str, Form] = {}
    for found in applications.of_booking(booking.id):
        states[found.form] = found.state if states.get(found.form) != "ready" else "ready"
        if not seals(booking.office):
            begun[found.form] = found.definition()
    forms = tuple(
        FormState(form, "paper" if form.paper_only else states.get(form.id, "none"))
        for form in (begun.get(name) or _offered(name, booking) for name in visits.forms_of(procedures))
    )
    return Visit(token, booking, edition, procedures, forms)


def _offered(form: str, booking: BookingView) -> Form:
    """A form that nobody has begun, as it is now."""
    return catalogue.edition(catalogue.edition_with(form, booking.edition)).forms[form]


@blueprint.get("/<token>")
@HOLDER
def show(token: str) -> str:
    """The booking with its QR code."""
    visit = visit_of(token)
    booking = visit.booking
    view: dict[str, Any] = {
        "visit": visit,
        "booking": booking,
        "fresh": now() - booking.created_at < FRESH,
        "today": booking.office.day_of(now()),
        "late": booking.starts_at < now(),
        "already": "already" in request.args,
        "written": visit.catalogue.forms.get(request.args.get("written", "")),
        "kept": "kept" in request.args,
        "bring": visits.bring_list(visit.catalogue, visit.procedures),
        "ticket": line.of_booking(booking.id) if booking.state == "arrived" else None,
    }
    view["seals"] = booking.live and seals(booking.office)
    view["envelope"] = kept.of_booking(booking.id) if booking.live else None
    if booking.live:
        asked = subscriptions.of_booking(booking.id)
        view["told"] = [one.shown or gettext(LINE) for one in asked if one.shown or one.channel == "line"]
        view["by_line"] = bool(ways.line_account()) and all(one.channel != "line" for one in asked)
        view["reachable"] = subscriptions.reachable(booking)
    if visit.over:
        return render_template("resident/my_booking/ended.html", **view)
    texts = view["envelope"].codes if view["envelope"] else (code_text(token),)
    codes = [Markup(qr.svg(text)) for text in texts]  # noqa: S704  (drawn by us)
    return render_template("resident/my_booking/show.html", codes=codes, **view)


@blueprint.get("/<token>/qr.svg")
@HOLDER
def picture(token: str) -> Response:
    """The QR code as a drawing."""
    return _code(token, qr.svg(code_text(_live(token))).encode(), "svg", "image/svg+xml")


@blueprint.get("/<token>/qr.png")
@HOLDER
def photograph(token: str) -> Response:
    """The QR code as a picture to keep on the phone."""
    return _code(token, qr.png(code_text(_live(token))), "png", "image/png")


@blueprint.post("/<token>/notices")
@HOLDER
def notices(token: str) -> str | AnyResponse:
    """Stop what is told of this booking, or start it again; where nothing can be told, the page says so itself."""
    if expired():
        return show(token)
    try:
        if request.form.get("told") == "true":
            booking_subscriptions.start_again(token, told_in(request.form))
        else:
            booking_subscriptions.stop(token)
    except Conflict:
        pass
    return redirect(url_for("my_booking.show", token=token, _anchor="notices"), 303)


@blueprint.route("/<token>/cancel", methods=["GET", "POST"])
@HOLDER
def cancel(token: str) -> str | AnyResponse:
    """Ask once, then cancel; the place is free for others at once."""
    visit = visit_of(token)
    if request.method == "POST" and not expired():
        acts.cancel(token)
        return redirect(url_for("my_booking.show", token=token), 303)
    if not visit.booking.live:
        return redirect(url_for("my_booking.show", token=token))
    return render_template("resident/my_booking/cancel.html", visit=visit, booking=visit.booking)


@blueprint.route("/<token>/delete-forms", methods=["GET", "POST"])
@HOLDER
def delete_forms(token: str) -> str | AnyResponse:
    """Ask once, then delete everything that was written at home."""
    visit = visit_of(token)
    if request.method == "POST" and not expired():
        for one in visit.written:
            _delete(form_acts.token_for(token, one.form.id))
        return redirect(url_for("my_booking.show", token=token), 303)
    return render_template("resident/my_booking/delete_forms.html", visit=visit, booking=visit.booking)


def code_text(token: str) -> str:
    """What the QR code of a booking says."""
    return qr.reference_text(derived(token, acts.QR))


def _live(token: str) -> str:
    bookings.by_token(token)
    return token


def _code(token: str, body: bytes, suffix: str, kind: str) -> Response:
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    reference = bookings.by_token(token).reference
    answer.headers["Content-Disposition"] = f'inline; filename="{reference}.{suffix}"'
    return answer


def _delete(application_token: str) -> None:
    """A form that was read at the counter stays with the counter; one that never was is no matter."""
    try:
        form_acts.delete(application_token)
    except (NotFound, Conflict):
        return
