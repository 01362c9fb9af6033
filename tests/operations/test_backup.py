"""D3: backup of a living house, destruction, restore on a clean machine; what is in the file and what never is."""

from __future__ import annotations

import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextvars import Context
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.core import directory, migration, snapshots
from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import Base, ground, session, standing
from models.core.errors import NotFound, OtherKeys
from models.core.keys import KeyDestroyed
from models.core.mirror import mirror
from models.core.settings import Settings
from models.core.snapshots import Damaged
from models.core.space import Space, entered
from models.core.tokens import fingerprint
from models.core.tombstones import CANCELLED
from models.core.transaction import act
from models.core.vault import seal, unseal
from models.operations import audit, backup, backup_file, jobs, proving, restoring, tombstones
from models.operations.backup_file import NoBackup
from models.operations.booking import book, cancel
from models.operations.restoring import Refused
from models.queries import bookings
from models.queries.audit import Whole, verify
from models.rules.audit_chain import Broken
from models.tables import Booking
from tests.conftest import CITY, SQLITE, inside
from tests.operations.test_booking import asked, free
from tests.postgresql import TestServer

TODAY = date(2026, 11, 24)


@pytest.fixture
def elsewhere(
    settings: Settings, engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """A clean machine: an empty instance and, on PostgreSQL, an empty database."""
    plain = core_settings.load(tmp_path / "elsewhere", {})
    if engine == "sqlite":
        yield plain
        return
    server: TestServer = request.getfixturevalue("postgresql")
    name = f"e_{uuid4().hex}"
    yield replace(plain, database_url=server.new_database(name))
    server.drop_database(name)


def content() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        name: sorted((tuple(row) for row in session().execute(select(table))), key=repr)
        for name, table in Base.metadata.tables.items()
    }


@act
def buried(session: Session, token: str) -> None:
    """What a cancelled booking leaves beside the keys."""
    tombstones.note(session, CANCELLED, fingerprint(token))


def broken(*_: object) -> None:
    raise ZeroDivisionError


def saved(to: Path, keys: Path | None = None) -> backup_file.Manifest:
    made = backup.write(to, directory.municipalities())
    if keys is not None:
        backup.mirror_keys(keys)
    return made


def altered(path: Path, name: str, change: bytes) -> Path:
    """The same backup with one file in it changed."""
    other = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for one in old.namelist():
            new.writestr(one, old.read(one) + change if one.endswith(name) else old.read(one))
    return other


def test_d3_backup_destroy_restore_on_a_clean_machine(
    settings: Settings, elsewhere: Settings, clock: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    file, keys = tmp_path / "out" / "maeniwa.zip", tmp_path / "keys-elsewhere"
    with inside(settings):
        made, ended = book(asked(free()[0])), book(asked(free()[0]))
        audit.anchor()
        manifest = saved(file, keys)
        before = content()
        session().rollback()
        lost = book(asked(free()[0]))
        cancel(ended.token)
        buried(ended.token)
        audit.anchor()
        audit.anchor()
        backup.mirror_keys(keys)
    shutil.rmtree(settings.instance)
    clock.tick(timedelta(minutes=5))
    with standing(elsewhere):
        (found,) = restoring.restore(file, keys)
        assert (found.code, found.rows, found.aside, found.wrong_slots) == (CITY, manifest.rows, "", 0)
        assert found.made_at == now() - timedelta(minutes=5)
        assert [one.name for one in directory.municipalities()] == ["前庭市"]
    with inside(elsewhere):
        booking = bookings.by_token(made.token)
        assert bookings.contact_of(booking).name == "マエニワ　アイコ"
        with pytest.raises(NotFound):
            bookings.by_token(lost.token)
        dead = bookings.by_token(ended.token)
        assert dead.state == "cancelled"
        assert session().scalar(select(Booking.contact).where(Booking.reference == ended.reference)) is None
        came = content()
        touched = {name for name in before if before[name] != came[name]}
        assert touched == {"audit_entry", "audit_end", "booking", "booking_person", "booking_slot", "slot"}
        session().rollback()
        again = book(asked(free()[0]))
        assert again.reference != made.reference
        assert isinstance(verify(), Whole)
        assert restoring.wrong_slots() == 0


def test_a_backup_is_one_instant_and_stops_nobody_who_writes(city: Space, tmp_path: Path) -> None:
    """Somebody books while backups are written: they hold whole acts only, and go on being proven."""
    done, made, moments = threading.Event(), [], free()
    settings = ground().settings

    def writing() -> None:
        with inside(settings):
            while not done.is_set():
                made.append(book(asked(moments[len(made) % len(moments)])))

    writer = threading.Thread(target=writing)
    writer.start()
    during = 0
    try:
        with patch.object(snapshots, "PAGES", 1):
            for number in range(200):
                before = len(made)
                manifest = saved(backup.folder_of(city) / f"{number}.zip")
                assert proving.prove()["rows"] == manifest.rows
                during += len(made) - before
                if during > 3:
                    break
    finally:
        done.set()
        writer.join()
    assert during > 3


@SQLITE
def test_the_file_holds_no_key_no_setting_and_only_its_owner_reads_it(city: Space, tmp_path: Path) -> None:
    book(asked(free()[0]))
    session().rollback()
    (ground().settings.instance / "maeniwa.toml").write_text('database_url = "postgresql://a:geheim@b/c"')
    file = tmp_path / "one.zip"
    saved(file)
    assert file.stat().st_mode & 0o077 == 0
    secrets = [path.read_bytes() for path in ground().keys.folder.rglob("*.key")]
    secrets += [
        (ground().settings.instance / "secret.key").read_bytes(),
        b"geheim",
        "マエニワ　アイコ".encode(),
    ]
    assert len(secrets) > 4
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
    assert [secret for secret in secrets if secret in everything or secret.hex().encode() in everything] == []
    assert all(name.startswith("spaces/") or name == "manifest.json" for name in names)
    assert list(tmp_path.glob(".*")) == []


def test_what_cannot_be_made_whole_leaves_what_was_there(
    city: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.zip"
    saved(file)
    book(asked(free()[0]))
    session().rollback()
    monkeypatch.setattr(migration, "migrate", broken)
    with pytest.raises(ZeroDivisionError):
        restoring.restore(file, replace=True)
    assert session().scalar(select(func.count()).select_from(Booking)) == 1
    session().rollback()


@SQLITE
class TestRefusals:
    def test_what_is_there_is_not_overwritten_but_moved_aside_when_told(
        self, city: Space, tmp_path: Path
    ) -> None:
        file = tmp_path / "one.zip"
        saved(file)
        book(asked(free()[0]))
        session().rollback()
        with pytest.raises(Refused, match="--replace"):
            restoring.restore(file)
        assert session().scalar(select(func.count()).select_from(Booking)) == 1
        session().rollback()
        (found,) = restoring.restore(file, replace=True)
        assert session().scalar(select(func.count()).select_from(Booking)) == 0
        assert {path.name for path in Path(found.aside).iterdir()} >= {f"{CITY}.db"}

    def test_a_running_scheduler_keeps_a_restore_away(self, city: Space, tmp_path: Path) -> None:
        saved(tmp_path / "one.zip")
        jobs.beat("somebody")
        session().rollback()
        with pytest.raises(Refused, match="stop maeniwa"):
            restoring.restore(tmp_path / "one.zip", replace=True)

    def test_a_damaged_or_foreign_file_touches_nothing(self, city: Space, tmp_path: Path) -> None:
        file = tmp_path / "one.zip"
        saved(file)
        cut = tmp_path / "cut.zip"
        cut.write_bytes(file.read_bytes()[:-200])
        other = tmp_path / "other.zip"
        other.write_bytes(b"PK")
        for bad, kind in ((altered(file, ".db", b"x"), Damaged), (cut, NoBackup), (other, NoBackup)):
            with pytest.raises(kind):
                restoring.restore(bad, replace=True)
        assert list((ground().settings.instance / "spaces").iterdir()) != []
        assert not (ground().settings.instance / "replaced").exists()

    def test_a_newer_build_s_file_is_refused(self, city: Space, tmp_path: Path) -> None:
        file = tmp_path / "one.zip"
        saved(file)
        with zipfile.ZipFile(file) as archive:
            said = json.loads(archive.read("manifest.json"))
        said["cities"][0]["revision"] = "9999"
        newer = tmp_path / "newer.zip"
        with zipfile.ZipFile(newer, "w") as archive:
            archive.writestr("manifest.json", json.dumps(said))
        with pytest.raises(NoBackup, match="newer build"):
            restoring.restore(newer, replace=True)

    def test_without_keys_nothing_is_restored_unless_told(
        self, city: Space, elsewhere: Settings, tmp_path: Path
    ) -> None:
        saved(tmp_path / "one.zip")
        session().rollback()

        def restore() -> None:
            with standing(elsewhere):
                with pytest.raises(Refused, match="no keys"):
                    restoring.restore(tmp_path / "one.zip")
                with pytest.raises(Refused, match="no keys"):
                    restoring.restore(tmp_path / "one.zip", tmp_path / "nowhere")
                assert restoring.restore(tmp_path / "one.zip", without_keys=True)
                with entered(Space(CITY)):
                    assert audit.anchor() >= 0
                    assert isinstance(verify(), Broken)

        Context().run(restore)


@SQLITE
class TestKeysMirror:
    def test_a_destroyed_key_is_destroyed_in_the_mirror(self, city: Space, tmp_path: Path) -> None:
        store, other = ground().keys, tmp_path / "mirror"
        sealed = seal("漏洩検知", purpose="contact", due=TODAY, row="a", field="b")
        audit.anchor()
        mirror(store.folder, other)
        names = {path.relative_to(other) for path in other.rglob("*.*")}
        assert names == {path.relative_to(store.folder) for path in store.folder.rglob("[!.]*.*")}
        store.destroy(city.code, "contact", TODAY)
        mirror(store.folder, other)
        assert not (other / city.code / f"contact-{TODAY}.key").exists()
        with pytest.raises(KeyDestroyed):
            unseal(sealed, row="a", field="b")

    def test_what_was_changed_in_place_is_overwritten_there_too(self, city: Space, tmp_path: Path) -> None:
        store, other = ground().keys, tmp_path / "mirror"
        rows = store.folder / city.code / "contact-2026-11-24.rows"
        rows.write_bytes(b"secret of a row")
        mirror(store.folder, other)
        there = other / city.code / rows.name
        os.link(there, tmp_path / "what lay there")
        rows.write_bytes(bytes(15))
        mirror(store.folder, other)
        assert there.read_bytes() == bytes(15)
        assert (tmp_path / "what lay there").read_bytes() != b"secret of a row"

    def test_a_renewed_master_key_is_still_the_same_installation_s(self, city: Space, tmp_path: Path) -> None:
        store, other = ground().keys, tmp_path / "mirror"
        mirror(store.folder, other)
        (store.folder / "master.key").chmod(0o600)
        (store.folder / "master.key").write_bytes(b"n" * 32)
        mirror(store.folder, other)
        assert (other / "master.key").read_bytes() == b"n" * 32

    def test_an_empty_or_another_installation_s_folder_changes_no_mirror(
        self, city: Space, tmp_path: Path
    ) -> None:
        store, other = ground().keys, tmp_path / "mirror"
        mirror(store.folder, other)
        before = {path: path.read_bytes() for path in other.rglob("*.*")}
        for folder in (tmp_path / "empty", tmp_path / "another"):
            if folder.name == "another":
                type(store)(folder).master()
            with pytest.raises(OtherKeys):
                mirror(folder, other)
        assert {path: path.read_bytes() for path in other.rglob("*.*")} == before


class TestJobs:
    def test_the_night_s_backup_is_proven_and_old_ones_go(
        self, city: Space, clock: FrozenDateTimeFactory
    ) -> None:
        book(asked(free()[0]))
        session().rollback()
        folder = backup.folder_of(city)
        left = folder / ".2026-11-20.zip.room"
        left.mkdir(parents=True)
        os.utime(left, (0, 0))
        for day in range(0, 80, 40):
            assert jobs.run("backup", (TODAY + timedelta(days=day)).isoformat())
        assert [path.name for path in folder.iterdir()] == ["2027-01-03.zip"]
        detail = jobs.run("verify-backup", "2026-W48")
        assert detail is not None
        assert (detail["opened"], detail["destroyed"]) == (1, 0)
        assert list(ground().settings.instance.glob(".trial*")) == []
        assert snapshots.called_like("trial") == []

    @SQLITE
    def test_the_proof_fails_on_damage_and_on_wrong_keys(self, city: Space) -> None:
        with pytest.raises(proving.NotProven):
            proving.prove()
        book(asked(free()[0]))
        session().rollback()
        jobs.run("backup", TODAY.isoformat())
        key = next(ground().keys.folder.rglob("contact-*.key"), None) or next(
            ground().keys.folder.rglob("booking-*.key")
        )
        kept = key.read_bytes()
        key.chmod(0o600)
        key.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        ground().keys._known.clear()
        with pytest.raises(proving.NotProven, match="keys"):
            proving.prove()
        key.write_bytes(kept)
        assert proving.prove()["opened"] == 1
        path = backup.newest(city)
        assert path is not None
        broken = bytearray(path.read_bytes())
        broken[len(broken) // 2] ^= 1
        path.write_bytes(broken)
        with pytest.raises(proving.NotProven):
            proving.prove()

    @SQLITE
    def test_two_recent_backups_are_written_in_turn(self, city: Space, clock: FrozenDateTimeFactory) -> None:
        folder = backup.folder_of(city)
        assert jobs.look("recent-backup") == 1
        first = (folder / "recent-1.zip").read_bytes()
        assert jobs.look("recent-backup") == 1
        assert (folder / "recent-1.zip").read_bytes() == first
        assert {path.name for path in folder.iterdir()} == set(backup.RECENT)
        assert session().execute(text("SELECT 1")).scalar_one() == 1
