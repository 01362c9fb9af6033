"""庁舎のいま、の形: what boards, phones and the public may see of an office's line at one version. Never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from models.catalogue.definitions import Words

CallKind = Literal["call", "recall", "deliver"]


@dataclass(frozen=True)
class QueueState:
    """業務の列: how many wait, and the minutes that somebody waits who takes a number now (None: not known).

    `low` to `high` is the range as it is shown (0, 0 for at once). `counters` are those that are on and serve it.
    """

    code: str
    words: Words
    waiting: int
    low: int | None
    high: int | None
    p50: float | None
    p80: float | None
    now_calling: str | None
    counters: tuple[str, ...]


@dataclass(frozen=True)
class CallShown:
    """One call as the hall may hear it; `deliver` calls to the hand-over (交付), also when it is repeated."""

    version: int
    number: str
    counter: str
    at: datetime
    kind: CallKind
    queue: str
    booked: bool
    language: str


@dataclass(frozen=True)
class HallState:
    """What an office's boards show at one version.

    `open` is within opening hours, `closes` when the day's last hours end (None on a closed day), `stopped` where no
    more numbers are given out today. `calls` are newest first: whoever is called now, then the last hour's; a number
    once. `deliveries` are those of them that call to the hand-over. `carried` is a state that a file brought outside:
    counts as they were at `as_of`, `called_today` among them.
    """

    version: int
    as_of: datetime
    day: date
    open: bool
    closes: time | None
    stopped: bool
    notice: str
    counters_on: tuple[str, ...]
    mean_wait_today: float | None
    served_today: int
    queues: tuple[QueueState, ...]
    calls: tuple[CallShown, ...]
    absent: tuple[str, ...]
    deliveries: tuple[CallShown, ...]
    carried: bool = False
    called_today: int | None = None
