"""待ちのようすを書き出す: the inside's counts of every office, signed, to be carried to where residents look."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.operations import audit, pairing
from models.papers import carried, status_file
from models.papers.status_file import OfficeCounts, QueueCounts
from models.queries import live, offices
from models.queries.offices import OfficeView
from models.rules.sides import INSIDE
from models.tables import Ticket


@act
def export(session: Session, actor: str) -> bytes:
    """The counts as they are now; `Conflict` on any other side than the inside, and before it has keys."""
    pairing.only_on(INSIDE)
    at = now()
    places = offices.offices()
    body = status_file.content([_counts(session, place, at) for place in places])
    made = pairing.signed_file(carried.STATUS, "", places[0].day_of(at), lambda _: body)
    audit.note(session, actor, "status.export", "", f"offices {len(places)}")
    return made


def _counts(session: Session, place: OfficeView, at: datetime) -> OfficeCounts:
    state = live.state(place, at)
    called = _called(session, place, at)
    return OfficeCounts(
        place.code,
        state.day,
        state.open,
        state.closes,
        state.stopped,
        state.served_today,
        None if state.mean_wait_today is None else round(state.mean_wait_today),
        tuple(
            QueueCounts(one.code, one.waiting, called[one.code], one.low, one.high) for one in state.queues
        ),
    )


def _called(session: Session, place: OfficeView, at: datetime) -> Counter[str]:
    """How many of each queue were called today."""
    mine = (Ticket.office_id == place.id, Ticket.day == place.day_of(at), Ticket.called_at.is_not(None))
    rows = session.execute(
        select(Ticket.queue, func.count().label("people")).where(*mine).group_by(Ticket.queue)
    )
    return Counter({row.queue: row.people for row in rows})
