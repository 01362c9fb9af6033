"""The keys' mirror: a second folder kept the same as the key store; what is destroyed here is destroyed there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.core.errors import OtherKeys
from models.core.journals import held, once_free
from models.core.keys import MASTER, overwritten

IDENTITY = "installation.id"
"""Says whose keys these are; the master key cannot, because it is renewed."""
IDENTITY_BYTES = 16
ASIDE = ".old"


def mirror(source: Path, other: Path) -> None:
    """Make `other` hold what `source` holds and nothing else; what is overwritten or goes there is destroyed.

    Raises `OtherKeys` where `source` has no keys, or `other` has another installation's.
    """
    if not (source / MASTER).exists():
        raise OtherKeys(f"no keys in {source}")
    ours = _identity(source)
    if (other / MASTER).exists() and not _same(source, other, ours):
        raise OtherKeys(f"{other} holds the keys of another installation")
    with _unrotated(source):
        wanted = {name: path.read_bytes() for name, path in _files_of(source).items()}
    for left in list(other.rglob(f".*{ASIDE}")):
        overwritten(left)
    for name in sorted(set(_files_of(other)) - set(wanted)):
        overwritten(other / name)
    for name in sorted(wanted, key=lambda one: (str(one) != MASTER, one)):
        _kept(other / name, wanted[name])


@contextmanager
def _unrotated(source: Path) -> Iterator[None]:
    """Keep keys from being renewed or destroyed while they are read, not while a share is written to."""
    try:
        handle = os.open(source / ".rotating", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        with held(handle):
            yield
    finally:
        os.close(handle)


def _identity(source: Path) -> bytes:
    """Whose keys these are, made at first use; nothing where the folder cannot be written."""
    path = source / IDENTITY
    with suppress(OSError):
        if not path.exists():
            _written(path, secrets.token_hex(IDENTITY_BYTES).encode())
        return path.read_bytes()
    return b""


def _same(source: Path, other: Path, ours: bytes) -> bool:
    """Whether both folders are one installation's; copies made by hand have the master key to tell by."""
    theirs = other / IDENTITY
    if ours and theirs.exists():
        return theirs.read_bytes() == ours
    return (other / MASTER).read_bytes() == (source / MASTER).read_bytes()


def _files_of(folder: Path) -> dict[Path, Path]:
    """Every file of a key folder by its name in it, but for drafts and locks."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder): path for path in found}


def _kept(target: Path, content: bytes) -> None:
    """These bytes there, whole and durably; what was there before is overwritten."""
    if not target.exists():
        _written(target, content)
    elif target.read_bytes() != content:
        aside = target.with_name(f".{target.name}{ASIDE}")
        target.replace(aside)
        _written(target, content)
        overwritten(aside)


def _written(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    once_free(lambda: draft.replace(path))
