"""A folder in the printer's place, to try everything without one: each slip becomes a picture of its dots.

An empty file named `paper_out`, `cover_open` or `offline` in it makes the printer so.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from kiosk.agent.printing import PRINTED, Outcome, failed
from models.core.clock import now
from models.papers.slip import NotASlip, Roll, SlipData, dots, png

SIGNS = ("paper_out", "cover_open", "offline")


class FolderPrinter:
    """`file:DIR`."""

    def __init__(self, folder: Path, roll: Roll) -> None:
        """Slips go to `folder`, which is made."""
        self._folder, self._roll = folder, roll
        folder.mkdir(parents=True, exist_ok=True)

    def problem(self) -> str:
        """The first sign that lies in the folder."""
        return next((sign for sign in SIGNS if (self._folder / sign).exists()), "")

    def print_slip(self, slip: SlipData) -> Outcome:
        """Write one picture."""
        wrong = self.problem()
        if wrong:
            return failed(wrong)
        try:
            made = png(dots(slip, self._roll))
        except NotASlip:
            return failed("not_drawn")
        stamp = now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
        draft = self._folder / f".{stamp}"
        draft.write_bytes(made)
        draft.replace(self._folder / f"slip-{stamp}-{_plain(slip.headline)}.png")
        return PRINTED


def _plain(headline: str) -> str:
    return "".join(letter for letter in headline if letter.isascii() and letter.isalnum())
