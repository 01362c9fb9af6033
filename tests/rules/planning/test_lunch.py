"""Lunch by turns: every queue keeps a counter, and whoever has eaten stays."""

from __future__ import annotations

from models.rules.planning.lunch import take_turns

FIRST, SECOND = (690.0, 750.0), (750.0, 810.0)


def test_turns_leave_every_queue_a_counter() -> None:
    counters = {"1": ("A", "B"), "2": ("A",), "3": ("B",), "4": ("D",)}
    away = take_turns(counters, [FIRST, SECOND])
    assert "4" not in away
    assert len(away) >= 2
    for window in (FIRST, SECOND):
        present = [queues for number, queues in counters.items() if away.get(number) != window]
        assert {queue for queues in present for queue in queues} == {"A", "B", "D"}


def test_whoever_has_eaten_goes_no_more_and_keeps_the_queues_of_the_others() -> None:
    counters = {"1": ("A",), "2": ("A",), "3": ("A",)}
    assert take_turns(counters, [SECOND], {"1": FIRST, "2": FIRST}) == {"3": SECOND}
    assert take_turns({"3": ("A",)}, [SECOND]) == {}


def test_as_many_go_in_each_turn_with_those_who_are_away_already() -> None:
    counters = {str(number): ("A",) for number in range(1, 5)}
    assert take_turns(counters, [FIRST, SECOND], {"1": FIRST, "2": FIRST}) == {"3": SECOND, "4": SECOND}


def test_some_go_in_the_next_turn_only() -> None:
    counters = {"1": ("A",), "2": ("A",), "3": ("A",)}
    assert take_turns(counters, [FIRST, SECOND], next_only={"1", "2"})["1"] == SECOND
    assert FIRST not in take_turns(counters, [FIRST, SECOND], next_only={"1", "2", "3"}).values()
