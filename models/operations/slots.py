"""予約枠を公開する: slots follow from opening hours and counters; what is already published stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.queries import catalogue
from models.queries.offices import OfficeView, counters_for, counters_of, offices, procedures_of, week_of
from models.rules.slots import slots_of_day
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
    chosen = catalogue.current()
    counters, week = counters_of(place), week_of(place)
    offered = {chosen.procedures[code].queue for code in procedures_of(place) if code in chosen.procedures}
    for queue in sorted(offered):
        count = counters_for(counters, queue)
        known = set(
            session.scalars(
                select(Slot.day)
                .where(Slot.office_id == place.id, Slot.queue == queue, Slot.day.between(first, last))
                .distinct()
            )
        )
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day in known:
                continue
            minutes = chosen.queues[queue].slot_minutes
            for slot in slots_of_day(day, week.on(day), minutes, count, place.bookable_share, place.zone):
                yield {
                    "office_id": place.id,
                    "queue": queue,
                    "day": slot.day,
                    "starts_at": slot.starts_at,
                    "ends_at": slot.ends_at,
                    "capacity": slot.capacity,
                    "taken": 0,
                }
