"""Whether this machine's clock was put forwards or back while the scheduler ran, against one that nobody can set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.core.clock import now, steady

ALARM = timedelta(seconds=30)
FAR_AHEAD = timedelta(hours=6)
HELD = timedelta(hours=1)
"""So long nothing is begun after the clock was put far ahead: NTP or a person may yet put it right."""


@dataclass
class ClockWatch:
    """Compares the wall clock with a steady one; asked often, from one thread."""

    steady: Callable[[], float] = steady
    _wall: datetime = field(default_factory=now)
    _then: float = field(init=False)
    _held_until: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Begin to compare."""
        self._then = self.steady()

    def jumped(self) -> timedelta | None:
        """By how much the clock was put forwards or back since it was asked last; None within 30 seconds.

        Far ahead, it `holds` for an hour; put back again, it holds no longer.
        """
        wall, here = now(), self.steady()
        jump = self._jump(wall, here)
        if abs(jump) <= ALARM:
            return None
        self._wall, self._then = wall, here
        self._held_until = here + HELD.total_seconds() if jump >= FAR_AHEAD else 0.0
        return jump

    def holds(self) -> bool:
        """Whether nothing should be begun, because the clock may be far ahead of the truth; from any thread.

        It may be so before anybody asked whether it `jumped`.
        """
        here = self.steady()
        return here < self._held_until or self._jump(now(), here) >= FAR_AHEAD

    def _jump(self, wall: datetime, here: float) -> timedelta:
        return (wall - self._wall) - timedelta(seconds=here - self._then)
