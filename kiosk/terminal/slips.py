"""控え: the last screen of a turn: the number or the booking, its code for the phone, and how the print goes."""

from __future__ import annotations

from flask import current_app, render_template, request
from markupsafe import Markup

from kiosk.terminal.place import here
from models.core.clock import now
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations.arrivals import Issued
from models.operations.booking import Made
from models.papers import qr
from models.queries import bookings, catalogue, crossing, estimates, holder, live
from models.queries.offices import OfficeView
from models.rules.addresses import ticket_page
from models.rules.sides import WHOLE, stands

MOST_COUNTERS = 3


def ticket_screen(place: OfficeView, issued: Issued) -> str:
    """A fresh number: who is ahead, how long, where to go, and the code with which a phone follows it."""
    held = holder.held(holder.opened(issued.token), now())
    serving = [one for one in live.state(place, now()).queues if one.code == held.ticket.queue]
    return render_template(
        "kiosk/tickets/number.html",
        office=place,
        issued=issued,
        held=held,
        elsewhere=place.id != here().id,
        queue=catalogue.current().queues[held.ticket.queue],
        wait=estimates.shown_range(held.wait) if held.wait else None,
        counters=serving[0].counters[:MOST_COUNTERS] if serving else (),
        code=code_of(issued.token),
    )


def booking_screen(made: Made) -> str:
    """A fresh booking: when, where, and the code to come back with."""
    booking = bookings.by_token(made.token)
    code = Markup(qr.svg(qr.reference_text(derived(made.token, "qr"))))  # noqa: S704  (drawn by us)
    known = catalogue.current()
    writes = any(
        not known.forms[form].paper_only
        for procedure in booking.procedures
        if procedure in known.procedures
        for form in known.procedures[procedure].forms
    )
    return render_template("kiosk/booked.html", booking=booking, token=made.token, code=code, writes=writes)


def code_of(token: str) -> Markup:
    """The picture of the code that opens a ticket's page on a phone; empty where no phone reaches it."""
    if not stands(WHOLE, crossing.side()):
        return Markup("")
    return Markup(qr.svg(ticket_page(base(), token)))  # noqa: S704  (drawn by us)


def base() -> str:
    """The public address of this city."""
    settings: Settings = current_app.extensions["maeniwa"].settings
    return (settings.public_url or request.host_url).rstrip("/") + request.script_root
