"""The counters as an estimate plays them: who has eaten, who goes to lunch when, and whom others help meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.operations import arrivals, calling, counters
from models.queries import hall_counters
from models.queries.line import line
from models.queries.moment import moment
from models.queries.offices import OfficeView, office
from models.rules.planning.waits import Station
from tests.conftest import SQLITE

PENSION, CHILDREN = "5", "6"
"""Queues F and G; H, G and F."""
pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def honcho() -> OfficeView:
    return office("honcho")


def opened(*numbers: str) -> None:
    for one in numbers:
        counters.open_counter(honcho(), one, f"clerk {one}")


def to_lunch(number: str) -> None:
    counters.close_counter(honcho(), number, f"clerk {number}", "lunch")


def stations() -> dict[str, Station]:
    """Those of the first queues."""
    at = moment(honcho(), now())
    tickets = line(at.place, at.day, states=("waiting", "called", "serving"))
    return {one.queues[0]: one for one in hall_counters.stations(at, tickets)}


def test_who_has_a_queue_first_and_is_at_lunch_leaves_it_to_the_others(clock: FrozenDateTimeFactory) -> None:
    clock.move_to("2026-11-24T02:30:00+00:00")
    opened(PENSION, CHILDREN)
    assert stations()["H"].own == {"H", "G"}
    to_lunch(PENSION)
    assert stations()["H"].own == {"H", "G", "F"}


@pytest.mark.parametrize("back", [False, True])
def test_whoever_has_eaten_keeps_the_queues_of_those_who_go_next(
    clock: FrozenDateTimeFactory, back: bool
) -> None:
    clock.move_to("2026-11-24T02:20:00+00:00")
    opened(PENSION, CHILDREN)
    to_lunch(CHILDREN)
    clock.move_to("2026-11-24T03:10:00+00:00")
    if back:
        opened(CHILDREN)
    found = stations()
    assert found["F"].lunch == pytest.approx((20, 80))
    assert found["H"].lunch is None


def test_a_turn_that_has_begun_is_open_to_who_serves_somebody_and_to_nobody_else(
    clock: FrozenDateTimeFactory,
) -> None:
    clock.move_to("2026-11-24T02:20:00+00:00")
    opened(PENSION, CHILDREN)
    arrivals.issue(honcho(), ("KOK-01",), "aoki")
    called = calling.call_next(honcho(), PENSION, f"clerk {PENSION}")
    assert called is not None
    clock.tick(timedelta(minutes=20))
    assert stations()["F"].lunch == pytest.approx((-10, 50))
    calling.step(honcho(), called.number, "start", f"clerk {PENSION}", PENSION)
    calling.step(honcho(), called.number, "finish", f"clerk {PENSION}", PENSION)
    assert stations()["F"].lunch == pytest.approx((50, 110))
