"""受付番号の記録: what a ticket's events add up to: its state, its instants, its counter, and its spans in minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.rules.ticket_states import MOVES, UNDOABLE

UNDO = "undo"
BEGINNINGS = ("arrive", "plan", "follow", "undone", "drop", "replan")
"""Events that put a ticket somewhere without a step of its own: it begins, or another ticket of the visit moved it."""
CALLS = ("call", "deliver")
"""Steps that ask a visitor to come to a counter."""
FIRSTS = {"call": "called_at", "start": "started_at", "back_office": "served_end_at"}
"""The instant that the first step of a kind sets."""
SPAN_STATES = ("waiting", "called", "absent", "serving", "held", "back_office", "recalled")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: `before` and `after` are the states around it (None where it changed none, as a scan)."""

    at: datetime
    kind: str
    before: str | None = None
    after: str | None = None
    counter: str | None = None


@dataclass(slots=True)
class Sum:
    """A ticket as its events tell it; `called_at` is the first call (measures, `wait`)."""

    state: str = ""
    counter: str | None = None
    calls: int = 0
    called_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    served_end_at: datetime | None = None

    def take(self, one: Happened) -> None:
        """Go on by one event that changed the state."""
        if one.kind == "recall":
            self.calls += 1
        elif one.kind in MOVES:
            self.counter = one.counter or self.counter
        if one.kind in CALLS:
            self.calls = 1
        first = FIRSTS.get(one.kind)
        if first is not None and getattr(self, first) is None:
            setattr(self, first, one.at)
        if one.kind == "return":
            self.calls, self.counter = 0, None
        self.state = one.after or self.state
        if one.before != one.after:
            ends = self.state in ("done", "transferred") and self.started_at is not None
            self.finished_at = one.at if ends else None


def add_up(events: Sequence[Happened]) -> Sum:
    """The state, counter and instants that a history leads to; undone steps count as if they had not been.

    Each call, and the call for the hand-over, counts calls anew; a return to the line also forgets the counter.
    Raises ValueError for a history without a beginning.
    """
    found = Sum()
    for one in standing(events):
        if one.after is not None:
            found.take(one)
    if not found.state:
        raise ValueError("a history begins with an arrival")
    return found


def standing(events: Iterable[Happened]) -> list[Happened]:
    """The events without what was undone (a step with its recalls) and without the undoing."""
    kept: list[Happened] = []
    for one in events:
        if one.kind != UNDO:
            kept.append(one)
            continue
        place = _last_step(kept)
        if place is not None:
            kept[place:] = [later for later in kept[place + 1 :] if later.after is None]
    return kept


def last_step(events: Sequence[Happened]) -> Happened | None:
    """The step that an undo would take back: the last one that changed the state, if it is of the kind; else None."""
    kept = standing(events)
    place = _last_step(kept)
    return None if place is None else kept[place]


def untouched(events: Sequence[Happened]) -> bool:
    """Whether nothing was done with the ticket itself: it only entered the line, or another ticket's step moved it."""
    return all(one.kind in BEGINNINGS for one in standing(events) if one.after is not None)


def _last_step(kept: Sequence[Happened]) -> int | None:
    for place in range(len(kept) - 1, -1, -1):
        one = kept[place]
        if one.after is not None and one.kind != "recall":
            return place if one.kind in UNDOABLE and one.before is not None else None
    return None


def spans(events: Sequence[Happened], until: datetime) -> dict[str, float]:
    """Minutes that a ticket spent in each state of `SPAN_STATES`, up to `until` where it is not over.

    They add up to the time from its first event to its end, to the second.
    """
    found = dict.fromkeys(SPAN_STATES, 0.0)
    state, since = "", None
    for one in events:
        if one.after is None:
            continue
        if since is not None and state in found:
            found[state] += (one.at - since).total_seconds() / 60
        state, since = one.after, one.at
    if since is not None and state in found:
        found[state] += (until - since).total_seconds() / 60
    return found
