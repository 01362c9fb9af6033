"""Pre-filling is compared within the same procedures only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.rules.like_for_like import Comparison, compare
from models.rules.statistics import HandledTicket

NINE = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


def handled(procedure: str, minutes: float, count: int, prefilled: bool = False) -> list[HandledTicket]:
    ends = NINE + timedelta(minutes=minutes)
    one = HandledTicket(NINE, None, NINE, NINE, ends, "A", procedure, "1", "walk_in", prefilled, "finished")
    return [one] * count


def test_long_procedures_that_are_pre_filled_more_often_do_not_turn_the_comparison_round() -> None:
    moving = handled("IDO-01", 30, 5) + handled("IDO-01", 20, 20, prefilled=True)
    certificates = handled("JUM-01", 6, 100) + handled("JUM-01", 4, 5, prefilled=True)
    found = compare(moving + certificates)
    assert found == Comparison(prefilled=16.8, plain=25.2, count=25, procedures=2)


def test_a_procedure_with_fewer_than_five_of_a_kind_is_left_out() -> None:
    assert compare(handled("IDO-01", 30, 9) + handled("IDO-01", 10, 4, prefilled=True)) is None


def test_nothing_is_compared_without_pre_filling() -> None:
    assert compare(handled("JUM-01", 6, 100)) is None
    assert compare([]) is None
