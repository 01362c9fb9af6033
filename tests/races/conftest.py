"""A furnished municipality on the real clock, for real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.municipality import load_demo_plan
from models.core import settings as core_settings
from models.core.clock import now
from models.core.days import office_day
from models.core.db import standing
from models.core.settings import Settings
from models.operations import installation
from tests.conftest import CITY, Template, copied
from tests.postgresql import TestServer

JAPAN = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="session")
def opened_today(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], Template]:
    """On each engine a municipality whose slots begin today, really; made once a day, whenever the run began."""
    made: dict[tuple[str, date], Template] = {}

    def opened(engine: str) -> Template:
        today = office_day(now(), JAPAN)
        if (engine, today) not in made:
            plain = core_settings.load(tmp_path_factory.mktemp("live") / "instance", {})
            name = f"live_{today:%Y%m%d}" if engine == "postgresql" else ""
            if name:
                server: TestServer = request.getfixturevalue("postgresql")
                plain = replace(plain, database_url=server.new_database(name))
            furnished(plain)
            made[engine, today] = Template(plain.instance, name)
        return made[engine, today]

    return opened


@pytest.fixture
def live(
    engine: str, opened_today: Callable[[str], Template], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """A municipality whose slots begin today, really."""
    with copied(opened_today(engine), tmp_path / "instance", request) as settings:
        yield settings


def furnished(settings: Settings) -> Settings:
    """Open the demo municipality now."""
    with standing(settings):
        installation.open_municipality(load_demo_plan(installation.offered_catalogue(CITY)))
    return settings
