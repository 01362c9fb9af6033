"""On which database a kiosk's tests run."""

from __future__ import annotations

import pytest


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that is marked `BOTH` runs on PostgreSQL too."""
    return str(getattr(request, "param", "sqlite"))
