"""端末の署名: what an enrolled browser signs with its own key, and the word by which people compare two screens.

ECDSA over P-256 with SHA-256, as WebCrypto makes it (r and s, 32 bytes each); the key is the uncompressed point.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from models.rules.references import ALPHABET

HEADER = re.compile(r"(\d{1,15})\.([A-Za-z0-9_-]{86})")
KEY_TEXT = re.compile(r"[A-Za-z0-9_-]{87}")
HALF = 32
WORD_LENGTH = 4


@dataclass(frozen=True)
class Request:
    """What is signed besides the stamp: method, address (path with its prefix, and query) and body."""

    method: str
    address: str
    body: bytes


@dataclass(frozen=True)
class Signature:
    """A signature as it came; `stamp` is a counter that only grows."""

    stamp: int
    bytes: bytes


def signature(header: str) -> Signature | None:
    """The header's stamp and signature, None where it has another shape."""
    found = HEADER.fullmatch(header)
    return None if found is None else Signature(int(found[1]), base64.urlsafe_b64decode(found[2] + "=="))


def key_of(text: str) -> bytes | None:
    """The public key (65 bytes) that a browser sent, None where it is none on the curve."""
    if not KEY_TEXT.fullmatch(text):
        return None
    try:
        point = base64.urlsafe_b64decode(text + "=")
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except (ValueError, binascii.Error):
        return None
    return point


def signed(public_key: bytes, request: Request, given: Signature) -> bool:
    """Whether the holder of this key signed this very request with this stamp."""
    r, s = (int.from_bytes(part, "big") for part in (given.bytes[:HALF], given.bytes[HALF:]))
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)
    try:
        key.verify(encode_dss_signature(r, s), said(request, given.stamp), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def said(request: Request, stamp: int) -> bytes:
    """The bytes that are signed."""
    digest = hashlib.sha256(request.body).hexdigest()
    return "\n".join(("maeniwa", request.method, request.address, digest, str(stamp))).encode()


def word(public_key: bytes) -> str:
    """Four letters that both screens show before a device is approved."""
    digest = hashlib.sha256(public_key).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:WORD_LENGTH])
