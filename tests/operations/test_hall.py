"""What staff set for a day or for good; every change is a version, and what could not be is refused whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from models.core.errors import Conflict, Invalid
from models.operations import arrivals, calling, hall
from models.queries import hall as halls
from models.queries.offices import office
from tests.conftest import BOTH, SQLITE
from tests.operations.halls import taken, today
from tests.operations.test_booking import honcho

pytestmark = SQLITE


@pytest.mark.usefixtures("city")
class TestSettings:
    def test_every_change_makes_a_version_and_reading_makes_none(self) -> None:
        place = honcho()
        changes: list[Callable[[], object]] = [
            partial(hall.stop_issuing, place, "aya"), partial(hall.issue_again, place, "aya"),
            partial(hall.set_notice, place, "駐車場は北側です", "aya"),
            partial(hall.set_limits, place, {"A": 5}, "aya"),
            partial(hall.set_policy, place, {"lead_minutes": 3}, "aya"),
            partial(arrivals.issue, place, ("JUM-01",), "kiosk"), partial(calling.call_next, place, "1", "aoki"),
        ]  # fmt: skip
        for change in changes:
            before = halls.version(place)
            change()
            assert halls.version(place) > before
        version = halls.version(place)
        halls.hall(place, today())
        assert (halls.version(place), halls.version(office("higashi"))) == (version, 0)

    @BOTH
    def test_an_offices_own_policy_lies_over_the_shipped_one_and_is_its_own(self) -> None:
        hall.set_policy(honcho(), {"lead_minutes": 3, "several": "walk"}, "aya")
        hall.set_policy(honcho(), {"lead_minutes": 4}, "aya")
        mine, other = halls.policy_of(honcho()), halls.policy_of(office("higashi"))
        assert (mine.lead_minutes, mine.several) == (4, "walk")
        assert (other.lead_minutes, other.several) == (2, "together")

    @pytest.mark.parametrize(
        "wrong",
        [
            partial(hall.set_notice, text="あ" * 101, actor="aya"),
            partial(hall.set_notice, text="あ\u202e", actor="aya"),
            partial(hall.set_limits, per_day={"Z": 5}, actor="aya"),
            partial(hall.set_limits, per_day={"A": -1}, actor="aya"),
            partial(hall.set_policy, own={"lead_minutes": 3, "grace_minutes": -1}, actor="aya"),
        ],
    )  # fmt: skip
    def test_what_could_not_be_is_refused_and_changes_nothing(self, wrong: Callable[..., None]) -> None:
        before = halls.hall(honcho(), today())
        with pytest.raises(Invalid):
            wrong(honcho())
        assert halls.hall(honcho(), today()) == before

    @BOTH
    def test_limits_are_told_and_taken_away(self) -> None:
        hall.set_limits(honcho(), {"A": 1}, "aya")
        hall.set_limits(honcho(), {"A": 0}, "aya")
        assert halls.limits_of(honcho()) == {"A": 0}
        with pytest.raises(Conflict):
            taken()
        hall.set_limits(honcho(), {"A": None}, "aya")
        assert halls.limits_of(honcho()) == {}
