"""Usual days: people waiting by Little's law, waits of who came, and nothing of fewer than five."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.usual_days import WHOLE_HALL, Stay, usual

MONDAY = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001  (office-local)


def stay(minute: float, waits: float, queue: str = "A", week: int = 0) -> Stay:
    came = MONDAY + timedelta(minutes=minute, weeks=week)
    return Stay(queue, came, came + timedelta(minutes=waits))


def test_people_waiting_is_the_mean_over_the_hours_minutes_and_over_the_days() -> None:
    found = usual([stay(0, 30), stay(30, 60), stay(0, 30, week=1)])
    nine, ten = found["A", 0, 9], found["A", 0, 10]
    assert nine.people == pytest.approx((30 + 30 + 30) / 60 / 2)
    assert nine.minutes == pytest.approx(40)
    assert ten.people == pytest.approx(30 / 60 / 2)
    assert (nine.visits, ten.visits) == (3, 0)


def test_the_whole_hall_is_the_sum_of_its_queues() -> None:
    found = usual([stay(0, 30), stay(0, 30, "B")])
    assert found[WHOLE_HALL, 0, 9].people == pytest.approx(found["A", 0, 9].people + found["B", 0, 9].people)


def test_a_cell_of_fewer_than_five_is_not_shown() -> None:
    few = usual(stay(number, 5) for number in range(4))
    enough = usual(stay(number, 5) for number in range(5))
    assert not few["A", 0, 9].shown
    assert enough["A", 0, 9].shown


@given(st.lists(st.tuples(st.floats(0, 480), st.floats(0, 120)), min_size=1, max_size=40))
def test_all_hours_together_hold_every_minute_that_was_waited(waits: list[tuple[float, float]]) -> None:
    found = usual(stay(minute, long) for minute, long in waits)
    standing = sum(cell.people * 60 for (queue, _, _), cell in found.items() if queue == "A")
    assert standing == pytest.approx(sum(long for _, long in waits), abs=0.1)
