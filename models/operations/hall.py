"""庁舎: the row that every act on an office's line locks first, and what staff set for a day or for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, invalid
from models.core.messages import _n, message
from models.core.transaction import act
from models.operations import audit, office_row, setting_changes
from models.queries import catalogue
from models.queries import hall as halls
from models.queries.offices import OfficeView
from models.queries.setting_changes import HALL, LIMITS
from models.rules import free_text
from models.rules.hall_policy import checked
from models.rules.setting_marks import others
from models.tables import QueueLimit, TicketEvent

LONGEST_NOTICE = 100
MOST_A_DAY = 5000
LONG_NOTICE = _n("お知らせは{most}文字までにしてください。")
NO_QUEUE = _n("この業務の列はありません。")
BAD_LIMIT = _n("上限は0から{most}までの数にしてください。")


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
    version = office_row.advance(session, place)
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
    office_row.enter(session, place).stopped_on = place.day_of(now())
    office_row.advance(session, place)
    audit.note(session, actor, "hall.stop", place.code)


@act
def issue_again(session: Session, place: OfficeView, actor: str) -> None:
    """Give out numbers again."""
    office_row.enter(session, place).stopped_on = None
    office_row.advance(session, place)
    audit.note(session, actor, "hall.issue_again", place.code)


@act
def set_notice(session: Session, place: OfficeView, text: str, actor: str) -> None:
    """What boards and kiosks say besides; empty for nothing. `Invalid` where it is too long or not plain text."""
    refused = free_text.refusal(text)
    if refused is not None:
        raise Invalid([FieldProblem("notice", refused)])
    if len(text) > LONGEST_NOTICE:
        raise Invalid([FieldProblem("notice", message(LONG_NOTICE, most=LONGEST_NOTICE))])
    office_row.enter(session, place).notice = text
    office_row.advance(session, place)
    audit.note(session, actor, "hall.notice", place.code)


@act
def set_policy(
    session: Session, place: OfficeView, own: Mapping[str, Any], actor: str, seen: str | None = None
) -> None:
    """Keep an office's own numbers over the shipped ones.

    `Invalid` names each that may not be, `OtherState` where the policy is not as `seen`.
    """
    row = office_row.enter(session, place)
    before = asdict(halls.policy_of(place))
    setting_changes.judge(before, seen)
    kept = checked(own)
    row.policy = {**(row.policy or {}), **kept}
    office_row.advance(session, place)
    setting_changes.keep(session, HALL, place.code, before, {**before, **kept}, actor)
    audit.note(session, actor, "hall.policy", place.code, ", ".join(sorted(kept))[:200])


@act
def set_limits(
    session: Session,
    place: OfficeView,
    per_day: Mapping[str, int | None],
    actor: str,
    seen: str | None = None,
) -> None:
    """How many numbers these queues give out to walk-ins a day; None for no limit, others stay as they are.

    `Invalid` where there is no such queue or number, `OtherState` where the limits are not as `seen`.
    """
    for queue, number in per_day.items():
        if queue not in catalogue.current().queues:
            raise invalid("queue", NO_QUEUE)
        if number is not None and not 0 <= number <= MOST_A_DAY:
            raise invalid(f"limit.{queue}", BAD_LIMIT, most=MOST_A_DAY)
    office_row.enter(session, place)
    before = halls.limits_of(place)
    setting_changes.judge(before, seen)
    after = {queue: number for queue, number in {**before, **per_day}.items() if number is not None}
    session.execute(delete(QueueLimit).where(QueueLimit.office_id == place.id))
    session.add_all(
        QueueLimit(office_id=place.id, queue=queue, per_day=number) for queue, number in after.items()
    )
    office_row.advance(session, place)
    setting_changes.keep(session, LIMITS, place.code, before, after, actor)
    changed = (f"{queue} {number}" for queue, number in others(per_day, before).items())
    audit.note(session, actor, "hall.limit", place.code, ", ".join(changed)[:200])
