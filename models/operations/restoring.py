"""復元: a backup becomes spaces again; nothing is touched before all of it was read and found whole."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from models.core import directory, migration, snapshots
from models.core.clock import now
from models.core.db import ground, session
from models.core.directory import Municipality
from models.core.errors import Conflict
from models.core.keys import MASTER
from models.core.mirror import mirror
from models.core.snapshots import Snapshot
from models.core.space import Space, entered
from models.operations import audit, backup_file, tombstones
from models.operations.backup_file import City, Manifest, NoBackup
from models.queries.agreement import wrongly_taken
from models.queries.jobs import scheduler_seen_until
from models.tables import Slot


class Refused(Conflict):
    """Restoring would harm what is there; nothing was changed, and the text says what to do."""


@dataclass(frozen=True)
class Restored:
    """What became of one municipality.

    `aside` is where the space that was there lies now; `wrong_slots` are slots whose counter and rows differ.
    """

    code: str
    name: str
    made_at: datetime
    rows: int
    aside: str
    reapplied: dict[str, int]
    wrong_slots: int
    audit_place: int


def restore(
    path: Path, keys: Path | None = None, *, replace: bool = False, without_keys: bool = False
) -> list[Restored]:
    """Put every municipality of a backup into this installation, bring it up to this build, and say what was done.

    Tokens cancelled and keys destroyed after the backup stay so: the tombstones beside the keys are applied again.
    Raises `NoBackup`, `Damaged` or `Refused` before anything was changed.
    """
    manifest = backup_file.manifest_of(path)
    _check_fits(path, manifest)
    directory.prepare()
    with directory.alone():
        _check_room(manifest, replace)
        _check_keys(keys, without_keys)
        backup_file.check(path, manifest)
        if keys is not None:
            mirror(keys, ground().keys.folder)
        found = [_restored(path, manifest, city) for city in manifest.cities]
        snapshots_of = [
            Municipality(one.code, one.name, one.national_code, tuple(one.hosts)) for one in manifest.cities
        ]
    for one in snapshots_of:
        directory.enter_again(one)
    return found


def _check_fits(path: Path, manifest: Manifest) -> None:
    if manifest.engine == "postgresql" and not ground().settings.on_postgresql:
        raise NoBackup(f"{path.name} was made on PostgreSQL; this installation runs on SQLite (database_url)")
    for city in manifest.cities:
        if not migration.known(city.revision):
            raise NoBackup(
                f"{path.name} was made by a newer build ({manifest.build}): install that one first"
            )


def _check_room(manifest: Manifest, replace: bool) -> None:
    opened = {one.code for one in directory.municipalities()}
    for city in manifest.cities:
        if city.code in opened and not replace:
            raise Refused(
                f"{city.code} is here already; --replace moves it aside and puts the backup in its place"
            )
        if city.code in opened and _served(Space(city.code)):
            raise Refused("a scheduler is running: stop maeniwa and wait 90 seconds, then restore")


def _served(space: Space) -> bool:
    """Whether a scheduler works for this space now; one that cannot be asked is not served."""
    with suppress(SQLAlchemyError, OSError), entered(space):
        until = scheduler_seen_until()
        return until is not None and until > now()
    return False


def _check_keys(keys: Path | None, without_keys: bool) -> None:
    ours = (ground().keys.folder / MASTER).exists()
    if keys is not None and ours:
        raise Refused(
            f"there are keys in {ground().keys.folder} already: leave --keys out, or move them away"
        )
    if keys is not None and not (keys / MASTER).exists():
        raise Refused(f"no keys in {keys}: name the folder that the setting keys_copy filled")
    if keys is None and not ours and not without_keys:
        raise Refused(
            "no keys: name their copy with --keys DIR; --without-keys restores all but names and answers"
        )


def _restored(path: Path, manifest: Manifest, city: City) -> Restored:
    space = Space(city.code)
    aside = _replaced(path, manifest, city, space)
    catalogue = ground().settings.instance / "catalogue" / city.code
    backup_file.unpack(path, manifest, f"catalogue/{city.code}", catalogue)
    with entered(space):
        end = audit.restored()
        return Restored(
            code=city.code,
            name=city.name,
            made_at=manifest.created_at,
            rows=sum(city.rows.values()),
            aside=aside,
            reapplied=tombstones.apply(manifest.created_at),
            wrong_slots=wrong_slots(),
            audit_place=end.place,
        )


def _replaced(path: Path, manifest: Manifest, city: City, space: Space) -> str:
    """Put the backup's space in the place of what is there; where that lies now. It is put back where this fails."""
    instance, stamp = ground().settings.instance, f"{now():%Y%m%d%H%M%S}"
    backup_file.sweep(instance, ".restore-*")
    with tempfile.TemporaryDirectory(dir=instance, prefix=".restore-") as room:
        backup_file.unpack(path, manifest, f"spaces/{city.code}", Path(room))
        aside = snapshots.set_aside(space, stamp) if snapshots.exists(space) else ""
        try:
            snapshots.put(space, Path(room), Snapshot(city.revision, city.rows, city.columns))
            migration.migrate(space)
        except BaseException:
            if aside:
                snapshots.put_back(space, stamp)
            elif snapshots.exists(space):
                snapshots.remove(space)
            raise
    return aside


def wrong_slots() -> int:
    """How many slots count other places than rows hold."""
    return session().scalar(select(func.count()).select_from(Slot).where(wrongly_taken())) or 0
