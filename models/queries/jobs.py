"""What the house has done by itself, and whether its scheduler lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from models.core.db import ground, session
from models.rules.sides import stands
from models.rules.timetable import DONE, FAILED, MOST_MISSED, RUNNING, TIMETABLE, Entry
from models.tables import JobRun, SchedulerLease

WRONG = "wrong_"
"""How the counts begin that somebody must look at."""
CLOCK = "clock"
"""Stands in place of a job where this machine's clock was put forwards or back."""
REMEMBERED = timedelta(days=1)
OFTEN_PERIOD = "often"
"""Stands in place of a period where something that is looked at often is in trouble, one row for each."""


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
        kept = self.detail.items() if self.state == DONE else ()
        return {name: count for name, count in kept if isinstance(count, int)}

    @property
    def wrong(self) -> bool:
        """Whether it looked for what is wrong and found something."""
        return any(count for name, count in self.counts.items() if name.startswith(WRONG))

    @property
    def problem(self) -> str:
        """The kind of problem it failed of, with its place in the code; empty where it did not fail."""
        said = (self.detail.get("problem"), self.detail.get("where"))
        return " ".join(str(one) for one in said if one) if self.state == FAILED else ""


def history(limit: int = 50, job: str | None = None, failed: bool = False) -> tuple[RunView, ...]:
    """The newest runs first; of one job, or those that failed, where asked."""
    chosen: Select[JobRun] = select(JobRun).order_by(JobRun.id.desc()).limit(limit)
    if job is not None:
        chosen = chosen.where(JobRun.job == job)
    if failed:
        chosen = chosen.where(JobRun.state == FAILED)
    return tuple(_view(row) for row in session().scalars(chosen))


def done(periods: Mapping[str, str]) -> frozenset[str]:
    """Of these jobs, those whose period here is done: one statement for a whole timetable."""
    pairs = tuple_(JobRun.job, JobRun.period).in_(list(periods.items()))
    return frozenset(session().scalars(select(JobRun.job).where(pairs, JobRun.state == DONE)))


def states(job: str) -> Mapping[str, str]:
    """In which state the newest periods of a job are, by period."""
    chosen = select(JobRun.period, JobRun.state).where(JobRun.job == job)
    newest = chosen.order_by(JobRun.period.desc()).limit(MOST_MISSED)
    return {period: state for period, state in session().execute(newest)}  # noqa: C416


def _view(row: JobRun) -> RunView:
    return RunView(row.job, row.period, row.state, row.started_at, row.finished_at, dict(row.detail))


@dataclass(frozen=True)
class JobState:
    """How a job stands: its newest run, when it last was done, when it is due again, what is the matter with it.

    `trouble` is empty, `failed`, `overdue` (its time is long past), `hanging` (it has run for long) or `found` (it
    looked for what is wrong and found something).
    """

    entry: Entry
    newest: RunView | None
    done: RunView | None
    next_due: datetime
    trouble: str


def job_states(at: datetime) -> tuple[JobState, ...]:
    """How every job of the timetable stands at an instant; costs three statements."""
    first = session().scalar(select(func.min(JobRun.started_at)))
    newest, done = _newest(), _newest(JobRun.state == DONE)
    return tuple(
        JobState(
            entry,
            newest.get(entry.job),
            done.get(entry.job),
            entry.next_due(at),
            _trouble(entry, newest.get(entry.job), at, first),
        )
        for entry in TIMETABLE
        if stands(entry.side, ground().settings.side)
    )


def _newest(*which: ColumnElement[bool]) -> dict[str, RunView]:
    """The run of the newest period by job."""
    last = (
        select(JobRun.job, func.max(JobRun.period).label("period"))
        .where(*which)
        .group_by(JobRun.job)
        .subquery()
    )
    chosen = select(JobRun).join(last, (JobRun.job == last.c.job) & (JobRun.period == last.c.period))
    return {row.job: _view(row) for row in session().scalars(chosen)}


def _trouble(entry: Entry, newest: RunView | None, at: datetime, first: datetime | None) -> str:
    due = entry.last_due(at)
    if newest is not None and newest.period >= due:
        if newest.state == DONE and newest.wrong:
            return "found"
        if newest.state == RUNNING and at - newest.started_at > entry.patience:
            return "hanging"
        return FAILED if newest.state == FAILED else ""
    late = entry.due_at(due) + entry.patience < at
    return "overdue" if late and first is not None and first + entry.patience < at else ""


def troubles(at: datetime) -> tuple[tuple[str, str], ...]:
    """(job, `failed` | `overdue` | `hanging` | `found` | `set`) of everything that somebody should look at.

    `found` is said of a job that looks for what is wrong, and `set`, for a day, of the clock alone.
    """
    often = session().scalars(
        select(JobRun.job).where(JobRun.period == OFTEN_PERIOD, JobRun.state == FAILED).order_by(JobRun.job)
    )
    named = [(state.entry.job, state.trouble) for state in job_states(at) if state.trouble]
    lately = JobRun.started_at.between(at - REMEMBERED, at + REMEMBERED)
    clock = session().scalar(select(JobRun.id).where(JobRun.job == CLOCK, lately).limit(1))
    return (*named, *((job, FAILED) for job in often), *([(CLOCK, "set")] if clock else []))


@dataclass(frozen=True)
class Lease:
    """Which scheduler works, when it was seen, and until when it may go unseen."""

    holder: str
    seen_at: datetime
    until: datetime


def lease() -> Lease | None:
    """The scheduler's lease; None where none was ever seen."""
    row = session().scalar(select(SchedulerLease))
    return Lease(row.holder, row.seen_at, row.until) if row else None


def scheduler_seen_until() -> datetime | None:
    """Until when the scheduler's lease runs; None where none was ever seen."""
    return session().scalar(select(SchedulerLease.until))
