"""An office decides on a topic: two administrators at once lose nothing of each other, and both are in the records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.db import session
from models.core.errors import Invalid
from models.core.settings import Settings
from models.core.space import Space
from models.operations import places_policy as acts
from models.queries.office_policies import decided
from models.queries.offices import office
from models.queries.places_policy import TOPIC, places_policy
from models.tables import AuditEntry
from tests.conftest import BOTH, SQLITE, inside

pytestmark = SQLITE

CHANGES = ({"offer_minutes": 30}, {"most_waiting": 2}, {"most_lapses": 1}, {"reopen_to_minutes": 10})


@BOTH
def test_four_administrators_at_once_all_decide(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    together = Barrier(len(CHANGES))

    def change(number: int) -> None:
        with inside(settings):
            place = office("honcho")
            together.wait(30)
            acts.set_policy(place, CHANGES[number], f"admin{number}")

    with inside(settings), ThreadPoolExecutor(len(CHANGES)) as crowd:
        list(crowd.map(change, range(len(CHANGES))))
        found = decided(office("honcho").id, TOPIC)
        assert {name: found.own[name] for change in CHANGES for name in change} == {
            name: value for change in CHANGES for name, value in change.items()
        }
        said = session().execute(
            select(AuditEntry.actor, AuditEntry.subject).where(AuditEntry.action == "places.policy")
        )
        assert sorted(tuple(row) for row in said) == [(f"admin{one}", "honcho") for one in range(4)]


def test_what_was_decided_by_whom_is_kept_and_nothing_of_a_refusal(city: Space) -> None:
    place = office("honcho")
    assert decided(place.id, TOPIC).at is None
    acts.set_policy(place, {"offer_minutes": 30}, "aya")
    with pytest.raises(Invalid):
        acts.set_policy(place, {"reopen_from_minutes": 20, "reopen_to_minutes": 5}, "miki")
    found = decided(place.id, TOPIC)
    assert (found.by, places_policy(place).offer_minutes) == ("aya", 30)
    assert not places_policy(place).waits
