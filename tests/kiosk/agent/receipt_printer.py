"""A receipt printer on loopback that understands ESC/POS as a real one does, and fails in every way that one can."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import zxingcpp
from PIL import Image

PATIENCE = 20
STRAY = re.compile(rb"[^\x10\x1b\x1d]+")
LENGTHS = {
    b"\x10\x04": 3,
    b"\x10\x14\x08": 10,
    b"\x1dV": 3,
    b"\x1dr": 3,
    b"\x1bd": 3,
    b"\x1bJ": 3,
    b"\x1b@": 2,
    b"\x1dv0\x00": 8,
}
"""How a command begins and how long it is; a picture's dots follow it."""


@dataclass
class Paper:
    """What came out between two cuts."""

    rows: list[bytes] = field(default_factory=list)

    def picture(self) -> Image.Image:
        """As one sees it: ink is black."""
        wide = max(len(row) for row in self.rows)
        data = b"".join(bytes(255 - one for one in row.ljust(wide, b"\x00")) for row in self.rows)
        return Image.frombytes("1", (wide * 8, len(self.rows)), data)

    def codes(self) -> list[str]:
        """The QR codes that somebody could scan on it."""
        return (
            [found.text for found in zxingcpp.read_barcodes(self.picture().convert("L"))] if self.rows else []
        )


class ReceiptPrinter:
    """One printer. Set `paper_rows` to let the paper end, `cover` to open it, `at(rows, act)` to make something happen.

    `silent` answers nothing, `deaf` prints but never says so, `keeps` cannot clear its buffer.
    """

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.papers: list[Paper] = []
        self.sheet = Paper()
        self.paper_rows: int | None = None
        self.cover = self.silent = self.deaf = self.keeps = self.refuses = False
        self.connections = 0
        self.on_connection: Callable[[], None] = lambda: None
        self._at: tuple[int, Callable[[], object]] | None = None
        self._arrived = self._buffer = b""
        self._line: socket.socket | None = None
        self._ending = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """As the agent takes it."""
        return f"escpos://127.0.0.1:{self.port}?width=80"

    def at(self, rows: int, act: Callable[[], object]) -> None:
        """Call `act` once, when so many rows of the present sheet are printed."""
        self._at = (rows, act)

    def whole_slips(self) -> list[str]:
        """The codes on everything that came out, cut off or not: each is a slip that somebody could use."""
        return [code for paper in [*self.papers, self.sheet] for code in paper.codes()]

    def refill(self) -> None:
        """Put in a new roll and close the cover: what is still in the buffer goes on."""
        self.paper_rows, self.cover = None, False
        self._work()

    def hang_up(self) -> None:
        """Cut the line."""
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Switch it off."""
        self._ending = True
        self.hang_up()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(PATIENCE)

    @property
    def out(self) -> bool:
        """Whether the paper has ended."""
        return self.paper_rows is not None and self.paper_rows <= 0

    def _serve(self) -> None:
        while not self._ending:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            with line, suppress(OSError):
                self._line = line
                self.on_connection()
                if self.refuses:
                    continue
                while data := line.recv(4096):
                    self._take(data)
            self._line = None

    def _take(self, data: bytes) -> None:
        """Commands in real time are obeyed at once and are not part of the buffer; the rest waits its turn.

        The dots of a picture may look like such a command: they stay dots.
        """
        self._arrived += data
        while length := _length(self._arrived):
            command, self._arrived = self._arrived[:length], self._arrived[length:]
            if command.startswith(b"\x10"):
                self._obey(command)
            else:
                self._buffer += command
                self._work()

    def _obey(self, command: bytes) -> None:
        if self.silent:
            return
        if command[1] == 0x14:
            if not self.keeps:
                self._buffer = b""
                self._say(b"\x37\x25\x00")
            return
        stopped = self.out or self.cover
        answers = {
            1: 0x12 | (0x08 if stopped else 0),
            2: 0x12 | (0x04 if self.cover else 0) | (0x20 if self.out else 0),
            4: 0x12 | (0x60 if self.out else 0),
        }
        self._say(bytes([answers[command[2]]]))

    def _say(self, answer: bytes) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.sendall(answer)

    def _work(self) -> None:
        """Process the buffer as far as it goes and as paper and cover allow."""
        while self._buffer and not (self.out or self.cover):
            taken = self._step()
            if not taken:
                return
            self._buffer = self._buffer[taken:]

    def _step(self) -> int:
        held = self._buffer
        if held.startswith(b"\x1dv0"):
            return self._picture(held)
        if held.startswith(b"\x1dV"):
            if self.sheet.rows:
                self.papers.append(self.sheet)
            self.sheet = Paper()
        elif held.startswith(b"\x1dr") and not (self.deaf or self.silent):
            self._say(b"\x00")
        return _length(held)

    def _picture(self, held: bytes) -> int:
        wide, rows = held[4] + 256 * held[5], held[6] + 256 * held[7]
        for number in range(rows):
            self.sheet.rows.append(held[8 + number * wide : 8 + (number + 1) * wide])
            if self.paper_rows is not None:
                self.paper_rows -= 1
            if self._at is not None and len(self.sheet.rows) >= self._at[0]:
                act, self._at = self._at[1], None
                act()
            if self.out or self.cover:
                rest = rows - number - 1
                head = held[:6] + bytes([rest % 256, rest // 256]) if rest else b""
                self._buffer = head + held[8 + (number + 1) * wide :]
                return 0
        return 8 + wide * rows


def _length(held: bytes) -> int:
    """How long the command is that `held` begins with, or what is none; 0 where it has not wholly come."""
    if stray := STRAY.match(held):
        return stray.end()
    if held.startswith(b"\x1dv0"):
        length = 8 + (held[4] + 256 * held[5]) * (held[6] + 256 * held[7]) if len(held) >= 8 else 8
    else:
        length = next((long for start, long in LENGTHS.items() if start.startswith(held[: len(start)])), 1)
    return length if 0 < len(held) >= length else 0


@contextmanager
def receipt_printer() -> Iterator[ReceiptPrinter]:
    """A printer that is switched off in the end."""
    printer = ReceiptPrinter()
    try:
        yield printer
    finally:
        printer.stop()


def until(true: Callable[[], object], what: str = "") -> None:
    """Wait until something is so; fails loudly when it never is."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what or "it never happened"
        time.sleep(0.01)
