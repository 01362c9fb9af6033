"""呼出: the next ticket of a counter, claimed once; and every step of a ticket after that, with its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict, invalid
from models.core.messages import _n, message
from models.core.transaction import act, rows_changed
from models.operations import counters, hall
from models.operations.hall import Change
from models.queries import availability, call_order, catalogue, line
from models.queries import hall as halls
from models.queries.line import TicketView
from models.queries.offices import OfficeView, counter
from models.rules.call_order import next_for
from models.rules.ticket_history import Happened, add_up, last_step
from models.rules.ticket_states import AT_COUNTER, OVER, UNDO_REASONS, Action, after, allowed
from models.tables import Ticket, TicketEvent, Visit

WRONG_STEP = _n("{number}はいま「{state}」です。この操作はできません。")
BUSY_COUNTER = _n("この窓口は{number}を対応中です。終えてから次を呼んでください。")
NOTHING_TO_UNDO = _n("{number}には、取り消せる操作がありません。")
TOO_LATE_TO_UNDO = _n("{minutes}分より前の操作は取り消せません。")
GONE_ON = _n("{number}は次の窓口で呼ばれています。そちらで操作してください。")
BAD_REASON = _n("理由を選んでください。")
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
TAKES_COUNTER = ("call", "deliver", "start", "resume")
"""Steps after which the ticket is at the counter that took them."""


@act
def call_next(session: Session, place: OfficeView, number: str, actor: str) -> TicketView | None:
    """The counter calls whom the order says (`rules.call_order`); None when nobody waits in its queues.

    Raises `Conflict` while the counter still has a ticket.
    """
    hall.enter(session, place)
    desk, at = counter(place, number), now()
    today = place.day_of(at)
    _refuse_second(place, today, desk.number)
    counters.begin(session, place, desk, actor)
    expire(session, place, today, at)
    waiting = {one.id: one for one in line.line(place, today, queues=desk.queues)}
    basis, seen = call_order.basis(place, today), call_order.desk_of(place, today, desk)
    while waiting:
        standing = [call_order.standing(one) for one in waiting.values()]
        choice = next_for(seen, standing, basis, at)
        if choice is None:
            return None
        ticket = waiting.pop(choice.ticket.id)
        if take(session, place, ticket, Taken("call", actor, desk.number, choice.goes_ahead)):
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

    `outcomes` are the procedures that were handled in the end; the ticket keeps them and counts for the first.
    """
    hall.enter(session, place)
    today = place.day_of(now())
    ticket = line.by_number(place, today, number)
    if desk is not None:
        counter(place, desk)
    if action in TAKES_COUNTER and (desk or ticket.counter):
        _refuse_second(place, today, desk or ticket.counter or "", but=ticket.id)
    if action in ("call", "deliver") and desk is not None:
        counters.begin(session, place, counter(place, desk), actor)
    if not take(session, place, ticket, Taken(action, actor, desk)):
        raise refused(line.one(ticket.id))
    if outcomes:
        handled = availability.need_of(catalogue.current(), place, outcomes).procedures
        values = {"procedures": list(handled), "procedure": handled[0]}
        session.execute(update(Ticket).where(Ticket.id == ticket.id).values(values))
    if action == "finish":
        follow(session, place, ticket, actor)
    if action in ("no_show", "cancel") and ticket.visit_id is not None:
        _end_planned(session, place, ticket.visit_id, action, actor)
    return line.one(ticket.id)


@act
def undo(session: Session, place: OfficeView, number: str, reason: str, actor: str) -> TicketView:
    """Take the last step of a ticket back, within the minutes of the office's policy; the history keeps both.

    `reason` is one of `UNDO_REASONS`. Raises `Conflict` where there is nothing to take back or it is too late.
    """
    if reason not in UNDO_REASONS:
        raise invalid("reason", BAD_REASON)
    hall.enter(session, place)
    at = now()
    today = place.day_of(at)
    ticket = _last_touched(place, today, number)
    history = [Happened(one.at, one.kind, one.before, one.after, one.counter) for one in line.events(ticket)]
    last = last_step(history)
    if last is None or last.before is None or last.after != ticket.state:
        raise Conflict(message(NOTHING_TO_UNDO, number=number), state=ticket.state)
    minutes = halls.policy_of(place).undo_minutes
    if at - last.at > timedelta(minutes=minutes):
        raise Conflict(message(TOO_LATE_TO_UNDO, minutes=minutes), state=ticket.state)
    before = add_up([*history, Happened(at, "undo", ticket.state, last.before)])
    if before.state in AT_COUNTER and before.counter:
        _refuse_second(place, today, before.counter, but=ticket.id)
    if last.kind in ("finish", "transfer"):
        _take_back_following(session, place, ticket, actor)
    values = {
        "state": before.state, "counter": before.counter, "calls": before.calls, "called_at": before.called_at,
        "started_at": before.started_at, "finished_at": before.finished_at,
    }  # fmt: skip
    if last.kind == "call":
        values["called_ahead"] = False
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == ticket.state).values(values)
    if rows_changed(session, claim) != 1:
        raise refused(line.one(ticket.id))
    change = Change("undo", actor, before.state, ticket.state, ticket.counter, f"{last.kind} {reason}")
    hall.note(session, place, ticket.id, change)
    return line.one(ticket.id)


@dataclass(frozen=True)
class Taken:
    """A step: who takes it, at which counter; for a call, whether it passes by the line."""

    action: Action
    actor: str
    desk: str | None = None
    ahead: bool = False
    detail: str = ""


def take(session: Session, place: OfficeView, ticket: TicketView, taken: Taken) -> bool:
    """Inside an act: one step by conditional UPDATE, with its event; False where the state forbids it (any more)."""
    if not allowed(taken.action, ticket.state):
        return False
    values = _values(ticket, taken)
    claim = update(Ticket).where(Ticket.id == ticket.id, Ticket.state == ticket.state).values(values)
    if rows_changed(session, claim) != 1:
        return False
    at_counter = taken.desk or ticket.counter
    if taken.action == "start" and halls.policy_of(place).several == "booth":
        seated = update(Visit).where(Visit.id == ticket.visit_id, Visit.seat.is_(None))
        session.execute(seated.values(seat=at_counter))
    change = Change(taken.action, taken.actor, values["state"], ticket.state, at_counter, taken.detail)
    hall.note(session, place, ticket.id, change)
    return True


def _values(ticket: TicketView, taken: Taken) -> dict[str, Any]:
    at, state = now(), after(taken.action, ticket.state)
    values: dict[str, Any] = {"state": state}
    if taken.action == "call":
        first = ticket.called_at or at
        values |= {"counter": taken.desk, "called_at": first, "calls": 1, "called_ahead": taken.ahead}
    elif taken.action == "recall":
        values["calls"] = Ticket.calls + 1
    elif taken.action == "start":
        values |= {"started_at": ticket.started_at or at, "counter": taken.desk or ticket.counter}
    elif taken.action == "deliver":
        values["counter"] = taken.desk or ticket.counter
    elif taken.action == "return":
        values |= {"counter": None, "calls": 0, "due_at": ticket.due_at or ticket.order_at}
    if state in ("done", "transferred") and ticket.started_at is not None:
        values["finished_at"] = at
    return values


def follow(session: Session, place: OfficeView, ended: TicketView, actor: str) -> None:
    """The visit's next planned ticket enters the line, at the place that the visitor's arrival gives it."""
    if ended.visit_id is None:
        return
    for one in line.of_visit(ended.visit_id):
        if one.state == "planned":
            enter_line = update(Ticket).where(Ticket.id == one.id, Ticket.state == "planned")
            if rows_changed(session, enter_line.values(state="waiting", arrived_at=now())) == 1:
                hall.note(session, place, one.id, Change("follow", actor, "waiting", "planned"))
            return


def expire(session: Session, place: OfficeView, day: date, at: datetime) -> int:
    """End what has been absent longer than the office keeps it; how many."""
    hold = halls.policy_of(place).hold
    ended = 0
    for one in line.line(place, day, states=("absent",)):
        since = session.scalar(
            select(TicketEvent.at)
            .where(TicketEvent.ticket_id == one.id, TicketEvent.after == "absent")
            .order_by(TicketEvent.id.desc())
            .limit(1)
        )
        if since is not None and at - since > hold and take(session, place, one, Taken("expire", "hall")):
            ended += 1
            if one.visit_id is not None:
                _end_planned(session, place, one.visit_id, "expire", "hall")
    return ended


@act
def sweep(session: Session, place: OfficeView) -> int:
    """End what has been absent too long, also where no counter calls; how many."""
    hall.enter(session, place)
    at = now()
    return expire(session, place, place.day_of(at), at)


@act
def end_day(session: Session, place: OfficeView, day: date) -> int:
    """Close what an earlier day left in the line: whoever was not called has left; how many."""
    hall.enter(session, place)
    left = line.line(place, day, states=("planned", "waiting", "called", "absent", "recalled"))
    return sum(take(session, place, one, Taken("expire", "hall")) for one in left)


def refused(ticket: TicketView) -> Conflict:
    """A step that the ticket's real state forbids."""
    words = STATE_WORDS[ticket.state]
    return Conflict(message(WRONG_STEP, number=ticket.number, state=words), state=ticket.state)


def _refuse_second(place: OfficeView, day: date, counter_number: str, but: int | None = None) -> None:
    mine = line.at_counter(place, day, counter_number)
    if mine is not None and mine.id != but:
        raise Conflict(message(BUSY_COUNTER, number=mine.number), number=mine.number, state=mine.state)


def _last_touched(place: OfficeView, day: date, number: str) -> TicketView:
    """Of a visit's tickets the one that the last step was taken on (a finished one before its untouched follower)."""
    ticket = line.by_number(place, day, number)
    if ticket.visit_id is None or ticket.state not in ("waiting", "planned"):
        return ticket
    earlier = [one for one in line.of_visit(ticket.visit_id) if one.leg != ticket.leg and one.state in OVER]
    touched = any(one.kind == "call" for one in line.events(ticket))
    return earlier[-1] if earlier and not touched else ticket


def _take_back_following(session: Session, place: OfficeView, ticket: TicketView, actor: str) -> None:
    """Put the ticket that followed back to `planned` (or end it, if a transfer made it); `Conflict` if it went on."""
    if ticket.visit_id is None:
        return
    followers = [
        one for one in line.of_visit(ticket.visit_id) if one.leg > ticket.leg and one.state not in OVER
    ]
    for one in followers:
        if one.state == "planned":
            continue
        kinds = [event.kind for event in line.events(one)]
        if one.state != "waiting" or "call" in kinds:
            raise Conflict(message(GONE_ON, number=one.number), state=one.state)
        target = "planned" if "follow" in kinds else "cancelled"
        values = {"state": target, "arrived_at": None if target == "planned" else one.arrived_at}
        session.execute(update(Ticket).where(Ticket.id == one.id, Ticket.state == "waiting").values(values))
        hall.note(session, place, one.id, Change("undone", actor, target, "waiting"))


def _end_planned(session: Session, place: OfficeView, visit_id: int, action: Action, actor: str) -> None:
    """What was to follow does not, when the visitor is not there any more."""
    for one in line.of_visit(visit_id):
        if one.state == "planned":
            take(session, place, one, Taken("expire" if action == "expire" else "cancel", actor))
