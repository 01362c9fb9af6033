"""D1, D2, D4: what is due or deleted cannot be read again, in the files of the house or in a backup."""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import inspect, select, text

from models.core import snapshots
from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import Forbidden, Invalid
from models.core.keys import KeyDestroyed
from models.core.space import Space
from models.core.vault import unseal
from models.operations import applications as filing
from models.operations import booking, jobs, purging, retention
from models.queries.retention import policy_of, proposed_of
from models.tables import Application, AuditEntry, Booking, JobRun
from tests.conftest import BOTH, SQLITE
from tests.operations.test_booking import AIKO, asked, free, honcho
from tests.operations.test_printing import filled
from tests.tables.test_migrations import thinned

pytestmark = SQLITE
MARKER = "漏洩検知"


def planted(at: int = 0) -> tuple[booking.Made, filing.Filed]:
    """A booking and its form with the marker in every personal field."""
    contact = replace(AIKO, name=f"{MARKER}　アイコ", email="rouei-kenchi@example.jp")
    made = booking.book(replace(asked(free()[at]), contact=contact, notes=f"{MARKER}です"))
    form = filing.save(made.token, "F01", filled(MARKER), ready=True)
    return made, form


def sealed() -> list[tuple[str, str, bytes]]:
    """Everything sealed in the database now: row, field, bytes."""
    found: list[tuple[str, str, bytes]] = []
    for one in session().scalars(select(Booking)):
        pairs = (("contact", one.contact), ("notes", one.notes))
        found += [(f"booking/{one.reference}", field, text) for field, text in pairs if text]
    for form in session().scalars(select(Application).where(Application.fields.is_not(None))):
        found.append((f"application/{form.reference}", "fields", form.fields or b""))
    session().rollback()
    return found


def readable(before: list[tuple[str, str, bytes]]) -> list[str]:
    """Which of these bytes, taken from a backup, still open."""
    opened = []
    for row, field, content in before:
        try:
            unseal(content, row=row, field=field)
            opened.append(f"{row}.{field}")
        except KeyDestroyed:
            pass
    return opened


def hits(folder: Path, *marks: bytes) -> list[str]:
    """Files that hold one of the marks."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(mark in path.read_bytes() for mark in marks)]


def told(mark: str) -> list[str]:
    """Columns of the entered space in which the database's own login reads the mark, as text or as bytes."""
    found, needles = [], (mark.encode(), mark.encode("utf-16-le"), mark.encode("unicode-escape"))
    connection = session().connection()
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                found += [f"{table}.{column}"] if any(one in content for one in needles) else []
    session().rollback()
    return found


Heard = Callable[[], str]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Everything that any logger says from now on, at its lowest level, and that is printed."""
    lines, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(lines), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with structlog.testing.capture_logs() as entries, redirect_stderr(lines), redirect_stdout(lines):
        yield lambda: lines.getvalue() + repr(entries)
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def backup(tmp_path: Path, city: Space, engine: str) -> Callable[[], None]:
    """Copies the SQLite file as a backup does."""

    def copied() -> None:
        if engine == "sqlite":
            (tmp_path / "backup").mkdir(exist_ok=True)
            with (
                closing(sqlite3.connect(ground().file(city))) as source,
                closing(sqlite3.connect(tmp_path / "backup" / "city.db")) as target,
            ):
                source.backup(target)

    return copied


@pytest.mark.usefixtures("city")
class TestPurging:
    @BOTH
    def test_d1_what_is_due_is_gone_and_cannot_be_read_in_a_backup_either(
        self, clock: FrozenDateTimeFactory, tmp_path: Path, city: Space, backup: Any
    ) -> None:
        planted()
        before = sealed()
        assert len(readable(before)) == 3
        backup()
        clock.tick(timedelta(days=4 + (free()[0] - now()).days + 1))
        jobs.run("mark-no-shows", honcho().day_of(now()).isoformat())
        jobs.run("purge", honcho().day_of(now()).isoformat())
        assert [row for row, field, _ in sealed()] == [before[0][0]] * 2
        clock.tick(timedelta(days=40))
        assert purging.purge(honcho().day_of(now()))["contacts"] == 1
        assert sealed() == []
        assert readable(before) == []
        assert ground().keys.days_of(city.code, "contact") == []
        assert hits(tmp_path, MARKER.encode(), MARKER.encode("utf-16-le"), b"rouei-kenchi") == []
        assert hits(tmp_path / "instance", *(one[2] for one in before)) == []

    @BOTH
    def test_d1_no_column_and_no_log_holds_it_and_a_dump_cannot_be_unsealed(
        self, clock: FrozenDateTimeFactory, tmp_path: Path, city: Space, heard: Heard
    ) -> None:
        thinned(city)
        made, form = planted()
        assert told(MARKER) == []
        assert "booking.reference" in told(made.reference)
        taken, dump = sealed(), tmp_path / "dump"
        dump.mkdir()
        snapshots.take(city, dump)
        assert len(readable(taken)) == 3
        filing.save(made.token, "F01", filled(MARKER), ready=True)
        with pytest.raises(Invalid):
            booking.book(replace(asked(free()[0]), procedures=(MARKER,)))
        clock.tick(timedelta(days=100))
        jobs.run("purge", honcho().day_of(now()).isoformat())
        assert readable(taken) == []
        assert hits(dump, MARKER.encode(), MARKER.encode("utf-16-le"), b"rouei-kenchi") == []
        assert [one for mark in (MARKER, "rouei-kenchi", made.token, form.token) for one in told(mark)] == []
        assert [mark for mark in (MARKER, "rouei", made.token, form.token) if mark in heard()] == []

    def test_doing_it_again_changes_nothing(self, clock: FrozenDateTimeFactory) -> None:
        planted()
        clock.tick(timedelta(days=200))
        today = honcho().day_of(now())
        assert purging.purge(today)["forms"] == 1
        assert not any(purging.purge(today).values())

    def test_d8_counts_but_no_names_are_noted(self, clock: FrozenDateTimeFactory) -> None:
        planted()
        clock.tick(timedelta(days=200))
        jobs.run("purge", honcho().day_of(now()).isoformat())
        said = [str(row.detail) for row in session().scalars(select(JobRun))]
        said += [row.subject + row.detail for row in session().scalars(select(AuditEntry))]
        assert not [text for text in said if MARKER in text or "rouei" in text]
        assert any("forms 1" in text for text in said)


@pytest.mark.usefixtures("city")
class TestDeletingAtOnce:
    @BOTH
    def test_d2_a_cancelled_booking_cannot_be_read_in_a_backup_and_others_can(self) -> None:
        made, _ = planted()
        mine = sealed()
        planted(1)
        booking.cancel(made.token)
        assert readable(mine) == []
        assert len(readable(sealed())) == 3

    def test_d2_a_deleted_form_cannot_be_read_in_a_backup(self) -> None:
        _, form = planted()
        before = sealed()
        filing.delete(form.token)
        assert [one for one in readable(before) if one.startswith("application")] == []
        assert len(readable(before)) == 2

    def test_d2_a_moved_booking_leaves_nothing_readable_under_the_old_day(self) -> None:
        made, _ = planted()
        before, first = sealed(), free()[0]
        later = next(time for time in free() if time.date() > first.date() + timedelta(days=1))
        booking.move(made.token, later)
        assert readable(before) == []
        assert len(readable(sealed())) == 3


class TestThieves:
    @BOTH
    def test_d4_database_backup_or_keys_alone_reveal_nothing(self, tmp_path: Path, city: Space) -> None:
        thinned(city)
        planted()
        dump, keys = tmp_path / "dump", ground().keys.folder
        dump.mkdir()
        snapshots.take(city, dump)
        escaped = MARKER.encode("unicode-escape")
        marks = (
            MARKER.encode(),
            MARKER.encode("utf-16-le"),
            b"rouei-kenchi",
            escaped,
            MARKER.encode().hex().encode(),
        )
        assert sum(path.stat().st_size for path in dump.iterdir()) > 0
        assert hits(dump, *marks) + hits(keys, *marks) + hits(tmp_path / "instance", *marks) == []
        assert told(MARKER) + told("rouei-kenchi") == []
        taken = sealed()
        assert len(readable(taken)) == 3
        for path in (keys / city.code).glob("*-2026-*.rows"):
            path.rename(tmp_path / path.name)
        assert readable(taken) == []


@pytest.mark.usefixtures("city")
class TestPolicy:
    def test_a_second_administrator_lets_other_days_hold(self) -> None:
        retention.set_policy(honcho(), {"form": 1}, "one")
        assert policy_of(honcho().id).form == 3
        proposed = proposed_of(honcho())
        assert proposed is not None
        with pytest.raises(Forbidden):
            retention.confirm(honcho(), "one", proposed.at.isoformat())
        retention.confirm(honcho(), "two", proposed.at.isoformat())
        assert (policy_of(honcho().id).form, proposed_of(honcho())) == (1, None)

    def test_nothing_is_kept_longer_than_the_most(self) -> None:
        with pytest.raises(Invalid):
            retention.set_policy(honcho(), {"form": 15}, "one")
