"""持ち出し: the facts of a span as files for spreadsheets and other tools; counts and minutes, nothing personal."""

from __future__ import annotations

from flask import Blueprint, Response

from models.core.errors import NotFound
from models.papers import fact_files
from models.papers.tables import csv_file
from models.queries import fact_tables, star
from web.access import REPORTS
from web.manager.choosing import chosen

blueprint = Blueprint("exports", __name__)

TABLES = ("daily", "hourly")
"""Those of `fact_tables` that stand here; the third is the savings'."""


@blueprint.get("/exports/<table>.csv")
@REPORTS
def rows(table: str) -> Response:
    """`daily` or `hourly` of the span as CSV."""
    if table not in TABLES:
        raise NotFound
    choice = chosen()
    header, made = fact_tables.TABLES[table]
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
    ending, mimetype = fact_files.ENDINGS[file]
    name = f"facts-{file}-{choice.place.code}-{choice.first}-{choice.last}.{ending}"
    return _file(fact_files.as_bytes(file, star.views(part)), name, mimetype)


def _file(content: bytes, name: str, mimetype: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=headers)
