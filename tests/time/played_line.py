"""A short day of the line at a fixed clock, as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from freezegun import freeze_time
from sqlalchemy import select

from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import session
from models.operations import arrivals, calling, counters, ending, tickets
from models.operations.booking import Request, book
from models.queries import availability, bookings, call_order, catalogue, hall, line
from models.queries.bookings import Contact
from models.queries.offices import office
from models.tables import CounterShift, NumberSequence
from tests.conftest import inside

MORNING = datetime(2026, 11, 24, 14, 50, tzinfo=UTC)
"""Ten minutes before midnight in Japan: dates differ from zone to zone."""


def played(folder: Path) -> Iterator[str]:
    """What happened, line by line; nothing in it may depend on the machine's time zone."""
    with freeze_time(MORNING) as clock, inside(core_settings.load(folder, {})):
        place = office("honcho")
        counters.open_counter(place, "1", "aoki")
        need = availability.need_of(catalogue.current(), place, ("JUM-01",))
        first, last = availability.horizon(place, now())
        times = availability.free_times(place, need, first, last, now())
        made = book(
            Request(place, ("JUM-01",), times[0].starts_at, Contact("マエニワ　アイコ", email="a@example.jp"))
        )
        yield f"booked {times[0].starts_at.isoformat()} of {times[0].starts_at.astimezone(place.zone).isoformat()}"
        for codes in (("JUM-01",), ("IDO-01",), ("JUM-01",)):
            yield arrivals.issue(place, codes, "kiosk").number
            clock.tick(timedelta(minutes=2))
        today = place.day_of(now())
        yield f"{today} {[(one.number, why.reason) for one, why in call_order.for_hall(place, today, now())]}"
        called = calling.call_next(place, "1", "aoki")
        assert called is not None
        calling.step(place, called.number, "start", "aoki", "1")
        moved = tickets.transfer(place, called.number, "B", "aoki")
        yield f"{moved.number} {moved.queue} {moved.order_at.isoformat()}"
        clock.tick(timedelta(minutes=10))
        yield f"{place.day_of(now())} {hall.on_now(place, place.day_of(now()))}"
        yield f"{ending.end_days(place.day_of(now()))}"
        yield arrivals.issue(place, ("JUM-01",), "kiosk").number
        clock.move_to(times[0].starts_at - timedelta(minutes=5))
        came = arrivals.check_in(place, bookings.by_token(made.token), "kiosk")
        yield f"{came.number} {came.early_minutes} {came.on_time}"
        for one in line.line(place, today, ("waiting", "abandoned", "transferred")):
            yield f"{one.number} {one.leg} {one.state} {[(e.kind, e.at.isoformat()) for e in line.events(one)]}"
        for shift in session().scalars(select(CounterShift).order_by(CounterShift.id)):
            yield f"{shift.day} {shift.actor} {shift.opened_at} {shift.closed_at} {shift.ending}"
        for row in session().scalars(
            select(NumberSequence).order_by(NumberSequence.day, NumberSequence.letter)
        ):
            yield f"{row.day} {row.letter} {row.last}"
