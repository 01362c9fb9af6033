"""封を開ける: the private keys, and what they open. Only the city's side of a separated network loads this.

An office's private key comes out of the municipality's secret of a month, so that destroying that secret ends them all.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.core.keys import Unreadable
from models.core.sealing import SUITE


def private_key(secret: bytes, office: str) -> X25519PrivateKey:
    """The private key of an office in the month whose secret this is."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"maeniwa sealing|" + office.encode())
    return X25519PrivateKey.from_private_bytes(derived.derive(secret))


def public_key(private: X25519PrivateKey) -> bytes:
    """The 32 bytes that everybody may know."""
    return private.public_key().public_bytes_raw()


def unsealed(private: X25519PrivateKey, sealed: bytes, about: bytes) -> bytes:
    """The content again; `Unreadable` where a bit of it or of `about` was changed, or the key is another."""
    try:
        return SUITE.decrypt(sealed, private, about)
    except (InvalidTag, ValueError) as problem:
        raise Unreadable from problem
