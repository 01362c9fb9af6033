"""更新: every municipality's tables and catalogue up to this build, with a backup before and one way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from models.core import directory, migration
from models.core.clock import now
from models.core.directory import Municipality
from models.core.space import entered
from models.operations import audit, backup, installation

TRIES = 60
"""SQLite waits 5 seconds a time: a large city's tables may take some minutes."""


@dataclass(frozen=True)
class Migrated:
    """One municipality whose tables were brought up, and the backup from before."""

    code: str
    before: str
    backup: Path


def upgrade() -> list[Migrated]:
    """Bring every open municipality up to this build (done at each start); those whose tables changed.

    Of several that begin at once one does it and the others wait. Each space's tables change in one transaction: who
    is killed half-way leaves them as they were, and the next run goes on.
    """
    directory.prepare()
    with _one_at_a_time():
        migrated = [found for one in directory.municipalities() if (found := _migrated(one)) is not None]
    installation.refresh()
    for one in directory.municipalities():
        with entered(one.space):
            audit.adopt()
    return migrated


def _migrated(one: Municipality) -> Migrated | None:
    """Bring one municipality's tables up behind a backup; None where they are up already."""
    before = migration.revision_of(one.space)
    if before == migration.head():
        return None
    path = backup.folder_of(one.space) / f"before-{now():%Y-%m-%dT%H%M%S}-{before}.zip"
    backup.write(path, [one])
    backup.mirror_keys()
    migration.migrate(one.space)
    return Migrated(one.code, str(before), path)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait until no other process upgrades this installation."""
    with ExitStack() as held:
        for remaining in reversed(range(TRIES)):
            try:
                held.enter_context(directory.alone())
                break
            except OperationalError:
                if not remaining:
                    raise
        yield
