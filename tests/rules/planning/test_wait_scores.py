"""The score of told waits, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.planning.wait_scores import Shown, score, scores

DAY = date(2026, 11, 24)


def shown(p50: float, p80: float, waited: float, queue: str = "A") -> Shown:
    return Shown(DAY, queue, "slip", p50 / 2, p50, p80, p80 + 5, waited)


def test_nothing_told_has_no_score() -> None:
    assert score([]) is None


def test_distance_difference_and_the_share_in_time() -> None:
    found = score([shown(10, 15, 8), shown(10, 15, 15), shown(20, 30, 31)])
    assert found is not None
    assert (found.shown, found.waited) == (3, 18)
    assert found.distance == pytest.approx((2 + 5 + 11) / 3)
    assert found.difference == pytest.approx((2 - 5 - 11) / 3)
    assert found.in_time == pytest.approx(2 / 3)


def test_parts_are_scored_apart() -> None:
    found = scores([shown(10, 15, 10), shown(10, 15, 20, "B")], lambda one: one.queue)
    assert {queue: one.distance for queue, one in found.items()} == {"A": 0, "B": 10}


def test_shares_count_both_ends_and_nobody_who_was_told_to_be_called_at_once() -> None:
    at_once = Shown(DAY, "A", "slip", 0, 1, 2.5, 4, 0.3)
    found = score([shown(10, 15, 4.9), shown(10, 15, 5), shown(10, 15, 20), shown(10, 15, 20.1), at_once])
    assert found is not None
    assert (found.shown, found.banded, found.in_time, found.in_band) == (5, 4, 0.5, 0.5)
    nobody = score([at_once])
    assert nobody is not None
    assert (nobody.banded, nobody.in_time, nobody.in_band) == (0, None, None)
