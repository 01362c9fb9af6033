"""The one place that knows Flask-SQLAlchemy: the session that every query and operation works with.

A session is bound to the space that was entered, and only `core.transaction` may write with it: outside an act the
database itself refuses (SQLite `query_only`, PostgreSQL read-only transaction).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine, MetaData, Table, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from models.core import patience
from models.core.keys import KeyStore
from models.core.memory import Memory
from models.core.settings import Settings
from models.core.space import Space, at_leaving, current_space

DatabaseProblem = DBAPIError
"""What a door must expect when the database cannot answer."""
EXTENSION = "maeniwa"
BUSY_MILLISECONDS = 5000
writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """Every table of a municipality's space."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def plain(table: type[Base]) -> Table:
    """A table without the mapper, for the few statements whose cost counts."""
    return cast("Table", table.__table__)


class SpaceSession(FlaskSession):
    """A session that only ever speaks to the space that was entered."""

    def get_bind(self, *_: Any, **__: Any) -> Engine:
        """The entered space's engine; `OutsideSpace` where none was entered."""
        return ground().engine(current_space())


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": SpaceSession, "expire_on_commit": False},
    disable_autonaming=True,
)


@at_leaving.append
def end_session() -> None:
    """End the session of the space that is being left."""
    if has_app_context():
        db.session.remove()


_writers: dict[Path, threading.Lock] = {}
"""What puts SQLite's writers of this process in a row, by file."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_writers.clear)


@dataclass
class Ground:
    """What work stands on: settings, keys, engines and names; `opened` are cities known to let residents in."""

    settings: Settings
    keys: KeyStore
    directory: Engine
    engines: dict[str, Engine] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    memory: Memory = field(default_factory=Memory)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def engine(self, space: Space) -> Engine:
        """The engine of a space: the one PostgreSQL engine, or the engine of the space's SQLite file."""
        if self.settings.on_postgresql:
            return self.directory
        found = self.engines.get(space.code)
        return found if found is not None else self._opened(space)

    def file(self, space: Space) -> Path:
        """Where a space's SQLite file is."""
        return self.settings.instance / "spaces" / f"{space.code}.db"

    def writer_lock(self, space: Space) -> threading.Lock | None:
        """The lock that SQLite's writers of this process take first; none on PostgreSQL.

        It is the file's, whatever stands on it: SQLite itself lets whoever has waited long go on waiting.
        """
        if self.settings.on_postgresql:
            return None
        return _writers.setdefault(self.file(space).absolute(), threading.Lock())

    def _opened(self, space: Space) -> Engine:
        with self._making:
            if space.code not in self.engines:
                if not self.file(space).exists():
                    raise FileNotFoundError(f"no space called {space.code}")
                self.engines[space.code] = sqlite_engine(self.file(space))
            return self.engines[space.code]

    def close(self) -> None:
        """Give every connection back."""
        self.directory.dispose()
        for engine in self.engines.values():
            engine.dispose()
        self.engines.clear()


def ground() -> Ground:
    """What this process stands on; only inside an application context."""
    found: Ground = current_app.extensions[EXTENSION]
    return found


def attach(app: Flask, settings: Settings, *, for_visitors: bool = False) -> Ground:
    """Put an application on its ground; what is `for_visitors` waits for a hanging server only so long."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True} if settings.on_postgresql else {}
    db.init_app(app)
    with app.app_context():
        directory = db.engine
    (enforce_postgresql if settings.on_postgresql else enforce_sqlite)(directory)
    if settings.on_postgresql and for_visitors:
        patience.limit(directory, settings.database_patience)
    made = Ground(settings, KeyStore(settings.keys), directory)
    app.extensions[EXTENSION] = made
    return made


@contextmanager
def standing(settings: Settings) -> Iterator[Ground]:
    """A ground for work without a web application (command line, scheduler, tests)."""
    # Without static files: their route would be compiled at every piece of work, which threads cannot do at once.
    app = Flask("maeniwa", static_folder=None)
    made = attach(app, settings)
    try:
        with app.app_context():
            yield made
    finally:
        made.close()


def session() -> Session:
    """The session of the present unit of work, for reading; writing needs `core.transaction.act`."""
    current_space()
    return db.session()


def empty_wal() -> bool:
    """Write SQLite's log into the file and cut it to nothing, so that no old page is left in it; True where it was.

    False while somebody reads an older state. PostgreSQL has no such command: there destroyed keys are the purge.
    """
    if ground().settings.on_postgresql:
        return True
    session().rollback()
    connection = ground().engine(current_space()).raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute("PRAGMA query_only=ON")
        return bool(busy == 0)
    finally:
        connection.close()


def sqlite_engine(path: Path) -> Engine:
    """An engine of one SQLite file with the pragmas we promise on every connection."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    enforce_sqlite(engine)
    return engine


def enforce_sqlite(engine: Engine) -> None:
    """WAL, full sync, foreign keys, wiped deletes; BEGIN IMMEDIATE for an act, read-only otherwise."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "query_only=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        acting = writing.get()
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if acting else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if acting else "BEGIN")


ENTER = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true),"
    " set_config('transaction_read_only', %s, true)"
)
ENTER_DIRECTORY = "SELECT set_config('search_path', %s, true), set_config('transaction_read_only', %s, true)"


def enforce_postgresql(engine: Engine) -> None:
    """Each transaction takes the space's role and schema for its own length; read-only outside an act."""

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        read_only = "off" if writing.get() else "on"
        if in_directory.get():
            connection.exec_driver_sql(ENTER_DIRECTORY, (DIRECTORY_SCHEMA, read_only))
        else:
            schema = current_space().schema
            connection.exec_driver_sql(ENTER, (schema, schema, read_only))


DIRECTORY_SCHEMA = "maeniwa_directory"
in_directory: ContextVar[bool] = ContextVar("in_directory", default=False)
