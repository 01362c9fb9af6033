"""What a page may ask about the card on the reader: how many tries, and once the four items. Nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from kiosk.agent.card.codes import code_of
from kiosk.agent.card.reading import Opened, four_items, tries_left
from kiosk.agent.card.trouble import CardTrouble


class CardDesk:
    """One reading after the other."""

    def __init__(self, opened: Opened) -> None:
        """`opened` opens the card that lies on the reader."""
        self._opened = opened
        self._reading = threading.Lock()

    def tries(self, sent: dict[str, Any]) -> dict[str, Any]:
        """How many tries are left for one way (`pin`, `code_b`)."""
        way = sent.get("way")
        if way not in ("pin", "code_b"):
            raise CardTrouble("bad_code")
        with self._alone(), self._opened() as line:
            return {"tries": tries_left(line, way)}

    def read(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The four items; the value that opened them is overwritten."""
        way, code = code_of(sent.get("way"), sent)
        try:
            with self._alone(), self._opened() as line:
                return asdict(four_items(line, way, code))
        finally:
            code[:] = bytes(len(code))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._reading.acquire(blocking=False):
            raise CardTrouble("busy")
        try:
            yield
        finally:
            self._reading.release()
