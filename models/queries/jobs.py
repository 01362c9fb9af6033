"""What the house has done by itself, and whether its scheduler lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.core.db import session
from models.tables import JobRun, SchedulerLease


@dataclass(frozen=True)
class RunView:
    """One run of a job; instants are UTC."""

    job: str
    period: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    detail: dict[str, Any]


def history(limit: int = 50) -> tuple[RunView, ...]:
    """The newest runs first."""
    rows = session().scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit))
    return tuple(
        RunView(row.job, row.period, row.state, row.started_at, row.finished_at, dict(row.detail))
        for row in rows
    )


def scheduler_seen_until() -> datetime | None:
    """Until when the scheduler's lease runs; None where none was ever seen."""
    return session().scalar(select(SchedulerLease.until))
