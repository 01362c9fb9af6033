"""How often pages that many people open ask the database: what is read once is passed on, never asked for again."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.statements import asked

FIRST_LOOKS = 2
"""The first one reads the catalogue, and finds nothing in memory."""
CERTIFICATE = "event=shomei&certs=juminhyo&comer=self"


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
