"""満足度を読む: what was answered; never who."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from models.core.db import session
from models.queries.offices import OfficeView
from models.rules.satisfaction import Satisfied
from models.tables import Satisfaction, Ticket


def given(visit_id: int) -> int | None:
    """The score of a visit of today; None before it is given and after the day."""
    return session().scalar(select(Satisfaction.score).where(Satisfaction.visit_id == visit_id))


def of_span(place: OfficeView, first: date, last: date, queue: str | None = None) -> Satisfied:
    """The answers of a span's days, and the visits that could have given one (imported ones could not)."""
    mine = [Satisfaction.office_id == place.id, Satisfaction.day.between(first, last)]
    done = [
        Ticket.office_id == place.id, Ticket.day.between(first, last), Ticket.state == "done",
        Ticket.source != "imported",
    ]  # fmt: skip
    if queue is not None:
        mine.append(Satisfaction.queue == queue)
        done.append(Ticket.queue == queue)
    rows = session().execute(
        select(Satisfaction.score, func.count().label("answers")).where(*mine).group_by(Satisfaction.score)
    )
    finished = session().scalar(select(func.count(Ticket.visit_id.distinct())).where(*done)) or 0
    return Satisfied({row.score: row.answers for row in rows}, finished)
