"""番号のお知らせ: who asked to be told hears when to come, and when three people are left before them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.operations.messages import Notice, drop
from models.operations.subscriptions import tell_holders
from models.queries import call_order
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.ticket_history import CALLS
from models.tables import Subscription

PEOPLE_BEFORE = 3
LASTS = timedelta(minutes=10)
"""Later than this nobody need hear that they were called, or would be soon."""


def stepped(
    session: Session, place: OfficeView, ticket: TicketView, action: str, counter: str | None
) -> None:
    """Inside the act, after a step: a called visitor is told where to come; who now has three before them, that too.

    `ticket` is as it was before the step.
    """
    if (action not in CALLS and ticket.state != "waiting") or not anybody(session, place, ticket.day):
        return
    if ticket.visit_id is not None:
        drop(session, visit_id=ticket.visit_id, kinds=("soon", "come"))
        if action in CALLS:
            occasion = f"come/{ticket.id}/{now():%H%M%S%f}"
            tell_holders(session, _notice(place, ticket, "come", occasion, counter or ""))
    if ticket.state == "waiting":
        _near(session, place, ticket)


def uncalled(session: Session, ticket: TicketView) -> None:
    """Inside the act, after a call was taken back: who was asked to come is not, if the message is not out yet."""
    if ticket.visit_id is not None:
        drop(session, visit_id=ticket.visit_id, kinds=("come",))


def _near(session: Session, place: OfficeView, left: TicketView) -> None:
    """Of the queue that somebody left, whoever has three people before them now is told, once."""
    session.flush()
    behind = call_order.within_queue(place, left.day, left.queue, now())[PEOPLE_BEFORE : PEOPLE_BEFORE + 1]
    for ticket in behind:
        tell_holders(session, _notice(place, ticket, "soon", f"soon/{ticket.id}"))


def anybody(session: Session, place: OfficeView, day: date) -> bool:
    """Whether any visitor of the office's day asked to be told: one look, and the line is read only then."""
    chosen = select(Subscription.id).where(
        Subscription.office_id == place.id,
        Subscription.due == day,
        Subscription.visit_id.is_not(None),
        Subscription.ended_at.is_(None),
    )
    return session.scalar(chosen.limit(1)) is not None


def _notice(place: OfficeView, ticket: TicketView, kind: str, occasion: str, counter: str = "") -> Notice:
    values = {"number": ticket.number, "counter": counter}
    return Notice(
        kind, occasion, place, ticket.language, values, visit_id=ticket.visit_id, too_late_at=now() + LASTS
    )
