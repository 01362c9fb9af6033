"""IPP on the wire (RFC 8010): a request as bytes, an answer as groups of attributes; no more than one PDF needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

OPERATION, JOB, END, PRINTER, UNSUPPORTED = 0x01, 0x02, 0x03, 0x04, 0x05
"""The delimiters of groups."""
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
KEYWORD, URI, CHARSET, LANGUAGE, MIME, NAME = 0x44, 0x45, 0x47, 0x48, 0x49, 0x42
TEXTS = range(0x40, 0x60)
WITH_LANGUAGE = (0x35, 0x36)
COLLECTION, COLLECTION_ENDS = 0x34, 0x37
FIRST_VALUE = 0x10
"""Tags below are delimiters."""
MOST_ATTRIBUTES = 5000

Value = int | bool | str | bytes
Attributes = dict[str, list[Value]]


class Malformed(ValueError):
    """Bytes that are no IPP answer."""


class Operation(IntEnum):
    """What a printer is asked."""

    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB = 0x0009
    GET_PRINTER = 0x000B


@dataclass(frozen=True)
class Attribute:
    """One attribute of a request: its tag, its name and its values."""

    tag: int
    name: str
    values: Sequence[int | bool | str]


@dataclass(frozen=True)
class Answer:
    """What a printer answered: its status, and the attributes of the job and of the printer."""

    status: int
    operation: Attributes
    job: Attributes
    printer: Attributes

    @property
    def good(self) -> bool:
        """Whether the printer did it."""
        return self.status < 0x0100


def request(
    operation: Operation, number: int, attributes: Sequence[Attribute], job: Sequence[Attribute] = ()
) -> bytes:
    """The head of a request (version 2.0); a document follows it as it is."""
    head = struct.pack(">BBHi", 2, 0, operation, number)
    groups = bytes([OPERATION]) + b"".join(map(_attribute, (*OPENING, *attributes)))
    if job:
        groups += bytes([JOB]) + b"".join(map(_attribute, job))
    return head + groups + bytes([END])


OPENING = (
    Attribute(CHARSET, "attributes-charset", ("utf-8",)),
    Attribute(LANGUAGE, "attributes-natural-language", ("ja",)),
)
"""What every request begins with, in this order."""


def answer(body: bytes) -> Answer:
    """Read an answer; `Malformed` for anything else. Groups of a kind come together, collections are passed over."""
    try:
        _, status, _ = struct.unpack_from(">HHi", body)
        found = _groups(body, 8)
    except (struct.error, IndexError, UnicodeDecodeError) as problem:
        raise Malformed(type(problem).__name__) from problem
    return Answer(status, found.get(OPERATION, {}), found.get(JOB, {}), found.get(PRINTER, {}))


def _attribute(one: Attribute) -> bytes:
    made, name = b"", one.name.encode("ascii")
    for value in one.values:
        said = _bytes(value)
        made += struct.pack(">BH", one.tag, len(name)) + name + struct.pack(">H", len(said)) + said
        name = b""
    return made


def _bytes(value: int | bool | str) -> bytes:
    if isinstance(value, bool):
        return bytes([value])
    return struct.pack(">i", value) if isinstance(value, int) else value.encode()


def _groups(body: bytes, at: int) -> Mapping[int, Attributes]:
    found: dict[int, Attributes] = {}
    group, name, depth = 0, "", 0
    for _ in range(MOST_ATTRIBUTES):
        tag = body[at]
        if tag == END:
            return found
        if tag < FIRST_VALUE:
            group, name, depth, at = tag, "", 0, at + 1
            continue
        named, at = _piece(body, at + 1)
        raw, at = _piece(body, at)
        if not depth and named:
            name = named.decode("ascii")
        depth += (tag == COLLECTION) - (tag == COLLECTION_ENDS)
        if not depth and tag != COLLECTION_ENDS:
            found.setdefault(group, {}).setdefault(name, []).append(_value(tag, raw))
    raise Malformed("too long")


def _piece(body: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", body, at)
    end = at + 2 + length
    if end > len(body):
        raise Malformed("cut off")
    return body[at + 2 : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        return int(struct.unpack(">i", raw)[0])
    if tag == BOOLEAN:
        return raw != b"\x00"
    if tag in TEXTS:
        return raw.decode()
    if tag in WITH_LANGUAGE:
        _, at = _piece(raw, 0)
        return _piece(raw, at)[0].decode()
    return raw
