"""A ticket in the API's answers: to whoever holds it, and to staff."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from models.core.clock import now
from models.queries import holder
from models.queries.estimates import shown_range
from models.queries.holder import Held
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.addresses import ticket_page
from web.addresses import base
from web.api.addresses import absolute
from web.api.shapes import Answer, Moment, whole_minutes

INSTANTS = (
    "booked_for",
    "arrived_at",
    "called_at",
    "started_at",
    "scanned_at",
    "printed_at",
    "finished_at",
)


class StaffTicket(Answer):
    """受付番号 with its instants, as staff see it; `leg` is which of a visit's tickets, `seat` the visitor's booth."""

    number = fields.String(required=True)
    leg = fields.Integer(required=True)
    queue = fields.String(required=True)
    procedures = fields.List(fields.String(), required=True)
    source = fields.String(required=True)
    prefilled = fields.Boolean(required=True)
    priority = fields.Boolean(required=True)
    language = fields.String(required=True)
    status = fields.String(required=True)
    counter = fields.String(required=True, allow_none=True)
    seat = fields.String(required=True, allow_none=True)
    calls = fields.Integer(required=True)
    booked_for = Moment(required=True, allow_none=True)
    arrived_at = Moment(required=True, allow_none=True)
    called_at = Moment(required=True, allow_none=True)
    started_at = Moment(required=True, allow_none=True)
    scanned_at = Moment(required=True, allow_none=True)
    printed_at = Moment(required=True, allow_none=True)
    finished_at = Moment(required=True, allow_none=True)


class HeldTicket(Answer):
    """受付番号 as its holder sees it; estimates are minutes until the call, null unless it waits.

    `low_minutes` to `high_minutes` is what people should be told: a range in steps of five, 0 and 0 for at once.
    """

    number = fields.String(required=True)
    status = fields.String(required=True)
    position = fields.Integer(required=True, allow_none=True)
    people_ahead = fields.Integer(required=True)
    estimated_wait_minutes = fields.Integer(required=True, allow_none=True)
    estimated_wait_p80_minutes = fields.Integer(required=True, allow_none=True)
    low_minutes = fields.Integer(required=True, allow_none=True)
    high_minutes = fields.Integer(required=True, allow_none=True)
    counter = fields.String(required=True, allow_none=True)
    queue = fields.String(required=True)
    legs_after = fields.Integer(required=True)


class IssuedTicket(HeldTicket):
    """A fresh ticket with the token that follows it; `page_url` is the page for people, the slip's QR carries it.

    `ticket_pdf_url` is the slip to print (`?paper=58`, `80` or `A6`).
    """

    token = fields.String(required=True)
    status_url = fields.String(required=True)
    page_url = fields.String(required=True)
    ticket_pdf_url = fields.String(required=True)


def for_staff(place: OfficeView, ticket: TicketView) -> dict[str, Any]:
    """As `StaffTicket`, instants in the office's zone."""
    instants = {name: getattr(ticket, name) for name in INSTANTS}
    return {
        "number": ticket.number,
        "leg": ticket.leg,
        "queue": ticket.queue,
        "procedures": ticket.procedures,
        "source": ticket.source,
        "prefilled": ticket.prefilled,
        "priority": ticket.priority,
        "language": ticket.language,
        "status": ticket.state,
        "counter": ticket.counter,
        "seat": ticket.seat,
        "calls": ticket.calls,
        **{name: at.astimezone(place.zone) if at else None for name, at in instants.items()},
    }


def for_holder(held: Held) -> dict[str, Any]:
    """As `HeldTicket`."""
    ticket, wait = held.ticket, held.wait
    low, high = shown_range(wait) if wait else (None, None)
    return {
        "number": ticket.number,
        "status": ticket.state,
        "position": held.ahead + 1 if ticket.state == "waiting" else None,
        "people_ahead": held.ahead,
        "estimated_wait_minutes": whole_minutes(wait.p50 if wait else None),
        "estimated_wait_p80_minutes": whole_minutes(wait.p80 if wait else None),
        "low_minutes": low,
        "high_minutes": high,
        "counter": ticket.counter,
        "queue": ticket.queue,
        "legs_after": len(held.following),
    }


def issued(token: str) -> dict[str, Any]:
    """As `IssuedTicket`."""
    return {
        **for_holder(holder.held(holder.opened(token), now())),
        "token": token,
        "status_url": absolute("api_held.ticket", token=token),
        "page_url": ticket_page(base(), token),
        "ticket_pdf_url": absolute("api_slips.ticket_pdf", token=token),
    }
