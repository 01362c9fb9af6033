"""A space's rows as files: out in one snapshot while writers go on, in again, aside, and away.

SQLite: the file itself, by its backup interface. PostgreSQL: every table by COPY inside one repeatable-read
transaction; the tables themselves come from the migrations of the revision that is noted with them. A SQLite file
can become a PostgreSQL space: the city has outgrown its one machine. There is no way back.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from models.core import directory, migration, table_rows
from models.core.db import ground, writing
from models.core.space import CODE, Space, entered

FILE = "space.db"
REPLACED = "replaced"
PAGES = 4096
"""So many pages are copied before others may come in between."""
REVISION = "alembic_version"


@dataclass(frozen=True)
class Snapshot:
    """What was taken: revision, rows by table, and the columns of each table in the order of its file."""

    revision: str
    rows: dict[str, int]
    columns: dict[str, list[str]]


class Damaged(Exception):
    """What is to be read back is not whole; the text says where."""


def take(space: Space, folder: Path) -> Snapshot:
    """Write a space into files of this folder, as it is at one instant; nobody who writes is stopped."""
    if ground().settings.on_postgresql:
        return _take_rows(space, folder)
    target = folder / FILE
    with closing(sqlite3.connect(ground().file(space), isolation_level=None)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with _room_for(target), closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode=DELETE")
            return _said_of(copy)


@contextmanager
def _room_for(target: Path) -> Iterator[None]:
    """Say it as the system does (`OSError`), with the folder, where the disk has no room for the copy."""
    try:
        yield
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target.parent)) from problem


def _said_of(copy: sqlite3.Connection) -> Snapshot:
    """What a SQLite file holds."""
    names = [
        name
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name != REVISION and not name.startswith("sqlite_")
    ]
    rows = {name: int(copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608
    revision = copy.execute(f"SELECT version_num FROM {REVISION}").fetchone()  # noqa: S608
    return Snapshot(revision[0], rows, {})


def _take_rows(space: Space, folder: Path) -> Snapshot:
    rows, columns = {}, {}
    with entered(space), ground().engine(space).connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            known = inspect(connection)
            revision = connection.execute(text(f"SELECT version_num FROM {REVISION}")).scalar_one()  # noqa: S608
            for table in sorted(set(known.get_table_names()) - {REVISION}):
                columns[table] = [str(column["name"]) for column in known.get_columns(table)]
                rows[table] = table_rows.copy_out(connection, table, columns[table], folder / table)
    return Snapshot(revision, rows, columns)


def put(space: Space, folder: Path, snapshot: Snapshot) -> None:
    """Make a space, which must not exist, from files that `take` wrote, at their revision.

    Raises `Damaged`, and leaves no space, where something is missing or points to nothing. On PostgreSQL they may be
    a SQLite file.
    """
    if exists(space):
        raise migration.SpaceExists(space.code)
    if not ground().settings.on_postgresql:
        _put_file(space, folder / FILE, snapshot)
        return
    migration.create_empty(space)
    try:
        migration.migrate(space, snapshot.revision)
        _put_rows(space, folder, snapshot)
    except BaseException:
        remove(space)
        raise


def _put_file(space: Space, source: Path, snapshot: Snapshot) -> None:
    target = ground().file(space)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    _check_file(space, draft, snapshot)
    with draft.open("r+b") as file:  # Windows has on the disk only what was opened to be written
        os.fsync(file.fileno())
    draft.rename(target)


def _check_file(space: Space, path: Path, snapshot: Snapshot) -> None:
    with closing(sqlite3.connect(path)) as copy:
        if _said_of(copy) != snapshot:
            raise Damaged(f"{space.code}: other rows than noted")
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Damaged(f"{space.code}: the database file is damaged")
        if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise Damaged(f"{space.code}: a row points to nothing")


def _put_rows(space: Space, folder: Path, snapshot: Snapshot) -> None:
    """Every table in the order in which they point to one another; what a migration has put there goes first."""
    file = folder / FILE
    if file.exists():
        _check_file(space, file, snapshot)
    with writing_in(space) as connection:
        known = inspect(connection)
        order = [name for name, _ in known.get_sorted_table_and_fkc_names() if name and name != REVISION]
        if set(order) != set(snapshot.rows):
            raise Damaged(f"{space.code}: other tables than revision {snapshot.revision} has")
        for table in reversed(order):
            connection.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608
        for table in order:
            if file.exists():
                count = table_rows.copy_over(connection, table, file)
            else:
                count = table_rows.copy_in(connection, table, snapshot.columns[table], folder / table)
            if count != snapshot.rows[table]:
                raise Damaged(f"{space.code}: other rows than noted in {table}")
            if "id" in {column["name"] for column in known.get_columns(table)}:
                table_rows.go_on_counting(connection, table)
        connection.execute(text("ANALYZE"))


def exists(space: Space) -> bool:
    """Whether there is a space of this name, in the directory or not."""
    if not ground().settings.on_postgresql:
        return ground().file(space).exists()
    with directory.connection() as connection:
        asked = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
        return connection.execute(asked, {"name": space.schema}).first() is not None


def called_like(beginning: str) -> list[Space]:
    """The spaces, in the directory or not, whose code begins like this."""
    if not ground().settings.on_postgresql:
        return [Space(path.stem) for path in ground().file(Space("any")).parent.glob(f"{beginning}*.db")]
    with directory.connection() as connection:
        asked = text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :beginning)")
        names = connection.execute(asked, {"beginning": f"m_{beginning}"}).scalars()
        return [Space(name.removeprefix("m_")) for name in names if CODE.fullmatch(name.removeprefix("m_"))]


def set_aside(space: Space, stamp: str) -> str:
    """Take a space out of use without deleting it; where it lies now."""
    base = ground()
    if base.settings.on_postgresql:
        _rename_schema(space, space.schema, _aside(space, stamp))
        return f"schema {_aside(space, stamp)}"
    forget_engine(space)
    folder = base.settings.instance / REPLACED / _aside(space, stamp)
    folder.mkdir(parents=True, mode=0o700)
    for path in base.file(space).parent.glob(f"{space.code}.db*"):
        path.rename(folder / path.name)
    return str(folder)


def put_back(space: Space, stamp: str) -> None:
    """Undo `set_aside`; what stands in its place meanwhile, and is not whole, goes."""
    base = ground()
    if exists(space):
        remove(space)
    if base.settings.on_postgresql:
        _rename_schema(space, _aside(space, stamp), space.schema)
        return
    folder = base.settings.instance / REPLACED / _aside(space, stamp)
    for path in folder.iterdir():
        path.rename(base.file(space).parent / path.name)
    folder.rmdir()


def _aside(space: Space, stamp: str) -> str:
    return f"{space.schema}_{stamp}"


def _rename_schema(space: Space, before: str, after: str) -> None:
    """The space's own role renames its schema, for which it may make schemas that long."""
    with directory.connection(write=True) as connection:
        database = connection.execute(text("SELECT current_database()")).scalar_one()
        for statement in (
            f'GRANT CREATE ON DATABASE "{database}" TO "{space.schema}"',
            f'SET LOCAL ROLE "{space.schema}"',
            f'ALTER SCHEMA "{before}" RENAME TO "{after}"',
            "RESET ROLE",
            f'REVOKE CREATE ON DATABASE "{database}" FROM "{space.schema}"',
        ):
            connection.execute(text(statement))


def remove(space: Space) -> None:
    """Delete a space that was only made to be looked at, or could not be made whole."""
    base = ground()
    if not base.settings.on_postgresql:
        forget_engine(space)
        for path in base.file(space).parent.glob(f"{space.code}.db*"):
            path.unlink()
        return
    with directory.connection(write=True) as connection:
        for statement in (
            f'SET LOCAL ROLE "{space.schema}"',
            f'DROP SCHEMA "{space.schema}" CASCADE',
            "RESET ROLE",
        ):
            connection.execute(text(statement))
        owns = text(
            "SELECT 1 FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE r.rolname = :name"
        )
        if connection.execute(owns, {"name": space.schema}).first() is None:
            connection.execute(text(f'DROP ROLE "{space.schema}"'))


def forget_engine(space: Space) -> None:
    """Close every connection to a space's SQLite file."""
    engine = ground().engines.pop(space.code, None)
    if engine is not None:
        engine.dispose()


@contextmanager
def writing_in(space: Space) -> Iterator[Connection]:
    """One transaction on a whole space, outside of any act."""
    mark = writing.set(True)
    try:
        with entered(space), ground().engine(space).begin() as connection:
            yield connection
    finally:
        writing.reset(mark)
