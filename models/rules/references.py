"""受付番号のかわりになる8文字: human references without look-alikes, with a check character; never an authenticator."""

from __future__ import annotations

import unicodedata

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"
"""Digits and consonants without vowels and 0 1 I O: 29 characters, a prime."""
LENGTH = 8


def new(randomness: bytes) -> str:
    """A reference from at least 7 random bytes: 7 characters and a check character."""
    number = int.from_bytes(randomness, "big")
    body = ""
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, len(ALPHABET))
        body += ALPHABET[digit]
    return body + _check(body)


def parse(text: str) -> str | None:
    """The reference that somebody typed (any width or case, hyphen or spaces), None unless its check is right."""
    plain = unicodedata.normalize("NFKC", text[:40]).upper()
    kept = "".join(letter for letter in plain if letter not in " -‐‑–—ー−\t\r\n")
    if len(kept) != LENGTH or any(letter not in ALPHABET for letter in kept):
        return None
    return kept if _check(kept[:-1]) == kept[-1] else None


def shown(reference: str) -> str:
    """As people read it: K7FX-29MB."""
    return f"{reference[:4]}-{reference[4:]}"


def _check(body: str) -> str:
    """Weights 2..8 modulo 29: every single substitution and every swap of neighbours changes the sum."""
    total = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]
