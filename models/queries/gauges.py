"""計測値: numbers by which a monitoring system sees whether a house works; counts and ages only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.core.db import session
from models.queries import jobs
from models.rules.periods import ZONE
from models.rules.timetable import FAILED
from models.tables import JobRun, Message, Slot
from models.tables.message import MESSAGE_STATES


@dataclass(frozen=True)
class Gauge:
    """One number by labels: its name, what it means, its values."""

    name: str
    told: str
    values: tuple[tuple[Mapping[str, str], float], ...]


def everything(at: datetime) -> tuple[Gauge, ...]:
    """Every gauge of the entered municipality at an instant."""
    states, lease = jobs.job_states(at), jobs.lease()
    return (
        Gauge(
            "scheduler_alive",
            "1 while a scheduler holds its lease.",
            (({}, float(lease is not None and lease.until > at)),),
        ),
        Gauge(
            "job_success_age_seconds",
            "Seconds since a job was last done.",
            tuple(
                ({"job": one.entry.job}, (at - one.done.finished_at).total_seconds())
                for one in states
                if one.done is not None and one.done.finished_at is not None
            ),
        ),
        Gauge(
            "job_trouble",
            "1 for a job that failed, is overdue, hangs or found something wrong.",
            tuple(({"job": job, "kind": kind}, 1.0) for job, kind in jobs.troubles(at)),
        ),
        Gauge("job_runs_failed", "Runs that failed and were not made good.", (({}, _failed()),)),
        Gauge("messages", "Messages by state.", _messages()),
        Gauge(
            "message_delay_seconds",
            "Seconds by which the most overdue message is late.",
            (({}, _delay(at)),),
        ),
        Gauge("slots_above_capacity", "Slots to come with more bookings than places.", (({}, _above(at)),)),
    )


def _failed() -> float:
    return float(
        session().scalar(select(func.count()).select_from(JobRun).where(JobRun.state == FAILED)) or 0
    )


def _messages() -> tuple[tuple[Mapping[str, str], float], ...]:
    rows = session().execute(select(Message.state, func.count()).group_by(Message.state))
    found = {state: count for state, count in rows}  # noqa: C416
    return tuple(({"state": state}, float(found.get(state, 0))) for state in MESSAGE_STATES)


def _delay(at: datetime) -> float:
    due = session().scalar(select(func.min(Message.next_at)).where(Message.state == "due"))
    return max(0.0, (at - due).total_seconds()) if due is not None else 0.0


def _above(at: datetime) -> float:
    above = (Slot.day >= at.astimezone(ZONE).date(), Slot.taken > Slot.capacity)
    return float(session().scalar(select(func.count()).select_from(Slot).where(*above)) or 0)
