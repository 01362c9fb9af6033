"""持ち出し: the facts of a span as files for spreadsheets and other tools; counts and minutes, nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from flask import Blueprint, Response

from models.core.errors import NotFound
from models.papers import fact_files
from models.papers.tables import csv_file
from models.queries import fact_tables, star
from models.queries.fact_tables import Row
from models.queries.offices import OfficeView
from web.access import REPORTS
from web.manager.choosing import chosen

blueprint = Blueprint("exports", __name__)

Rows = Callable[[OfficeView, date, date], Iterator[Row]]
TABLES: Mapping[str, tuple[Sequence[str], Rows]] = {
    "daily": (fact_tables.DAILY, fact_tables.daily),
    "hourly": (fact_tables.HOURLY, fact_tables.hourly),
}
FILES = {
    "csv": ("zip", "application/zip"),
    "parquet": ("zip", "application/zip"),
    "duckdb": ("duckdb", "application/octet-stream"),
}


@blueprint.get("/exports/<table>.csv")
@REPORTS
def rows(table: str) -> Response:
    """`daily` or `hourly` of the span as CSV."""
    if table not in TABLES:
        raise NotFound
    choice = chosen()
    header, made = TABLES[table]
    content = csv_file(header, made(choice.place, choice.first, choice.last))
    return _file(content, f"{table}-{choice.place.code}-{choice.first}-{choice.last}.csv", "text/csv")


@blueprint.get("/exports/facts/<file>")
@REPORTS
def facts(file: str) -> Response:
    """The views of docs/star-schema.md for one office and the span; `NotFound` for what cannot be made here."""
    if file not in fact_files.kinds():
        raise NotFound
    choice = chosen()
    part = star.Part(choice.place.id, choice.first, choice.last)
    ending, mimetype = FILES[file]
    name = f"facts-{file}-{choice.place.code}-{choice.first}-{choice.last}.{ending}"
    return _file(fact_files.as_bytes(file, star.views(part)), name, mimetype)


def _file(content: bytes, name: str, mimetype: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=headers)
