"""目: reads the code in a picture of a terminal's camera, a few times a second."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

from models.core.errors import TooMany
from models.papers import frames

MOST_A_SECOND = 4
_looks: dict[str, deque[float]] = {}
_lock = Lock()


def code_in(picture: bytes, who: str) -> str:
    """The text of the QR code in a JPEG, empty for none.

    `Invalid` for anything but a small JPEG, `TooMany` when `who` shows more than a few a second.
    """
    _pace(who)
    return frames.code_in(picture)


def _pace(who: str) -> None:
    at = time.monotonic()
    with _lock:
        seen = _looks.setdefault(who, deque(maxlen=MOST_A_SECOND))
        if len(seen) == MOST_A_SECOND and at - seen[0] < 1:
            raise TooMany(retry_after=1)
        seen.append(at)
