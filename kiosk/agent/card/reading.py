"""Reading a card once: the application, the tries that are left, one value, the file. Nothing is tried twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from kiosk.agent.card.commands import (
    LEAST_TRIES,
    OK,
    SELECT_ITEMS,
    SELECT_KEY,
    SELECT_TEXT,
    TRIES,
    Line,
    Way,
    read,
    verify,
)
from kiosk.agent.card.four_items import HEAD, FourItems, Unreadable, length_of, parsed
from kiosk.agent.card.trouble import CardTrouble

BLOCKED = (0x6983, 0x6984)
SHORT = 0x6282
PIECE = 0xE0
Opened = Callable[[], AbstractContextManager[Line]]
"""Opens the card that lies on the reader, for one reading."""


def tries_left(line: Line, way: Way) -> int:
    """How many wrong values a card still forgives, without using one; `CardTrouble` where it is blocked or another."""
    for select in (SELECT_TEXT, SELECT_KEY[way]):
        if line.send(select)[1] != OK:
            raise CardTrouble("other_card")
    status = line.send(TRIES)[1]
    if status in BLOCKED or status == 0x63C0:
        raise CardTrouble("blocked", 0)
    if status & 0xFFF0 != 0x63C0:
        raise CardTrouble("other_card")
    return status & 0x0F


def four_items(line: Line, way: Way, code: bytearray) -> FourItems:
    """The four items of a card. The value is presented once, and never where it would be the last try."""
    left = tries_left(line, way)
    if left < LEAST_TRIES:
        raise CardTrouble("last_try", left)
    status = line.send(verify(way, bytes(code)))[1]
    if status in BLOCKED or status == 0x63C0:
        raise CardTrouble("blocked", 0)
    if status & 0xFFF0 == 0x63C0:
        raise CardTrouble("wrong", status & 0x0F)
    if status != OK or line.send(SELECT_ITEMS)[1] != OK:
        raise CardTrouble("unreadable")
    try:
        return parsed(_content(line))
    except Unreadable:
        raise CardTrouble("unreadable") from None


def _content(line: Line) -> bytes:
    content = _piece(line, 0, HEAD)
    length = length_of(content)
    while len(content) < length:
        content += _piece(line, len(content), min(PIECE, length - len(content)))
    return content[:length]


def _piece(line: Line, offset: int, length: int) -> bytes:
    data, status = line.send(read(offset, length))
    if status not in (OK, SHORT) or len(data) > length or not data:
        raise CardTrouble("unreadable")
    return data
