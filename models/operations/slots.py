"""予約枠を公開する: slots follow from opening hours and counters; what is already published stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.queries.offices import OfficeView, offices, week_of
from models.queries.slots import Planner
from models.tables import Slot


@act
def publish(session: Session, first: date | None = None, last: date | None = None) -> int:
    """Publish every slot that is still missing, from today to each office's last bookable day; how many were made.

    Days that already have slots of a queue are left as they are: bookings stand on them.
    """
    made = 0
    for place in offices():
        today = place.day_of(now())
        begins = first or today
        ends = last or today + timedelta(days=place.booking_days_ahead)
        rows = list(_missing(session, place, begins, ends))
        if rows:
            session.execute(insert(Slot), rows)
        made += len(rows)
    return made


def _missing(session: Session, place: OfficeView, first: date, last: date) -> Iterator[dict[str, Any]]:
    known = session.execute(
        select(Slot.queue, Slot.day)
        .where(Slot.office_id == place.id, Slot.day.between(first, last))
        .distinct()
    )
    there = {(queue, day) for queue, day in known}
    planner, week = Planner(place), week_of(place)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if all((queue, day) in there for queue in planner.queues):
            continue
        for slot in planner.on(day, week.on(day)):
            if (slot.queue, day) not in there:
                yield {
                    "office_id": place.id,
                    "queue": slot.queue,
                    "day": slot.day,
                    "starts_at": slot.starts_at,
                    "ends_at": slot.ends_at,
                    "capacity": slot.capacity,
                    "taken": 0,
                    "whole": slot.whole,
                }
