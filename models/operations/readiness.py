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
from models.queries.jobs import scheduler_seen_until, troubles
from models.tables import Hall

NO_MUNICIPALITY = "no municipality yet"
NO_DATABASE = "the database does not answer"
OLD_TABLES = "tables are not at this build's revision"
NO_SCHEDULER = "no scheduler seen within its lease"
NO_HUB = "the hub of the live streams does not answer"
ONLY_READS = "the database takes no writes now"
LITTLE_ROOM = "little room on the disk"
PATIENCE_SECONDS = 1.0
LEAST_FREE_BYTES = 1_000_000_000
"""With less than that beside databases, keys or backups somebody should make room."""
JOB_TROUBLES = {
    "failed": "job {job} has failed",
    "overdue": "job {job} is overdue",
    "hanging": "job {job} has run for long",
    "found": "job {job} has found something wrong",
    "set": "the clock was put forwards or back while the scheduler ran",
}


def findings() -> list[str]:
    """What keeps the installation from working, as short lines without addresses or names; empty when ready."""
    try:
        found = directory.municipalities()
    except SQLAlchemyError:
        return [NO_DATABASE]
    if not found:
        return [NO_MUNICIPALITY]
    return [line for one in found for line in of_municipality(one)] + of_hub()


def limits() -> list[str]:
    """Municipalities that can be read but not written to now: pages open, and whoever presses hears 503."""
    try:
        return [f"{one.code}: {ONLY_READS}" for one in directory.municipalities() if not takes_writes(one)]
    except SQLAlchemyError:
        return []


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


def warnings() -> list[str]:
    """What somebody should look at though the installation works: a disk that fills up, and jobs in trouble."""
    return of_disk() + of_jobs()


def of_disk() -> list[str]:
    """Whether there is room where databases, keys and backups are; before it is full, and bookings are refused."""
    chosen = ground().settings
    try:
        folders = [one for one in (chosen.instance, chosen.keys, chosen.backups) if one.exists()]
        low = any(shutil.disk_usage(one).free < LEAST_FREE_BYTES for one in folders)
    except OSError:
        return []
    return [LITTLE_ROOM] if low else []


def of_jobs() -> list[str]:
    """Jobs that failed, are overdue, hang or found something wrong."""
    try:
        return [line for one in directory.municipalities() for line in _jobs_of(one)]
    except (SQLAlchemyError, OSError):
        return []


def _jobs_of(one: Municipality) -> list[str]:
    if migration.revision_of(one.space) != migration.head():
        return []
    with entered(one.space):
        return [f"{one.code}: {JOB_TROUBLES[kind].format(job=job)}" for job, kind in troubles(now())]


def of_hub() -> list[str]:
    """Whether the hub answers, where one should run on this machine."""
    port = ground().settings.events_port
    if port <= 0:
        return []
    with suppress(OSError), socket.create_connection((LOOPBACK, port), PATIENCE_SECONDS) as line:
        line.settimeout(PATIENCE_SECONDS)
        line.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        if b" 200 " in line.recv(64):
            return []
    return [NO_HUB]


def of_municipality(one: Municipality) -> list[str]:
    """The findings of one municipality; where nothing can be written, no scheduler can say that it lives."""
    try:
        if migration.revision_of(one.space) != migration.head():
            return [f"{one.code}: {OLD_TABLES}"]
        with entered(one.space):
            until = scheduler_seen_until()
    except (SQLAlchemyError, OSError):
        return [f"{one.code}: {NO_DATABASE}"]
    if (until is None or until <= now()) and takes_writes(one):
        return [f"{one.code}: {NO_SCHEDULER}"]
    return []
