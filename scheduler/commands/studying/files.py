"""Tables and JSON of `maeniwa study`: read with the line of every fault, written whole or not at all."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any


class BadInput(Exception):
    """A file that cannot be used: where and why, in one line."""

    def __init__(self, path: Path, line: int | None, why: str) -> None:
        """`line` counts from 1; None where the whole file is meant."""
        place = f"{path}, line {line}" if line is not None else str(path)
        super().__init__(f"{place}: {why}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; every reading of a cell raises `BadInput` with the line where it is not what it must be."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def bad(self, why: str) -> BadInput:
        """The fault of this line, to be raised."""
        return BadInput(self.path, self.line, why)

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.cells[column]
        if not found:
            raise self.bad(f"{column} is empty")
        return found

    def number(self, column: str, least: float = 0.0, most: float = math.inf) -> float:
        """A finite number between `least` and `most`."""
        try:
            found = float(self.cells[column])
        except ValueError:
            found = math.nan
        if not (math.isfinite(found) and least <= found <= most):
            raise self.bad(
                f"{column} must be a number{_between(least, most)}, not {shown(self.cells[column])}"
            )
        return found

    def whole(self, column: str, least: int = 0, most: float = math.inf) -> int:
        """A whole number between `least` and `most`."""
        found = self.number(column, least, most)
        if found != int(found):
            raise self.bad(f"{column} must be a whole number, not {shown(self.cells[column])}")
        return int(found)

    def day(self, column: str) -> date:
        """A date, YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.cells[column])
        except ValueError:
            raise self.bad(
                f"{column} must be a date like 2026-11-24, not {shown(self.cells[column])}"
            ) from None

    def instant(self, column: str) -> datetime | None:
        """A local date and time, YYYY-MM-DD HH:MM:SS; None where the cell is empty."""
        if not self.cells[column]:
            return None
        try:
            return datetime.fromisoformat(self.cells[column]).replace(tzinfo=None)
        except ValueError:
            raise self.bad(
                f"{column} must be a time like 2026-11-24 09:00:00, not {shown(self.cells[column])}"
            ) from None

    def minute(self, column: str) -> float | None:
        """A time of day, HH:MM or HH:MM:SS, in minutes after midnight; None where the cell is empty."""
        if not self.cells[column]:
            return None
        try:
            return minutes_after_midnight(self.cells[column])
        except ValueError:
            raise self.bad(f"{column} must be a time like 09:00, not {shown(self.cells[column])}") from None


def minutes_after_midnight(text: str) -> float:
    """H:MM, HH:MM or HH:MM:SS as minutes after midnight; ValueError for anything else."""
    at = time.fromisoformat(text.zfill(5))
    return at.hour * 60 + at.minute + at.second / 60


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The lines of a CSV with a header that has at least `columns`; empty lines are passed over."""
    reader = csv.reader(io.StringIO(read(path), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        if missing := [name for name in columns if name not in header]:
            raise BadInput(
                path, 1, f"no column {', '.join(missing)}; the header must have {','.join(columns)}"
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BadInput(
                    path, reader.line_num, f"{len(cells)} cells where the header has {len(header)}"
                )
            yield Row(
                path, reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            )
    except csv.Error as problem:
        raise BadInput(path, reader.line_num, str(problem)) from None


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a file with one JSON object a line; empty lines are passed over."""
    for line, text in enumerate(read(path).splitlines(), start=1):
        if text.strip():
            yield line, _json(path, text, line)


def json_object(path: Path) -> dict[str, Any]:
    """The one JSON object of a file."""
    return _json(path, read(path), None)


def read(path: Path) -> str:
    """The text of a file in UTF-8, unpacked where its name ends in .gz."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "cannot be unpacked"
        raise BadInput(path, None, why) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadInput(path, line, "is not UTF-8") from None


def write_rows(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write a CSV beside its place and move it there, so that nobody ever reads half of one; .gz is packed."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    content = made.getvalue().encode()
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    beside.replace(path)


def shown(text: str) -> str:
    """What stands in a cell, quoted and short enough for one line."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def _json(path: Path, text: str, line: int | None) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as problem:
        at = line if line is not None else getattr(problem, "lineno", None)
        raise BadInput(path, at, f"is not JSON ({getattr(problem, 'msg', problem)})") from None
    if not isinstance(found, dict):
        raise BadInput(path, line, "is not a JSON object")
    return found


def _between(least: float, most: float) -> str:
    if most == math.inf:
        return "" if least == -math.inf else f" not below {least:.12g}"
    return f" from {least:.12g} to {most:.12g}"
