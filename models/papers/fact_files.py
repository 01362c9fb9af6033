"""Facts as files for other tools: CSV, a folder of Parquet files, a DuckDB database (with `maeniwa[export]`)."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from models.papers.tables import csv_file

NO_DUCKDB = "the package duckdb is missing: install it with `pip install 'maeniwa[export]'`"
NOTHING = "\\N"
THERE = "{path} is there already: name a new one, or move it away"


ENDINGS = {
    "csv": ("zip", "application/zip"),
    "parquet": ("zip", "application/zip"),
    "duckdb": ("duckdb", "application/octet-stream"),
}
"""How the name of each kind of file ends, and what it is called on the way."""


class NoFile(Exception):
    """The file was not written; the message says why and what to do."""


class View(Protocol):
    """One table: its name, its columns with SQL types, and its rows in the order of the columns."""

    @property
    def name(self) -> str:
        """The table's name."""

    @property
    def columns(self) -> Mapping[str, str]:
        """SQL types by column."""

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, once."""


def kinds() -> tuple[str, ...]:
    """The files that can be made here: without the package duckdb only CSV."""
    return ("csv", "parquet", "duckdb") if find_spec("duckdb") is not None else ("csv",)


def as_bytes(kind: str, views: Iterable[View]) -> bytes:
    """The facts as one file: a DuckDB database, or a ZIP of CSV or Parquet files. `NoFile` without the package."""
    if kind == "csv":
        return _zipped((f"{view.name}.csv", csv_file(tuple(view.columns), view.rows)) for view in views)
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "facts"
        WRITERS[kind](views, to)
        if to.is_file():
            return to.read_bytes()
        return _zipped((one.name, one.read_bytes()) for one in sorted(to.iterdir()))


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return made.getvalue()


def write_duckdb(views: Iterable[View], to: Path) -> dict[str, int]:
    """Write a DuckDB database with one table a view; how many rows each has. `NoFile` where `to` exists."""
    _refuse_what_is_there(to)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".facts-") as beside:
        made = Path(beside) / "facts.duckdb"
        with _database(str(made)) as connection:
            counts = {view.name: _load(connection, view, Path(beside)) for view in views}
        made.rename(to)
    return counts


def write_parquet(views: Iterable[View], to: Path) -> dict[str, int]:
    """Write a folder with one Parquet file a view; how many rows each has. `NoFile` where `to` exists."""
    _refuse_what_is_there(to)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".facts-") as beside:
        made = Path(beside) / "facts"
        made.mkdir()
        counts = {}
        with _database(":memory:") as connection:
            for view in views:
                counts[view.name] = _load(connection, view, Path(beside))
                connection.execute(f"COPY {view.name} TO {_text(made / f'{view.name}.parquet')}")
                connection.execute(f"DROP TABLE {view.name}")
        made.rename(to)
    return counts


def _database(address: str) -> Any:
    try:
        return import_module("duckdb").connect(address)
    except ModuleNotFoundError as problem:
        raise NoFile(NO_DUCKDB) from problem


def _refuse_what_is_there(to: Path) -> None:
    if to.exists():
        raise NoFile(THERE.format(path=to))


def _load(connection: Any, view: View, beside: Path) -> int:
    """A view as a table, by way of a file: rows by the million neither fit in memory nor go one by one."""
    passing = beside / f"{view.name}.csv"
    with passing.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NOTHING if cell is None else cell for cell in row] for row in view.rows)
    columns = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in view.columns.items())
    connection.execute(
        f"CREATE TABLE {view.name} AS SELECT * FROM read_csv({_text(passing)}, header = false,"  # noqa: S608
        f" columns = {{{columns}}}, auto_detect = false, nullstr = {_text(NOTHING)}, quote = '\"', escape = '\"',"
        " delim = ',')"
    )
    passing.unlink()
    (count,) = connection.execute(f"SELECT count(*) FROM {view.name}").fetchone()  # noqa: S608
    return int(count)


def _text(value: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"


WRITERS: Mapping[str, Any] = {"duckdb": write_duckdb, "parquet": write_parquet}
