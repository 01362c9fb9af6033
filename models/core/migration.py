"""Making, upgrading and checking the tables of a space (Alembic, run from code)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from models.core import directory
from models.core.db import Ground, ground, sqlite_engine, writing
from models.core.space import Space, entered

SCRIPTS = Path(__file__).parents[1] / "migrations"


class DanglingRow(Exception):
    """A migration would have left a row of this table pointing to nothing; nothing was changed."""


class SpaceExists(Exception):
    """There is already a space of this name."""


def create_space(space: Space) -> None:
    """Make an empty space with all its tables; `SpaceExists` where there is one."""
    create_empty(space)
    migrate(space)


def create_empty(space: Space) -> None:
    """Make a space without any table; `SpaceExists` where there is one."""
    base = ground()
    if base.settings.on_postgresql:
        _create_schema(space)
    else:
        _create_file(base, space)


def migrate(space: Space, revision: str = "head") -> None:
    """Bring a space's tables to a revision (up, or down when it lies behind), in one transaction."""
    with entered(space):
        mark = writing.set(True)
        try:
            with (
                ground().engine(space).connect() as connection,
                _rebuilding(connection),
                connection.begin(),
            ):
                _run(connection, revision)
        finally:
            writing.reset(mark)


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others point to: foreign keys are off meanwhile, and checked before the commit."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def revision_of(space: Space) -> str | None:
    """The revision that a space's tables have."""
    with entered(space), ground().engine(space).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str | None:
    """The newest revision that this build knows; read from its scripts once a process."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known(revision: str) -> bool:
    """Whether this build knows a revision."""
    return any(
        found.revision == revision for found in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def _run(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config)
    wanted = None if revision == "base" else scripts.as_revision_number(revision)
    behind = current is not None and (wanted is None or wanted in _ancestors(scripts, current))
    (command.downgrade if behind else command.upgrade)(config, revision)
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if dangling is not None:
            raise DanglingRow(dangling[0])


def _ancestors(scripts: ScriptDirectory, revision: str) -> set[str]:
    return {found.revision for found in scripts.iterate_revisions(revision, "base")} - {revision}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def _create_file(base: Ground, space: Space) -> None:
    path = base.file(space)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        raise SpaceExists(space.code)
    path.touch(mode=0o600)
    base.engines[space.code] = sqlite_engine(path)


def _create_schema(space: Space) -> None:
    name = space.schema
    with directory.connection(write=True) as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": name}
        ).first()
        if found:
            raise SpaceExists(space.code)
        version = connection.execute(text("SHOW server_version_num")).scalar_one()
        option = " WITH INHERIT FALSE, SET TRUE" if int(version) >= 160000 else ""
        role = connection.execute(
            text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}
        ).first()
        if not role:
            connection.execute(text(f'CREATE ROLE "{name}" NOLOGIN NOINHERIT'))
        connection.execute(text(f'GRANT "{name}" TO CURRENT_USER{option}'))
        connection.execute(text(f'CREATE SCHEMA "{name}" AUTHORIZATION "{name}"'))
