"""A PostgreSQL table's rows by COPY: out into a file, in again, and in out of a SQLite file.

All of it happens inside the transaction of the connection that is given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, inspect, text

UTC = "+00"
"""SQLite holds instants in UTC without saying so."""


def copy_out(connection: Connection, table: str, columns: Sequence[str], path: Path) -> int:
    """One table in COPY's text format, one line a row; how many."""
    count = 0
    copy = f'COPY "{table}" ({_listed(columns)}) TO STDOUT'
    with _cursor(connection) as cursor, path.open("wb") as file, cursor.copy(copy) as lines:
        for part in lines:
            count += bytes(part).count(b"\n")
            file.write(part)
    return count


def copy_in(connection: Connection, table: str, columns: Sequence[str], path: Path) -> int:
    """The rows that `copy_out` wrote; how many."""
    with _cursor(connection) as cursor:
        with path.open("rb") as file, cursor.copy(f'COPY "{table}" ({_listed(columns)}) FROM STDIN') as lines:
            while part := file.read(1 << 20):
                lines.write(part)
        return int(cursor.rowcount)


def copy_over(connection: Connection, table: str, file: Path) -> int:
    """The rows of this table in a SQLite file; how many.

    Instants get their zone. What else SQLite has (0 and 1 for no and yes; days, times and JSON as text) PostgreSQL
    reads as it stands.
    """
    kinds = {str(column["name"]): column["type"] for column in inspect(connection).get_columns(table)}
    with (
        _cursor(connection) as cursor,
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old,
    ):
        columns = [str(row[1]) for row in old.execute(f'PRAGMA table_info("{table}")')]
        zoned = [at for at, name in enumerate(columns) if isinstance(kinds.get(name), DateTime)]
        with cursor.copy(f'COPY "{table}" ({_listed(columns)}) FROM STDIN') as lines:
            for row in _with_zone(old.execute(f'SELECT {_listed(columns)} FROM "{table}"'), zoned):  # noqa: S608
                lines.write_row(row)
        return int(cursor.rowcount)


def go_on_counting(connection: Connection, table: str) -> None:
    """The next row's `id` is the one after the highest."""
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table}"'}
    ).scalar_one()
    if sequence:
        highest = f'SELECT setval(:name, coalesce(max(id), 1), max(id) IS NOT NULL) FROM "{table}"'  # noqa: S608
        connection.execute(text(highest), {"name": sequence})


def _with_zone(rows: Iterator[tuple[Any, ...]], zoned: Sequence[int]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for at in zoned:
            if values[at] is not None:
                values[at] += UTC
        yield values


def _cursor(connection: Connection) -> Any:
    """The driver's own cursor."""
    return connection.connection.cursor()


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
