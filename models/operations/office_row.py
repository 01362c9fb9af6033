"""庁舎の行: the row that every act on an office's line and counters locks first, and its version."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core import clock, signals
from models.core.errors import Unavailable
from models.core.transaction import rows_changed
from models.queries.offices import OfficeView
from models.tables import Hall


def enter(session: Session, place: OfficeView) -> Hall:
    """Lock the office's row: acts on its line come one after the other, whatever the database.

    The act's instant is when it got the lock, so instants come in the order of the versions.
    """
    chosen = select(Hall).where(Hall.office_id == place.id).with_for_update()
    row = session.scalar(chosen.execution_options(populate_existing=True))
    if row is None:
        raise Unavailable
    clock.settle()
    return row


def advance(session: Session, place: OfficeView) -> int:
    """The next version; every act that changes what could be shown takes one."""
    rows_changed(session, update(Hall).where(Hall.office_id == place.id).values(version=Hall.version + 1))
    version = int(session.scalar(select(Hall.version).where(Hall.office_id == place.id)) or 0)
    signals.changed(session, place.code, version)
    return version
