"""Handling times from the log: the catalogue where it is short, the log where it is long, never anything impossible."""

from __future__ import annotations

import numpy as np
import pytest

from models.rules.planning.handling_times import (
    FEW_LEFT,
    Past,
    Prior,
    Usual,
    learn,
    lognormal,
    mixture,
    remaining,
    still_comes,
)

PRIOR = Prior({"P": Usual("A", 20, 10), "Q": Usual("A", 30, 30)}, variation=0.6, no_show=0.06)


def log(count: int, minutes: float, prefilled: bool = False) -> list[Past]:
    return [Past("P", prefilled, minutes, lag=0.5, gap=1.0) for _ in range(count)]


def test_without_a_log_the_catalogue_speaks() -> None:
    found = learn([], PRIOR)
    assert found.of("P", False).mean() == pytest.approx(20)
    assert found.of("P", True).mean() == pytest.approx(10)
    assert (found.pace, found.visits) == (1.0, 0)
    assert found.absent == pytest.approx(0.02)
    assert found.no_show == pytest.approx(0.06)


def test_the_more_is_logged_the_less_the_catalogue_weighs() -> None:
    means = [learn(log(count, 40), PRIOR).of("P", False).mean() for count in (0, 5, 50, 500)]
    assert means == sorted(means)
    assert means[0] == pytest.approx(20)
    assert means[-1] == pytest.approx(40, rel=0.02)


def test_the_offices_pace_carries_over_to_what_it_has_not_done_yet() -> None:
    found = learn(log(300, 40), PRIOR)
    assert found.pace == pytest.approx(2, rel=0.1)
    assert found.of("Q", False).mean() == pytest.approx(60, rel=0.1)


def test_prefilled_visits_are_kept_apart() -> None:
    found = learn([*log(200, 20), *log(200, 5, prefilled=True)], PRIOR)
    assert found.of("P", False).mean() > 3 * found.of("P", True).mean()


def test_a_counter_is_taken_for_the_call_the_handling_and_the_gap() -> None:
    found = learn(log(400, 20), PRIOR)
    takes = found.takes("P", False)
    expected = 0.98 * (found.of("P", False).mean() + found.lag.mean() + found.gap.mean()) + 0.02 * 2.5
    assert takes.mean() == pytest.approx(expected, rel=0.05)
    assert found.takes("P", False) is takes
    assert found.takes("P", False, 2.0).mean() > 1.8 * takes.mean()


def test_who_is_still_served_is_not_in_the_gap_after_the_handling() -> None:
    """Handling is exponential, so that what is left is as long as the whole however long it has taken; then the gap."""
    steps = -20 * np.log(1 - (np.arange(1000) + 0.5) / 1000)
    found = learn([Past("P", False, minutes, lag=0.5, gap=3.0) for minutes in steps], PRIOR)
    for elapsed in (0.0, 5.0, 20.0):
        left = found.left("P", False, elapsed)
        assert left.mean() == pytest.approx(23, rel=0.04)
        assert left.min() > 1.0
    assert found.left("P", False, 0.0, 2.0).mean() == pytest.approx(43, rel=0.04)


def test_a_long_break_is_no_gap_and_somebody_absent_is_no_handling() -> None:
    rows = [Past("P", False, None, absent=True)] * 50 + [Past("P", False, 20, gap=90.0)] * 50
    found = learn(rows, PRIOR)
    assert found.gap.max() < 15
    assert found.absent == pytest.approx(51 / 150)


def test_what_is_left_is_never_negative_and_longer_than_usual_has_a_tail() -> None:
    times = np.sort(lognormal(20, 0.6))
    for elapsed in (0.0, 5.0, 19.0, 60.0, 500.0):
        left = remaining(times, elapsed)
        assert left.min() >= 0
        assert left.mean() > 0
    many = np.arange(100, dtype=np.float64)
    assert list(remaining(many, 90.0)) == list(np.arange(1.0, 10.0))
    assert len(remaining(many, 99.0 - FEW_LEFT + 2)) == 20


def test_who_is_late_comes_less_likely_the_later_it_gets() -> None:
    found = learn([], PRIOR)
    chances = [still_comes(found, late) for late in (-60, -6, 0, 5, 60)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == pytest.approx(0.94)
    assert chances[-1] == 0


def test_a_mixture_has_the_mean_of_its_parts() -> None:
    found = mixture([(lognormal(10, 0.5), 3.0), (lognormal(30, 0.5), 1.0)])
    assert found.mean() == pytest.approx(15, rel=0.03)
    assert list(found) == sorted(found)


def test_a_counter_whose_usual_gap_is_over_calls_as_soon_as_it_sees_who_comes() -> None:
    rows = [Past("P", False, 10, gap=minutes, answer=0.5) for minutes in (2.0, 2.5, 3.0) for _ in range(40)]
    found = learn(rows, PRIOR)
    assert found.ready(1.0).mean() == pytest.approx(1.5, abs=0.1)
    assert found.ready(20.0).mean() == pytest.approx(0.5, abs=0.05)
    assert found.ready(20.0).max() < 1.5
