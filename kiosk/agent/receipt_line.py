"""The line to a network receipt printer: bytes out, and its answers sorted as they come in.

Source of the answers' bits: ESC/POS command reference, DLE EOT (real-time status, answered at once), GS r (status,
answered when everything before it was processed), DLE DC4 8 (clears the buffers and says so).
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from types import TracebackType

from escpos.constants import RT_STATUS

STATUS, CAUSE, PAPER = 1, 2, 4
PROCESSED = b"\x1dr\x01"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
CLEARED = b"\x37\x25\x00"
OFFLINE_BIT, COVER_BIT, PAPER_STOP_BIT, PAPER_END_BITS = 0x08, 0x04, 0x20, 0x60


@dataclass(frozen=True)
class Patience:
    """Seconds: to connect, for an answer in real time, and without any progress of a print."""

    connect: float = 3.0
    answer: float = 1.5
    progress: float = 12.0


class Line:
    """One connection to a printer; raises OSError where it breaks."""

    def __init__(self, host: str, port: int, patience: Patience) -> None:
        """Connect; raises OSError."""
        self._patience = patience
        self._socket = socket.create_connection((host, port), timeout=patience.connect)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unsorted = b""
        self._statuses: list[int] = []
        self.processed = 0
        self._cleared = False

    def __enter__(self) -> Line:
        """Use it in a `with`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Hand bytes to the printer; raises OSError where it takes none for a while."""
        self._socket.settimeout(self._patience.progress)
        self._socket.sendall(data)

    def problem(self) -> str:
        """What the printer says is wrong with it, empty where it is ready, `offline` where it does not answer."""
        status = self._ask(STATUS)
        if status is None:
            return "offline"
        paper = self._ask(PAPER)
        if paper is not None and paper & PAPER_END_BITS == PAPER_END_BITS:
            return "paper_out"
        if not status & OFFLINE_BIT:
            return ""
        cause = self._ask(CAUSE) or 0
        if cause & COVER_BIT:
            return "cover_open"
        return "paper_out" if cause & PAPER_STOP_BIT else "offline"

    def wait_processed(self, count: int) -> bool:
        """Wait a moment until `count` answers to `PROCESSED` came in; whether they did."""
        until = time.monotonic() + self._patience.answer
        while self.processed < count:
            if not self._listen(until):
                return False
        return True

    def clear(self) -> bool:
        """Have the printer forget what it has not printed yet; whether it said that it did."""
        self.send(CLEAR)
        until = time.monotonic() + self._patience.answer
        while not self._cleared:
            if not self._listen(until):
                return False
        return True

    def _ask(self, what: int) -> int | None:
        self._statuses.clear()
        self.send(RT_STATUS + bytes([what]))
        until = time.monotonic() + self._patience.answer
        while not self._statuses:
            if not self._listen(until):
                return None
        return self._statuses.pop(0)

    def _listen(self, until: float) -> bool:
        """Take in what comes next; False when nothing came until then. Raises OSError where the line was cut."""
        left = until - time.monotonic()
        if left <= 0:
            return False
        self._socket.settimeout(left)
        try:
            found = self._socket.recv(256)
        except TimeoutError:
            return False
        if not found:
            raise ConnectionResetError
        self._sort(found)
        return True

    def _sort(self, found: bytes) -> None:
        rest = self._unsorted + found
        while rest:
            if rest[0] == CLEARED[0]:
                if len(rest) < len(CLEARED):
                    break
                self._cleared = self._cleared or rest.startswith(CLEARED)
                rest = rest[len(CLEARED) :]
                continue
            if rest[0] & 0x93 == 0x12:
                self._statuses.append(rest[0])
            elif rest[0] & 0x90 == 0:
                self.processed += 1
            rest = rest[1:]
        self._unsorted = rest
