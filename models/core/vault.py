"""Personal text at rest: AES-256-GCM under the municipality's key of a purpose and day, bound to its place."""

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

VERSION = 1


def seal(text: str, *, purpose: str, due: date, row: str, field: str) -> bytes:
    """Seal `text` for one field of one row; it can be read until the key of `purpose` and `due` is destroyed.

    Raises `Unavailable` where that key was changed.
    """
    name = f"{purpose}-{due.isoformat()}"
    try:
        key = ground().keys.data_key(current_space().code, name, create=True)
    except Unreadable as problem:
        _alarm(row, field)
        raise Unavailable from problem
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode("utf-8"), _place(row, field))
    return bytes([VERSION, len(name)]) + name.encode("ascii") + nonce + sealed


def unseal(sealed: bytes, *, row: str, field: str) -> str:
    """The text again; `KeyDestroyed` after its day's key is gone, `Unreadable` (logged) if moved or changed."""
    try:
        return _opened(sealed, row, field)
    except Unreadable:
        _alarm(row, field)
        raise


def _opened(sealed: bytes, row: str, field: str) -> str:
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Unreadable
    end = 2 + sealed[1]
    name = sealed[2:end].decode("ascii", "replace")
    key = ground().keys.data_key(current_space().code, name)
    nonce, body = sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _place(row, field)).decode("utf-8")
    except (InvalidTag, ValueError) as problem:
        raise Unreadable from problem


def _alarm(row: str, field: str) -> None:
    log.logger().error("unreadable", where=f"{row}.{field}", municipality=current_space().code)


def _place(row: str, field: str) -> bytes:
    return f"{current_space().code}|{row}|{field}|{VERSION}".encode()
