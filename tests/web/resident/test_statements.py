"""How often pages that many people open ask the database: what is read once is passed on, never asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

FIRST_LOOKS = 2
"""The first one reads the catalogue, and finds nothing in memory."""
BY_ITSELF = ("PRAGMA", "BEGIN", "SELECT set_config", "SELECT pg_catalog", "show ")
"""What begins a transaction and a connection."""
CERTIFICATE = "event=shomei&certs=juminhyo&comer=self"


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


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/book/?procedure=JUM-01", 8),
        ("/book/?procedure=IDO-01", 8),
        ("/book/?procedure=JUM-01&month=2026-12", 8),
        (f"/guide/result?{CERTIFICATE}", 7),
        ("/guide/procedures/JUM-01", 2),
        ("/now/honcho/calendar", 9),
    ],
)
def test_pages_ask_the_database_few_times(client: FlaskClient, path: str, most: int) -> None:
    for _ in range(FIRST_LOOKS):
        assert client.get(path).status_code == 200
    with asked() as statements:
        client.get(path)
    assert 0 < len(statements) <= most, "\n".join(statements)
