"""Facts as files that other tools open: one DuckDB database, or a folder of Parquet files. Needs `maeniwa[export]`."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from models.queries.star import View
from scheduler.refusals import NotDone

NO_DUCKDB = "the package duckdb is missing: install it with `pip install 'maeniwa[export]'`"
NOTHING = "\\N"
THERE = "{path} is there already: name a new one, or move it away"


def write_duckdb(views: Iterable[View], to: Path) -> dict[str, int]:
    """Write a DuckDB database with one table a view; how many rows each has. `NotDone` where `to` exists."""
    _refuse_what_is_there(to)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".facts-") as beside:
        made = Path(beside) / "facts.duckdb"
        with _database(str(made)) as connection:
            counts = {view.name: _load(connection, view, Path(beside)) for view in views}
        made.rename(to)
    return counts


def write_parquet(views: Iterable[View], to: Path) -> dict[str, int]:
    """Write a folder with one Parquet file a view; how many rows each has. `NotDone` where `to` exists."""
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
        raise NotDone(NO_DUCKDB) from problem


def _refuse_what_is_there(to: Path) -> None:
    if to.exists():
        raise NotDone(THERE.format(path=to))


def _load(connection: Any, view: View, beside: Path) -> int:
    """A view as a table, by way of a file: rows by the million neither fit in memory nor go one by one."""
    passing = beside / f"{view.name}.csv"
    with passing.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NOTHING if cell is None else cell for cell in row] for row in view.rows)
    columns = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in view.columns.items())
    connection.execute(
        f"CREATE TABLE {view.name} AS SELECT * FROM read_csv({_text(passing)}, header = false,"  # noqa: S608
        f" columns = {{{columns}}}, nullstr = {_text(NOTHING)}, quote = '\"', escape = '\"', delim = ',')"
    )
    passing.unlink()
    (count,) = connection.execute(f"SELECT count(*) FROM {view.name}").fetchone()  # noqa: S608
    return int(count)


def _text(value: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"


WRITERS: Mapping[str, Any] = {"duckdb": write_duckdb, "parquet": write_parquet}
