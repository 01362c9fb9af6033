"""What ended for good stays so in a space that was restored from an older backup."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import NotFound
from models.core.space import Space
from models.core.tokens import fingerprint
from models.core.tombstones import (
    CANCELLED,
    DELETED,
    KEY,
    STAFF_CLOSED,
    STAFF_OPENED,
    TOKEN_REVOKED,
    VOID,
    Tombstone,
    tombstones_of,
)
from models.operations import accounts, backup, booking, reissuing, tombstones
from models.operations import applications as filing
from models.queries import bookings, staff
from models.queries.agreement import wrongly_taken
from models.tables import Application, Booking, Slot, Staff
from tests.operations.test_booking import honcho
from tests.operations.test_purging import planted, readable, sealed

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def states() -> tuple[list[str], list[str]]:
    """States of bookings and of forms, oldest first."""
    found = (
        list(session().scalars(select(Booking.state).order_by(Booking.id))),
        list(session().scalars(select(Application.state).order_by(Application.id))),
    )
    session().rollback()
    return found


def taken_back(city: Space, folder: Path, *, keep: bool = False) -> None:
    """Copy the space's file away, or put the copy back in its place; the keys stay as they are."""
    session().rollback()
    ground().engine(city).dispose()
    live, kept = ground().file(city), folder / "kept.db"
    if keep:
        with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(kept)) as target:
            source.backup(target)
        return
    for end in ("-wal", "-shm"):
        live.with_name(live.name + end).unlink(missing_ok=True)
    shutil.copy(kept, live)


def test_o4_what_was_cancelled_deleted_replaced_and_closed_after_the_backup_stays_so(
    city: Space, tmp_path: Path
) -> None:
    gone, _ = planted()
    _, form = planted(1)
    lost, _ = planted(2)
    accounts.invite("hanako", "花子", "counter", "honcho", "test")
    token = accounts.issue_token("manager", "honcho", "test")
    taken_back(city, tmp_path, keep=True)
    booking.cancel(gone.token)
    filing.delete(form.token)
    reissuing.reissue(bookings.by_token(lost.token), "test")
    accounts.set_active("hanako", False, "test")
    accounts.revoke_token(staff.access_tokens()[-1].number, "test")
    before = states()
    taken_back(city, tmp_path)
    assert staff.by_bearer(token) is not None
    assert states() != before
    assert tombstones.apply()["booking-cancelled"] == 1
    assert states() == before
    assert staff.by_bearer(token) is None
    assert not session().scalar(select(Staff.active).where(Staff.username == "hanako"))
    assert session().scalar(select(Slot.id).where(wrongly_taken())) is None
    with pytest.raises(NotFound):
        bookings.by_token(lost.token)
    assert len(readable(sealed())) == len(sealed())
    assert tombstones.apply() == {}


def test_a_line_whose_act_was_rolled_back_is_made_void(city: Space, clock: FrozenDateTimeFactory) -> None:
    made, _ = planted()
    file = tombstones_of(ground().keys.folder, city.code)
    file.add([Tombstone(CANCELLED, made.reference, now().isoformat())])
    assert tombstones.settle() == 0
    clock.tick(tombstones.UNDER_WAY)
    assert tombstones.settle() == 1
    assert [one.kind for one in file.read()].count(VOID) == 1
    tombstones.apply()
    assert states()[0] == ["booked"]


@pytest.mark.parametrize("wrong", [STAFF_OPENED, STAFF_CLOSED])
def test_an_account_that_was_opened_or_closed_in_vain_is_as_it_was_after_a_restore(
    city: Space, tmp_path: Path, clock: FrozenDateTimeFactory, wrong: str
) -> None:
    accounts.invite("hanako", "花子", "counter", "honcho", "test")
    taken_back(city, tmp_path, keep=True)
    accounts.set_active("hanako", wrong == STAFF_CLOSED, "test")
    file = tombstones_of(ground().keys.folder, city.code)
    clock.tick(timedelta(minutes=1))
    file.add([Tombstone(wrong, fingerprint("hanako").hex(), now().isoformat())])
    clock.tick(tombstones.UNDER_WAY)
    tombstones.settle()
    taken_back(city, tmp_path)
    tombstones.apply()
    account = staff.by_username("hanako")
    assert account is not None
    assert account.active == (wrong == STAFF_CLOSED)


def test_a_key_that_outlived_its_process_is_destroyed_at_night(
    city: Space, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = planted()
    before = sealed()
    with monkeypatch.context() as patched:
        patched.setattr(tombstones, "afterwards", lambda *_: None)
        booking.cancel(made.token)
    assert len(readable(before)) == 3
    clock.tick(tombstones.UNDER_WAY)
    tombstones.settle()
    assert readable(before) == []


def test_lines_older_than_every_backup_go_and_those_that_shut_somebody_out_stay(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    gone, _ = planted()
    accounts.invite("hanako", "花子", "counter", "honcho", "test")
    for active in (False, True, False):
        accounts.set_active("hanako", active, "test")
    token = accounts.issue_token("manager", "honcho", "test")
    accounts.revoke_token(staff.access_tokens()[-1].number, "test")
    booking.cancel(gone.token)
    file, days = tombstones_of(ground().keys.folder, city.code), ground().settings.backup_days
    clock.tick(timedelta(days=1))
    assert tombstones.settle() > 0
    clock.tick(timedelta(days=days + 5))
    assert tombstones.forget_old() == 0
    lost, _ = planted()
    booking.cancel(lost.token)
    clock.tick(timedelta(days=2))
    before = {(one.kind, one.mark) for one in file.read()}
    dropped = tombstones.forget_old()
    kept = {(one.kind, one.mark) for one in file.read()}
    assert {kind for kind, _ in before - kept} == {CANCELLED, DELETED, KEY, STAFF_OPENED}
    assert dropped > 4
    assert (CANCELLED, lost.reference) in kept
    assert [kind for kind, mark in kept if mark == fingerprint("hanako").hex()] == [STAFF_CLOSED]
    assert (TOKEN_REVOKED, fingerprint(token).hex()) in kept
    assert tombstones.forget_old() == 0


def test_lines_that_a_backup_in_the_folder_may_need_or_that_nobody_compared_stay(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    made, _ = planted()
    booking.cancel(made.token)
    clock.tick(timedelta(days=200))
    assert tombstones.forget_old() == 0
    tombstones.settle()
    old = backup.folder_of(city) / f"before-{honcho().day_of(now()) - timedelta(days=201)}T000000-0001.zip"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.touch()
    assert tombstones.forget_old() == 0
    old.unlink()
    assert tombstones.forget_old() > 0


def test_no_line_holds_a_name_and_a_torn_one_spoils_no_other(city: Space) -> None:
    made, _ = planted()
    accounts.invite("hanako", "花子", "counter", "honcho", "test")
    accounts.set_active("hanako", False, "test")
    file = tombstones_of(ground().keys.folder, city.code)
    with file.path.open("ab") as torn:
        torn.write(b'{"kind": "booking-canc')
    booking.cancel(made.token)
    assert CANCELLED in [one.kind for one in file.read()]
    text = file.path.read_text()
    assert not any(word in text for word in ("hanako", "漏洩", "rouei", made.token))
