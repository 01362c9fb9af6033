"""What the house has done by itself, and whether its scheduler lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from models.core.db import session
from models.rules.timetable import FAILED, MOST_MISSED
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

    @property
    def counts(self) -> dict[str, int]:
        """What it met, by name; empty while it runs and where it failed."""
        kept = self.detail.items() if self.state == "done" else ()
        return {name: count for name, count in kept if isinstance(count, int)}

    @property
    def problem(self) -> str:
        """The kind of problem it failed of, with its place in the code; empty where it did not fail."""
        said = (self.detail.get("problem"), self.detail.get("where"))
        return " ".join(str(one) for one in said if one) if self.state == FAILED else ""


def history(limit: int = 50, job: str | None = None, failed: bool = False) -> tuple[RunView, ...]:
    """The newest runs first; of one job, or those that failed, where asked."""
    chosen: Select[tuple[JobRun]] = select(JobRun).order_by(JobRun.id.desc()).limit(limit)
    if job is not None:
        chosen = chosen.where(JobRun.job == job)
    if failed:
        chosen = chosen.where(JobRun.state == FAILED)
    return tuple(_view(row) for row in session().scalars(chosen))


def states(job: str) -> Mapping[str, str]:
    """In which state the newest periods of a job are, by period."""
    chosen = select(JobRun.period, JobRun.state).where(JobRun.job == job)
    newest = chosen.order_by(JobRun.period.desc()).limit(MOST_MISSED)
    return {period: state for period, state in session().execute(newest)}  # noqa: C416


def _view(row: JobRun) -> RunView:
    return RunView(row.job, row.period, row.state, row.started_at, row.finished_at, dict(row.detail))


def scheduler_seen_until() -> datetime | None:
    """Until when the scheduler's lease runs; None where none was ever seen."""
    return session().scalar(select(SchedulerLease.until))
