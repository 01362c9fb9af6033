"""The file of the four items: name, address, birth and sex, out of bytes that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

OUTER = b"\xff\x20"
NAME, ADDRESS, BIRTH, SEX, OFFSETS = 0xDF22, 0xDF23, 0xDF24, 0xDF25, 0xDF21
LATEST_START = 4
"""The outer tag begins within the first bytes; some cards have two before it."""
HEAD = 7
MOST = 2048
SEXES = {b"1": "男", b"2": "女"}
NOT_SAID = "未記入"


class Unreadable(ValueError):
    """The bytes are not what the four items look like."""


@dataclass(frozen=True)
class FourItems:
    """What stands on the card; `birth` is ISO, empty where the card says no whole date."""

    name: str
    address: str
    birth: str
    sex: str


def length_of(head: bytes) -> int:
    """How many bytes of the file matter, from its first seven; `Unreadable` where there is no such file."""
    start = head[: LATEST_START + 1].find(OUTER)
    if start < 0:
        raise Unreadable
    length, after = _length(head, start + len(OUTER))
    if after + length > MOST:
        raise Unreadable
    return after + length


def parsed(content: bytes) -> FourItems:
    """The four items; `Unreadable` where one is missing, runs past the end or is no text."""
    start = content[: LATEST_START + 1].find(OUTER)
    if start < 0:
        raise Unreadable
    length, first = _length(content, start + len(OUTER))
    if first + length > len(content):
        raise Unreadable
    found = {tag: (at, value) for at, tag, value in _fields(content[: first + length], first)}
    if not {NAME, ADDRESS, BIRTH, SEX} <= set(found):
        raise Unreadable
    _check_offsets(found, start)
    try:
        name, address = (found[tag][1].decode("utf-8") for tag in (NAME, ADDRESS))
    except UnicodeDecodeError:
        raise Unreadable from None
    if not name or not (name + address).isprintable() and "\u3000" not in name + address:
        raise Unreadable
    return FourItems(name, address, _day(found[BIRTH][1]), SEXES.get(found[SEX][1], NOT_SAID))


def _fields(content: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """Where a field begins, its tag and its value; filler ends them."""
    while at < len(content) and content[at] not in (0x00, 0xFF):
        begins, tag = at, content[at]
        at += 1
        if tag & 0x1F == 0x1F:
            if at >= len(content) or content[at] & 0x80:
                raise Unreadable
            tag, at = tag << 8 | content[at], at + 1
        length, at = _length(content, at)
        if at + length > len(content):
            raise Unreadable
        yield begins, tag, content[at : at + length]
        at += length


def _length(content: bytes, at: int) -> tuple[int, int]:
    """A length and where it ends."""
    if at >= len(content):
        raise Unreadable
    first, at = content[at], at + 1
    if first < 0x80:
        return first, at
    more = first & 0x7F
    if more not in (1, 2) or at + more > len(content):
        raise Unreadable
    return int.from_bytes(content[at : at + more], "big"), at + more


def _check_offsets(found: dict[int, tuple[int, bytes]], start: int) -> None:
    """Where the file says that its fields begin, they must begin; from its own start or from the outer tag."""
    if OFFSETS not in found:
        return
    told = found[OFFSETS][1]
    said = [int.from_bytes(told[place : place + 2], "big") for place in range(0, len(told), 2)]
    begins = [found[tag][0] for tag in (NAME, ADDRESS, BIRTH, SEX)]
    if said not in (begins, [at - start for at in begins]):
        raise Unreadable


def _day(value: bytes) -> str:
    try:
        return date.fromisoformat(value.decode("ascii")).isoformat() if len(value) == 8 else ""
    except ValueError:
        return ""
