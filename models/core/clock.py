"""The only clock of the house. Inside an act it stands still: an act happens at one instant, on one business date."""

from __future__ import annotations

import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class _Act:
    """The instant of the running act; `settled` once it is certain that nobody else's act comes in between."""

    at: datetime
    settled: bool = False


_act: ContextVar[_Act | None] = ContextVar("act", default=None)


def now() -> datetime:
    """The present instant, timezone-aware, in UTC; inside an act always the same one."""
    running = _act.get()
    return _read() if running is None else running.at


def steady() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps, where the system has one."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def stop() -> Token[_Act | None]:
    """An act begins: time stands still until `go_on`."""
    return _act.set(_Act(_read()))


def settle() -> None:
    """The running act had to wait for its turn: its instant is this one, however often this is said."""
    running = _act.get()
    if running is not None and not running.settled:
        running.at, running.settled = _read(), True


def go_on(mark: Token[_Act | None]) -> None:
    """The act is over."""
    _act.reset(mark)


def _read() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (this is the clock)
