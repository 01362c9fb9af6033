"""運ぶファイル: what one side of a separated network hands to the other, signed, in a file that people can look at.

A file is JSON: what it is, of which municipality (office and day, where it has one), when it was made, the mark of the
key that signed it, the body in Base64, and an Ed25519 signature over all of that. What is read here was made by
anybody: everything is bounded, and every fault is one `ValueError`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

DAY_LIST, STATUS = "day-list", "status"
FORMATS = {DAY_LIST: "maeniwa day list 1", STATUS: "maeniwa status 1"}
LONGEST = 7 * 1024 * 1024
"""Bytes of a file that is looked at; an uploaded one may have 8 MiB."""
MOST_CONTENT = 16 * 1024 * 1024
NAMES = {"format", "municipality", "office", "day", "made_at", "key", "body", "signature"}


@dataclass(frozen=True)
class Header:
    """What stands above the body, for everybody to read. `office` is empty where a file is about all of them."""

    kind: str
    municipality: str
    office: str
    day: date
    made_at: datetime
    key: str

    @property
    def about(self) -> bytes:
        """What a sealed body is bound to besides its key."""
        return f"{FORMATS[self.kind]}|{self.municipality}|{self.office}|{self.day}".encode()


@dataclass(frozen=True)
class Carried:
    """A file as it was read; nothing of it has been proven yet."""

    header: Header
    body: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The bytes that were signed."""
        return signed_bytes(self.header, self.body)


def signed_bytes(header: Header, body: bytes) -> bytes:
    """What is signed: everything in a file but the signature, written in one way only."""
    return canonical(_told(header, body))


def canonical(told: Any) -> bytes:
    """JSON as it is signed: names in order, no spaces."""
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def file(header: Header, body: bytes, signature: bytes) -> bytes:
    """The file."""
    told = _told(header, body) | {"signature": base64.b64encode(signature).decode()}
    return json.dumps(told, indent=1).encode() + b"\n"


def read(content: bytes) -> Carried:
    """What a file says; ValueError for anything that is none, or is cut."""
    if len(content) > LONGEST:
        raise ValueError("too long")
    try:
        told = json.loads(content.decode("ascii"))
    except (UnicodeDecodeError, RecursionError) as problem:
        raise ValueError("not text") from problem
    if (
        not isinstance(told, dict)
        or set(told) != NAMES
        or not all(isinstance(told[one], str) for one in NAMES)
    ):
        raise ValueError("not a carried file")
    kinds = {text: kind for kind, text in FORMATS.items()}
    if told["format"] not in kinds:
        raise ValueError("of another kind")
    header = Header(
        kinds[told["format"]], told["municipality"][:31], told["office"][:32], date.fromisoformat(told["day"]),
        instant(told["made_at"]), told["key"][:16],
    )  # fmt: skip
    return Carried(header, bytes_of(told["body"]), bytes_of(told["signature"]))


def packed(content: Any) -> bytes:
    """JSON in raw deflate."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (
        packer.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        + packer.flush()
    )


def unpacked(body: bytes) -> Any:
    """The content again; ValueError where it was never packed so."""
    opener = zlib.decompressobj(-15)
    try:
        text = opener.decompress(body, MOST_CONTENT)
        if not opener.eof or opener.unused_data:
            raise ValueError("not whole")
        return json.loads(text.decode())
    except (zlib.error, UnicodeDecodeError, RecursionError) as problem:
        raise ValueError("not packed as it should be") from problem


def instant(text: Any) -> datetime:
    """An instant as a file has it, in UTC; ValueError without a zone."""
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("no zone")
    try:
        return found.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("no such instant") from problem


def bytes_of(text: Any) -> bytes:
    """Bytes from Base64; ValueError for anything else."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise ValueError("not Base64") from problem


def _told(header: Header, body: bytes) -> dict[str, str]:
    return {
        "format": FORMATS[header.kind],
        "municipality": header.municipality,
        "office": header.office,
        "day": header.day.isoformat(),
        "made_at": header.made_at.isoformat(),
        "key": header.key,
        "body": base64.b64encode(body).decode(),
    }
