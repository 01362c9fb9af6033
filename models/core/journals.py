"""Files that only grow: written at the end, whole and durably, by any number of processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    FAR = 2**40

    @contextmanager
    def held(handle: int) -> Iterator[None]:
        """Keep every other process out of the same file until the block ends."""
        os.lseek(handle, FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(handle, FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def held(handle: int) -> Iterator[None]:
        """Keep every other process out of the same file until the block ends."""
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def append(path: Path, content: bytes) -> None:
    """Write at the end of a file that only its owner can read; on the disk when this comes back.

    The lock is let go before the disk is waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with held(handle):
            os.lseek(handle, 0, os.SEEK_END)
            os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
