"""控え: copies of every space while the house goes on, without the keys; the keys are mirrored to another place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.core import directory, snapshots
from models.core.clock import now
from models.core.db import ground
from models.core.directory import Municipality
from models.core.mirror import mirror
from models.core.space import Space, current_space
from models.operations.backup_file import City, Manifest, Writer, sweep, written

RECENT = ("recent-1.zip", "recent-2.zip")
"""Two in turn: while one is being written the other is whole."""


def write(path: Path, chosen: Sequence[Municipality], *, compressed: bool = True) -> Manifest:
    """Write one file with the spaces of these municipalities, each as it is at one instant; what it says of itself.

    Nobody who writes is stopped. The file never holds keys or settings. An earlier file stays until this one is whole.
    """
    begun = now()
    engine = "postgresql" if ground().settings.on_postgresql else "sqlite"
    with written(path, compressed=compressed) as (writer, room):
        cities = [_city(writer, one, room / one.code) for one in chosen]
        return writer.end(build(), begun, engine, cities)


def _city(writer: Writer, one: Municipality, room: Path) -> City:
    room.mkdir()
    taken = snapshots.take(one.space, room)
    for file in sorted(room.iterdir()):
        writer.add(f"spaces/{one.code}/{file.name}", file)
        file.unlink()
    catalogue = ground().settings.instance / "catalogue" / one.code
    for file in sorted(found for found in catalogue.rglob("*") if found.is_file()):
        writer.add(f"catalogue/{one.code}/{file.relative_to(catalogue).as_posix()}", file)
    hosts = list(one.hosts)
    return City(one.code, one.name, one.national_code, hosts, taken.revision, taken.rows, taken.columns)


def build() -> str:
    """The version of the program."""
    with suppress(PackageNotFoundError):
        return version("maeniwa")
    return "unknown"


def mirror_keys(folder: Path | None = None) -> bool:
    """Make another place (default: the setting `keys_copy`) hold the same keys, anchors and tombstones; whether it did.

    What was destroyed here is destroyed there.
    """
    other = folder or ground().settings.keys_copy
    if other is None:
        return False
    mirror(ground().keys.folder, other)
    return True


def folder_of(space: Space) -> Path:
    """Where the house puts a municipality's backups by itself."""
    return ground().settings.backups / space.code


def nightly(day: date) -> dict[str, int]:
    """The night's backup of the entered space, and its keys; what is older than the setting `backup_days` goes."""
    one = entered_municipality()
    path = folder_of(one.space) / f"{day.isoformat()}.zip"
    manifest = write(path, [one])
    mirror_keys()
    return {"rows": manifest.rows, "bytes": path.stat().st_size, "deleted": _forget_old(path.parent, day)}


def recent() -> int:
    """The backup of these minutes, in turn over the older of two, and its keys; how many were written."""
    if not ground().settings.recent_backups:
        return 0
    one = entered_municipality()
    folder = folder_of(one.space)
    older = min(
        (folder / name for name in RECENT), key=lambda path: path.stat().st_mtime if path.exists() else 0
    )
    write(older, [one], compressed=False)
    mirror_keys()
    return 1


def newest(space: Space) -> Path | None:
    """The newest backup of a municipality that the house has made by itself."""
    found = sorted(folder_of(space).glob("[!.]*.zip"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def oldest_instant(space: Space) -> datetime:
    """No backup that the house keeps by itself was made before this (UTC), by the setting and by what is there."""
    found = [now() - timedelta(days=ground().settings.backup_days)]
    for path in folder_of(space).glob("*.zip"):
        with suppress(FileNotFoundError):
            found.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        with suppress(ValueError):
            found.append(datetime.combine(_day_in(path), time.min, UTC))
    return min(found)


def entered_municipality() -> Municipality:
    """The municipality whose space was entered."""
    return next(one for one in directory.municipalities() if one.space == current_space())


def _forget_old(folder: Path, day: date) -> int:
    """Delete what was made more than `backup_days` days before this day by the name it has; how many."""
    for names in (".*.part", ".*.room"):
        sweep(folder, names)
    last, count = day - timedelta(days=ground().settings.backup_days), 0
    for path in folder.glob("*.zip"):
        with suppress(ValueError):
            if _day_in(path) < last:
                path.unlink()
                count += 1
    return count


def _day_in(path: Path) -> date:
    """The day in a backup's name; `ValueError` where there is none."""
    return date.fromisoformat(path.stem.removeprefix("before-")[:10])
