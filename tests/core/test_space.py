"""One municipality = one space: nothing outside one, nothing across two, on either engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import psycopg
import pytest
from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.core import db, directory, migration
from models.core import settings as core_settings
from models.core.settings import Settings
from models.core.space import OutsideSpace, Space, entered
from models.core.transaction import NestedAct, act
from models.tables import Office
from tests.conftest import Template, copied
from tests.postgresql import TestServer

AOBA, MIDORI = Space("aoba"), Space("midori")


@act
def add_office(session: Session, name: str) -> None:
    session.add(Office(code="honcho", name=name, address="本町1"))


@act
def add_and_fail(session: Session) -> None:
    session.add(Office(code="higashi", name="東支所", address="東町1"))
    session.flush()
    raise KeyError


@act
def add_inside_another(session: Session) -> None:
    add_office("二重")


def names() -> list[str]:
    return list(db.session().scalars(select(Office.name)))


@pytest.fixture(scope="module")
def with_two_cities(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Template]:
    """On each engine an installation with two more cities, one of them with an office; made once."""

    @cache
    def made(engine: str) -> Template:
        first: Template = request.getfixturevalue(f"{engine}_template")
        folder, database = tmp_path_factory.mktemp("two") / "instance", ""
        shutil.copytree(first.folder, folder)
        settings = core_settings.load(folder, {})
        if first.database:
            server: TestServer = request.getfixturevalue("postgresql")
            database = "two_cities"
            settings = replace(settings, database_url=server.copy_database(first.database, database))
        with db.standing(settings):
            for space in (AOBA, MIDORI):
                migration.create_space(space)
                directory.enter_in_directory(space, space.code)
            with entered(AOBA):
                add_office("青葉区役所")
        return Template(folder, database)

    return made


@pytest.fixture
def settings(
    engine: str,
    with_two_cities: Callable[[str], Template],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Settings]:
    """A fresh installation with these cities, of this test's own."""
    with copied(with_two_cities(engine), tmp_path / "instance", request) as plain:
        yield replace(plain, log_level="error")


@pytest.fixture
def two_cities(settings: Settings) -> Iterator[None]:
    """Work that may enter them."""
    with db.standing(settings):
        yield


@pytest.mark.usefixtures("two_cities")
class TestSpaces:
    def test_a_transaction_outside_a_space_fails(self) -> None:
        with pytest.raises(OutsideSpace):
            add_office("どこでもない")
        with pytest.raises(OutsideSpace):
            db.db.session().execute(text("SELECT 1"))

    def test_one_space_does_not_see_what_is_in_another(self) -> None:
        with entered(MIDORI):
            assert names() == []
        with entered(AOBA):
            assert names() == ["青葉区役所"]

    def test_entering_a_second_space_inside_the_first_is_refused(self) -> None:
        with entered(AOBA), pytest.raises(OutsideSpace), entered(MIDORI):
            pass

    def test_reading_never_writes(self) -> None:
        with entered(AOBA), pytest.raises(DBAPIError):
            db.session().execute(text("UPDATE office SET name = 'x'"))

    def test_an_act_that_fails_leaves_nothing(self) -> None:
        with entered(AOBA):
            with pytest.raises(KeyError):
                add_and_fail()
            assert names() == ["青葉区役所"]

    def test_an_act_inside_an_act_is_refused(self) -> None:
        with entered(MIDORI):
            with pytest.raises(NestedAct):
                add_inside_another()
            assert names() == []

    def test_a_space_is_made_once(self) -> None:
        with pytest.raises(migration.SpaceExists):
            migration.create_space(AOBA)

    def test_a_space_that_does_not_exist_cannot_be_read(self) -> None:
        with entered(Space("nobody")), pytest.raises((FileNotFoundError, DBAPIError)):
            names()


@pytest.mark.usefixtures("two_cities")
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
class TestPostgreSQLRoles:
    def test_a_space_role_may_not_read_another_schema(self) -> None:
        with entered(MIDORI), pytest.raises(DBAPIError, match="permission denied"):
            db.session().execute(text("SELECT name FROM m_aoba.office"))

    def test_the_login_itself_can_read_no_space(self, settings: Settings) -> None:
        with (
            psycopg.connect(settings.database_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SELECT name FROM m_aoba.office")

    def test_the_role_ends_with_its_transaction(self) -> None:
        with entered(AOBA):
            assert names() == ["青葉区役所"]
        with directory.connection() as connection:
            assert connection.execute(text("SELECT current_user")).scalar_one() == "maeniwa_app"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_sqlite_connection_keeps_what_we_promise(settings: Settings) -> None:
    promised = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "secure_delete": 1,
    }
    with db.standing(replace(settings)), entered(Space("maeniwa")):
        for pragma, value in promised.items():
            assert db.session().execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_work_without_a_web_application_compiles_no_route(settings: Settings) -> None:
    """Python 3.11 cannot compile in several threads at once, and every piece of work stands on a ground of its own."""
    with db.standing(settings):
        assert list(current_app.url_map.iter_rules()) == []
