"""A network receipt printer that speaks ESC/POS: the slip as dots, in pieces, and the last piece only when it is sure.

The printer says when it has processed a piece. The last one, with the bottom of the code and the cut, is sent only
once everything before it is on paper: so a print that breaks off earlier surely gave no whole slip, and only a break
within the last piece leaves it unclear.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from escpos.constants import HW_INIT
from escpos.printer import Dummy
from PIL import Image

from kiosk.agent.printing import PRINTED, Outcome, failed, unclear
from kiosk.agent.receipt_line import PROCESSED, Line, Patience
from models.papers.slip import NotASlip, Roll, SlipData, dots

PIECE_ROWS = 96
"""Dots down a piece: 12 mm."""
LAST_ROWS = 240
"""Dots down the last piece, the largest: it must hold a good part of the code, so that no slip is of use without it."""
SILENT = "silent"
USUAL = Patience()
WIDEST_BYTES = 72
AHEAD = 2
"""Pieces that the printer may have before it has processed them, so that it need not stop between them."""


class ReceiptPrinter:
    """`escpos://HOST:PORT`, a roll of 58 or 80 mm."""

    def __init__(self, host: str, port: int, roll: Roll, patience: Patience = USUAL) -> None:
        """Remember where it is; nothing is sent yet."""
        self._host, self._port, self._roll, self._patience = host, port, roll, patience
        self.settle = False
        """Whether the last print broke off: then the printer may still wait for the rest of a picture."""

    def problem(self) -> str:
        """What the printer says is wrong with it; `offline` where nothing answers."""
        try:
            with self._line() as line:
                return line.problem()
        except OSError:
            return "offline"

    def print_slip(self, slip: SlipData) -> Outcome:
        """Print one slip; see the module for what is promised when it breaks off."""
        try:
            pieces = _pieces(dots(slip, self._roll))
        except NotASlip:
            return failed("not_drawn")
        try:
            line = self._line()
        except OSError:
            return failed("offline")
        with line:
            try:
                wrong = line.problem()
                if not wrong:
                    line.send(self._beginning())
            except OSError:
                return failed("offline")
            if wrong:
                return failed(wrong)
            ended = self._sent(line, pieces)
        self.settle = ended != PRINTED
        return ended

    def _line(self) -> Line:
        line = Line(self._host, self._port, self._patience)
        if self.settle:
            line.send(b"\x00" * WIDEST_BYTES * LAST_ROWS)
        return line

    def _beginning(self) -> bytes:
        if not self.settle:
            return bytes(HW_INIT)
        return bytes(HW_INIT) + _cut()

    def _sent(self, line: Line, pieces: list[bytes]) -> Outcome:
        """Hand over every piece; `whole` from when the last one may be with the printer."""
        whole = False
        try:
            for number, piece in enumerate(pieces, start=1):
                last = number == len(pieces)
                wrong = self._waited(line, number - 1 if last else number - AHEAD)
                if wrong:
                    line.clear()
                    return failed("offline" if wrong == SILENT else wrong)
                whole = last
                line.send(piece + PROCESSED)
            wrong = self._waited(line, len(pieces))
            if not wrong:
                return PRINTED
            line.clear()
            return unclear("" if wrong == SILENT else wrong)
        except OSError:
            return unclear("cut") if whole else failed("cut")

    def _waited(self, line: Line, count: int) -> str:
        """Wait until `count` pieces are processed; what is wrong otherwise, `SILENT` where it says that nothing is."""
        until = time.monotonic() + self._patience.progress
        known = line.processed
        while not line.wait_processed(count):
            wrong = line.problem()
            if line.processed >= count:
                break
            if wrong:
                return wrong
            if line.processed > known:
                known, until = line.processed, time.monotonic() + self._patience.progress
            if time.monotonic() > until:
                return SILENT
        return ""


def _pieces(picture: Image.Image) -> list[bytes]:
    """The picture cut into bands; the cut of the paper belongs to the last."""
    pieces = [_band(band) for band in _bands(picture)]
    return [*pieces[:-1], pieces[-1] + _cut()]


def _bands(picture: Image.Image) -> Iterator[Image.Image]:
    last = max(0, picture.height - LAST_ROWS)
    for top in range(0, last, PIECE_ROWS):
        yield picture.crop((0, top, picture.width, min(top + PIECE_ROWS, last)))
    yield picture.crop((0, last, picture.width, picture.height))


def _band(band: Image.Image) -> bytes:
    printer = Dummy()
    media = {"width": {"pixels": 576, "mm": 72}}
    printer.profile.profile_data = {**printer.profile.profile_data, "media": media}
    printer.image(band)
    return bytes(printer.output)


def _cut() -> bytes:
    printer = Dummy()
    printer.cut()
    return bytes(printer.output)
