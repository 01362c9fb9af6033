"""The key store: a data key per municipality, purpose and day, and one a row, outside the database and its backups.

Destroying a day's key makes everything sealed under it unreadable, in the database and in every copy of it; destroying
a row's does so for that row at once.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core.errors import Gone
from models.core.journals import append, held, once_free
from models.core.messages import _n

MASTER = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12
RECORD_MARK, RECORD_CHECK = 16, 16
RECORD = RECORD_MARK + KEY_BYTES + RECORD_CHECK
"""Bytes of one row in a day's file of rows: which row, its secret, and a check over both."""
MOST_KNOWN = 512
"""Day keys that a process remembers."""
NEXT_MASTER = "master.next"
PATIENCE = 200
"""How often a key is read again while another process wraps it anew, a hundredth of a second apart."""
NAME = re.compile(r"[a-z]{2,12}-\d{4}-\d{2}-\d{2}")


class KeyDestroyed(Gone):
    """The key is gone on purpose: what it sealed can never be read again."""


class Unreadable(Gone):
    """The sealed bytes do not belong to this place, or were changed, or their key was."""

    default = _n(
        "保存した内容が変わっていないことを確かめられないため、開けません。もう一度書くか、窓口へお問い合わせください。"
    )


Stamp = tuple[int, int, int]


@dataclass
class KeyStore:
    """Data keys as small files `FOLDER/MUNICIPALITY/PURPOSE-DAY.key`, wrapped by the installation's master key.

    Beside each, `PURPOSE-DAY.rows` holds a secret a row: a row's key comes out of the day's key and that secret, so
    that destroying either is enough, and a new master key wraps few files.
    """

    folder: Path
    _known: dict[tuple[str, str], tuple[Stamp, bytes]] = field(default_factory=dict, repr=False)

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

    def row_key(self, municipality: str, name: str, row: str, *, create: bool = False) -> bytes:
        """The key of one row of a day; `KeyDestroyed` where the day's or the row's is gone and must not be made."""
        day_key = self.data_key(municipality, name, create=create)
        path, mark = self._rows(municipality, name), _mark(row)
        secret = _secret_in(_content(path), mark)
        if secret is None and create:
            fresh = secrets.token_bytes(KEY_BYTES)
            append(path, mark + fresh + _check(mark, fresh))
            secret = _secret_in(_content(path), mark)
        if secret is None:
            raise KeyDestroyed
        return hmac.new(day_key, b"row" + mark + secret, hashlib.sha256).digest()

    def destroy_row(self, municipality: str, name: str, row: str) -> bool:
        """Overwrite the key of one row, everywhere in its day's file; whether there was one."""
        path, mark = self._rows(municipality, name), _mark(row)
        if not NAME.fullmatch(name) or not path.exists():
            return False
        found = False
        with path.open("r+b") as file, held(file.fileno()):
            content = file.read()
            at = content.find(mark)
            while at >= 0:
                file.seek(at)
                file.write(bytes(min(RECORD, len(content) - at)))
                found, at = True, content.find(mark, at + RECORD)
            file.flush()
            os.fsync(file.fileno())
        return found

    def destroy(self, municipality: str, purpose: str, day: date) -> bool:
        """Overwrite and remove a day's key and those of all its rows; whether there was one."""
        name = f"{purpose}-{day.isoformat()}"
        self._known.pop((municipality, name), None)
        found = False
        with self._alone():
            for path in (self._path(municipality, name), self._rows(municipality, name)):
                if path.exists():
                    overwritten(path)
                    found = True
        return found

    def days_of(self, municipality: str, purpose: str) -> list[date]:
        """The days of a purpose whose keys are there, oldest first."""
        found = {path.stem for path in (self.folder / municipality).glob(f"{purpose}-*.*")}
        days = [name.removeprefix(f"{purpose}-") for name in found if NAME.fullmatch(name)]
        return sorted(date.fromisoformat(one) for one in days)

    def wrapped(self) -> list[Path]:
        """Every file that the master key wraps."""
        return sorted(self.folder.glob("*/*.key"))

    def rotate(self) -> int:
        """Make a new master key, wrap every key under it, and destroy the old one; how many keys.

        Others may read and write all the while. One that was killed is finished by the next one.
        """
        self.master()
        with self._alone():
            following = self.folder / NEXT_MASTER
            new = _made_once(following, secrets.token_bytes(KEY_BYTES))
            count = self._wrap_all(new)
            if self.master() != new:
                _replaced(self.folder / MASTER, new)
            overwritten(following)
            for left in (*self.folder.glob(".*.old"), *self.folder.glob("*/.*.old")):
                overwritten(left)
            return count

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keys are made, destroyed, mirrored and wrapped anew by one process at a time; reading never waits."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.folder / ".rotating", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with held(lock):
                yield
        finally:
            os.close(lock)

    def _wrap_all(self, new: bytes) -> int:
        """Wrap whatever is not yet wrapped by the new master key; how many."""
        count, old = 0, self.master()
        for path in self.wrapped():
            place, content = f"{path.parent.name}|{path.stem}".encode(), path.read_bytes()
            key = None if _opened(new, content, place) is not None else _opened(old, content, place)
            if key is not None:
                _replaced(path, _wrapped(new, key, place))
                count += 1
        return count

    def _path(self, municipality: str, name: str) -> Path:
        return self.folder / municipality / f"{name}.key"

    def _rows(self, municipality: str, name: str) -> Path:
        return self.folder / municipality / f"{name}.rows"

    def _unwrapped(self, municipality: str, name: str, *, create: bool) -> bytes:
        path, known = self._path(municipality, name), self._known.get((municipality, name))
        if known is not None and known[0] == _stamp(path):
            return known[1]
        self._known.pop((municipality, name), None)
        place = f"{municipality}|{name}".encode()
        if create and not path.exists():
            with self._alone():
                _made_once(path, _wrapped(self.master(), secrets.token_bytes(KEY_BYTES), place))
        key = self._read(path, place)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        stamp = _stamp(path)
        if stamp is not None:
            self._known[(municipality, name)] = (stamp, key)
        return key

    def _read(self, path: Path, place: bytes) -> bytes:
        """Unwrap a file, also while another process wraps all of them anew."""
        for _ in range(PATIENCE):
            try:
                wrapped, masters = path.read_bytes(), self._masters()
            except FileNotFoundError as problem:
                raise KeyDestroyed from problem
            for master in masters:
                key = _opened(master, wrapped, place)
                if key is not None:
                    return key
            if path.exists() and path.read_bytes() == wrapped and self._masters() == masters:
                break
            time.sleep(0.01)
        raise Unreadable

    def _masters(self) -> list[bytes]:
        """The master key, and the next one while there is one."""
        found = []
        with suppress(FileNotFoundError):
            found.append((self.folder / NEXT_MASTER).read_bytes())
        return [self.master(), *found]


def _mark(row: str) -> bytes:
    return hashlib.sha256(row.encode()).digest()[:RECORD_MARK]


def _check(mark: bytes, secret: bytes) -> bytes:
    return hashlib.sha256(mark + secret).digest()[:RECORD_CHECK]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _secret_in(content: bytes, mark: bytes) -> bytes | None:
    """The first whole record of a row: whoever wrote first is right; a torn record counts for nothing."""
    at = content.find(mark)
    while at >= 0:
        secret = content[at + RECORD_MARK : at + RECORD_MARK + KEY_BYTES]
        if content[at + RECORD_MARK + KEY_BYTES : at + RECORD] == _check(mark, secret):
            return secret
        at = content.find(mark, at + 1)
    return None


def _stamp(path: Path) -> Stamp | None:
    """What changes when a file is destroyed, made again or wrapped anew; None where it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _wrapped(master: bytes, key: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, place)


def _opened(master: bytes, wrapped: bytes, place: bytes) -> bytes | None:
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        return None


def _replaced(path: Path, content: bytes) -> None:
    """Put new bytes in a file's place in one step, and overwrite what was there."""
    aside = path.with_name(f".{path.name}.old")
    with suppress(FileNotFoundError):
        once_free(aside.unlink)
    os.link(path, aside)
    draft = _drafted(path, content)
    once_free(lambda: draft.replace(path))
    overwritten(aside)


def _drafted(path: Path, content: bytes) -> Path:
    """The bytes in a file beside `path`, on the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def overwritten(path: Path) -> None:
    """Overwrite and remove a file."""
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    once_free(path.unlink)


def _made_once(path: Path, content: bytes) -> bytes:
    """The file's bytes; written whole and durably by whoever comes first."""
    if path.exists():
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _drafted(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        once_free(draft.unlink)
    return path.read_bytes()
