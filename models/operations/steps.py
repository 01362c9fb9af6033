"""操作の一歩: one step of one ticket by conditional UPDATE with its event, and what it means for its visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n, message
from models.core.transaction import rows_changed
from models.core.types import UTCDateTime
from models.operations import hall, ticket_notices
from models.operations.hall import Change
from models.queries import hall as halls
from models.queries import line
from models.queries.line import TicketView
from models.queries.offices import OfficeView
from models.rules.ticket_history import FIRSTS
from models.rules.ticket_states import MOVES, Action, after, allowed
from models.tables import Ticket, TicketEvent, Visit

WRONG_STEP = _n("{number}はいま「{state}」です。この操作はできません。")
BUSY_COUNTER = _n("この窓口は{number}を対応中です。終えてから次を呼んでください。")
STATE_WORDS = {
    "planned": _n("このあと"),
    "waiting": _n("お待ち"),
    "called": _n("呼出中"),
    "absent": _n("不在"),
    "serving": _n("対応中"),
    "held": _n("保留"),
    "back_office": _n("処理中"),
    "recalled": _n("交付の呼出中"),
    "transferred": _n("移動"),
    "done": _n("終了"),
    "cancelled": _n("取消"),
    "no_show": _n("来なかった"),
    "abandoned": _n("途中で帰った"),
}


@dataclass(frozen=True)
class Taken:
    """A step: who takes it, at which counter; for a call, whether it passes by the line; `detail` for the history."""

    action: Action
    actor: str
    desk: str | None = None
    ahead: bool = False
    detail: str = ""


def take(session: Session, place: OfficeView, ticket: TicketView, taken: Taken) -> bool:
    """Inside an act: one step by conditional UPDATE, with its event; False where the state forbids it (any more)."""
    if not allowed(taken.action, ticket.state):
        return False
    at = moment(session, ticket)
    values = _values(ticket, taken, at)
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == ticket.state).values(values)
    if rows_changed(session, claim) != 1:
        return False
    at_counter = taken.desk or ticket.counter
    if taken.action == "recall":
        at_counter = ticket.counter
    if taken.action == "start" and halls.policy_of(place).several == "booth":
        seated = update(Visit).where(Visit.id == ticket.visit_id, Visit.seat.is_(None))
        session.execute(seated.values(seat=at_counter))
    change = Change(taken.action, taken.actor, values["state"], ticket.state, at_counter, taken.detail, at)
    hall.note(session, place, ticket.id, change)
    ticket_notices.stepped(session, place, ticket, taken.action, at_counter)
    return True


def moment(session: Session, ticket: TicketView) -> datetime:
    """The act's instant, but never before what already happened in this visit: no clock makes a span negative."""
    mine = TicketEvent.ticket_id == ticket.id
    if ticket.visit_id is not None:
        mine = TicketEvent.ticket_id.in_(select(Ticket.id).where(Ticket.visit_id == ticket.visit_id))
    latest = session.scalar(select(func.max(TicketEvent.at)).where(mine))
    return now() if latest is None else max(now(), latest)


def _values(ticket: TicketView, taken: Taken, at: datetime) -> dict[str, Any]:
    """What a step makes of a ticket's row: the same that `rules.ticket_history` makes of its event."""
    state = after(taken.action, ticket.state)
    values: dict[str, Any] = {"state": state}
    if taken.action in MOVES:
        values["counter"] = taken.desk or ticket.counter
    if taken.action in ("call", "deliver"):
        values["calls"] = 1
    if taken.action == "call":
        values["called_ahead"] = taken.ahead
    elif taken.action == "recall":
        values["calls"] = Ticket.calls + 1
    if taken.action in FIRSTS:
        first = FIRSTS[taken.action]
        values[first] = func.coalesce(getattr(Ticket, first), literal(at, UTCDateTime()))
    elif taken.action == "return":
        values |= {"counter": None, "calls": 0, "due_at": min(ticket.due_at or ticket.order_at, at)}
    if state in ("done", "transferred") and ticket.started_at is not None:
        values["finished_at"] = at
    return values


def follow(session: Session, place: OfficeView, ended: TicketView, actor: str) -> None:
    """The visit's next planned ticket enters the line, at the place that the visitor's arrival gives it."""
    if ended.visit_id is None:
        return
    for one in line.of_visit(ended.visit_id):
        if one.state == "planned":
            at = moment(session, ended)
            _moved(session, place, one, Change("follow", actor, "waiting", "planned", at=at), at)
            return


def drop_planned(session: Session, place: OfficeView, ended: TicketView, actor: str) -> None:
    """What was to follow does not, when the visitor is not there any more."""
    for one in _others(ended, "planned"):
        change = Change("drop", actor, "cancelled", "planned", at=moment(session, ended))
        _moved(session, place, one, change, None)


def plan_again(session: Session, place: OfficeView, back: TicketView, actor: str) -> None:
    """The visitor is there after all: what was dropped follows again."""
    for one in _others(back, "cancelled"):
        changed = [event for event in line.events(one) if event.after is not None]
        if changed and changed[-1].kind == "drop":
            change = Change("replan", actor, "planned", "cancelled", at=moment(session, back))
            _moved(session, place, one, change, None)


def take_back(session: Session, place: OfficeView, one: TicketView, actor: str, target: str) -> None:
    """A ticket that followed leaves the line again as if it had not entered it: `planned` or `cancelled`."""
    change = Change("undone", actor, target, "waiting", at=moment(session, one))
    _moved(session, place, one, change, None)


def refuse_second(place: OfficeView, day: date, counter_number: str, but: int | None = None) -> None:
    """`Conflict` while a counter has another ticket: it calls, serves or hands over to one visitor at a time."""
    mine = line.at_counter(place, day, counter_number)
    if mine is not None and mine.id != but:
        raise Conflict(message(BUSY_COUNTER, number=mine.number), number=mine.number, state=mine.state)


def refused(ticket: TicketView) -> Conflict:
    """A step that the ticket's real state forbids."""
    words = STATE_WORDS[ticket.state]
    return Conflict(message(WRONG_STEP, number=ticket.number, state=words), state=ticket.state)


def _others(ticket: TicketView, state: str) -> list[TicketView]:
    if ticket.visit_id is None:
        return []
    return [one for one in line.of_visit(ticket.visit_id) if one.id != ticket.id and one.state == state]


def _moved(
    session: Session, place: OfficeView, one: TicketView, change: Change, arrived_at: datetime | None
) -> None:
    """A ticket that another ticket's step moves: it enters the line (with an instant) or leaves it as if never in."""
    claim = update(Ticket).where(Ticket.id == one.id, Ticket.state == change.before)
    if rows_changed(session, claim.values(state=change.after, arrived_at=arrived_at)) == 1:
        hall.note(session, place, one.id, change)
