"""星形の集計: the facts as views that a business intelligence tool reads, one row a day and part; nothing personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy import types as sql

from models.core.db import session

_NUMBERS = {
    "visits": "INTEGER", "served": "INTEGER", "abandoned": "INTEGER", "booked": "INTEGER",
    "booked_served": "INTEGER", "prefilled": "INTEGER", "prefillable": "INTEGER", "no_shows": "INTEGER",
    "called": "INTEGER", "within_target": "INTEGER", "wait_sum": "DOUBLE", "wait_max": "DOUBLE",
    "booked_called": "INTEGER", "gap_sum": "DOUBLE", "handled": "INTEGER", "handling_sum": "DOUBLE",
    "handling_max": "DOUBLE",
}  # fmt: skip
_WHERE = {"office_id": "INTEGER", "day": "DATE"}


def _facts(*keys: str) -> dict[str, str]:
    return {**_WHERE, **dict.fromkeys(keys, "VARCHAR"), **_NUMBERS}


VIEWS: Mapping[str, Mapping[str, str]] = {
    "star_office": {
        "office_id": "INTEGER", "office_code": "VARCHAR", "office_name": "VARCHAR", "timezone": "VARCHAR",
    },
    "star_date": {
        "day": "DATE", "year": "INTEGER", "month": "INTEGER", "year_month": "VARCHAR", "fiscal_year": "INTEGER",
        "weekday": "INTEGER", "weekday_name": "VARCHAR",
    },
    "star_queue": {"queue": "VARCHAR", "name": "VARCHAR", "name_en": "VARCHAR"},
    "star_procedure": {"procedure_code": "VARCHAR", "name": "VARCHAR", "name_en": "VARCHAR"},
    "star_half_hour": {"half_hour": "VARCHAR", "hour": "INTEGER"},
    "star_visits": _facts(),
    "star_visits_by_queue": _facts("queue"),
    "star_visits_by_procedure": _facts("procedure_code"),
    "star_visits_by_counter": _facts("counter"),
    "star_visits_by_source": _facts("source"),
    "star_visits_by_prefilled": _facts("prefilled_at_home"),
    "star_visits_by_half_hour": _facts("half_hour"),
    "star_visits_by_queue_and_half_hour": _facts("queue", "half_hour"),
    "star_counters": {
        **_WHERE, "main_queue": "VARCHAR", "half_hour": "VARCHAR", "open_minutes": "DOUBLE",
        "serving_minutes": "DOUBLE",
    },
}  # fmt: skip
"""Every view with its columns and their SQL types, as docs/star-schema.md explains them."""
_TYPES: Mapping[str, type[sql.TypeEngine[Any]]] = {"DATE": sql.Date}
AT_ONCE = 5000


@dataclass(frozen=True)
class View:
    """One view: its name, its columns with SQL types, and its rows in the order of the columns."""

    name: str
    columns: Mapping[str, str]
    rows: Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Part:
    """One office's days from `first` to `last`."""

    office_id: int
    first: date
    last: date


def views(part: Part | None = None) -> Iterator[View]:
    """Every view of the municipality that was entered, or a part of it; rows are read while they are asked for."""
    for name, columns in VIEWS.items():
        yield View(name, columns, _rows(name, columns, part))


def _rows(name: str, columns: Mapping[str, str], part: Part | None) -> Iterator[tuple[Any, ...]]:
    wanted = {one: column(one, _TYPES.get(kind, sql.NullType)()) for one, kind in columns.items()}
    chosen = select(*wanted.values()).select_from(table(name)).execution_options(yield_per=AT_ONCE)
    if part is not None and "office_id" in wanted:
        chosen = chosen.where(wanted["office_id"] == part.office_id)
    if part is not None and "day" in wanted:
        chosen = chosen.where(wanted["day"].between(part.first, part.last))
    for row in session().execute(chosen):
        yield tuple(row)
