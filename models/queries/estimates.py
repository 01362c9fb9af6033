"""待ち時間の目安: the wait of everybody in an office's line, and of somebody who takes a number now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models.core.db import ground, session, writing
from models.core.space import current_space
from models.queries import hall, hall_now, measures
from models.queries.offices import OfficeView
from models.rules.planning.wait_scores import Shown
from models.rules.planning.waits import WaitEstimate, estimate, shown_range
from models.tables import Estimate, Ticket

__all__ = ["HallEstimates", "WaitEstimate", "of_hall", "shown_range"]

BUCKET_SECONDS = 30


@dataclass(frozen=True)
class HallEstimates:
    """The estimates of one hall at one instant: by ticket id, and by queue for somebody who takes a number now."""

    at: datetime
    version: int
    tickets: Mapping[int, WaitEstimate]
    queues: Mapping[str, WaitEstimate]


def of_hall(place: OfficeView, at: datetime) -> HallEstimates:
    """The estimates at `at`; asking again within half a minute while nothing has changed costs one row."""
    version = hall.version(place)
    if writing.get():
        return _made(place, at, version)
    stamp = (version, int(at.timestamp()) // BUCKET_SECONDS)
    key = ("estimates", current_space(), place.id)
    return ground().memory.of(key, stamp, lambda: _made(place, at, version))


def _made(place: OfficeView, at: datetime, version: int) -> HallEstimates:
    now = hall_now.read(place, at)
    found = estimate(now.people, now.stations, now.manners, now.flows)
    return HallEstimates(at, version, found.tickets, found.queues)


def shown(place: OfficeView, first: date, last: date, queue: str | None = None) -> list[Shown]:
    """The estimates that were shown in a span of days to people who were called afterwards.

    `Invalid` (field `to`) for a span that is no span. Whoever left before the call has no truth to hold against.
    """
    measures.check_span(first, last)
    chosen = (
        select(
            Estimate.day,
            Ticket.queue,
            Estimate.shown_on,
            Estimate.at,
            Estimate.p10,
            Estimate.p50,
            Estimate.p80,
            Estimate.p90,
            Ticket.called_at,
        )
        .join(Ticket, Ticket.id == Estimate.ticket_id)
        .where(Estimate.office_id == place.id, Estimate.day.between(first, last))
        .where(Ticket.called_at.is_not(None), Ticket.called_at >= Estimate.at)
        .order_by(Estimate.day, Estimate.id)
    )
    if queue is not None:
        chosen = chosen.where(Ticket.queue == queue)
    return [
        Shown(
            row.day,
            row.queue,
            row.shown_on,
            row.p10,
            row.p50,
            row.p80,
            row.p90,
            (row.called_at - row.at).total_seconds() / 60,
        )  # fmt: skip
        for row in session().execute(chosen)
    ]


def last_shown(place: OfficeView) -> date | None:
    """The newest day on which an estimate was shown; None before the first."""
    chosen = select(Estimate.day).where(Estimate.office_id == place.id)
    return session().scalar(chosen.order_by(Estimate.day.desc()).limit(1))
