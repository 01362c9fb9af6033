"""A city that is being prepared: its slots follow each answer, nobody books before the day, and then it is over."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.errors import Conflict, Invalid
from models.core.space import Space
from models.operations import first_run as acts
from models.operations.booking import Request, book
from models.queries import first_run, offices, slots
from models.rules.opening import Span
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import free
from tests.scheduler.test_mailer import AIKO

pytestmark = SQLITE

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
SHORT = (Span(time(9), time(12)),)


@pytest.fixture
def preparing(city: Space) -> Space:
    acts.begin("aya")
    return city


@BOTH
def test_slots_follow_the_hours_and_nobody_books_before_the_day(
    preparing: Space, clock: FrozenDateTimeFactory
) -> None:
    place = offices.offices()[0]
    wanted = Request(place, ("JUM-01",), free()[0], AIKO)
    acts.set_hours(place, ((), SHORT, SHORT, SHORT, SHORT, (), ()), "aya")
    assert acts.renew_slots() > 0
    made = slots.published(place, WEDNESDAY, WEDNESDAY)
    assert {place.day_of(one.starts_at) for one in made} == {WEDNESDAY}
    assert max(one.ends_at for one in made).hour == 3
    acts.open_from(WEDNESDAY, "aya")
    with pytest.raises(Conflict):
        book(wanted)
    clock.tick(timedelta(days=1))
    book(Request(place, ("JUM-01",), free()[0], AIKO))
    assert first_run.waiting() is None
    for late in (
        acts.renew_slots,
        lambda: acts.open_from(WEDNESDAY, "aya"),
        lambda: acts.answered("mail", "aya"),
    ):
        with pytest.raises(Conflict):
            late()
    assert slots.published(place, WEDNESDAY, WEDNESDAY)


def test_a_second_beginning_changes_nothing_and_a_day_must_be_near(preparing: Space) -> None:
    acts.answered("hours", "aya")
    acts.begin("aya")
    for day in (TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=93)):
        with pytest.raises(Invalid):
            acts.open_from(day, "aya")
    found = first_run.preparation()
    assert found is not None
    assert (found.answered, found.first_day) == (("hours",), None)


def test_a_city_that_opened_ready_is_not_prepared_any_more(city: Space) -> None:
    assert first_run.waiting() is None
    with pytest.raises(Conflict):
        acts.renew_slots()
