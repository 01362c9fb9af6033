"""庁舎・窓口・手続きのいま: each as it is set, and whom a change touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models.catalogue.definitions import Catalogue
from models.core.clock import now
from models.core.db import session
from models.queries import catalogue
from models.queries.offices import CounterView, OfficeView, counters_for, counters_of, procedures_of
from models.rules.office_settings import NUMBERS, TEXTS
from models.tables import Booking, Counter, CounterShift


def office_state(place: OfficeView) -> dict[str, Any]:
    """What is said of an office."""
    texts = {name: getattr(place, name) for name in TEXTS}
    numbers = (place.booking_days_ahead, round(place.bookable_share * 100))
    return {**texts, **dict(zip(NUMBERS, numbers, strict=True))}


def counters_state(place: OfficeView) -> list[dict[str, Any]]:
    """An office's counters."""
    return [
        {"number": one.number, "name": one.name, "queues": list(one.queues)} for one in counters_of(place)
    ]


def offered_state(place: OfficeView) -> list[str]:
    """The procedures that an office offers, in the catalogue's order."""
    offers = set(procedures_of(place))
    return [code for code in catalogue.current().procedures if code in offers]


def needed_queues(place: OfficeView, known: Catalogue) -> frozenset[str]:
    """The queues that somebody in an office must serve, because of what it offers."""
    return frozenset(
        known.procedures[code].queue for code in procedures_of(place) if code in known.procedures
    )


def served_queues(place: OfficeView) -> frozenset[str]:
    """The queues that an office's counters serve."""
    return frozenset(code for one in counters_of(place) for code in one.queues)


def staffed(counters: Sequence[Mapping[str, Any]], queues: Collection[str]) -> dict[str, int]:
    """For how many counters each queue's slots are made, with these counters."""
    views = [CounterView(0, one["number"], one["name"], tuple(one["queues"])) for one in counters]
    return {code: counters_for(views, code) for code in queues}


def open_counters(place: OfficeView) -> frozenset[str]:
    """The numbers of the counters at which somebody is on now."""
    chosen = (
        select(Counter.number)
        .join(CounterShift, CounterShift.counter_id == Counter.id)
        .where(CounterShift.office_id == place.id, CounterShift.closed_at.is_(None))
        .where(CounterShift.day == place.day_of(now()))
    )
    return frozenset(session().scalars(chosen))


def booked_with(place: OfficeView, codes: Collection[str]) -> int:
    """How many bookings to come have one of these procedures."""
    if not codes:
        return 0
    mine = (Booking.office_id == place.id, Booking.state == "booked", Booking.starts_at > now())
    rows = session().scalars(select(Booking.procedures).where(*mine))
    return sum(bool(set(codes) & set(row)) for row in rows)
