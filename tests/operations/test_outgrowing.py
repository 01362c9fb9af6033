"""A city that has outgrown its SQLite file goes on in PostgreSQL: the same rows, keys and chain, and nothing twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
import sqlalchemy as sa
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core import directory, snapshots, table_rows
from models.core import settings as core_settings
from models.core.db import session, standing
from models.core.settings import Settings
from models.core.snapshots import Damaged
from models.core.space import Space, entered
from models.core.types import UTCDateTime
from models.operations import backup, demo, facts, restoring
from models.operations.backup_file import NoBackup
from models.operations.booking import book
from models.queries import bookings
from models.queries.audit import Whole, verify
from models.tables import Booking, Ticket
from tests.conftest import CITY, Template, copied
from tests.operations.test_backup import altered, content
from tests.operations.test_booking import asked, free
from tests.postgresql import TestServer

HARD = ["", "\\N", "\\", "\t\r\n", "'\"", "\U00020bb7野家", "葛\U000e0100城", "null", "\x7f"]


@pytest.fixture
def larger(postgresql: TestServer, tmp_path: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    name = f"l_{uuid4().hex}"
    yield postgresql.new_database(name)
    postgresql.drop_database(name)


@pytest.fixture
def small(
    sqlite_template: Template, tmp_path: Path, request: pytest.FixtureRequest, clock: FrozenDateTimeFactory
) -> Iterator[Settings]:
    """The demo city in SQLite, with a week of visits, bookings, forms and a day added up."""
    with copied(sqlite_template, tmp_path / "instance", request) as found:
        with patch.object(demo, "WEEKS", 1), standing(found):
            demo.fill()
            with entered(Space(demo.CODE)):
                facts.make_all()
        yield found


def test_a_city_goes_on_in_postgresql_with_all_it_had(small: Settings, larger: str, tmp_path: Path) -> None:
    file = tmp_path / "small.zip"
    with standing(small), entered(Space(demo.CODE)):
        made = book(asked(free()[0]))
        before, last = content(), session().scalar(select(func.max(Booking.id)))
        session().rollback()
    with standing(small):
        backup.write(file, directory.municipalities())
    with standing(replace(small, database_url=larger)):
        (found,) = restoring.restore(file)
        assert (found.code, found.wrong_slots, found.aside) == (demo.CODE, 0, "")
        assert [one.name for one in directory.municipalities()] == ["前庭市"]
        with entered(Space(demo.CODE)):
            assert content() == before
            assert session().scalar(select(func.count()).select_from(Ticket)) > 500
            assert bookings.contact_of(bookings.by_token(made.token)).name == "マエニワ　アイコ"
            session().rollback()
            book(asked(free()[0]))
            assert session().scalar(select(func.max(Booking.id))) == last + 1
            assert isinstance(verify(), Whole)
            assert restoring.wrong_slots() == 0
    with standing(small), entered(Space(demo.CODE)):
        assert content() == before


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_damaged_file_leaves_nothing_in_postgresql(settings: Settings, larger: str, tmp_path: Path) -> None:
    file = tmp_path / "small.zip"
    with standing(settings):
        backup.write(file, directory.municipalities())
    with standing(replace(settings, database_url=larger)):
        with pytest.raises(Damaged):
            restoring.restore(altered(file, ".db", b"x"))
        assert directory.municipalities() == ()
        assert not snapshots.exists(Space(CITY))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_there_is_no_way_back_into_a_file(settings: Settings, tmp_path: Path) -> None:
    with standing(settings):
        backup.write(tmp_path / "large.zip", directory.municipalities())
    with standing(replace(settings, database_url="")), pytest.raises(NoBackup, match="on PostgreSQL"):
        restoring.restore(tmp_path / "large.zip")


def test_every_kind_of_value_arrives_as_it_was(larger: str, tmp_path: Path) -> None:
    """What only some cities have in their tables, too: every type of column with the hardest values it can hold."""
    table = sa.Table(
        "hard", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("words", sa.Text),
        sa.Column("said", sa.JSON), sa.Column("bytes", sa.LargeBinary), sa.Column("yes", sa.Boolean),
        sa.Column("at", UTCDateTime), sa.Column("day", sa.Date), sa.Column("hour", sa.Time),
        sa.Column("part", sa.Double), sa.Column("large", sa.BigInteger),
    )  # fmt: skip
    rows = [
        {
            "id": at + 1, "words": word, "said": {"語": [word, None, 1.5]}, "bytes": bytes(range(256)),
            "yes": at % 2 == 0, "at": datetime(2026, 11, 24, 3, 4, 5, at, UTC), "day": date(2024, 2, 29),
            "hour": time(8, 30), "part": 1 / (at + 3), "large": 2**62 + at,
        }
        for at, word in enumerate(HARD)
    ]  # fmt: skip
    rows.append({**dict.fromkeys(rows[0]), "id": 90})
    file = tmp_path / "hard.db"
    old, new = sa.create_engine(f"sqlite:///{file}"), sa.create_engine(core_settings.psycopg_url(larger))
    with old.begin() as connection:
        table.create(connection)
        connection.execute(sa.insert(table), rows)
    with new.begin() as connection:
        connection.execute(sa.text("SET TIME ZONE 'Asia/Tokyo'"))
        table.create(connection)
        assert table_rows.copy_over(connection, "hard", file) == len(rows)
        table_rows.go_on_counting(connection, "hard")
        arrived = [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
        assert connection.execute(sa.insert(table).values(words="next")).inserted_primary_key == (91,)
    assert arrived == rows
    with closing(sqlite3.connect(file)) as source:
        said = source.execute("SELECT said FROM hard WHERE id = 1").fetchone()[0]
    assert json.loads(said) == rows[0]["said"]
    old.dispose()
    new.dispose()
