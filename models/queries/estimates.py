"""待ち時間の目安: the wait of everybody in an office's line, and of somebody who takes a number now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.core.db import ground, writing
from models.core.space import current_space
from models.queries import hall, hall_now
from models.queries.offices import OfficeView
from models.rules.planning.waits import WaitEstimate, estimate, shown_range

__all__ = ["HallEstimates", "WaitEstimate", "of_hall", "shown_range"]

BUCKET_SECONDS = 30


@dataclass(frozen=True)
class HallEstimates:
    """The estimates of one hall at one instant: by ticket id, and by queue for somebody who takes a number now."""

    at: datetime
    version: int
    tickets: Mapping[int, WaitEstimate]
    queues: Mapping[str, WaitEstimate]


def of_hall(place: OfficeView, at: datetime) -> HallEstimates:
    """The estimates at `at`; asking again within half a minute while nothing has changed costs one row."""
    version = hall.version(place)
    if writing.get():
        return _made(place, at, version)
    stamp = (version, int(at.timestamp()) // BUCKET_SECONDS)
    key = ("estimates", current_space(), place.id)
    return ground().memory.of(key, stamp, lambda: _made(place, at, version))


def _made(place: OfficeView, at: datetime, version: int) -> HallEstimates:
    now = hall_now.read(place, at)
    found = estimate(now.people, now.stations, now.manners, now.flows)
    return HallEstimates(at, version, found.tickets, found.queues)
