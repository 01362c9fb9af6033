"""封をする: what is sealed to an office's public key can be opened with that office's private key alone (HPKE).

RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, one message a key agreement: what browsers
can do by themselves. A seal keeps a secret; it does not say who made it. What opens it stands in
`models.core.unsealing`, which an outside process never loads.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
OVERHEAD = 48
"""Bytes that a seal adds: a public key of its own and a check."""
MARK_BYTES = 4


def mark_of(public: bytes) -> bytes:
    """Four bytes by which a sealed text says which key opens it."""
    return hashlib.sha256(public).digest()[:MARK_BYTES]


def sealed_to(public: bytes, content: bytes, about: bytes) -> bytes:
    """The content, sealed for the holder of the private key; it opens only together with the same `about`."""
    return SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), about)
