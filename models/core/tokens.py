"""Unguessable references: 160 random bits in Base32; a database only ever holds their SHA-256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

TOKEN_BYTES = 20
TOKEN_PATTERN = re.compile(r"[A-Z2-7]{32}")


def new_token() -> str:
    """A fresh token: 32 characters A-Z and 2-7, 160 bits from the system's source."""
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode("ascii")


def fingerprint(token: str) -> bytes:
    """SHA-256 of a token: all that is stored of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_token(text: str) -> bool:
    """Whether the text has the shape of a token."""
    return TOKEN_PATTERN.fullmatch(text) is not None


def derived(token: str, purpose: str) -> str:
    """A second token that only the holder of `token` can work out, and that does not lead back to it."""
    digest = hmac.new(token.encode(), f"maeniwa {purpose}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:TOKEN_BYTES]).decode("ascii")
