"""署名: whoever holds a private key can say that a file is its own, and everybody can see whether it is (Ed25519).

A side's private keys come out of one secret of the key store, so that destroying that secret ends them.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PRINT_BYTES = 10
"""Eighty bits for two people to compare, in groups of four signs."""


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The private key that comes out of a secret."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"maeniwa signing").derive(secret)
    return Ed25519PrivateKey.from_private_bytes(derived)


def public_half(private: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that everybody may know."""
    return private.public_key().public_bytes_raw()


def signed_by(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the holder of the private key signed these very bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def print_of(*publics: bytes) -> str:
    """By what two people can tell that they look at the same public keys: five groups of four signs."""
    text = hashlib.sha256(b"".join(publics)).hexdigest()[: 2 * PRINT_BYTES].upper()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
