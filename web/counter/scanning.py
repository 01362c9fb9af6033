"""読み取りと印刷: what the scanner read, the check-in of a booking, the official form as PDF."""

from __future__ import annotations

import re
import unicodedata

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import Conflict, DomainError, Invalid, NotFound
from models.core.messages import _n, message
from models.operations import arrivals, printing, scanning, unsealing
from models.papers import frames
from models.queries import applications, bookings, line
from models.queries import printing as prints
from models.queries.applications import ApplicationView
from web.access import COUNTER, DESK, visitor
from web.account import security
from web.counter import reading, screen
from web.counter.door import opened, told
from web.counter.place import Place, here

blueprint = opened("scanning")
NUMBER = re.compile(r"([A-Z])([0-9]{1,4})")
NO_SUCH_NUMBER = _n("{number}という受付番号は、きょうはありません。番号を確かめてください。")
CHECKED_IN = _n("{number} で受付しました。")
CHECKED_IN_LATE = _n(
    "{number} で受付しました。予約から{minutes}分過ぎたので、通常の順番です。番号を開くと、予約の順番に戻せます。"
)
FRAMES = "6/second"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""A browser's own viewer puts the sheet into a page of its own and styles it there; scripts stay forbidden."""


@blueprint.post("/scans")
@DESK
def scan() -> Response:
    """Read what the scanner typed; a refusal is shown on the desk with its own sentence, and nothing was noted."""
    where, code, before = here(), request.form.get("code", ""), request.form.get("before", "")
    if typed := numbered(code):
        return _ticket_page(where, typed)
    try:
        found = scanning.scan(where.office, f"{before} {code}".strip(), where.number, visitor().actor)
        slip = reading.slip_for(where, found)
    except unsealing.More as problem:
        page = screen.desk_page(where, more=told(problem.message), before=f"{before} {code}".strip())
        return make_response(page, problem.status)
    except DomainError as problem:
        page = screen.desk_page(where, refused=told(problem.message))
        return make_response(page, problem.status)
    return redirect(url_for("desk.page", scan=slip), 303)


def numbered(code: str) -> str:
    """The ticket number that somebody typed in place of a code (b12 is B012); empty for anything else."""
    found = NUMBER.fullmatch("".join(unicodedata.normalize("NFKC", code[:40]).split()).upper())
    return f"{found[1]}{int(found[2]):03}" if found else ""


def _ticket_page(where: Place, number: str) -> Response:
    try:
        line.by_number(where.office, where.office.day_of(now()), number)
    except NotFound as problem:
        page = screen.desk_page(where, refused=told(message(NO_SUCH_NUMBER, number=number)))
        return make_response(page, problem.status)
    return redirect(url_for("numbers.ticket", number=number), 303)


@blueprint.post("/frames")
@DESK
@security.limiter.limit(FRAMES, key_func=lambda: visitor().actor)
def frame() -> Response:
    """A picture of the counter's own camera: the code that is in it, or 204. Nothing of it is kept."""
    found = frames.code_in(request.get_data())
    return make_response({"code": found} if found else ("", 204))


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
        said = message(
            CHECKED_IN if issued.on_time else CHECKED_IN_LATE,
            number=issued.number,
            minutes=issued.late_minutes,
        )
        flash(told(said), "done" if issued.on_time else "warning")
    except DomainError as problem:
        flash(told(problem.message), "warning")
    return redirect(url_for("desk.page", scan=slip), 303)


@blueprint.post("/applications/<reference>/print")
@COUNTER
def print_form(reference: str) -> Response:
    """The filled form in a new tab: only what this tab's scan showed, and a copy only with a reason."""
    where = here()
    reading.check(where, request.form.get("scan", ""), reference)
    reason = reason_given(where, applications.by_reference(reference))
    sheet = printing.print_sheet(where.office, reference, visitor().actor, where.number, reason)
    response = make_response(sheet.pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{reference}-{sheet.job.copy}.pdf"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def reason_given(where: Place, application: ApplicationView) -> str:
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
