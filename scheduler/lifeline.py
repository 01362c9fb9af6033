"""How a child of `maeniwa serve` ends: when its parent closes the pipe, on purpose or by dying, on every system."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name))
"""The signals with which a person or the system asks to end; SIGBREAK is Windows' own."""


def at_end_of_parent(end: Callable[[], None], at_word: Callable[[], None] | None = None) -> None:
    """Call `end` once standard input is closed, and `at_word` whenever the parent says something on it before.

    Waits in a thread of its own.
    """

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                if at_word:
                    at_word()
        end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def at_signal(end: Callable[[], None]) -> None:
    """Call `end` when asked to stop; only from the main thread."""

    def handle(_: int, __: FrameType | None) -> None:
        end()

    for number in STOPPING:
        signal.signal(number, handle)
