"""昼の交代: staff go to lunch by turns, so that every queue keeps a counter. Minutes, on any scale."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

Window = tuple[float, float]
NOBODY: Mapping[str, Window] = MappingProxyType({})


def windows(begins: float, ends: float, staff_share: float) -> list[Window]:
    """The turns of a lunch period, so many that about `staff_share` of the counters stay."""
    turns = max(2, round(1 / (1 - staff_share)))
    length = (ends - begins) / turns
    return [(begins + turn * length, begins + (turn + 1) * length) for turn in range(turns)]


def take_turns(
    counters: Mapping[str, tuple[str, ...]],
    windows: Sequence[Window],
    gone: Mapping[str, Window] = NOBODY,
    next_only: Collection[str] = (),
) -> dict[str, Window]:
    """Who goes in which window: turns by number, and no queue is ever left without a counter.

    `gone` are those who are away or were, each in the window of its turn; they go no more. `next_only` do not go in the
    first window.
    """
    away = dict(gone)
    for number, queues in counters.items():
        open_to = windows[1:] if number in next_only else windows if number not in gone else ()
        for window in sorted(open_to, key=lambda window: sum(taken == window for taken in away.values())):
            others = [other for other in counters if other != number and away.get(other) != window]
            if all(any(queue in counters[other] for other in others) for queue in queues):
                away[number] = window
                break
    return {number: window for number, window in away.items() if number not in gone}
