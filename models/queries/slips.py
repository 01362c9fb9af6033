"""印刷の仕事: the prints of an office's terminals, and which terminal needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.rules import slip_states
from models.tables import Device, SlipJob

LOOKED_BACK = timedelta(hours=12)


@dataclass(frozen=True)
class SlipView:
    """One print of one slip; instants are UTC."""

    id: int
    device_id: int
    visit_id: int | None
    booking_id: int | None
    state: str
    problem: str
    copies: int
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Trouble:
    """A terminal whose slips do not come out: since when, how many wait, and whether that is an alarm.

    `problem` is one of `slip_states.PROBLEMS` or `unclear`; `jobs` are those that wait for a person's word.
    """

    device_id: int
    device: str
    problem: str
    since: datetime
    minutes: int
    alarm: bool
    jobs: tuple[SlipView, ...]


def job(place: OfficeView, number: int, device_id: int | None = None) -> SlipView:
    """A print of an office (of one device where given); `NotFound` for any other."""
    row = session().get(SlipJob, number, populate_existing=True)
    if row is None or row.office_id != place.id or device_id not in (None, row.device_id):
        raise NotFound
    return view(row)


def troubles(place: OfficeView) -> tuple[Trouble, ...]:
    """The terminals that need somebody, oldest trouble first: until a slip comes out there again or staff dismiss it.

    A print that was given up because its person left still tells that the printer is in trouble.
    """
    at = now()
    rows = session().execute(
        select(SlipJob, Device.label)
        .join(Device, Device.id == SlipJob.device_id)
        .where(
            SlipJob.office_id == place.id, SlipJob.asked_at > at - LOOKED_BACK, Device.revoked_at.is_(None)
        )
        .order_by(SlipJob.changed_at, SlipJob.id)
    )
    found: dict[int, list[SlipView]] = {}
    labels: dict[int, str] = {}
    for row, label in rows:
        labels[row.device_id] = label or str(row.device_id)
        if row.state == "printed":
            found[row.device_id] = []
        elif _tells(row, at):
            found.setdefault(row.device_id, []).append(view(row))
    made = [_trouble(labels[device], jobs, at) for device, jobs in found.items() if jobs]
    return tuple(sorted(made, key=lambda one: one.since))


def view(row: SlipJob) -> SlipView:
    """A row as doors may see it."""
    return SlipView(
        row.id, row.device_id, row.visit_id, row.booking_id, row.state, row.problem, row.copies, row.asked_at,
        row.changed_at,
    )  # fmt: skip


def _tells(row: SlipJob, at: datetime) -> bool:
    """Whether a print that did not come out says something about its terminal."""
    if row.state in ("failed", "unclear"):
        return True
    if row.state == "dropped":
        return row.problem != ""
    return at - row.changed_at >= slip_states.SILENT_AFTER


def _trouble(device: str, jobs: list[SlipView], at: datetime) -> Trouble:
    since = min(one.asked_at for one in jobs)
    waiting = tuple(one for one in jobs if one.state in slip_states.OPEN)
    return Trouble(
        jobs[-1].device_id,
        device,
        jobs[-1].problem or ("offline" if jobs[-1].state == "asked" else "unclear"),
        since,
        int((at - since).total_seconds()) // 60,
        slip_states.alarming(since, at),
        waiting,
    )
