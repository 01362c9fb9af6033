"""D5: the master key is renewed while everybody reads and writes; nothing fails, and the old one is gone."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.core import keys
from models.core.keys import MASTER, NEXT_MASTER, KeyDestroyed, KeyStore

FIRST = date(2026, 11, 24)
NAMES = [f"contact-{FIRST + timedelta(days=one)}" for one in range(20)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = KeyStore(tmp_path)
    for name in NAMES:
        store.row_key("susono", name, "booking/1", create=True)
    return tmp_path


def known(folder: Path) -> dict[str, bytes]:
    """Every row's key as a process reads it that has just begun."""
    return {name: KeyStore(folder).row_key("susono", name, "booking/1") for name in NAMES}


def test_d5_no_read_fails_while_the_master_key_is_renewed_and_the_old_one_is_gone(folder: Path) -> None:
    before, old = known(folder), (folder / MASTER).read_bytes()
    over, failed, count = threading.Event(), [], [0]

    def read() -> None:
        while not over.is_set():
            try:
                failed.extend(["other"] if known(folder) != before else [])
                KeyStore(folder).row_key("susono", f"form-{FIRST}", f"application/{count[0]}", create=True)
            except Exception as problem:
                failed.append(repr(problem))
            count[0] += 1

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    for _ in range(6):
        KeyStore(folder).rotate()
    over.set()
    for one in readers:
        one.join()
    assert failed == []
    assert count[0] > 3
    assert known(folder) == before
    assert not [path for path in folder.rglob("*") if path.is_file() and old in path.read_bytes()]
    assert not list(folder.rglob("*.old")) + list(folder.rglob(NEXT_MASTER))


@pytest.mark.parametrize("killed_at", range(4))
def test_d5_a_rotation_that_was_killed_leaves_everything_readable_and_is_finished(
    folder: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    before, old, calls = known(folder), (folder / MASTER).read_bytes(), [0]
    replaced, wait = keys._replaced, (0, 7, len(NAMES), len(NAMES) + 1)[killed_at]

    def dying(path: Path, content: bytes) -> None:
        if calls[0] == wait:
            raise KeyboardInterrupt
        calls[0] += 1
        replaced(path, content)

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        patched.setattr(keys, "_replaced", dying)
        KeyStore(folder).rotate()
    assert known(folder) == before
    KeyStore(folder).rotate()
    assert known(folder) == before
    assert (folder / MASTER).read_bytes() != old


def test_a_process_notices_that_another_destroyed_a_row_or_a_day(folder: Path) -> None:
    one, other = KeyStore(folder), KeyStore(folder)
    one.row_key("susono", NAMES[0], "booking/1")
    assert other.destroy_row("susono", NAMES[0], "booking/1")
    assert not other.destroy_row("susono", NAMES[0], "booking/1")
    with pytest.raises(KeyDestroyed):
        one.row_key("susono", NAMES[0], "booking/1")
    one.row_key("susono", NAMES[1], "booking/1")
    assert other.destroy("susono", "contact", FIRST + timedelta(days=1))
    with pytest.raises(KeyDestroyed):
        one.row_key("susono", NAMES[1], "booking/1")
    assert one.data_key("susono", NAMES[1], create=True) == other.data_key("susono", NAMES[1])


def test_many_who_make_the_same_row_have_one_key_and_a_torn_record_counts_for_nothing(folder: Path) -> None:
    path, found = folder / "susono" / f"{NAMES[0]}.rows", []
    with path.open("ab") as torn:
        torn.write(keys._mark("booking/2") + b"x" * 20)

    def make() -> None:
        found.append(KeyStore(folder).row_key("susono", NAMES[0], "booking/2", create=True))

    makers = [threading.Thread(target=make) for _ in range(8)]
    for one in makers:
        one.start()
    for one in makers:
        one.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert KeyStore(folder).destroy_row("susono", NAMES[0], "booking/2")
    with pytest.raises(KeyDestroyed):
        KeyStore(folder).row_key("susono", NAMES[0], "booking/2")
    assert known(folder)[NAMES[0]]


def test_what_a_process_remembers_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KNOWN", 5)
    store = KeyStore(tmp_path)
    for name in NAMES:
        store.data_key("susono", name, create=True)
    assert len(store._known) <= 5
