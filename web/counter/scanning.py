"""読み取りと印刷: what the scanner read, the check-in of a booking, the official form as PDF."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from models.core.errors import Conflict, DomainError, Invalid, NotFound
from models.core.messages import _n, message
from models.operations import arrivals, printing, scanning
from models.queries import applications, bookings
from models.queries import printing as prints
from models.queries.applications import ApplicationView
from web.access import COUNTER, DESK, visitor
from web.counter import reading, screen
from web.counter.desk import ask_for_place
from web.counter.place import Elsewhere, Place, here

blueprint = Blueprint("scanning", __name__)
blueprint.context_processor(screen.person)
blueprint.register_error_handler(Elsewhere, ask_for_place)
CHECKED_IN = _n("{number} で受付しました。")
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""A browser's own viewer puts the sheet into a page of its own and styles it there; scripts stay forbidden."""


@blueprint.post("/scans")
@DESK
def scan() -> Response:
    """Read what the scanner typed; a refusal is shown on the desk with its own sentence, and nothing was noted."""
    where, code = here(), request.form.get("code", "")
    try:
        found = scanning.scan(where.office, code, where.number, visitor().actor)
        slip = reading.slip_for(where, found)
    except DomainError as problem:
        page = screen.desk_page(where, refused=screen.told(problem.message))
        return make_response(page, problem.status)
    return redirect(url_for("desk.page", scan=slip), 303)


@blueprint.post("/check-ins")
@DESK
def check_in() -> Response:
    """The booked visitor of this scan is here."""
    where, sent = here(), request.form.get("scan", "")
    slip: str | None = None
    try:
        reference = reading.opened(where, sent).reference
        slip = sent
        booking = scanning.look(where.office, reference).booking
        if booking is None:
            raise NotFound
        issued = arrivals.check_in(where.office, bookings.by_id(booking.id), visitor().actor)
        flash(screen.told(message(CHECKED_IN, number=issued.number)), "done")
    except DomainError as problem:
        flash(screen.told(problem.message), "warning")
    return redirect(url_for("desk.page", scan=slip), 303)


@blueprint.post("/applications/<reference>/print")
@COUNTER
def print_form(reference: str) -> Response:
    """The filled form in a new tab: only what this tab's scan showed, and a copy only with a reason."""
    where = here()
    reading.check(where, request.form.get("scan", ""), reference)
    reason = _reason(where, applications.by_reference(reference))
    sheet = printing.print_sheet(where.office, reference, visitor().actor, where.number, reason)
    response = make_response(sheet.pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{reference}-{sheet.job.copy}.pdf"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _reason(where: Place, application: ApplicationView) -> str:
    """Why it is printed again; empty for the original, `Conflict` when it was printed meanwhile."""
    printed = prints.released(application.id)
    if not printed:
        return ""
    if "reason" not in request.form:
        at = printed[-1].released_at or printed[-1].asked_at
        raise Conflict(message(scanning.PRINTED, time=f"{at.astimezone(where.office.zone):%H:%M}"))
    try:
        return printing.check_reason(request.form["reason"][:100])
    except Invalid as refused:
        raise Conflict(refused.problems[0].message) from refused
