"""取り消し: the last step of a ticket is taken back; the history keeps both, the ticket is what they add up to."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n, message
from models.core.transaction import act, rows_changed
from models.operations import hall, office_row, ticket_notices
from models.operations.hall import Change
from models.operations.steps import moment, plan_again, refuse_second, refused, take_back
from models.queries import hall as halls
from models.queries import line
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.ticket_history import CALLS, Happened, Sum, add_up, last_step, untouched
from models.rules.ticket_states import AT_COUNTER, OVER, UNDO_REASONS
from models.tables import Ticket, Visit

NOTHING_TO_UNDO = _n("{number}には、取り消せる操作がありません。")
TOO_LATE_TO_UNDO = _n("{minutes}分より前の操作は取り消せません。")
GONE_ON = _n("{number}は次の窓口で呼ばれています。そちらで操作してください。")
BAD_REASON = _n("理由を選んでください。")


@act
def undo(session: Session, place: OfficeView, number: str, reason: str, actor: str) -> TicketView:
    """Take the last step of a ticket back, within the minutes of the office's policy; the history keeps both.

    `reason` is one of `UNDO_REASONS`. Raises `Conflict` where there is nothing to take back or it is too late, where
    the visitor went on to the next counter, or where the counter has somebody else by now. A message that asked the
    visitor to come is not sent any more once the call is taken back, if it is not out yet.
    """
    if reason not in UNDO_REASONS:
        raise invalid("reason", BAD_REASON)
    office_row.enter(session, place)
    today = place.day_of(now())
    ticket, last, before = _step_to_undo(place, today, number)
    at = moment(session, ticket)
    minutes = halls.policy_of(place).undo_minutes
    if at - last.at > timedelta(minutes=minutes):
        raise Conflict(message(TOO_LATE_TO_UNDO, minutes=minutes), state=ticket.state)
    if before.state in AT_COUNTER and before.counter:
        refuse_second(place, today, before.counter, but=ticket.id)
    _take_back_effects(session, place, ticket, last, actor)
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == ticket.state)
    if rows_changed(session, claim.values(_row(before, last))) != 1:
        raise refused(line.one(ticket.id))
    detail = f"{last.kind} {reason}"
    hall.note(
        session,
        place,
        ticket.id,
        Change("undo", actor, before.state, ticket.state, ticket.counter, detail, at),
    )
    if last.kind in ("no_show", "cancel"):
        plan_again(session, place, ticket, actor)
    return line.one(ticket.id)


def _step_to_undo(place: OfficeView, day: date, number: str) -> tuple[TicketView, Happened, Sum]:
    """The ticket of the visit that was touched last, its last step, and what it was before that."""
    ticket = line.by_number(place, day, number)
    history = _history(ticket)
    earlier = [one for one in _legs(ticket) if one.leg < ticket.leg and one.arrived_at is not None]
    if untouched(history) and earlier:
        ticket, history = earlier[-1], _history(earlier[-1])
    last = last_step(history)
    if last is None or last.before is None or last.after != ticket.state:
        raise Conflict(message(NOTHING_TO_UNDO, number=number), state=ticket.state)
    return ticket, last, add_up([*history, Happened(last.at, "undo", ticket.state, last.before)])


def _history(ticket: TicketView) -> list[Happened]:
    return [Happened(one.at, one.kind, one.before, one.after, one.counter) for one in line.events(ticket)]


def _legs(ticket: TicketView) -> list[TicketView]:
    return [] if ticket.visit_id is None else line.of_visit(ticket.visit_id)


def _row(found: Sum, undone: Happened) -> dict[str, object]:
    values: dict[str, object] = {"called_ahead": False} if undone.kind == "call" else {}
    return values | {
        "state": found.state, "counter": found.counter, "calls": found.calls, "called_at": found.called_at,
        "started_at": found.started_at, "finished_at": found.finished_at,
        "served_end_at": found.served_end_at,
    }  # fmt: skip


def _take_back_effects(
    session: Session, place: OfficeView, ticket: TicketView, last: Happened, actor: str
) -> None:
    """What else the step did: the ticket that followed, the booth that was taken, the message that asked to come."""
    if last.kind in ("finish", "transfer"):
        _take_back_following(session, place, ticket, actor)
    elif last.kind == "start":
        _leave_seat(session, ticket)
    elif last.kind in CALLS:
        ticket_notices.uncalled(session, ticket)


def _take_back_following(session: Session, place: OfficeView, ticket: TicketView, actor: str) -> None:
    """Put the ticket that followed back to `planned` (or end it, if a transfer made it); `Conflict` if it went on."""
    for one in _legs(ticket):
        if one.id == ticket.id or one.state == "planned" or one.state in OVER:
            continue
        history = _history(one)
        if one.state != "waiting" or not untouched(history):
            raise Conflict(message(GONE_ON, number=one.number), state=one.state)
        planned = history[0].kind == "plan"
        take_back(session, place, one, actor, "planned" if planned else "cancelled")


def _leave_seat(session: Session, ticket: TicketView) -> None:
    """The booth in which this start seated the visitor is free again."""
    if not any(one.started_at is not None for one in _legs(ticket) if one.id != ticket.id):
        session.execute(update(Visit).where(Visit.id == ticket.visit_id).values(seat=None))
