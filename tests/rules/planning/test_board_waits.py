"""Waits from boards alone: exact where calls are even, ordered percentiles, and better than the published formula."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.planning.board_waits import Asked, Board, last_hour, learn_boards, waits_of
from models.rules.planning.boosting import Taught, teach, weighted_quantile

MONDAY = date(2026, 11, 2)
QUICK = Taught(trees=15)


def a_day(seed, per_minute=0.4):
    """Boards every five minutes: people come and are called, on some days faster than on others."""
    random = Random(seed)
    speed, called, came, found = random.uniform(0.7, 1.3) * per_minute, 0.0, 0.0, []
    for minute in range(500, 960, 5):
        came += random.uniform(0, 1.1) * 5 * per_minute * (1.6 if minute < 700 else 0.7)
        found.append(Board(minute, random.choice([2, 3, 4]), int(came) - int(called), int(called)))
        called = min(came, called + random.uniform(0.5, 1.5) * speed * 5)
    return found


def days(seeds, queues=("1", "2")):
    return {
        (queue, MONDAY + timedelta(days=seed)): a_day(1000 * int(queue) + seed, 0.3 * int(queue))
        for queue in queues
        for seed in seeds
    }


def questions(found):
    for (queue, day), boards in found.items():
        for row, waited in enumerate(waits_of(boards)):
            if waited is not None:
                yield Asked(queue, day, last_hour(boards, row)), waited


def test_the_wait_of_a_day_that_is_over_is_read_between_two_boards():
    boards = [Board(600, 2, 4, 10), Board(605, 2, 3, 12), Board(610, 2, 0, 16), Board(615, 2, 1, 16)]
    assert waits_of(boards) == [pytest.approx(7.5), pytest.approx(3.75), None, None]


def test_nobody_waiting_is_no_wait_and_an_unknown_queue_has_an_answer():
    predictor = learn_boards(days(range(3)), QUICK)
    nobody, unknown = Asked("1", MONDAY, [Board(600, 2, 0, 5)]), Asked("never", MONDAY, [Board(600, 2, 9, 5)])
    found = predictor.percentiles([nobody, unknown])
    assert (found[0].p10, found[0].p50, found[0].p90) == (0, 0, 0)
    assert found[1].p50 > 0
    assert predictor.percentiles([]) == []


def test_few_boards_are_enough_to_answer():
    even = [Board(minute, 1, 5, (minute - 500) / 2) for minute in range(500, 700, 5)]
    found = learn_boards({("1", MONDAY): even}).percentiles([Asked("1", MONDAY, even[10:20])])[0]
    assert found.p50 == pytest.approx(10, rel=0.35)
    assert learn_boards({("1", MONDAY): even[:1]}).percentiles([Asked("1", MONDAY, even[:1])])[0].p50 > 0


def test_days_that_were_not_learned_from_are_met_better_than_by_counters_and_minutes():
    predictor = learn_boards(days(range(8)), QUICK)
    asked, waited = zip(*questions(days(range(20, 24))), strict=True)
    found = predictor.percentiles(asked)
    true = np.array(waited)
    ours = np.abs(np.array([one.p50 for one in found]) - true).sum() / true.sum()
    formula = [one.boards[-1].waiting * 8 / max(1, one.boards[-1].counters) for one in asked]
    inside = np.mean([one.p10 <= wait <= one.p90 for one, wait in zip(found, waited, strict=True)])
    assert ours < 0.8 * np.abs(np.array(formula) - true).sum() / true.sum()
    assert 0.6 <= inside <= 0.97


PREDICTOR = learn_boards(days(range(5)), QUICK)
BOARDS = st.lists(
    st.builds(Board, st.integers(400, 1200), st.integers(0, 9), st.integers(0, 200), st.integers(0, 900)),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(BOARDS)
def test_percentiles_are_in_order_whatever_a_board_shows(boards):
    boards = sorted(boards, key=lambda one: one.minute)
    found = PREDICTOR.percentiles([Asked("1", MONDAY, boards)])[0]
    assert 0 <= found.p10 <= found.p50 <= found.p90
    assert found.p10 <= found.mean <= found.p90


class TestBoosting:
    def test_it_learns_a_step_and_its_quantiles(self):
        random = np.random.default_rng(1)
        features = random.uniform(0, 1, (2000, 3))
        truth = np.where(features[:, 1] > 0.5, 10.0, 2.0) + random.normal(0, 1, 2000)
        low, high = (teach(features, truth, np.ones(2000), share, QUICK) for share in (0.1, 0.9))
        ask = np.array([[0.5, 0.9, 0.5], [0.5, 0.1, 0.5]])
        assert (high.values(ask) - low.values(ask) > 1).all()
        assert low.values(ask)[0] > 6 > high.values(ask)[1]

    def test_the_same_data_give_the_same_trees(self):
        features = np.random.default_rng(2).uniform(0, 1, (300, 2))
        once, again = (teach(features, features[:, 0], np.ones(300), 0.5, QUICK) for _ in range(2))
        assert (once.values(features) == again.values(features)).all()

    def test_nothing_teaches_nothing(self):
        with pytest.raises(ValueError):
            teach(np.zeros((0, 2)), np.zeros(0), np.zeros(0), 0.5)

    def test_a_heavier_value_counts_more(self):
        assert weighted_quantile(np.array([1.0, 2.0]), np.array([1.0, 9.0]), 0.5) == 2.0
