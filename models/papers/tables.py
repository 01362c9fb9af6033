"""Tables as CSV that a spreadsheet opens without garbling and without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

Cell = str | int | float | date | time | None

BYTE_ORDER_MARK = "\ufeff"
GUARD = "'"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate (OWASP ASVS 1.2.10), full-width forms included."""


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with byte order mark, CRLF, RFC 4180; ISO dates, HH:MM, floats with one decimal, None empty.

    Text that would start a formula gets an apostrophe in front; numbers stay numbers.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8", "replace")


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = text.replace("\x00", "")
    return GUARD + plain if text.startswith((*_FORMULA_STARTS, GUARD)) else plain


def unguarded(text: str) -> str:
    """A cell that `guarded` wrote, as it was."""
    return text.removeprefix(GUARD)


def _written(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return guarded(cell) if isinstance(cell, str) else cell
