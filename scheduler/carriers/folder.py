"""A watch folder: a file appears whole under its name, or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from scheduler.senders.sending import SENT, Outcome, again, never

MODE = 0o640
"""The receiver reads it by its group."""


class Folder:
    """Writes into one folder below `root`, which must be there: nobody makes it by mistake."""

    def __init__(self, root: Path | None, below: str) -> None:
        """`root` is the municipality's own folder; None where the installation has none (any more)."""
        self._root, self._below = root, below

    def carry(self, receipt: str, name: str, media: str, content: bytes) -> Outcome:
        """Write beside, then rename: whoever watches never sees half a file. A file of the same name is replaced."""
        if self._root is None:
            return never("no handover_folder in the settings")
        try:
            root, folder = self._root.resolve(strict=True), (self._root / self._below).resolve(strict=True)
            if not folder.is_relative_to(root) or folder == root:
                return never("folder leads out of its place")
            _written(folder, name, content)
        except OSError as problem:
            return again(f"folder: {type(problem).__name__}", down=True)
        return SENT


def _written(folder: Path, name: str, content: bytes) -> None:
    beside = folder / f".{name}.part"
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _kept(folder)


def _kept(folder: Path) -> None:
    """Have the new name on the disk as well, where a system can do that for a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
