"""Measures for managers, from plain rows of handled tickets: waits and handling in minutes.

Rows are those of the asked span only, so the cost never depends on the history before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from statistics import fmean
from typing import Any, Literal
from zoneinfo import ZoneInfo

Outcome = Literal["finished", "no_show", "abandoned"]
Key = str | int | bool | None

LONGEST_HANDLING = 240.0
"""Minutes: a counter that forgot to press 完了 must not spoil a mean."""
FEWEST_FOR_PERCENTILES = 10


@dataclass(frozen=True, slots=True)
class HandledTicket:
    """One ticket that is over. Instants are UTC; `arrived_at` is check-in or the issue of the number.

    A visit with several tickets has one a counter (`leg`), each with its own wait; `visit` says whose stay it is part
    of, None where the log does not know: then the ticket is a stay of its own.
    `booked_for` is None for a walk-in, `arrived_at` for a booking that never came. Imported logs may
    lack `started_at`, then handling counts from the call. `served_end_at` is given where back work followed.
    """

    arrived_at: datetime | None
    booked_for: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    queue: str
    procedure: str
    counter: str | None
    source: str
    prefilled: bool
    outcome: Outcome
    visit: int | None = None
    leg: int = 1
    served_end_at: datetime | None = None

    @property
    def came(self) -> bool:
        """Whether the person was in the hall."""
        return self.outcome != "no_show"

    @property
    def counts_at(self) -> datetime | None:
        """The instant whose weekday and hour it counts for: arrival, or the booked time if nobody came."""
        return self.arrived_at or self.booked_for or self.called_at

    @property
    def due_at(self) -> datetime | None:
        """When the wait begins: arrival; for a booking not before its booked time."""
        if self.arrived_at is None or self.booked_for is None:
            return self.arrived_at
        return max(self.arrived_at, self.booked_for)


def wait_minutes(ticket: HandledTicket) -> float | None:
    """待ち時間: called − arrived; booked: called − max(booked time, checked in); None if never called.

    Not below 0, so a booking that is called early has not waited.
    """
    if ticket.called_at is None or ticket.due_at is None or not ticket.came:
        return None
    return max(0.0, (ticket.called_at - ticket.due_at).total_seconds() / 60)


def slot_gap_minutes(ticket: HandledTicket) -> float | None:
    """予約時刻との差: called − booked time, negative when early; None for walk-ins, the uncalled, and later tickets."""
    if ticket.called_at is None or ticket.booked_for is None or not ticket.came or ticket.leg > 1:
        return None
    return (ticket.called_at - ticket.booked_for).total_seconds() / 60


def handling_minutes(ticket: HandledTicket) -> float | None:
    """手続時間: served to the end − started at the counter, capped at 4 h; None unless it was finished in order."""
    return _handling(ticket, ticket.served_end_at or ticket.finished_at)


def full_minutes(ticket: HandledTicket) -> float | None:
    """The same with the work in the back office: all finished − started at the counter."""
    return _handling(ticket, ticket.finished_at)


def _handling(ticket: HandledTicket, ends_at: datetime | None) -> float | None:
    started_at = ticket.started_at or ticket.called_at
    if ticket.outcome != "finished" or started_at is None or ends_at is None:
        return None
    minutes = (ends_at - started_at).total_seconds() / 60
    return min(minutes, LONGEST_HANDLING) if minutes >= 0 else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Linear interpolation between closest ranks (PERCENTILE.INC); None below ten values."""
    if len(values) < FEWEST_FOR_PERCENTILES:
        return None
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


@dataclass(frozen=True)
class Measures:
    """One line of the manager's table: `keys` are the cuts asked for; minutes; None where it cannot be said.

    `visits` are people who came (served or gone while waiting), `booked` and `prefilled` parts of them. Whoever went
    to several counters is one of them, served where one of these counters served; the minutes are of each ticket.
    """

    keys: dict[str, Key]
    visits: int
    served: int
    booked: int
    prefilled: int
    abandoned: int
    no_shows: int
    wait_mean: float | None
    wait_p50: float | None
    wait_p90: float | None
    wait_max: float | None
    handling_mean: float | None
    handling_p50: float | None
    handling_p90: float | None
    called_minus_booked_mean: float | None
    no_show_rate: float | None
    booking_rate: float | None
    prefill_rate: float | None


_LOCAL_CUTS: dict[str, Callable[[datetime], Key]] = {
    "weekday": datetime.weekday,
    "hour": attrgetter("hour"),
    "half_hour": lambda local: f"{local.hour:02}:{local.minute // 30 * 30:02}",
    "day": lambda local: local.date().isoformat(),
    "month": lambda local: f"{local:%Y-%m}",
}
_TICKET_CUTS: dict[str, Callable[[HandledTicket], Key]] = {
    name: attrgetter(name) for name in ("procedure", "queue", "counter", "source", "prefilled")
}
CUTS = (*_LOCAL_CUTS, *_TICKET_CUTS)
"""Every name that `by` may hold; `weekday` 0 is Monday."""


@dataclass(slots=True)
class Cell:
    """What one combination of cuts adds up to; people are counted once, minutes are of each ticket."""

    came: int = 0
    served: int = 0
    booked: int = 0
    booked_served: int = 0
    prefilled: int = 0
    prefillable: int = 0
    no_shows: int = 0
    waits: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    handlings: list[float] = field(default_factory=list)
    people: dict[int, bool] = field(default_factory=dict)

    @property
    def abandoned(self) -> int:
        """People who came and were served nowhere."""
        return self.came - self.served

    def take(self, ticket: HandledTicket, prefillable: bool) -> None:
        """Count one ticket; `prefillable` when its procedure can be filled in at home."""
        if not ticket.came:
            self.no_shows += 1
            return
        self._count(ticket, prefillable)
        for values, minutes in (
            (self.waits, wait_minutes(ticket)),
            (self.gaps, slot_gap_minutes(ticket)),
            (self.handlings, handling_minutes(ticket)),
        ):
            if minutes is not None:
                values.append(minutes)

    def _count(self, ticket: HandledTicket, prefillable: bool) -> None:
        """Count the person once, as served when the first of the tickets was."""
        booked, served = ticket.booked_for is not None, ticket.outcome == "finished"
        before = None if ticket.visit is None else self.people.get(ticket.visit)
        if ticket.visit is not None:
            self.people[ticket.visit] = served or bool(before)
        if before is None:
            self.came += 1
            self.booked += booked
            self.prefilled += ticket.prefilled
            self.prefillable += prefillable or ticket.prefilled
        if served and not before:
            self.served += 1
            self.booked_served += booked


def summarise(
    rows: Iterable[HandledTicket],
    by: Sequence[str],
    zone: ZoneInfo,
    prefillable: Collection[str] | None = None,
) -> list[Measures]:
    """One `Measures` per combination of the cuts in `by`, sorted by them; no cut gives one line for all.

    `by` holds names of `CUTS`; ValueError names one that is none. Weekday and hour are office-local.
    `prefillable` are the procedures that can be filled in at home (None: all).
    """
    unknown = [name for name in by if name not in CUTS]
    if unknown:
        raise ValueError(f"unknown cut: {unknown[0]}")
    needs_time = any(name in _LOCAL_CUTS for name in by)
    cells: dict[tuple[Key, ...], Cell] = defaultdict(Cell)
    for ticket in rows:
        at = ticket.counts_at
        if at is None:
            continue
        local = at.astimezone(zone) if needs_time else at
        can_prefill = prefillable is None or ticket.procedure in prefillable
        cells[_keys(ticket, local, by)].take(ticket, can_prefill)
    if not by and not cells:
        cells[()] = Cell()
    return [
        _measures(dict(zip(by, keys, strict=True)), cells[keys])
        for keys in sorted(cells, key=lambda keys: tuple((key is None, _sortable(key)) for key in keys))
    ]


def _keys(ticket: HandledTicket, local: datetime, by: Sequence[str]) -> tuple[Key, ...]:
    return tuple(
        _LOCAL_CUTS[name](local) if name in _LOCAL_CUTS else _TICKET_CUTS[name](ticket) for name in by
    )


def key_of(ticket: HandledTicket, zone: ZoneInfo, cut: str) -> Key:
    """The part of one cut of `CUTS` that a ticket belongs to; `counts_at` must be known."""
    at = ticket.counts_at
    if at is None:
        raise ValueError("a ticket without an instant belongs nowhere")
    (found,) = _keys(ticket, at.astimezone(zone), (cut,))
    return found


def _sortable(key: Key) -> Any:
    """Counters named by numbers come in the order of the numbers."""
    if isinstance(key, str):
        return (int(key), key) if key.isascii() and key.isdigit() else (10**9, key)
    return 0 if key is None else key


def _measures(keys: dict[str, Key], cell: Cell) -> Measures:
    return Measures(
        keys=keys,
        visits=cell.came,
        served=cell.served,
        booked=cell.booked,
        prefilled=cell.prefilled,
        abandoned=cell.abandoned,
        no_shows=cell.no_shows,
        wait_mean=_mean(cell.waits),
        wait_p50=percentile(cell.waits, 0.5),
        wait_p90=percentile(cell.waits, 0.9),
        wait_max=max(cell.waits, default=None),
        handling_mean=_mean(cell.handlings),
        handling_p50=percentile(cell.handlings, 0.5),
        handling_p90=percentile(cell.handlings, 0.9),
        called_minus_booked_mean=_mean(cell.gaps),
        no_show_rate=_share(cell.no_shows, cell.booked + cell.no_shows),
        booking_rate=_share(cell.booked_served, cell.served),
        prefill_rate=_share(cell.prefilled, cell.prefillable),
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
