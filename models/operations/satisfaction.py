"""満足度を答える: one score a visit, after everything is finished and until the day ends; then nobody's any more."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.errors import Conflict
from models.core.messages import _n
from models.core.transaction import act, rows_changed
from models.queries import line
from models.queries.holder import Slip
from models.rules.satisfaction import SCORES
from models.tables import Satisfaction, Visit

AT_ONCE = 500


class NotFinished(Conflict):
    """The visit goes on."""

    kind = "not-finished"
    default = _n("手続きが終わってから、答えてください。")


@act
def give(session: Session, slip: Slip, score: int) -> None:
    """Keep the score (0-10) of a visit of today; another one takes its place. Raises `NotFinished` (409)."""
    assert score in SCORES
    session.scalar(select(Visit.id).where(Visit.id == slip.visit_id).with_for_update())
    ticket = line.whose_turn(line.of_visit(slip.visit_id))
    if ticket.state != "done":
        raise NotFinished
    kept = session.scalar(select(Satisfaction).where(Satisfaction.visit_id == slip.visit_id))
    if kept is not None:
        kept.score = score
        return
    session.add(
        Satisfaction(
            office_id=slip.place.id,
            day=slip.day,
            queue=ticket.queue,
            source="walk_in" if ticket.booked_for is None else "booked",
            score=score,
            visit_id=slip.visit_id,
        )
    )


@act
def part(session: Session, today: date) -> int:
    """Take the visit from the scores of days that are over, some at a time; how many."""
    old = select(Satisfaction.id).where(Satisfaction.visit_id.is_not(None), Satisfaction.day < today)
    numbers = list(session.scalars(old.limit(AT_ONCE)))
    if not numbers:
        return 0
    return rows_changed(
        session, update(Satisfaction).where(Satisfaction.id.in_(numbers)).values(visit_id=None)
    )
