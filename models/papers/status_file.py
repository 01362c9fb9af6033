"""待ちのようす: how many wait in an office, how many were called and how long it takes. Counts only, nobody's number.

A file holds one line an office. It is signed and not sealed: whoever carries it may see that there is nothing in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from models.papers.carried import canonical
from models.papers.day_list import whole_number

MOST_OFFICES, MOST_QUEUES, MOST_PEOPLE, MOST_MINUTES = 200, 60, 99_999, 1440


@dataclass(frozen=True)
class QueueCounts:
    """One queue: who waits, who was called today, minutes until the call for who comes now (None: not known)."""

    queue: str
    waiting: int
    called: int
    low: int | None
    high: int | None


@dataclass(frozen=True)
class OfficeCounts:
    """One office on its day."""

    office: str
    day: date
    open: bool
    closes: time | None
    stopped: bool
    served: int
    mean_wait: int | None
    queues: tuple[QueueCounts, ...]


def content(offices: Sequence[OfficeCounts]) -> bytes:
    """The body of the file."""
    return canonical([told_of(one) for one in offices])


def offices(body: bytes) -> tuple[OfficeCounts, ...]:
    """The counts again; ValueError for anything else than counts."""
    try:
        told = json.loads(body.decode("ascii"))
    except (UnicodeDecodeError, RecursionError) as problem:
        raise ValueError("not text") from problem
    if not isinstance(told, list) or len(told) > MOST_OFFICES:
        raise ValueError("not a status")
    return tuple(read(one) for one in told)


def told_of(one: OfficeCounts) -> dict[str, Any]:
    """One office as JSON."""
    return {
        "office": one.office,
        "day": one.day.isoformat(),
        "open": one.open,
        "closes": one.closes.isoformat("minutes") if one.closes else None,
        "stopped": one.stopped,
        "served": one.served,
        "mean_wait": one.mean_wait,
        "queues": [[q.queue, q.waiting, q.called, q.low, q.high] for q in one.queues],
    }


def read(told: Any) -> OfficeCounts:
    """One office from JSON; ValueError for anything that is not of this shape."""
    match told:
        case {
            "office": str(office),
            "day": str(day),
            "open": bool(is_open),
            "closes": closes,
            "stopped": bool(stopped),
            "served": served,
            "mean_wait": mean_wait,
            "queues": list(queues),
        } if len(told) == 8 and len(office) <= 32 and len(queues) <= MOST_QUEUES:
            return OfficeCounts(
                office,
                date.fromisoformat(day),
                is_open,
                None if closes is None else time.fromisoformat(str(closes)),
                stopped,
                whole_number(served, MOST_PEOPLE),
                _minutes(mean_wait),
                tuple(_queue(one) for one in queues),
            )
        case _:
            raise ValueError("not an office")


def _queue(told: Any) -> QueueCounts:
    match told:
        case [str(queue), waiting, called, low, high] if 0 < len(queue) <= 4:
            people = (whole_number(waiting, MOST_PEOPLE), whole_number(called, MOST_PEOPLE))
            return QueueCounts(queue, *people, _minutes(low), _minutes(high))
        case _:
            raise ValueError("not a queue")


def _minutes(value: Any) -> int | None:
    return None if value is None else whole_number(value, MOST_MINUTES)
