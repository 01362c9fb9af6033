"""Files that grow: written at the end, whole and durably, by any number of processes, and rewritten by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

AGAIN_SECONDS = 0.005
"""So long until Windows is asked again for what somebody else has."""
FREE_SECONDS = 10.0
"""Whoever reads a key or an anchor has ended long before."""

if sys.platform == "win32":
    import errno
    import msvcrt

    FAR = 2**30
    """A byte behind the end of every such file: what Windows locks nobody else can read."""

    @contextmanager
    def held(handle: int) -> Iterator[None]:
        """Keep every other process out of the same file until the block ends."""
        while not _locked(handle):
            sleep(AGAIN_SECONDS)
        try:
            yield
        finally:
            _far_away(handle, msvcrt.LK_UNLCK)

    def _locked(handle: int) -> bool:
        """Asked without waiting: Windows' own wait looks once a second and gives up after ten."""
        try:
            _far_away(handle, msvcrt.LK_NBLCK)
        except OSError as problem:
            if problem.errno in (errno.EBADF, errno.EINVAL):
                raise
            return False
        return True

    def _far_away(handle: int, how: int) -> None:
        """Windows locks from where the file stands; whoever reads and writes it finds it there again."""
        here = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, how, 1)
        finally:
            os.lseek(handle, here, os.SEEK_SET)

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


def once_free(step: Callable[[], object]) -> None:
    """Replace or remove a file in one step. Windows refuses while somebody reads it: this waits until nobody does."""
    until = monotonic() + FREE_SECONDS
    while True:
        try:
            step()
            return
        except PermissionError:
            if sys.platform != "win32" or monotonic() > until:
                raise
        sleep(AGAIN_SECONDS)


def append(path: Path, content: bytes) -> None:
    """Write at the end of a file that only its owner can read; on the disk when this comes back.

    The lock is let go before the disk is waited for. A file that was replaced meanwhile is not written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while not _appended(path, content):
        pass


def write_whole(handle: int, content: bytes) -> None:
    """Write all of it at the end of an open file that is held, or nothing: what a full disk cut off is taken back."""
    end = os.lseek(handle, 0, os.SEEK_END)
    left = memoryview(content)
    try:
        while left:
            left = left[os.write(handle, left) :]
    except OSError:
        os.ftruncate(handle, end)
        raise


def _appended(path: Path, content: bytes) -> bool:
    """Write at the end of the file that is there now; False where another took its place before the lock was held."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with held(handle):
            if not _is_still(handle, path):
                return False
            write_whole(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def rewrite(path: Path, changed: Callable[[bytes], bytes]) -> bool:
    """Put what `changed` makes of the whole content in the file's place, in one step; whether anything changed.

    Whoever appends waits, and finds the new file. Where the system lets nobody replace an open file, nothing is done.
    """
    if not path.exists() or sys.platform == "win32":
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        with held(handle):
            before = path.read_bytes()
            after = changed(before)
            if after == before or not _is_still(handle, path):
                return False
            _replace(path, after)
    finally:
        os.close(handle)
    return True


def _replace(path: Path, content: bytes) -> None:
    """On the disk before it takes the other's place."""
    draft = path.with_name(f".{path.name}.draft")
    new = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_still(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
