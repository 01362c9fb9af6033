"""Files for other tools: tables of a span, and the facts as a star of views; counts and minutes, nothing personal."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, make_response

from models.core.errors import NotFound
from models.papers import fact_files
from models.papers.tables import csv_file
from models.queries import fact_tables, measures, star
from models.queries.offices import OfficeView
from web.access import REPORTS, own_office
from web.api.blueprint import Calls
from web.api.reports import CSV, Span, span

blueprint = Calls("exports", __name__, "Measures as files for spreadsheets and other tools.")
BYTES = "application/octet-stream"
FILE = {"type": "string", "format": "binary"}


@blueprint.route("/offices/<office>/exports/<table>.csv")
@REPORTS
@blueprint.arguments(Span, location="query")
@blueprint.response(200, CSV, content_type="text/csv")
def rows(asked: dict[str, Any], office: str, table: str) -> Response:
    """`daily` (a row a day and queue), `hourly` (a month, weekday, half hour and queue) or `effect` (hours saved)."""
    if table not in fact_tables.TABLES:
        raise NotFound
    place, first, last = _asked(asked, office)
    header, made = fact_tables.TABLES[table]
    name = f"{table}-{place.code}-{first}-{last}.csv"
    return _file(csv_file(header, made(place, first, last)), name, "text/csv; charset=utf-8")


@blueprint.route("/offices/<office>/exports/facts/<file>")
@REPORTS
@blueprint.arguments(Span, location="query")
@blueprint.response(200, FILE, content_type=BYTES)
def facts(asked: dict[str, Any], office: str, file: str) -> Response:
    """The star of views: `csv` or `parquet` (a ZIP of files), or `duckdb`; 404 for what this house cannot make."""
    if file not in fact_files.kinds():
        raise NotFound
    place, first, last = _asked(asked, office)
    ending, _ = fact_files.ENDINGS[file]
    name = f"facts-{file}-{place.code}-{first}-{last}.{ending}"
    return _file(fact_files.as_bytes(file, star.views(star.Part(place.id, first, last))), name, BYTES)


def _asked(asked: dict[str, Any], office: str) -> tuple[OfficeView, date, date]:
    """The office and days; `Invalid` for no span."""
    place = own_office(office)
    first, last = span(place, asked)
    measures.check_span(first, last)
    return place, first, last


def _file(content: bytes, name: str, mimetype: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
