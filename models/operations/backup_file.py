"""控えのファイル: one zip with a manifest that says what is in it; written whole or not at all, checked before use."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from models.core.clock import now
from models.core.snapshots import Damaged

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
LEFT_SECONDS = 86400


class NoBackup(Exception):
    """The file is no backup, or not one that this build can read; the text says why."""


@dataclass(frozen=True)
class City:
    """One municipality in a backup: its line of the directory, and what of its space was taken."""

    code: str
    name: str
    national_code: str
    hosts: list[str]
    revision: str
    rows: dict[str, int]
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `engine` is `sqlite` or `postgresql`; `files` are SHA-256 by name in the zip."""

    build: str
    created_at: datetime
    engine: str
    cities: tuple[City, ...]
    files: dict[str, str]

    @property
    def rows(self) -> int:
        """How many rows, all tables and municipalities together."""
        return sum(sum(city.rows.values()) for city in self.cities)


class Writer:
    """Adds files to a backup that is being written, and keeps their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Write into this zip."""
        self._archive = archive
        self.files: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Put one file in."""
        digest = hashlib.sha256()
        with path.open("rb") as source, self._archive.open(name, "w", force_zip64=True) as target:
            while part := source.read(CHUNK):
                digest.update(part)
                target.write(part)
        self.files[name] = digest.hexdigest()

    def end(self, build: str, created_at: datetime, engine: str, cities: list[City]) -> Manifest:
        """Put the manifest in; what it says."""
        made = Manifest(build, created_at, engine, tuple(cities), self.files)
        said = {"format": FORMAT, **asdict(made), "created_at": created_at.isoformat()}
        self._archive.writestr(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1))
        return made


@contextmanager
def written(path: Path, *, compressed: bool = True) -> Iterator[tuple[Writer, Path]]:
    """Write a backup beside its place and, once it is whole and on the disk, put it there; also a folder for drafts."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft, room = path.with_name(f".{path.name}.part"), path.with_name(f".{path.name}.room")
    shutil.rmtree(room, ignore_errors=True)
    draft.unlink(missing_ok=True)
    room.mkdir(mode=0o700)
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    try:
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", kind, compresslevel=1 if compressed else None) as archive:
                yield Writer(archive), room
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
        shutil.rmtree(room, ignore_errors=True)


def sweep(folder: Path, names: str) -> None:
    """Delete what a killed process has left under such names more than a day ago."""
    for path in folder.glob(names):
        if path.stat().st_mtime < now().timestamp() - LEFT_SECONDS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk; where folders cannot be opened (Windows) the system does it by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_of(path: Path) -> Manifest:
    """What a backup says of itself; raises `NoBackup`."""
    try:
        with zipfile.ZipFile(path) as archive:
            said: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if said.pop("format") != FORMAT:
            raise NoBackup(f"{path.name} has a format that this build does not know: install a newer one")
        cities = tuple(City(**one) for one in said.pop("cities"))
        return Manifest(created_at=datetime.fromisoformat(said.pop("created_at")), cities=cities, **said)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, UnicodeDecodeError) as problem:
        raise NoBackup(f"{path.name} is no backup of Maeniwa, or was cut off") from problem


def check(path: Path, manifest: Manifest) -> None:
    """Read every file of a backup against its hash; raises `Damaged` with the first that differs."""
    with _opened(path) as archive:
        if set(archive.namelist()) != {*manifest.files, MANIFEST}:
            raise Damaged(f"{path.name}: other files than its manifest names")
        for name in manifest.files:
            _through(archive, manifest, name, None)


def unpack(path: Path, manifest: Manifest, inside: str, folder: Path) -> None:
    """Write the files under the folder `inside` of a backup into `folder`, checking each; raises `Damaged`."""
    with _opened(path) as archive:
        for name in manifest.files:
            if name.startswith(f"{inside}/"):
                target = _below(folder, name.removeprefix(f"{inside}/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    _through(archive, manifest, name, file)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, OSError, KeyError) as problem:
        raise Damaged(f"{path.name} cannot be read: {type(problem).__name__}") from problem


def _below(folder: Path, name: str) -> Path:
    """A file's place in a folder; nothing leads out of it."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise Damaged(f"{name} leads out of the backup")
    return target


def _through(archive: zipfile.ZipFile, manifest: Manifest, name: str, into: BinaryIO | None) -> None:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as source:
            while part := source.read(CHUNK):
                digest.update(part)
                if into is not None:
                    into.write(part)
    except (zipfile.BadZipFile, zlib.error) as problem:
        raise Damaged(f"{name} is damaged") from problem
    if digest.hexdigest() != manifest.files[name]:
        raise Damaged(f"{name} is not what the manifest says")
