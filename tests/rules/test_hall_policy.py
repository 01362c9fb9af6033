"""An office's numbers: as shipped, its own over them, and none that could not be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.catalogue.loader import load
from models.core.errors import Invalid
from models.rules.hall_policy import RANGES, HallPolicy, checked, shipped, with_own


def test_the_shipped_numbers_are_those_of_the_queue_rules() -> None:
    found = shipped(load().rules)
    assert found == HallPolicy()
    assert (found.lead, found.grace, found.head_start) == (
        timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=15),
    )  # fmt: skip
    assert (found.walk_in_bound, found.hold, found.ahead_in_a_row) == (
        timedelta(minutes=45), timedelta(minutes=30), 2,
    )  # fmt: skip


def test_an_offices_own_numbers_lie_over_them_and_what_an_older_build_kept_is_passed_over() -> None:
    own = with_own(HallPolicy(), {"lead_minutes": 5, "several": "walk", "tea_minutes": 3})
    assert (own.lead_minutes, own.several, own.grace_minutes) == (5, "walk", 10)


@pytest.mark.parametrize("name", RANGES)
def test_each_number_has_its_range(name: str) -> None:
    low, high = RANGES[name]
    assert checked({name: low}) == {name: low}
    assert checked({name: high}) == {name: high}
    for wrong in (low - 1, high + 1, True, "5", 5.5, None):
        with pytest.raises(Invalid) as refused:
            checked({name: wrong})
        assert [one.field for one in refused.value.problems] == [name]


def test_switches_and_words_are_checked_and_every_problem_is_named() -> None:
    good = {"stops_at_closing": True, "from_home": False, "several": "booth"}
    assert checked(good) == good
    with pytest.raises(Invalid) as refused:
        checked({"stops_at_closing": 1, "several": "both", "tea": 3})
    assert [one.field for one in refused.value.problems] == ["stops_at_closing", "several", "tea"]
