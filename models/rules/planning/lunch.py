"""昼の交代: staff go to lunch by turns, so that every queue keeps a counter. Minutes, on any scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def windows(begins: float, ends: float, staff_share: float) -> list[tuple[float, float]]:
    """The turns of a lunch period, so many that about `staff_share` of the counters stay."""
    turns = max(2, round(1 / (1 - staff_share)))
    length = (ends - begins) / turns
    return [(begins + turn * length, begins + (turn + 1) * length) for turn in range(turns)]


def take_turns(
    counters: Mapping[str, tuple[str, ...]], windows: Sequence[tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Who is away in which window: turns by number, and no queue is ever left without a counter."""
    away: dict[str, tuple[float, float]] = {}
    for number, queues in counters.items():
        for window in sorted(windows, key=lambda window: sum(gone == window for gone in away.values())):
            others = [other for other in counters if other != number and away.get(other) != window]
            if all(any(queue in counters[other] for other in others) for queue in queues):
                away[number] = window
                break
    return away
