"""Personal text at rest: AES-256-GCM under a key of its day or its row, bound to its place."""

from __future__ import annotations

import secrets
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core import log
from models.core.db import ground
from models.core.errors import Unavailable
from models.core.keys import NONCE_BYTES, Unreadable
from models.core.space import current_space

BY_DAY, BY_ROW = 1, 2
"""How bytes are sealed: under the key of their day, or under a key of their row's own, which dies with either."""


def seal(text: str, *, purpose: str, due: date, row: str, field: str, alone: bool = False) -> bytes:
    """Seal `text` for one field of one row; it can be read until the key of `purpose` and `due` is destroyed.

    With `alone` the row gets a key of its own, which can be destroyed before its day's. Raises `Unavailable` where the
    key was changed.
    """
    name = f"{purpose}-{due.isoformat()}"
    try:
        key = _key(BY_ROW if alone else BY_DAY, name, row, create=True)
    except Unreadable as problem:
        _alarm(row, field)
        raise Unavailable from problem
    nonce = secrets.token_bytes(NONCE_BYTES)
    version = BY_ROW if alone else BY_DAY
    sealed = AESGCM(key).encrypt(nonce, text.encode("utf-8"), _place(row, field, version))
    return bytes([version, len(name)]) + name.encode("ascii") + nonce + sealed


def unseal(sealed: bytes, *, row: str, field: str) -> str:
    """The text again; `KeyDestroyed` after its day's or row's key, `Unreadable` (logged) if moved or changed."""
    try:
        return _opened(sealed, row, field)
    except Unreadable:
        _alarm(row, field)
        raise


def key_name(sealed: bytes) -> str | None:
    """The purpose and day under which a row has a key of its own; None where it has none."""
    if len(sealed) < 2 or sealed[0] != BY_ROW:
        return None
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def _key(version: int, name: str, row: str, *, create: bool = False) -> bytes:
    keys, code = ground().keys, current_space().code
    if version == BY_DAY:
        return keys.data_key(code, name, create=create)
    return keys.row_key(code, name, row, create=create)


def _opened(sealed: bytes, row: str, field: str) -> str:
    if len(sealed) < 2 or sealed[0] not in (BY_DAY, BY_ROW):
        raise Unreadable
    end = 2 + sealed[1]
    name = sealed[2:end].decode("ascii", "replace")
    key = _key(sealed[0], name, row)
    nonce, body = sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _place(row, field, sealed[0])).decode("utf-8")
    except (InvalidTag, ValueError) as problem:
        raise Unreadable from problem


def _alarm(row: str, field: str) -> None:
    log.logger().error("unreadable", where=f"{row}.{field}", municipality=current_space().code)


def _place(row: str, field: str, version: int) -> bytes:
    return f"{current_space().code}|{row}|{field}|{version}".encode()
