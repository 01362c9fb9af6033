"""The QR code in a small picture of a camera; bounded, and nothing of the picture is kept."""

from __future__ import annotations

import io
import struct

import zxingcpp
from PIL import Image, UnidentifiedImageError

from models.core.errors import invalid
from models.core.messages import _n

LARGEST_SIDE = 1280
NOT_A_PICTURE = (
    *(UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning),
    *(OSError, ValueError, SyntaxError, struct.error),
)
"""What Pillow says of a file that is none, that is cut, or that claims to be as large as a house."""
BAD_PICTURE = _n("カメラの画像を読めませんでした。もう一度お試しください。")


def code_in(picture: bytes) -> str:
    """The text of the QR code in a JPEG, empty for none; `Invalid` for anything but a small JPEG."""
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
            if max(opened.size) > LARGEST_SIDE:
                raise invalid("picture", BAD_PICTURE)
            grey = opened.convert("L")
    except NOT_A_PICTURE as problem:
        raise invalid("picture", BAD_PICTURE) from problem
    for found in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        return str(found.text)
    return ""
