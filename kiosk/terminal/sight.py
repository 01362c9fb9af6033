"""目: reads the code in a small picture; bounded in size and rate, and nothing of the picture is kept."""

from __future__ import annotations

import io
import time
from collections import deque
from threading import Lock

import zxingcpp
from PIL import Image, UnidentifiedImageError

from models.core.errors import TooMany, invalid
from models.core.messages import _n

LARGEST_SIDE = 1280
MOST_A_SECOND = 4
BAD_PICTURE = _n("カメラの画像を読めませんでした。もう一度お試しください。")
_looks: dict[str, deque[float]] = {}
_lock = Lock()


def code_in(picture: bytes, who: str) -> str:
    """The text of the QR code in a JPEG, empty for none.

    `Invalid` for anything but a small JPEG, `TooMany` when `who` shows more than a few a second.
    """
    _pace(who)
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
            if max(opened.size) > LARGEST_SIDE:
                raise invalid("picture", BAD_PICTURE)
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        raise invalid("picture", BAD_PICTURE) from problem
    for found in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        return str(found.text)
    return ""


def _pace(who: str) -> None:
    at = time.monotonic()
    with _lock:
        seen = _looks.setdefault(who, deque(maxlen=MOST_A_SECOND))
        if len(seen) == MOST_A_SECOND and at - seen[0] < 1:
            raise TooMany(retry_after=1)
        seen.append(at)
