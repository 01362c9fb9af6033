"""復元の試し: a backup that was never restored is a hope; the newest one is restored beside the house and looked at."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import select

from models.core import snapshots
from models.core.clock import now
from models.core.db import ground, session, standing
from models.core.errors import Gone
from models.core.keys import KeyDestroyed
from models.core.settings import Settings
from models.core.snapshots import Damaged, Snapshot
from models.core.space import Space, current_space, entered
from models.core.vault import unseal
from models.operations import backup, backup_file
from models.operations.backup_file import Manifest
from models.operations.restoring import wrong_slots
from models.tables import Application, Booking

SAMPLE = 200
"""So many of the newest sealed rows of each kind are opened."""

TRIAL = "trial"
LEFT = re.compile(r"trial\d{6}[0-9a-f]{12}")
"""What a trial that was killed has left in PostgreSQL; the next day's removes it."""
Sealed: TypeAlias = tuple[str, str, bytes]


class NotProven(Exception):
    """The newest backup could not be restored, or something in it is not as it should be."""


@dataclass(frozen=True)
class _Looked:
    """What the trial restore showed."""

    sealed: list[Sealed]
    wrong_slots: int


def prove() -> dict[str, int]:
    """Restore the newest backup of the entered space beside it, look through it, and delete the trial.

    Hashes, row counts, what rows point to, slot counters, and that sealed rows open with the keys; counts of it all.
    Raises `NotProven` where there is no backup or one of these is wrong.
    """
    space = current_space()
    path = backup.newest(space)
    if path is None:
        raise NotProven("there is no backup yet")
    manifest = backup_file.manifest_of(path)
    settings = ground().settings
    try:
        backup_file.check(path, manifest)
        looked = Context().run(_tried, settings, path, manifest, space)
    except Damaged as problem:
        raise NotProven(str(problem)) from problem
    if looked.wrong_slots:
        raise NotProven(f"{looked.wrong_slots} slots count other places than rows hold")
    opened, destroyed = _open(looked.sealed)
    age = int((now() - manifest.created_at).total_seconds() // 3600)
    return {"rows": manifest.rows, "opened": opened, "destroyed": destroyed, "hours": age}


def _tried(settings: Settings, path: Path, manifest: Manifest, space: Space) -> _Looked:
    """Restore into a place of its own; in a context of its own, because spaces do not nest."""
    backup_file.sweep(settings.instance, ".trial-*")
    city = next(one for one in manifest.cities if one.code == space.code)
    with (
        tempfile.TemporaryDirectory(dir=settings.instance, prefix=".trial-") as room,
        _trial_ground(settings, Path(room)) as trial,
    ):
        unpacked = Path(room) / "unpacked"
        backup_file.unpack(path, manifest, f"spaces/{space.code}", unpacked)
        snapshots.put(trial, unpacked, Snapshot(city.revision, city.rows, city.columns))
        try:
            with entered(trial):
                return _Looked(_sealed(), wrong_slots())
        finally:
            snapshots.remove(trial)


@contextmanager
def _trial_ground(settings: Settings, room: Path) -> Iterator[Space]:
    """A folder of its own for a SQLite file, a schema of its own in the same PostgreSQL database."""
    with standing(replace(settings, instance=room, keys_folder=settings.keys)):
        today = f"{TRIAL}{now():%y%m%d}"
        for old in snapshots.called_like(TRIAL):
            if LEFT.fullmatch(old.code) and not old.code.startswith(today):
                snapshots.remove(old)
        yield Space(f"{today}{secrets.token_hex(6)}")


def _sealed() -> list[Sealed]:
    """The newest sealed rows: where each stands (row, field) and its bytes."""
    asked = (
        (
            select(Booking.reference, Booking.contact).where(Booking.contact.is_not(None)),
            Booking.id, "booking", "contact",
        ),
        (
            select(Application.reference, Application.fields).where(Application.fields.is_not(None)),
            Application.id, "application", "fields",
        ),
    )  # fmt: skip
    found: list[Sealed] = []
    for statement, newest, table, field in asked:
        rows = session().execute(statement.order_by(newest.desc()).limit(SAMPLE))
        found += [(f"{table}/{reference}", field, bytes(sealed or b"")) for reference, sealed in rows]
    return found


def _open(sealed: list[Sealed]) -> tuple[int, int]:
    """How many open with the keys, and of how many the key was destroyed on purpose."""
    opened = destroyed = 0
    for row, field, content in sealed:
        try:
            unseal(content, row=row, field=field)
            opened += 1
        except KeyDestroyed:
            destroyed += 1
        except Gone as problem:
            raise NotProven("sealed rows do not open with these keys") from problem
    return opened, destroyed
