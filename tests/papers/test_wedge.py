"""Scanners that type like a keyboard: each fault of layout, mode and line, and what the house makes of it."""

from __future__ import annotations

import string

import pytest

from models.papers import qr
from models.papers.qr import QRReading
from tests.papers.keyboards import AS_JIS, AS_US, wide

TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TEXT = f"M1{TOKEN}"
FOUND = QRReading("reference", token=TOKEN)
OTHER = "M1" + TOKEN[::-1]


@pytest.mark.parametrize(
    "layout", [AS_JIS, AS_US], ids=["scanner US, machine JIS", "scanner JIS, machine US"]
)
def test_every_letter_of_our_codes_is_the_same_key_on_both_layouts(layout: dict[int, int]) -> None:
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits
    assert alphabet.translate(layout) == alphabet
    assert qr.read(TEXT.translate(layout)) == FOUND
    assert qr.read("K7FX-29MB".translate(layout)).kind == qr.read("K7FX-29MB").kind


@pytest.mark.parametrize(
    ("typed", "read"),
    {
        "CapsLock on a scanner that types with Shift": (TEXT.lower(), FOUND),
        "CapsLock half way": (TEXT[:17] + TEXT[17:].lower(), FOUND),
        "full width": (wide(TEXT), FOUND),
        "full width, small": (wide(TEXT.lower()), FOUND),
        "full width from the middle on": (TEXT[:9] + wide(TEXT[9:]), FOUND),
        "Enter as CR, LF, both, Tab": (f"{TEXT}\r\n\t", FOUND),
        "Enter lost, read again": (TEXT + TEXT, FOUND),
        "Enter lost, read three times": (TEXT * 3, FOUND),
        "Enter in the middle": (f"{TEXT[:11]}\r\n{TEXT[11:]}", FOUND),
        "Enter lost, the next person's code behind it": (TEXT + OTHER, QRReading("unreadable")),
        "two codes on two lines": (f"{TEXT}\n{OTHER}", QRReading("unreadable")),
        "a letter lost": (TEXT[:-1], QRReading("unreadable")),
        "a letter twice": (TEXT + TEXT[-1], QRReading("unreadable")),
        "kana mode": ("もぬ" + "ちこそしいはきくにまのり", QRReading("foreign")),
        "romaji turned into kana": (
            "ｍ１あｂｃでｆｇひｊｋｌｍのｐｑｒｓつｖｗｘｙｚ",
            QRReading("unreadable"),
        ),
        "Start and end of text around it": (f"\x02{TEXT}\x03", QRReading("unreadable")),
        "a group separator in it": (f"{TEXT[:8]}\x1d{TEXT[8:]}", QRReading("unreadable")),
        "Escape, backspace, delete": (f"\x1b\x08{TEXT}\x7f", QRReading("unreadable")),
        "a byte order mark": (f"\ufeff{TEXT}", QRReading("unreadable")),
    }.values(),
    ids=str,
)
def test_a_fault_of_the_keyboard_is_mended_or_said_and_never_another_persons(
    typed: str, read: QRReading
) -> None:
    found = qr.read(typed)
    assert found == read
    assert found.token in {"", TOKEN}
