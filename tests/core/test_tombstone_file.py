"""Tombstones are shortened in one step; whoever writes at the same time loses nothing."""

from __future__ import annotations

import threading
from pathlib import Path

from models.core.tombstones import CANCELLED, VOID, Tombstone, TombstoneFile

MOMENT = 0.2
"""Seconds in which a writer has opened the file and waits for its turn."""


def test_nobody_who_writes_while_the_file_is_shortened_loses_a_line(tmp_path: Path) -> None:
    file = TombstoneFile(tmp_path / "tombstones.log")
    file.add([Tombstone(VOID, "old", ""), Tombstone(CANCELLED, "kept", "")])
    names = ("A", "B", "C")
    writers = [
        threading.Thread(target=lambda name=name: file.add([Tombstone(CANCELLED, name, "")]))
        for name in names
    ]

    def wanted(stones: tuple[Tombstone, ...]) -> list[Tombstone]:
        for one in writers:
            one.start()
        writers[0].join(MOMENT)
        return [one for one in stones if one.kind != VOID]

    assert file.keep(wanted) == 1
    for one in writers:
        one.join()
    assert sorted(one.mark for one in file.read()) == ["A", "B", "C", "kept"]
    assert [path.name for path in tmp_path.iterdir()] == ["tombstones.log"]


def test_a_file_that_needs_no_shortening_is_left_as_it_is(tmp_path: Path) -> None:
    file = TombstoneFile(tmp_path / "tombstones.log")
    assert file.keep(lambda stones: stones) == 0
    file.add([Tombstone(CANCELLED, "kept", "")])
    before = file.path.stat().st_ino
    assert file.keep(lambda stones: stones) == 0
    assert file.path.stat().st_ino == before
