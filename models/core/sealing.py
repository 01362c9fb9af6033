"""封をする: what is sealed to an office's public key can be opened with that office's private key alone (HPKE).

RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, one message a key agreement: what browsers
can do by themselves. An office's private key comes out of the municipality's secret of a month, so that destroying
that secret ends them all. A seal keeps a secret; it does not say who made it.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.core.keys import Unreadable

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
OVERHEAD = 48
"""Bytes that a seal adds: a public key of its own and a check."""
MARK_BYTES = 4


def private_key(secret: bytes, office: str) -> X25519PrivateKey:
    """The private key of an office in the month whose secret this is."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"maeniwa sealing|" + office.encode())
    return X25519PrivateKey.from_private_bytes(derived.derive(secret))


def public_key(private: X25519PrivateKey) -> bytes:
    """The 32 bytes that everybody may know."""
    return private.public_key().public_bytes_raw()


def mark_of(public: bytes) -> bytes:
    """Four bytes by which a sealed text says which key opens it."""
    return hashlib.sha256(public).digest()[:MARK_BYTES]


def sealed_to(public: bytes, content: bytes, about: bytes) -> bytes:
    """The content, sealed for the holder of the private key; it opens only together with the same `about`."""
    return SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), about)


def unsealed(private: X25519PrivateKey, sealed: bytes, about: bytes) -> bytes:
    """The content again; `Unreadable` where a bit of it or of `about` was changed, or the key is another."""
    try:
        return SUITE.decrypt(sealed, private, about)
    except (InvalidTag, ValueError) as problem:
        raise Unreadable from problem
