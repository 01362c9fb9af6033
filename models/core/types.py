"""Column types of the house: one for instants, one for JSON documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Double
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

Document = JSON().with_variant(JSONB(), "postgresql")


class seconds(FunctionElement[float]):  # noqa: N801  (read as a function)
    """Seconds of an instant since some other one, the same for all: for differences, to a thousandth."""

    type = Double()
    inherit_cache = True


@compiles(seconds, "sqlite")
def _sqlite_seconds(element: seconds, compiler: SQLCompiler, **words: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **words)}) * 86400.0)"


@compiles(seconds)
def _seconds(element: seconds, compiler: SQLCompiler, **words: Any) -> str:
    return f"extract(epoch from {compiler.process(element.clauses, **words)})"


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware datetimes in, aware UTC datetimes out; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what does not say its zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
