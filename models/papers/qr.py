"""QR codes of bookings, applications and prints: their text, reading it back from any scanner, and their picture.

All text is upper-case Base32 or digits and consonants: the alphabet that survives keyboard scanners on Japanese
layouts. A reference bears the most damage (error correction H, one size larger than need be); any other code bears what
its size leaves room for, because denser ones lose more than they gain. The mask is fixed: choosing one costs more than
it gives (all measured, docs/measured.md).
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import qrcode
import qrcode.constants
from qrcode.exceptions import DataOverflowError

from models.core.tokens import is_token
from models.rules import references

REFERENCE, SEALED = "M1", "M2"
LONGEST = 6144
"""Characters that are looked at: three sealed codes one behind the other."""
QUIET = 4
"""Modules of white around the code, as the standard asks."""
_MASK = 2
_LEVELS = (
    qrcode.constants.ERROR_CORRECT_H,
    qrcode.constants.ERROR_CORRECT_Q,
    qrcode.constants.ERROR_CORRECT_M,
    qrcode.constants.ERROR_CORRECT_L,
)
_SEPARATORS = " \t\r\n"
_PLAIN = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **{small: small - 0x20 for small in range(ord("a"), ord("z") + 1)},
    **{wide: wide - 0xFF00 for wide in range(0xFF41, 0xFF5B)},
    0x3000: ord(" "),
}
"""Full width to half width and small to capital letters, and nothing else: a superscript two is no two."""
_FOUND = re.compile(r"(?<![A-Z0-9])M1([A-Z2-7]{32})(?![A-Z0-9])")
_AGAIN = re.compile(r"(?:M1([A-Z2-7]{32}))(?:M1\1)*\Z")
_SEALED = re.compile(r"M2[A-Z2-7]{40,6000}\Z")

Kind = Literal["reference", "sealed", "number", "foreign", "unreadable"]


@dataclass(frozen=True)
class QRReading:
    """What a scanned or typed text is.

    `reference` carries `token`, `sealed` carries `sealed` (one or several codes, without spaces), `number` carries
    `number` (8 characters). `foreign` is somebody else's code, `unreadable` is empty, cut, too long or holds controls.
    """

    kind: Kind
    token: str = ""
    sealed: str = ""
    number: str = ""


def reference_text(token: str) -> str:
    """The text of the QR code that stands for `token`; ValueError where it has not a token's shape."""
    if not is_token(token):
        raise ValueError("not a token")
    return REFERENCE + token


def read(text: str) -> QRReading:
    """What a scanner, a keyboard or a paste gave; any width or case; never raises and takes bounded work."""
    if len(text) > LONGEST:
        return QRReading("unreadable")
    plain = text.translate(_PLAIN).strip()
    if not plain or any(_is_control(letter) for letter in plain):
        return QRReading("unreadable")
    tokens = set(_FOUND.findall(plain))
    joined = "".join(plain.split())
    again = _AGAIN.match(joined)
    if len(tokens) == 1 or again:
        return QRReading("reference", token=again[1] if again else tokens.pop())
    return _without_token(plain, joined, several=len(tokens) > 1)


def _without_token(plain: str, joined: str, several: bool) -> QRReading:
    sealed = _SEALED.match(joined)
    if sealed:
        return QRReading("sealed", sealed=joined)
    number = references.parse(plain)
    if number:
        return QRReading("number", number=number)
    cut = several or joined[:2] in {REFERENCE, SEALED}
    return QRReading("unreadable" if cut else "foreign")


def _is_control(letter: str) -> bool:
    return letter not in _SEPARATORS and unicodedata.category(letter) in {"Cc", "Cf", "Cs"}


def modules(text: str) -> list[list[bool]]:
    """The code as rows of modules, dark ones true, without the quiet zone."""
    code = qrcode.QRCode(error_correction=_LEVELS[-1], border=0, mask_pattern=_MASK)
    code.add_data(text, optimize=0)
    code.version = code.best_fit() + text.startswith(REFERENCE)
    for level in _LEVELS:
        code.error_correction = level
        with suppress(DataOverflowError):
            code.make(fit=False)
            break
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(text: str, label: str = "") -> str:
    """The code as an SVG picture on white, without styles, so that the strictest content policy shows it."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    spoken = f' role="img" aria-label="{_escaped(label)}"' if label else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"{spoken} shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def png(text: str, scale: int = 8) -> bytes:
    """The code as a black and white PNG, `scale` pixels a module."""
    rows = modules(text)
    side = (len(rows) + 2 * QUIET) * scale
    blank = b"\x00" + b"\xff" * ((side + 7) // 8)
    lines = [blank] * (QUIET * scale)
    for row in rows:
        lines += [b"\x00" + _packed(row, scale)] * scale
    pixels = zlib.compress(b"".join([*lines, *[blank] * (QUIET * scale)]), 6)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules stand side by side: first place and length."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((place, 1))
    return runs


def _packed(row: list[bool], scale: int) -> bytes:
    """One line of pixels, eight a byte, white bits set."""
    quiet = "1" * (QUIET * scale)
    bits = quiet + "".join(("0" if dark else "1") * scale for dark in row) + quiet
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
