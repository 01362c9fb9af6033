"""庁舎: the row that every act on an office's line locks first, and what staff set for a day or for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.core import clock, signals
from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, Unavailable, invalid
from models.core.messages import _n, message
from models.core.transaction import act, rows_changed
from models.operations import audit, setting_changes
from models.queries import catalogue
from models.queries import hall as halls
from models.queries.offices import OfficeView
from models.queries.setting_changes import HALL, LIMITS
from models.rules import free_text
from models.rules.hall_policy import checked
from models.tables import Hall, QueueLimit, TicketEvent

LONGEST_NOTICE = 100
MOST_A_DAY = 5000
LONG_NOTICE = _n("お知らせは{most}文字までにしてください。")
NO_QUEUE = _n("この業務の列はありません。")
BAD_LIMIT = _n("上限は0から{most}までの数にしてください。")


def enter(session: Session, place: OfficeView) -> Hall:
    """Lock the office's row: acts on its line come one after the other, whatever the database.

    The act's instant is when it got the lock, so instants come in the order of the versions.
    """
    chosen = select(Hall).where(Hall.office_id == place.id).with_for_update()
    row = session.scalar(chosen.execution_options(populate_existing=True))
    if row is None:
        raise Unavailable
    clock.settle()
    return row


def advance(session: Session, place: OfficeView) -> int:
    """The next version; every act that changes what could be shown takes one."""
    rows_changed(session, update(Hall).where(Hall.office_id == place.id).values(version=Hall.version + 1))
    version = int(session.scalar(select(Hall.version).where(Hall.office_id == place.id)) or 0)
    signals.changed(session, place.code, version)
    return version


@dataclass(frozen=True)
class Change:
    """What happened to a ticket and by whom; `before` and `after` are its states, None where it kept its state.

    `at` is the act's instant unless said otherwise.
    """

    kind: str
    actor: str
    after: str | None = None
    before: str | None = None
    counter: str | None = None
    detail: str = ""
    at: datetime | None = None


def note(session: Session, place: OfficeView, ticket_id: int, change: Change) -> None:
    """Add one event to a ticket's history under a version of its own, and an entry to the audit."""
    version = advance(session, place)
    session.add(
        TicketEvent(
            ticket_id=ticket_id, at=change.at or now(), kind=change.kind, counter=change.counter, actor=change.actor,
            office_id=place.id, version=version, before=change.before, after=change.after, detail=change.detail,
        )
    )  # fmt: skip
    audit.note(session, change.actor, f"ticket.{change.kind}", str(ticket_id), change.detail)


@act
def stop_issuing(session: Session, place: OfficeView, actor: str) -> None:
    """Give out no more numbers today; who waits is served."""
    enter(session, place).stopped_on = place.day_of(now())
    advance(session, place)
    audit.note(session, actor, "hall.stop", place.code)


@act
def issue_again(session: Session, place: OfficeView, actor: str) -> None:
    """Give out numbers again."""
    enter(session, place).stopped_on = None
    advance(session, place)
    audit.note(session, actor, "hall.issue_again", place.code)


@act
def set_notice(session: Session, place: OfficeView, text: str, actor: str) -> None:
    """What boards and kiosks say besides; empty for nothing. `Invalid` where it is too long or not plain text."""
    refused = free_text.refusal(text)
    if refused is not None:
        raise Invalid([FieldProblem("notice", refused)])
    if len(text) > LONGEST_NOTICE:
        raise Invalid([FieldProblem("notice", message(LONG_NOTICE, most=LONGEST_NOTICE))])
    enter(session, place).notice = text
    advance(session, place)
    audit.note(session, actor, "hall.notice", place.code)


@act
def set_policy(session: Session, place: OfficeView, own: Mapping[str, Any], actor: str) -> None:
    """Keep an office's own numbers over the shipped ones; `Invalid` names each that may not be."""
    row = enter(session, place)
    kept = checked(own)
    setting_changes.keep_parts(session, HALL, place.code, halls.policy_of(place), kept, actor)
    row.policy = {**(row.policy or {}), **kept}
    advance(session, place)
    audit.note(session, actor, "hall.policy", place.code, ", ".join(sorted(own))[:200])


@act
def set_limit(session: Session, place: OfficeView, queue: str, per_day: int | None, actor: str) -> None:
    """How many numbers a queue gives out to walk-ins a day; None for no limit."""
    if queue not in catalogue.current().queues:
        raise invalid("queue", NO_QUEUE)
    if per_day is not None and not 0 <= per_day <= MOST_A_DAY:
        raise invalid("per_day", BAD_LIMIT, most=MOST_A_DAY)
    enter(session, place)
    before = halls.limits_of(place).get(queue)
    setting_changes.keep(session, LIMITS, place.code, {queue: before}, {queue: per_day}, actor)
    session.execute(delete(QueueLimit).where(QueueLimit.office_id == place.id, QueueLimit.queue == queue))
    if per_day is not None:
        session.add(QueueLimit(office_id=place.id, queue=queue, per_day=per_day))
    advance(session, place)
    audit.note(session, actor, "hall.limit", place.code, f"{queue} {per_day}")
