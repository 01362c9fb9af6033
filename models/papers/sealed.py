"""封をした申請書: the forms of one visit in one sealed envelope, and the envelope in one to three QR codes.

An envelope is one byte (its kind), the mark of the key that opens it, and what HPKE sealed (`models.core.sealing`).
Inside is JSON in raw deflate: `[booking reference, [[form, mark, answers], …]]`. A QR code holds `M2` and, in Base32,
one byte (which of how many), four of the envelope's digest, two with the length, and its share of the envelope. What is
read here was made by anybody: everything is bounded, and every fault is one `ValueError`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.core.sealing import MARK_BYTES, OVERHEAD

KIND = 1
PREFIX = "M2"
MOST_CODES = 3
HEAD = 7
DIGEST = 4
CODE_BYTES = 1149
"""Bytes of an envelope in one code: version 25 at level L holds 1,853 letters and digits."""
LONGEST = MOST_CODES * CODE_BYTES
SHORTEST = 1 + MARK_BYTES + OVERHEAD
MOST_CONTENT = 32_768
"""Bytes of JSON that are looked at."""
MOST_FORMS = 9


@dataclass(frozen=True)
class PackedForm:
    """One form inside: its code, the mark of its packing, and the answers in that order."""

    form: str
    mark: str
    answers: Any


@dataclass(frozen=True)
class Contents:
    """What an envelope holds: the forms of a visit, and the reference of its booking, empty without one."""

    booking: str
    forms: tuple[PackedForm, ...]


@dataclass(frozen=True)
class Piece:
    """What one code holds of an envelope: share `number` (from 1) of `total`."""

    digest: bytes
    number: int
    total: int
    share: bytes


def about(municipality: str, office: str) -> bytes:
    """What a seal is bound to besides its key."""
    return f"maeniwa application {KIND}|{municipality}|{office}".encode()


def content(contents: Contents) -> bytes:
    """The bytes to be sealed."""
    forms = [[one.form, one.mark, one.answers] for one in contents.forms]
    text = json.dumps([contents.booking, forms], ensure_ascii=False, separators=(",", ":"))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(text.encode()) + packer.flush()


def contents(packed: bytes) -> Contents:
    """What was sealed; ValueError for anything that is not of this shape."""
    opener = zlib.decompressobj(-15)
    try:
        text = opener.decompress(packed, MOST_CONTENT)
        if not opener.eof or opener.unused_data:
            raise ValueError("not whole")
        found = json.loads(text.decode())
    except (zlib.error, RecursionError) as problem:
        raise ValueError("not packed as it should be") from problem
    return _contents(found)


def envelope(key_mark: bytes, sealed: bytes) -> bytes:
    """The envelope; ValueError where three codes do not hold it."""
    whole = bytes([KIND]) + key_mark + sealed
    return checked(whole)


def checked(whole: bytes) -> bytes:
    """The same bytes where they can be an envelope, without opening it."""
    if not SHORTEST <= len(whole) <= LONGEST or whole[0] != KIND:
        raise ValueError("not an envelope")
    return whole


def key_mark(whole: bytes) -> bytes:
    """Which key opens it."""
    return whole[1 : 1 + MARK_BYTES]


def inside(whole: bytes) -> bytes:
    """What HPKE sealed."""
    return whole[1 + MARK_BYTES :]


def digest(whole: bytes) -> bytes:
    """Thirty-two bytes that no other envelope has: a code that was read once is known by them."""
    return hashlib.sha256(whole).digest()


def texts(whole: bytes) -> tuple[str, ...]:
    """The texts of its QR codes, in order, about equally long."""
    total = -(-len(whole) // CODE_BYTES)
    size = -(-len(whole) // total)
    mark = digest(whole)[:DIGEST]
    found = []
    for number in range(total):
        share = whole[number * size : (number + 1) * size]
        head = bytes([(total - 1) << 4 | number]) + mark + len(share).to_bytes(2, "big")
        found.append(PREFIX + base64.b32encode(head + share).decode().rstrip("="))
    return tuple(found)


def pieces(text: str) -> tuple[Piece, ...]:
    """What stands in one or several codes, one behind the other without spaces; ValueError for a cut or strange one."""
    found: list[Piece] = []
    rest = text
    while rest:
        if not rest.startswith(PREFIX) or len(found) == 2 * MOST_CODES:
            raise ValueError("not a sealed code")
        head = _decoded(rest[len(PREFIX) : len(PREFIX) + 16])
        size = HEAD + int.from_bytes(head[5:7], "big")
        end = len(PREFIX) + -(-size * 8 // 5)
        found.append(_piece(_decoded(rest[len(PREFIX) : end], size)))
        rest = rest[end:]
    return tuple(found)


def missing(found: Iterable[Piece]) -> tuple[int, ...]:
    """The numbers of the codes that are still to be read; ValueError where codes of two envelopes are mixed."""
    known = tuple(found)
    if len({(one.digest, one.total) for one in known}) != 1:
        raise ValueError("codes of different people")
    numbers = {one.number for one in known}
    return tuple(number for number in range(1, known[0].total + 1) if number not in numbers)


def joined(found: Sequence[Piece]) -> bytes:
    """The envelope of all its codes, read in any order; ValueError where a letter of them was changed."""
    shares = {one.number: one.share for one in found}
    whole = checked(b"".join(shares[number] for number in sorted(shares)))
    if missing(found) or digest(whole)[:DIGEST] != found[0].digest:
        raise ValueError("not as it was made")
    return whole


def _piece(whole: bytes) -> Piece:
    total, number = (whole[0] >> 4) + 1, (whole[0] & 15) + 1
    if total > MOST_CODES or number > total or len(whole) <= HEAD:
        raise ValueError("no such share")
    return Piece(whole[1 : 1 + DIGEST], number, total, whole[HEAD:])


def _decoded(text: str, size: int = 0) -> bytes:
    """Base32 without its padding; only the one way in which these bytes are written."""
    try:
        found = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as problem:
        raise ValueError("not Base32") from problem
    if size and (len(found) != size or base64.b32encode(found).decode().rstrip("=") != text):
        raise ValueError("cut")
    if len(found) < HEAD:
        raise ValueError("cut")
    return found


def _contents(found: Any) -> Contents:
    match found:
        case [str(booking), list(forms)] if len(booking) <= 8 and 0 < len(forms) <= MOST_FORMS:
            return Contents(booking, tuple(_form(one) for one in forms))
        case _:
            raise ValueError("not forms")


def _form(found: Any) -> PackedForm:
    match found:
        case [str(form), str(mark), list(answers)] if len(form) <= 12 and len(mark) == 8:
            return PackedForm(form, mark, answers)
        case _:
            raise ValueError("not a form")
