"""How often the scheduler looks at its work."""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger


class Every(BaseTrigger):  # type: ignore[misc]
    """Each so many seconds, and at most once for all that was missed.

    APScheduler's own interval counts through every missed look: ten years of them keep it busy for minutes, in which
    nothing else is begun.
    """

    def __init__(self, seconds: int) -> None:
        """A rhythm of so many seconds."""
        self._span = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When the look after `previous_fire_time` is due; a span from now where that is over."""
        due = (previous_fire_time or now) + self._span
        return due if due > now else now + self._span
