"""時刻表: which job runs when. Times are Japan's; a job's period is the office day it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Entry:
    """One job of `models.operations.jobs.JOBS`, its time of day, and what it promises."""

    job: str
    at: time
    promise: str

    def last_due(self, now: datetime) -> date:
        """The newest period whose time has come at the instant `now`."""
        local = now.astimezone(ZONE)
        return local.date() if local.time() >= self.at else local.date() - timedelta(days=1)


TIMETABLE = (
    Entry("publish-slots", time(0, 5), "publishes the slots of the days that become bookable"),
    Entry(
        "end-days",
        time(0, 10),
        "closes what earlier days left open: tickets in the line, counters that are on",
    ),
    Entry("mark-no-shows", time(0, 20), "notes which bookings of past days nobody came for"),
    Entry("forget-keys", time(3, 30), "forgets idempotency keys older than 24 hours"),
    Entry("forget-estimates", time(3, 40), "forgets wait estimates that were shown more than 400 days ago"),
)
