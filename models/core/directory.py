"""The directory beside the spaces: which municipalities this installation serves and under which host names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import JSON, Column, Connection, MetaData, String, Table, delete, insert, select, text

from models.core.db import DIRECTORY_SCHEMA, ground, in_directory, writing
from models.core.space import Space, current_space

ALONE = 0x6D61656E
"""PostgreSQL's number of the lock that `alone` takes, by database."""
metadata = MetaData()
municipality = Table(
    "municipality",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("national_code", String(6), nullable=False, default=""),
    Column("hosts", JSON, nullable=False),
    Column("state", String(12), nullable=False, default="open"),
)


@dataclass(frozen=True)
class Municipality:
    """自治体: one city of this installation."""

    code: str
    name: str
    national_code: str
    hosts: tuple[str, ...]

    @property
    def space(self) -> Space:
        """Where its data is."""
        return Space(self.code)


@contextmanager
def connection(*, write: bool = False) -> Iterator[Connection]:
    """A transaction on the directory, which is no municipality's space."""
    inside, acting = in_directory.set(True), writing.set(write)
    try:
        with ground().directory.begin() as found:
            yield found
    finally:
        in_directory.reset(inside)
        writing.reset(acting)


def prepare() -> None:
    """Make the directory where there is none yet."""
    with connection(write=True) as found:
        if ground().settings.on_postgresql:
            found.execute(text(f"CREATE SCHEMA IF NOT EXISTS {DIRECTORY_SCHEMA}"))
        metadata.create_all(found)


def municipalities() -> tuple[Municipality, ...]:
    """Every municipality that is open here, by code."""
    with connection() as found:
        rows = found.execute(select(municipality).where(municipality.c.state == "open").order_by("code"))
        return tuple(Municipality(row.code, row.name, row.national_code, tuple(row.hosts)) for row in rows)


def enter_in_directory(space: Space, name: str, national_code: str = "", hosts: Sequence[str] = ()) -> None:
    """Open a municipality for this installation; its space must exist."""
    values = {
        "code": space.code,
        "name": name,
        "national_code": national_code,
        "hosts": list(hosts),
        "state": "open",
    }
    with connection(write=True) as found:
        found.execute(insert(municipality).values(**values))


def enter_again(one: Municipality) -> None:
    """Open a municipality as it was, in place of what the directory says of it now; its space must exist."""
    with connection(write=True) as found:
        found.execute(delete(municipality).where(municipality.c.code == one.code))
    enter_in_directory(one.space, one.name, one.national_code, one.hosts)


@contextmanager
def alone() -> Iterator[None]:
    """Keep every other process of this installation out of the same block; raises the database's error after a while.

    The directory must be there. It is a lock of the database, so whoever is killed lets go of it.
    """
    inside, acting = in_directory.set(True), writing.set(True)
    held = ground().directory.connect()
    try:
        transaction = held.begin()
        if ground().settings.on_postgresql:
            held.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ALONE})
    except BaseException:
        held.close()
        raise
    finally:
        in_directory.reset(inside)
        writing.reset(acting)
    try:
        yield
    finally:
        transaction.rollback()
        held.close()


def municipality_name() -> str:
    """The name of the municipality whose space was entered."""
    return names().get(current_space().code, current_space().code)


def names() -> dict[str, str]:
    """The names of the open municipalities by code; kept in memory for the process."""
    known = ground().names
    if current_space().code not in known:
        known.update({found.code: found.name for found in municipalities()})
    return known
