"""渡すもの: the code of a number or of a renewed booking, to hand over while this person stands here."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from werkzeug.wrappers import Response

from models.core.clock import now
from models.core.errors import DomainError, NotFound
from models.core.messages import _n
from models.operations import reissuing, scanning
from models.papers import qr
from models.papers.slip import PAPERS
from models.queries import bookings, crossing, holder
from models.queries.line import TicketView
from models.rules.addresses import booking_page, ticket_page
from models.rules.sides import WHOLE, stands
from web.access import DESK, visitor
from web.addresses import base
from web.counter import reading
from web.counter.door import opened, told
from web.counter.place import here
from web.languages import gettext

blueprint = opened("handing")
HANDED_SECONDS = 10 * 60
"""So long a code can be shown again by the page's address."""
RENEWED = _n("予約のQRコードを作り直しました。前のQRコードは、もう使えません。")


@dataclass(frozen=True)
class Handed:
    """What is handed over: the picture that a phone reads, and where the slip is printed, by paper."""

    code: Markup
    slips: tuple[tuple[str, str], ...] = ()


def seal(token: str) -> str:
    """A token as a page's address may carry it for a while: worth nothing elsewhere."""
    return _sealer().dumps(token)


def of_ticket(sealed: str, ticket: TicketView) -> Handed | None:
    """The slip of a number that was given out just now; None for any other text, ticket or after a while."""
    try:
        token = _unsealed(sealed)
        if holder.opened(token).visit_id != ticket.visit_id:
            return None
    except DomainError:
        return None
    slips = tuple((paper, url_for("api_slips.ticket_pdf", token=token, paper=paper)) for paper in PAPERS)
    followed = stands(WHOLE, crossing.side())
    return Handed(_picture(ticket_page(base(), token)) if followed else Markup(""), slips)


@blueprint.post("/bookings/renew")
@DESK
def renew() -> Response:
    """The booking of this scan gets a new code: the old one was lost or seen."""
    where, sent = here(), request.form.get("scan", "")
    slip: str | None = None
    try:
        reference = reading.opened(where, sent).reference
        slip = sent
        found = scanning.look(where.office, reference).booking
        if found is None:
            raise NotFound
        made = reissuing.reissue(found, visitor().actor)
    except DomainError as problem:
        flash(told(problem.message), "warning")
        return redirect(url_for("desk.page", scan=slip), 303)
    flash(gettext(RENEWED), "done")
    return redirect(url_for("handing.renewed", code=seal(made.token)), 303)


@blueprint.get("/bookings/renewed")
@DESK
def renewed() -> str:
    """The new code, for the visitor's phone."""
    token = _unsealed(request.args.get("code", ""))
    booking = bookings.by_token(token)
    handed = Handed(_picture(booking_page(base(), token)))
    return render_template("counter/renewed.html", where=here(), booking=booking, handed=handed, at=now())


def _unsealed(sealed: str) -> str:
    try:
        return str(_sealer().loads(sealed, max_age=HANDED_SECONDS))
    except BadSignature as problem:
        raise NotFound from problem


def _picture(text: str) -> Markup:
    return Markup(qr.svg(text))  # noqa: S704  (drawn by us)


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="handed over at the counter")
