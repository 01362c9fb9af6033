"""A furnished municipality on the real clock, for real processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from models.catalogue.municipality import load_demo_plan
from models.core import settings as core_settings
from models.core.db import standing
from models.core.settings import Settings
from models.operations import installation
from tests.conftest import CITY
from tests.postgresql import TestServer


@pytest.fixture
def live(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A municipality whose slots begin today, really."""
    plain = core_settings.load(tmp_path / "instance", {})
    if engine == "sqlite":
        yield furnished(plain)
        return
    server: TestServer = request.getfixturevalue("postgresql")
    name = f"live_{uuid4().hex}"
    yield furnished(replace(plain, database_url=server.new_database(name)))
    server.drop_database(name)


def furnished(settings: Settings) -> Settings:
    """Open the demo municipality now."""
    with standing(settings):
        installation.open_municipality(load_demo_plan(installation.offered_catalogue(CITY)))
    return settings
