"""Prints as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.core.db import session
from models.core.errors import NotFound
from models.tables import PrintJob
from models.tables.paper import LEFT_THE_HOUSE


@dataclass(frozen=True)
class PrintView:
    """One asked-for print; `copy` 1 is the original; instants are UTC."""

    print_id: str
    application_id: int
    copy: int
    reason: str
    state: str
    asked_at: datetime
    released_at: datetime | None


def released(application_id: int) -> tuple[PrintView, ...]:
    """The sheets of an application that left the house, or may have, oldest first."""
    return tuple(found for found in of_application(application_id) if found.state in LEFT_THE_HOUSE)


def of_application(application_id: int) -> tuple[PrintView, ...]:
    """Every print that was asked for, oldest first."""
    rows = session().scalars(
        select(PrintJob).where(PrintJob.application_id == application_id).order_by(PrintJob.copy)
    )
    return tuple(view(row) for row in rows)


def by_print_id(print_id: str) -> PrintView:
    """One print by its print id; `NotFound` otherwise."""
    row = session().scalar(select(PrintJob).where(PrintJob.print_id == print_id))
    if row is None:
        raise NotFound
    return view(row)


def view(row: PrintJob) -> PrintView:
    """A row as staff see it."""
    return PrintView(
        row.print_id, row.application_id, row.copy, row.reason, row.state, row.asked_at, row.released_at
    )
