"""CSV: a row of names and a row of values, both begun by what says which hand-over it is."""

from __future__ import annotations

from models.core.messages import _n
from models.papers.handover.adapter import Adapter, Handed
from models.papers.tables import csv_file

HEAD = ("連携番号", "回数", "受付記号", "様式", "日時")


def draw(handed: Handed) -> bytes:
    """UTF-8 with byte order mark; text that would start a formula has an apostrophe in front."""
    told = handed.texts()
    first = (
        handed.receipt,
        handed.copy,
        handed.application,
        handed.form,
        handed.at.isoformat(timespec="seconds"),
    )
    return csv_file([*HEAD, *(name for name, _ in told)], [[*first, *(value for _, value in told)]])


ADAPTER = Adapter("csv", _n("CSV"), ("file", "folder", "webhook"), "csv", "text/csv; charset=utf-8", draw)
