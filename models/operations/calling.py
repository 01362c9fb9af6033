"""呼出: the next ticket of a counter, claimed once; and every step of a ticket after that."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Gone, invalid
from models.core.messages import _n, message
from models.core.transaction import act
from models.operations import counters, office_row
from models.operations.ending import end_day, expire, sweep
from models.operations.steps import (
    BUSY_COUNTER,
    STATE_WORDS,
    WRONG_STEP,
    Taken,
    drop_planned,
    follow,
    plan_again,
    refuse_second,
    refused,
    take,
)
from models.operations.undoing import undo
from models.queries import availability, call_order, catalogue, line
from models.queries.line import TicketView
from models.queries.offices import OfficeView, counter
from models.rules.call_order import next_for, passes_by
from models.rules.ticket_states import MOVES, Action
from models.tables import Ticket

__all__ = [
    "BUSY_COUNTER", "STATE_WORDS", "WRONG_STEP", "Taken", "call_next", "end_day", "expire", "follow", "leave_line",
    "refused", "step", "sweep", "take", "undo",
]  # fmt: skip

WHICH_COUNTER = _n("どの窓口で呼ぶかを選んでください。")
YESTERDAY = _n("この番号は{day}のものです。きょうは使えません。")
NOT_ALONE: tuple[Action, ...] = ("transfer", "expire")
"""A transfer needs to know where to (`tickets.transfer`), and what ends by itself is not pressed (`ending`)."""
CHOSEN, PASSED = "chosen", "passed"
"""In a call's history, where staff chose whom to call: in turn or after somebody's turn, or ahead of the line."""


@act
def call_next(session: Session, place: OfficeView, number: str, actor: str) -> TicketView | None:
    """The counter calls whom the order says (`rules.call_order`); None when nobody waits in its queues.

    Raises `Conflict` while the counter still has a ticket.
    """
    office_row.enter(session, place)
    desk, at = counter(place, number), now()
    today = place.day_of(at)
    refuse_second(place, today, desk.number)
    counters.begin(session, place, desk, actor)
    expire(session, place, today, at)
    waiting = call_order.waiting(place, today, desk.queues)
    if not waiting:
        return None
    seen, basis = call_order.seen_by(place, today, desk)
    while choice := next_for(seen, waiting, basis, at):
        waiting.remove(choice.ticket)
        ticket = line.one(choice.ticket.id)
        if take(session, place, ticket, Taken("call", actor, desk.number, choice.goes_ahead, choice.reason)):
            return line.one(ticket.id)
    return None


@act
def step(
    session: Session,
    place: OfficeView,
    number: str,
    action: Action,
    actor: str,
    desk: str | None = None,
    outcomes: Sequence[str] = (),
) -> TicketView:
    """One step of one of today's tickets; `Conflict` tells the real state where the table forbids it.

    `desk` is the counter at which it happens (of a hand-over: to which it calls); a call needs one. `outcomes` are the
    procedures that were handled in the end; the ticket keeps them and counts for the first.
    """
    if action in NOT_ALONE:
        raise ValueError(f"{action} is more than a step")
    office_row.enter(session, place)
    today = place.day_of(now())
    ticket = line.by_number(place, today, number)
    seen = counter(place, desk) if desk is not None else None
    at_counter = desk or ticket.counter
    if action == "call" and at_counter is None:
        raise invalid("counter", WHICH_COUNTER)
    if action in MOVES and at_counter is not None:
        refuse_second(place, today, at_counter, but=ticket.id)
    if action == "call" and seen is not None:
        counters.begin(session, place, seen, actor)
    ahead = action == "call" and _passes_by(place, ticket)
    detail = (PASSED if ahead else CHOSEN) if action == "call" else ""
    if not take(session, place, ticket, Taken(action, actor, desk, ahead, detail)):
        raise refused(line.one(ticket.id))
    _and_the_rest(session, place, ticket, action, actor)
    if outcomes:
        handled = availability.need_of(catalogue.current(), place, outcomes).procedures
        values = {"procedures": list(handled), "procedure": handled[0]}
        session.execute(update(Ticket).where(Ticket.id == ticket.id).values(values))
    return line.one(ticket.id)


@act
def leave_line(session: Session, place: OfficeView, visit_id: int, actor: str) -> TicketView:
    """The visitor of this visit, and no other, goes home; one who left already changes nothing.

    Raises `Gone` after the visit's day, `Conflict` where the state forbids it.
    """
    office_row.enter(session, place)
    ticket = line.whose_turn(line.of_visit(visit_id))
    if ticket.state in ("cancelled", "abandoned", "no_show"):
        return ticket
    if ticket.day != place.day_of(now()):
        raise Gone(message(YESTERDAY, day=ticket.day))
    if not take(session, place, ticket, Taken("cancel", actor)):
        raise refused(ticket)
    _and_the_rest(session, place, ticket, "cancel", actor)
    return line.one(ticket.id)


def _and_the_rest(
    session: Session, place: OfficeView, ticket: TicketView, action: Action, actor: str
) -> None:
    """What a step means for the tickets that were to follow."""
    if action == "finish":
        follow(session, place, ticket, actor)
    elif action in ("no_show", "cancel", "expire"):
        drop_planned(session, place, ticket, actor)
    elif action == "return":
        plan_again(session, place, ticket, actor)


def _passes_by(place: OfficeView, ticket: TicketView) -> bool:
    return passes_by(call_order.standing(ticket), call_order.waiting(place, ticket.day, (ticket.queue,)))
