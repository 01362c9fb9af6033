"""Work that happens by itself: a job runs once a period, whoever asks; what failed is tried again, and is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session as reading
from models.core.errors import NotFound
from models.core.transaction import act, flush_unique, rehearsal
from models.operations import (
    agreement,
    audit,
    backup,
    editions,
    idempotency,
    no_shows,
    offers,
    proving,
    purging,
    reminding,
    rotating,
    slots,
)
from models.queries import crossing
from models.queries.jobs import CLOCK, OFTEN_PERIOD
from models.rules import periods
from models.rules.periods import day_of
from models.rules.sides import stands
from models.rules.timetable import ASKED, DONE, ENTRIES, FAILED, RUNNING
from models.tables import JobRun, SchedulerLease

LEASE = timedelta(seconds=90)
STUCK = timedelta(minutes=30)
"""A run that nobody answers for, begun this long ago and never closed, was killed: it may be done again."""
FIRST_BACK_OFF = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(hours=4)

Counts = dict[str, Any]


def _of(module: str) -> Any:
    """Operations of the inside, loaded when their job runs: an outside process never loads them."""
    return import_module(f"models.operations.{module}")


JOBS: Mapping[str, Callable[[str], Counts]] = {
    "begin-forms": lambda period: {"editions": editions.begin(day_of(period))},
    "publish-slots": lambda _: {"slots": slots.publish()},
    "forget-keys": lambda _: {"keys": idempotency.forget()},
    "mark-no-shows": lambda period: {"bookings": no_shows.mark(day_of(period))},
    "end-days": lambda period: dict(_of("ending").end_days(day_of(period))),
    "forget-estimates": lambda period: {"estimates": _of("estimates").forget(day_of(period))},
    "check-counters": lambda period: agreement.check(day_of(period)),
    "make-facts": lambda _: _of("facts").make_all(),
    "forecast": lambda period: _of("forecasting").refresh_all(day_of(period)),
    "keep-answers": lambda period: _of("keeping").answer_all(day_of(period)),
    "audit-anchor": lambda _: {"entries": audit.anchor_and_log()},
    "purge": lambda period: purging.purge(day_of(period)),
    "refresh-plans": lambda period: {"plans": _of("tuning").ask_all(day_of(period))},
    "sealing-keys": lambda period: _of("sealing_keys").renew(day_of(period)),
    "rotate-keys": lambda _: {"keys": rotating.rotate(audit.SYSTEM)},
    "forget-audit": lambda period: {"entries": audit.forget(day_of(period))},
    "backup": lambda period: dict(backup.nightly(day_of(period))),
    "verify-backup": lambda _: dict(proving.prove()),
}
"""Every job by name; each does its whole work for a period, and doing it again changes nothing."""

OFTEN: Mapping[str, Callable[[], int]] = {
    "sweep-absent": lambda: _of("ending").sweep_all(),
    "note-estimates": lambda: _of("estimates").note_screens(),
    "recent-backup": backup.recent,
    "remind": reminding.remind,
    "offer-places": offers.look,
    "open-places": offers.open_freed,
}
"""What is looked at every few minutes, and done again without harm; how many were met."""


def run(job: str, period: str, holder: str = "") -> Counts | None:
    """Run one job for one period, unless it was done, is being done, or failed just now; its counts, or None.

    A failure is noted and raised; it may be claimed again after a while that grows from 5 minutes to 4 hours.
    Raises `NotFound` for a job or a period that does not exist.
    """
    if job not in JOBS or not _fits(job, period) or not _stands(job):
        raise NotFound
    if not claim(job, period, holder):
        return None
    try:
        detail = JOBS[job](period)
    except Exception as problem:
        fail(job, period, problem, holder)
        raise
    close(job, period, detail, holder)
    return detail


def rehearse(job: str, period: str) -> Counts:
    """What a run would meet now, by really doing it and taking everything back; also for what was done already.

    Raises `NotFound` like `run`, and for jobs that leave the database.
    """
    if job not in JOBS or not _fits(job, period) or ENTRIES[job].leaves:
        raise NotFound
    with rehearsal():
        return JOBS[job](period)


def look(job: str) -> int:
    """Do one thing that is looked at often; how many were met. A failure is raised, and seen until it works again."""
    if job not in OFTEN:
        raise NotFound
    try:
        count = OFTEN[job]()
    except Exception as problem:
        _look_failed(job, problem)
        raise
    if _trouble(job):
        _look_works(job)
    return count


def _stands(job: str) -> bool:
    """Whether a job of the timetable is one of this side's."""
    return stands(ENTRIES[job].side, crossing.side())


def _fits(job: str, period: str) -> bool:
    try:
        return periods.length_of(period) == ENTRIES[job].every
    except ValueError:
        return False


@act
def claim(session: Session, job: str, period: str, holder: str = "") -> bool:
    """Take a job's run for a period; False where somebody else has or had it, or where it failed just now."""
    row = session.scalar(_run_of(job, period).with_for_update())
    at = now()
    if row is None:
        detail = {"holder": holder, "tries": 1}
        session.add(JobRun(job=job, period=period, state=RUNNING, started_at=at, detail=detail))
        flush_unique(session)
        return True
    if not _may_be_taken(session, row, at):
        return False
    tries = int(row.detail.get("tries", 1)) + 1
    row.state, row.started_at, row.finished_at = RUNNING, at, None
    row.detail = {"holder": holder, "tries": tries}
    return True


@act
def close(session: Session, job: str, period: str, detail: Counts, holder: str = "") -> bool:
    """Note that a run is done, with its counts; False, and nothing noted, where it is no longer this holder's.

    A machine that slept through its lease wakes up to a run that somebody else has taken up, or ended.
    """
    row = _held(session, job, period, holder)
    if row is None:
        return False
    row.state, row.finished_at, row.detail = DONE, now(), detail
    return True


@act
def fail(session: Session, job: str, period: str, problem: Exception, holder: str = "") -> bool:
    """Note that a run failed: the kind of problem and its place in the code, nothing of what it says.

    False, and nothing noted, where it is no longer this holder's.
    """
    row = _held(session, job, period, holder)
    if row is None:
        return False
    kept = {"tries": int(row.detail.get("tries", 1)), **kind_of(problem)}
    row.state, row.finished_at, row.detail = FAILED, now(), kept
    return True


def kind_of(problem: Exception) -> dict[str, str]:
    """What may be told of a problem: its kind and where in the code it came up; never its words."""
    frame = extract_tb(problem.__traceback__)[-1:]
    where = f"{Path(frame[0].filename).name}:{frame[0].lineno}" if frame else ""
    return {"problem": type(problem).__name__, "where": where}


def back_off(tries: int) -> timedelta:
    """How long a run that failed so many times is left alone."""
    doublings: int = 2 ** min(tries - 1, 10)
    return min(FIRST_BACK_OFF * doublings, LONGEST_BACK_OFF)


@act
def ask(session: Session, job: str, actor: str) -> bool:
    """Ask for a job's newest due period, also where it was done: it begins at the scheduler's next look.

    False where it is being done now. Raises `NotFound` for a job that does not exist.
    """
    if job not in ENTRIES or not _stands(job):
        raise NotFound
    at = now()
    period = ENTRIES[job].last_due(at)
    row = session.scalar(_run_of(job, period).with_for_update())
    if row is None:
        row = JobRun(job=job, period=period, state=ASKED, started_at=at, detail={})
        session.add(row)
        flush_unique(session)
    elif row.state == RUNNING and not _may_be_taken(session, row, at):
        return False
    row.state, row.started_at, row.finished_at, row.detail = ASKED, at, None, {"tries": 0}
    audit.note(session, actor, "job.ask", job, period)
    return True


def _run_of(job: str, period: str) -> Any:
    return select(JobRun).where(JobRun.job == job, JobRun.period == period)


def _held(session: Session, job: str, period: str, holder: str) -> JobRun | None:
    """The run, if it goes on and is this holder's."""
    row: JobRun | None = session.scalar(_run_of(job, period).with_for_update())
    if row is None:
        raise NotFound
    return row if row.state == RUNNING and row.detail.get("holder", "") == holder else None


def _may_be_taken(session: Session, row: JobRun, at: datetime) -> bool:
    """Whether a run that was begun may be begun again. An instant ahead of the clock was written by a wrong one."""
    if row.state == ASKED:
        return True
    if row.state == FAILED:
        left = row.finished_at or row.started_at
        return left > at + LEASE or at - left >= back_off(int(row.detail.get("tries", 1)))
    if row.state != RUNNING:
        return False
    holder = row.detail.get("holder")
    lease = session.scalar(select(SchedulerLease)) if holder else None
    if lease is not None:
        return lease.holder != holder or not _lasts(lease, at)
    return row.started_at > at + LEASE or row.started_at < at - STUCK


def _lasts(lease: SchedulerLease, at: datetime) -> bool:
    """Whether somebody holds the lease now; one that was seen in the future was written by a wrong clock."""
    return lease.until > at and lease.seen_at <= at + LEASE


@act
def note_clock(session: Session, seconds: int) -> None:
    """Note that this machine's clock was put forwards, or back where `seconds` is below zero."""
    at = now()
    period = f"{at:%Y-%m-%dT%H:%M:%S}"
    if session.scalar(_run_of(CLOCK, period)) is None:
        detail = {"seconds": seconds}
        session.add(
            JobRun(job=CLOCK, period=period, state=DONE, started_at=at, finished_at=at, detail=detail)
        )
        flush_unique(session)


@act
def beat(session: Session, holder: str) -> bool:
    """Say that this scheduler lives; False while another one holds the lease."""
    row = session.scalar(select(SchedulerLease).with_for_update())
    at = now()
    if row is None:
        session.add(SchedulerLease(id=1, holder=holder, seen_at=at, until=at + LEASE))
        flush_unique(session)
        return True
    if row.holder != holder and _lasts(row, at):
        return False
    row.holder, row.seen_at, row.until = holder, at, at + LEASE
    return True


@act
def give_up(session: Session, holder: str) -> None:
    """Give the lease back at a clean end, so that the next scheduler need not wait for it."""
    row = session.scalar(select(SchedulerLease).where(SchedulerLease.holder == holder))
    if row is not None:
        row.until = now()


def _trouble(job: str) -> bool:
    found = select(JobRun.id).where(JobRun.job == job, JobRun.period == OFTEN_PERIOD, JobRun.state == FAILED)
    return reading().scalar(found) is not None


@act
def _look_failed(session: Session, job: str, problem: Exception) -> None:
    row = session.scalar(_run_of(job, OFTEN_PERIOD).with_for_update())
    if row is None:
        row = JobRun(job=job, period=OFTEN_PERIOD, state=FAILED, started_at=now(), detail={})
        session.add(row)
    if row.state != FAILED:
        row.state, row.started_at, row.detail = FAILED, now(), {}
    row.finished_at = now()
    row.detail = {"tries": int(row.detail.get("tries", 0)) + 1, **kind_of(problem)}
    flush_unique(session)


@act
def _look_works(session: Session, job: str) -> None:
    row = session.scalar(_run_of(job, OFTEN_PERIOD).with_for_update())
    if row is not None:
        row.state, row.finished_at, row.detail = DONE, now(), {}
