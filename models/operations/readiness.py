"""Whether an installation can work now: what `/readyz` and `maeniwa doctor` ask."""

from __future__ import annotations

import shutil
import socket
from contextlib import suppress

from sqlalchemy import false, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.core import directory, migration
from models.core.clock import now
from models.core.db import ground
from models.core.directory import Municipality
from models.core.errors import Unavailable
from models.core.signals import LOOPBACK
from models.core.space import entered
from models.core.transaction import act
from models.queries.jobs import CLOCK, scheduler_seen_until, troubles
from models.rules.findings import Finding
from models.tables import Hall

PATIENCE_SECONDS = 1.0
LEAST_FREE_BYTES = 1_000_000_000
"""With less than that beside databases, keys or backups somebody should make room."""


def findings() -> list[Finding]:
    """What keeps the installation from working; empty when ready. No kind of these names an address or a person."""
    try:
        found = directory.municipalities()
    except SQLAlchemyError:
        return [Finding("no_database")]
    if not found:
        return [Finding("no_municipality")]
    return [finding for one in found for finding in of_municipality(one)] + of_hub()


def limits() -> list[Finding]:
    """Municipalities that can be read but not written to now: pages open, and whoever presses hears 503."""
    try:
        return [finding for one in directory.municipalities() for finding in limits_of(one)]
    except SQLAlchemyError:
        return []


def limits_of(one: Municipality) -> list[Finding]:
    """The same of one municipality."""
    return [] if takes_writes(one) else [Finding("only_reads", one.code)]


def takes_writes(one: Municipality) -> bool:
    """Whether an act would be taken: the database is asked by one that changes no row."""
    try:
        with entered(one.space):
            _change_nothing()
    except (Unavailable, SQLAlchemyError, OSError):
        return False
    return True


@act
def _change_nothing(session: Session) -> None:
    session.execute(update(Hall).where(false()).values(version=Hall.version))


def warnings() -> list[Finding]:
    """What somebody should look at though the installation works: a disk that fills up, and jobs in trouble."""
    return of_disk() + of_jobs()


def of_disk() -> list[Finding]:
    """Whether there is room where databases, keys and backups are; before it is full, and bookings are refused."""
    chosen = ground().settings
    try:
        folders = [one for one in (chosen.instance, chosen.keys, chosen.backups) if one.exists()]
        low = any(shutil.disk_usage(one).free < LEAST_FREE_BYTES for one in folders)
    except OSError:
        return []
    return [Finding("little_room")] if low else []


def of_jobs() -> list[Finding]:
    """Jobs that failed, are overdue, hang or found something wrong."""
    try:
        return [finding for one in directory.municipalities() for finding in jobs_of(one)]
    except (SQLAlchemyError, OSError):
        return []


def jobs_of(one: Municipality) -> list[Finding]:
    """The same of one municipality; none where its tables are not this build's."""
    if migration.revision_of(one.space) != migration.head():
        return []
    with entered(one.space):
        return [
            Finding("clock_set", one.code) if job == CLOCK else Finding(f"job_{kind}", one.code, {"job": job})
            for job, kind in troubles(now())
        ]


def of_hub() -> list[Finding]:
    """Whether the hub answers, where one should run on this machine."""
    port = ground().settings.events_port
    if port <= 0:
        return []
    with suppress(OSError), socket.create_connection((LOOPBACK, port), PATIENCE_SECONDS) as line:
        line.settimeout(PATIENCE_SECONDS)
        line.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        if b" 200 " in line.recv(64):
            return []
    return [Finding("no_hub")]


def of_municipality(one: Municipality) -> list[Finding]:
    """The findings of one municipality; where nothing can be written, no scheduler can say that it lives."""
    try:
        if migration.revision_of(one.space) != migration.head():
            return [Finding("old_tables", one.code)]
        with entered(one.space):
            until = scheduler_seen_until()
    except (SQLAlchemyError, OSError):
        return [Finding("no_database", one.code)]
    if (until is None or until <= now()) and takes_writes(one):
        return [Finding("no_scheduler", one.code)]
    return []
