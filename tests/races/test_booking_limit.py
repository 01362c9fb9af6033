"""Many book for one contact at the same moment: it never holds more than the office allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.settings import Settings
from models.operations import booking_limits
from models.operations.booking import Request, SlotTaken, book
from models.operations.booking_limits import Limit
from models.operations.places_policy import set_policy
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.tables import Booking
from tests.conftest import inside
from tests.races.crowd import HOME, patiently, sized, together

BOOKERS, TRIES, MOST, BREATH = sized(12, 4), sized(8, 2), 2, 0.05
ALIASES = ("aiko@example.jp", "A.IKO@example.jp", "aiko+{n}@example.jp", "ａｉｋｏ@example.jp")


def greedy(number: int, place: OfficeView) -> int:
    """Somebody who books again and again under another spelling, each at times that nobody else wants."""
    need, got = availability.need_of(catalogue.current(), place, ("JUM-01",)), 0
    first, last = availability.horizon(place, now())
    times = availability.free_times(place, need, first, last, now())[number::BOOKERS]
    session().rollback()
    for one in times[:TRIES]:
        mail = ALIASES[number % len(ALIASES)].format(n=number)
        asked = Request(place, need.procedures, one.starts_at, Contact("ア", mail, "+81 80 1234 5678"))
        try:
            patiently(partial(book, asked))
        except (Limit, SlotTaken):
            continue
        got += 1
    return got


def slowly(looking: Callable[..., tuple[int, list[datetime]]], *asked: Any) -> tuple[int, list[datetime]]:
    """Whoever has looked takes a breath before booking: long enough for others to look as well."""
    found = looking(*asked)
    time.sleep(BREATH)
    return found


def test_b1_bookers_at_once_do_not_share_the_last_one(
    live: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(live):
        set_policy(office(HOME), {"most_booked": MOST}, "test")
    monkeypatch.setattr(booking_limits, "_of", partial(slowly, booking_limits._of))
    won = together(live, [partial(greedy, number) for number in range(BOOKERS)])
    assert sum(won) == MOST
    with inside(live):
        assert session().scalar(select(func.count()).where(Booking.state == "booked")) == MOST
