"""Every statement that goes to a database, for tests of how often pages ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

BY_ITSELF = ("PRAGMA", "BEGIN", "SELECT set_config", "SELECT pg_catalog", "show ")
"""What begins a transaction and a connection."""


@contextmanager
def asked() -> Iterator[list[str]]:
    """Every statement that goes to a database inside the block."""
    found: list[str] = []

    def noted(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(BY_ITSELF):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", noted)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", noted)
