"""A ticket in the API's answers: to whoever holds it, and to staff."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from models.core.clock import now
from models.queries import call_order, catalogue, line, offices
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules import waiting
from models.rules.visits import visit_minutes
from web.api.addresses import absolute
from web.api.shapes import Answer, Moment

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
    """受付番号 with its instants, as staff see it."""

    number = fields.String(required=True)
    queue = fields.String(required=True)
    procedures = fields.List(fields.String(), required=True)
    source = fields.String(required=True)
    prefilled = fields.Boolean(required=True)
    status = fields.String(required=True)
    counter = fields.String(required=True, allow_none=True)
    booked_for = Moment(required=True, allow_none=True)
    arrived_at = Moment(required=True, allow_none=True)
    called_at = Moment(required=True, allow_none=True)
    started_at = Moment(required=True, allow_none=True)
    scanned_at = Moment(required=True, allow_none=True)
    printed_at = Moment(required=True, allow_none=True)
    finished_at = Moment(required=True, allow_none=True)


class HeldTicket(Answer):
    """受付番号 as the person in the hall sees it; estimates are minutes, rough ones, null once called."""

    number = fields.String(required=True)
    status = fields.String(required=True)
    position = fields.Integer(required=True, allow_none=True)
    people_ahead = fields.Integer(required=True)
    estimated_wait_minutes = fields.Integer(required=True, allow_none=True)
    estimated_wait_p80_minutes = fields.Integer(required=True, allow_none=True)
    counter = fields.String(required=True, allow_none=True)


class IssuedTicket(HeldTicket):
    """A fresh ticket with the token that follows it; `ticket_pdf_url` is null where the kiosk prints by itself."""

    token = fields.String(required=True)
    status_url = fields.String(required=True)
    ticket_pdf_url = fields.String(required=True, allow_none=True)


def for_staff(place: OfficeView, ticket: TicketView) -> dict[str, Any]:
    """As `StaffTicket`, instants in the office's zone."""
    instants = {name: getattr(ticket, name) for name in INSTANTS}
    return {
        "number": ticket.number,
        "queue": ticket.queue,
        "procedures": ticket.procedures,
        "source": ticket.source,
        "prefilled": ticket.prefilled,
        "status": ticket.state,
        "counter": ticket.counter,
        **{name: at.astimezone(place.zone) if at else None for name, at in instants.items()},
    }


def for_holder(place: OfficeView, ticket: TicketView) -> dict[str, Any]:
    """As `HeldTicket`."""
    waits = ticket.state == "waiting"
    at = now()
    ahead = call_order.ahead_of(place, place.day_of(at), ticket, at)
    wait = _expected(place, ticket.queue, [one.procedures for one in ahead])
    return {
        "number": ticket.number,
        "status": ticket.state,
        "position": len(ahead) + 1 if waits else None,
        "people_ahead": len(ahead),
        "estimated_wait_minutes": wait.mean if waits else None,
        "estimated_wait_p80_minutes": wait.p80 if waits else None,
        "counter": ticket.counter,
    }


def issued(place: OfficeView, number: str, token: str) -> dict[str, Any]:
    """As `IssuedTicket`."""
    ticket = line.by_number(place, place.day_of(now()), number)
    address = absolute("api_tickets.show", token=token)
    return {**for_holder(place, ticket), "token": token, "status_url": address, "ticket_pdf_url": None}


def _expected(place: OfficeView, queue: str, ahead: list[tuple[str, ...]]) -> waiting.ExpectedWait:
    chosen = catalogue.current()
    minutes = [
        visit_minutes([chosen.procedures[code] for code in codes if code in chosen.procedures])
        for codes in ahead
    ]
    return waiting.expected(minutes, offices.counters_for(offices.counters_of(place), queue))
