"""Work that happens by itself: a job runs once a period, whoever asks; the scheduler is seen by its lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act, flush_unique
from models.operations import ending, estimates, idempotency, no_shows, slots
from models.tables import JobRun, SchedulerLease

LEASE = timedelta(seconds=90)
STUCK = timedelta(minutes=30)
"""A run that was begun this long ago and never closed was killed: it may be done again."""


def _publish(_: date) -> dict[str, Any]:
    return {"slots": slots.publish()}


def _forget(_: date) -> dict[str, Any]:
    return {"keys": idempotency.forget()}


def _no_shows(day: date) -> dict[str, Any]:
    return {"bookings": no_shows.mark(day)}


def _end_days(day: date) -> dict[str, Any]:
    return dict(ending.end_days(day))


def _forget_estimates(day: date) -> dict[str, Any]:
    return {"estimates": estimates.forget(day)}


JOBS: Mapping[str, Callable[[date], dict[str, Any]]] = {
    "publish-slots": _publish,
    "forget-keys": _forget,
    "mark-no-shows": _no_shows,
    "end-days": _end_days,
    "forget-estimates": _forget_estimates,
}
"""Every job by name; each does its whole work for a day and doing it again changes nothing."""


def often() -> dict[str, Any]:
    """What is looked at every few minutes, and done again without harm: who is absent too long, what boards show."""
    return {"absent": ending.sweep_all(), "estimates": estimates.note_screens()}


def run(job: str, day: date) -> dict[str, Any] | None:
    """Run one job for one day, unless it was done or is being done; its counts, or None."""
    if job not in JOBS:
        raise NotFound
    if not claim(job, day.isoformat()):
        return None
    detail = JOBS[job](day)
    close(job, day.isoformat(), detail)
    return detail


@act
def claim(session: Session, job: str, period: str) -> bool:
    """Take a job's run for a period; False where somebody else has or had it."""
    chosen = select(JobRun).where(JobRun.job == job, JobRun.period == period)
    row = session.scalar(chosen.with_for_update())
    if row is None:
        session.add(JobRun(job=job, period=period, state="running", started_at=now(), detail={}))
        flush_unique(session)
        return True
    if row.state == "running" and row.started_at < now() - STUCK:
        row.started_at = now()
        return True
    return False


@act
def close(session: Session, job: str, period: str, detail: dict[str, Any]) -> None:
    """Note that a run is done, with its counts."""
    row = session.scalar(select(JobRun).where(JobRun.job == job, JobRun.period == period))
    if row is None:
        raise NotFound
    row.state, row.finished_at, row.detail = "done", now(), detail


@act
def beat(session: Session, holder: str) -> bool:
    """Say that this scheduler lives; False while another one holds the lease."""
    row = session.scalar(select(SchedulerLease).with_for_update())
    at = now()
    if row is None:
        session.add(SchedulerLease(id=1, holder=holder, seen_at=at, until=at + LEASE))
        return True
    if row.holder != holder and row.until > at:
        return False
    row.holder, row.seen_at, row.until = holder, at, at + LEASE
    return True


@act
def give_up(session: Session, holder: str) -> None:
    """Give the lease back at a clean end, so that the next scheduler need not wait for it."""
    row = session.scalar(select(SchedulerLease).where(SchedulerLease.holder == holder))
    if row is not None:
        row.until = now()
