"""The key store: one data key per municipality, purpose and day, kept outside the database and its backups.

Destroying a day's key makes everything sealed under it unreadable, in the database and in every copy of it.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core.errors import Gone, OtherKeys
from models.core.messages import _n

MASTER = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12
NAME = re.compile(r"[a-z]{2,12}-\d{4}-\d{2}-\d{2}")


class KeyDestroyed(Gone):
    """The key is gone on purpose: what it sealed can never be read again."""


class Unreadable(Gone):
    """The sealed bytes do not belong to this place, or were changed, or their key was."""

    default = _n(
        "保存した内容が変わっていないことを確かめられないため、開けません。もう一度書くか、窓口へお問い合わせください。"
    )


@dataclass
class KeyStore:
    """Data keys as small files `FOLDER/MUNICIPALITY/PURPOSE-DAY.key`, wrapped by the installation's master key."""

    folder: Path
    _known: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)

    def master(self) -> bytes:
        """The installation's master key, made at first use and readable by the owner only."""
        return _made_once(self.folder / MASTER, secrets.token_bytes(KEY_BYTES))

    def audit_key(self, municipality: str) -> bytes:
        """The key of the municipality's audit codes."""
        return self._unwrapped(municipality, "audit-0001-01-01", create=True)

    def data_key(self, municipality: str, name: str, *, create: bool = False) -> bytes:
        """The key called `name` (PURPOSE-DAY); `KeyDestroyed` where it does not exist and must not be made."""
        if not NAME.fullmatch(name):
            raise Unreadable
        return self._unwrapped(municipality, name, create=create)

    def destroy(self, municipality: str, purpose: str, day: date) -> bool:
        """Overwrite and remove one key; whether there was one."""
        name = f"{purpose}-{day.isoformat()}"
        self._known.pop((municipality, name), None)
        path = self._path(municipality, name)
        if not path.exists():
            return False
        _overwritten(path)
        return True

    def mirror(self, other: Path) -> None:
        """Make `other` hold what this folder holds and nothing else: what is gone here is destroyed there.

        Raises `OtherKeys` where this folder has no keys, or `other` has another installation's.
        """
        kept, master = other / MASTER, self.folder / MASTER
        if not master.exists():
            raise OtherKeys(f"no keys in {self.folder}")
        if kept.exists() and kept.read_bytes() != master.read_bytes():
            raise OtherKeys(f"{other} holds the keys of another installation")
        wanted = _files_of(self.folder)
        for name in sorted(set(_files_of(other)) - set(wanted)):
            _overwritten(other / name)
        for name in sorted(wanted, key=lambda one: (str(one) != MASTER, one)):
            with suppress(FileNotFoundError):
                _copied(wanted[name], other / name)

    def _path(self, municipality: str, name: str) -> Path:
        return self.folder / municipality / f"{name}.key"

    def _unwrapped(self, municipality: str, name: str, *, create: bool) -> bytes:
        path = self._path(municipality, name)
        known = self._known.get((municipality, name))
        if known is not None and path.exists():
            return known
        self._known.pop((municipality, name), None)
        place = f"{municipality}|{name}".encode()
        if create:
            nonce = secrets.token_bytes(NONCE_BYTES)
            fresh = AESGCM(self.master()).encrypt(nonce, secrets.token_bytes(KEY_BYTES), place)
            wrapped = _made_once(path, nonce + fresh)
        elif path.exists():
            wrapped = path.read_bytes()
        else:
            raise KeyDestroyed
        try:
            key = AESGCM(self.master()).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
        except InvalidTag as problem:
            raise Unreadable from problem
        self._known[(municipality, name)] = key
        return key


def _files_of(folder: Path) -> dict[Path, Path]:
    """Every file of a key folder by its name in it, but for drafts."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder): path for path in found}


def _copied(source: Path, target: Path) -> None:
    """The same bytes there, whole and durably."""
    content = source.read_bytes()
    if target.exists() and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def _overwritten(path: Path) -> None:
    """Overwrite and remove a file."""
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _made_once(path: Path, content: bytes) -> bytes:
    """The file's bytes; written whole and durably by whoever comes first."""
    if path.exists():
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
