"""What can be read now, what of it is past its days, and until when the rest stays: as the purge sees it."""

from __future__ import annotations

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory

from models.core.clock import now
from models.core.space import Space
from models.operations import booking, purging
from models.queries.offices import office
from models.queries.past_retention import Kept, kept
from models.queries.retention import policy_of
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import free, honcho
from tests.operations.test_purging import planted

pytestmark = SQLITE


def counts() -> dict[str, Kept]:
    place = office("honcho")
    return dict(kept(place, policy_of(place.id)))


@BOTH
def test_a_booking_and_its_form_are_counted_until_the_days_that_the_purge_takes_them(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    visit = free()[0]
    planted()
    found = counts()
    day = honcho().day_of(visit)
    assert found["form"] == Kept(1, 0, day + timedelta(days=3))
    assert found["contact"] == Kept(1, 0, day + timedelta(days=7))
    assert found["no_show"] == found["waiting"] == found["form_alone"] == Kept(0, 0, None)

    clock.move_to(visit + timedelta(days=7))
    found = counts()
    assert (found["form"], found["contact"].overdue) == (Kept(1, 1, None), 0)

    clock.move_to(visit + timedelta(days=8))
    assert counts()["contact"] == Kept(1, 1, None)
    purging.purge(honcho().day_of(now()))
    assert {name: (one.held, one.overdue) for name, one in counts().items()} == dict.fromkeys(found, (0, 0))


def test_a_contact_left_by_a_cancelled_booking_would_be_seen_as_past(city: Space) -> None:
    made, _ = planted()
    booking.cancel(made.token)
    assert counts()["contact"] == Kept(0, 0, None)
