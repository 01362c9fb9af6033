"""The rough wait behind the people ahead."""

from __future__ import annotations

from models.rules.waiting import expected


def test_nobody_ahead_means_no_wait() -> None:
    assert (expected([], 3).mean, expected([], 0).p80) == (0, 0)


def test_more_counters_shorten_the_wait_and_the_cautious_figure_is_never_smaller() -> None:
    ahead = [20, 10, 15]
    assert expected(ahead, 1).mean == 45
    assert expected(ahead, 3).mean == 15
    assert expected(ahead, 1).p80 > expected(ahead, 1).mean
