"""The commands that may go to a card: a list of what is allowed, in the order in which it is; all else never leaves.

`Line.send` is the one way to a card. It knows no command that selects the My Number file (0001), none that reads by a
short file identifier, none that uses 照合番号A, and it reads only while the file of the four items is selected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kiosk.agent.card.trouble import CardTrouble

Way = Literal["pin", "code_b"]
Place = Literal["", "text", "pin", "code_b", "items"]
"""Where the card stands: nowhere known, in the application, at a key reference, at the file of the four items."""
OK, LEAST_TRIES = 0x9000, 2
SELECT_TEXT = bytes.fromhex("00A4040C0AD3921000310001010408")
SELECT_KEY: dict[Way, bytes] = {
    "pin": bytes.fromhex("00A4020C020011"),
    "code_b": bytes.fromhex("00A4020C020015"),
}
SELECT_ITEMS = bytes.fromhex("00A4020C020002")
TRIES = bytes.fromhex("00200080")
VERIFY: dict[Way, re.Pattern[bytes]] = {
    "pin": re.compile(rb"\x00\x20\x00\x80\x04[0-9]{4}"),
    "code_b": re.compile(rb"\x00\x20\x00\x80\x0e[0-9]{14}"),
}
READ = re.compile(rb"\x00\xb0[\x00-\x07][\x00-\xff][\x01-\xff]", re.DOTALL)
"""Offset below 2048 and a length: the highest bit of the offset would name a file instead."""
Transmit = Callable[[bytes], tuple[bytes, int]]
"""Bytes to the card; its data and its status word."""


def verify(way: Way, code: bytes) -> bytes:
    """The command that presents a value."""
    return TRIES + bytes([len(code)]) + code


def read(offset: int, length: int) -> bytes:
    """The command that reads so many bytes of the file that is selected."""
    return bytes([0x00, 0xB0, offset >> 8, offset & 0xFF, length])


@dataclass(frozen=True)
class Known:
    """An allowed command by its name, and where the card stands once it succeeded."""

    name: str
    leads_to: Place


class Line:
    """A card as the agent may talk to it: from the first command to the last, one value, and never at the last try."""

    def __init__(self, transmit: Transmit) -> None:
        """Nobody else keeps `transmit`."""
        self._transmit = transmit
        self._place: Place = ""
        self._tries = 0
        self._presented = False

    def send(self, command: bytes) -> tuple[bytes, int]:
        """Send one allowed command; `CardTrouble` (`forbidden`) for any other, of which not a byte leaves."""
        known = self._known(command)
        if known is None:
            raise CardTrouble("forbidden")
        if known.name == "verify":
            self._presented = True
        elif known.leads_to != self._place:
            self._place = ""
        data, status = self._transmit(command)
        if known.name == "tries":
            self._tries = status & 0x0F if status & 0xFFF0 == 0x63C0 else 0
        elif status == OK:
            self._place = known.leads_to
        return data, status

    def _known(self, command: bytes) -> Known | None:
        """What a command is, if it may be sent now."""
        return next((known for pattern, known in self._allowed() if pattern.fullmatch(command)), None)

    def _allowed(self) -> Iterator[tuple[re.Pattern[bytes], Known]]:
        yield _only(SELECT_TEXT), Known("application", "text")
        if not self._place:
            return
        if self._presented:
            yield _only(SELECT_ITEMS), Known("items", "items")
        else:
            yield from ((_only(select), Known("key", way)) for way, select in SELECT_KEY.items())
        if self._place == "items":
            yield READ, Known("read", "items")
        if self._place in ("pin", "code_b") and not self._presented:
            yield _only(TRIES), Known("tries", self._place)
            if self._tries >= LEAST_TRIES:
                yield VERIFY[self._place], Known("verify", self._place)


@cache
def _only(command: bytes) -> re.Pattern[bytes]:
    """A pattern that is this very command."""
    return re.compile(re.escape(command), re.DOTALL)
