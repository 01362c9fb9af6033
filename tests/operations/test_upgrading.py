"""O2: an upgrade makes a backup first, is done once however many begin it, and goes on after a kill at any moment."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextvars import Context
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select, text

from models.core import migration
from models.core.db import ground, session, standing
from models.core.settings import Settings
from models.core.snapshots import writing_in
from models.core.space import Space, entered
from models.operations import backup, restoring, upgrading
from models.operations.backup_file import manifest_of
from models.queries.audit import Whole, verify
from models.rules.audit_chain import alone, content_of
from models.tables import AuditEntry, Booking
from tests.conftest import BOTH, CITY, SQLITE, Template, copied, inside, written
from tests.races.crowd import sized
from tests.tables.test_migrations import filled, scripts_read_once

__all__ = ["scripts_read_once"]
pytestmark = SQLITE
OLD = "0002"
KILLS = sized(20, 5)


def grown_old(city: Space) -> None:
    """A city with data whose tables are many revisions old."""
    filled(city)
    migration.migrate(city, OLD)


@pytest.fixture(scope="module")
def old_city(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Such a city, in a file."""
    with written(sqlite_template, tmp_path_factory.mktemp("old") / "instance") as made:
        grown_old(Space(CITY))
    return made


@pytest.fixture
def old(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory
) -> Iterator[Settings]:
    """A copy of it; in PostgreSQL it is made anew."""
    if engine == "postgresql":
        found: Settings = request.getfixturevalue("settings")
        with inside(found) as city:
            grown_old(city)
        yield found
        return
    with copied(request.getfixturevalue("old_city"), tmp_path / "instance", request) as plain:
        yield replace(plain, log_level="error")


def upgraded(settings: Settings) -> list[upgrading.Migrated]:
    with standing(settings):
        return upgrading.upgrade()


def revision(settings: Settings) -> str | None:
    with standing(settings):
        return migration.revision_of(Space(CITY))


def bookings(settings: Settings) -> int:
    with standing(settings), entered(Space(CITY)), ground().engine(Space(CITY)).connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM booking")).scalar_one())


def before(settings: Settings) -> list[Path]:
    return sorted((settings.backups / CITY).glob("before-*.zip"))


@BOTH
def test_a_backup_is_made_before_tables_change_and_never_otherwise(old: Settings) -> None:
    (migrated,) = upgraded(old)
    assert (migrated.code, migrated.before, revision(old)) == (CITY, OLD, migration.head())
    manifest = manifest_of(migrated.backup)
    assert (manifest.cities[0].revision, manifest.cities[0].rows["booking"]) == (OLD, 1)
    assert upgraded(old) == []
    assert before(old) == [migrated.backup]


def test_the_way_back_has_the_rows_from_before(old: Settings) -> None:
    (migrated,) = upgraded(old)
    with inside(old):
        filled_again = session().scalar(select(func.count()).select_from(Booking))
        assert filled_again == 1
    with standing(old):
        (found,) = restoring.restore(migrated.backup, replace=True)
    assert found.aside
    assert bookings(old) == 1
    assert revision(old) == migration.head()


def test_entries_from_before_the_chain_are_in_it_after_the_upgrade(settings: Settings, clock: object) -> None:
    with inside(settings) as city:
        key = ground().keys.audit_key(city.code)
        rewritten(key)
        migration.migrate(city, OLD)
    upgraded(settings)
    with inside(settings):
        assert isinstance(verify(), Whole)
        assert session().scalar(select(func.count()).where(AuditEntry.place.is_(None))) == 0


def rewritten(key: bytes) -> None:
    """Give every entry the code that the version before the chain gave it."""
    rows = session().execute(
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.detail,
        )
    )
    changes = [{"mac": alone(key, content_of(*row[1:])), "id": row.id} for row in rows.all()]
    session().rollback()
    with writing_in(Space(CITY)) as connection:
        connection.execute(text("UPDATE audit_entry SET mac = :mac WHERE id = :id"), changes)


def child(settings: Settings, said: Any = None) -> None:
    found = Context().run(upgraded, settings)
    if said is not None:
        said.send(len(found))


@BOTH
def test_o2_killed_anywhere_it_is_finished_by_the_next(old: Settings, engine: str) -> None:
    chance, context = random.Random(engine), multiprocessing.get_context("fork")
    begun = time.monotonic()
    upgraded(old)
    whole = time.monotonic() - begun
    seen = set()
    for _ in range(KILLS):
        with inside(old) as city:
            migration.migrate(city, OLD)
        process = context.Process(target=child, args=(old,))
        process.start()
        time.sleep(chance.uniform(0, whole))
        process.kill()
        process.join()
        seen.add(revision(old))
        assert revision(old) in (OLD, migration.head())
        assert bookings(old) == 1
        upgraded(old)
        assert revision(old) == migration.head()
    for path in before(old):
        manifest_of(path)
    assert OLD in seen


@BOTH
def test_o2_two_at_once_do_it_once(old: Settings) -> None:
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe() for _ in range(3)]
    processes = [context.Process(target=child, args=(old, theirs)) for _, theirs in pipes]
    for process, (_, theirs) in zip(processes, pipes, strict=True):
        process.start()
        theirs.close()
    counts = [ours.recv() for ours, _ in pipes]
    for process in processes:
        process.join()
    assert sorted(counts) == [0, 0, 1]
    assert len(before(old)) == 1
    assert revision(old) == migration.head()
    assert bookings(old) == 1


def test_where_no_backup_can_be_made_nothing_is_changed(
    old: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "write", full)
    with pytest.raises(OSError, match="No space"):
        upgraded(old)
    assert revision(old) == OLD
