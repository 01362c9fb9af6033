"""お呼び出しの声: a call as sound, put together from recorded pieces, for browsers that have no voice."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zipfile import ZipFile

from models.rules.announcements import AS_ONE, ENGLISH, JAPANESE, Announced
from models.rules.ticket_numbers import parts

RECORDED = Path(__file__).parent / "voice.zip"
MIMETYPE = "audio/mpeg"
COUNTERS = tuple(str(number) for number in range(1, 41))
"""The counters that were recorded."""
MOST = 99_999
"""The largest number of a slip that is said."""


def recorded() -> tuple[str, ...]:
    """The languages that were recorded."""
    return tuple(one for one in (JAPANESE, ENGLISH) if f"{one}/letter-A" in _pieces())


def spoken(call: Announced, language: str, again: bool = False) -> bytes | None:
    """A call as MP3, once, or as it is said again; None where a piece of it was not recorded."""
    repeated = ("again",) if again and language == JAPANESE else ()
    found = [_pieces().get(f"{language}/{name}") for name in (*repeated, *names(call, language))]
    if not names(call, language) or None in found:
        return None
    return b"".join(piece for piece in found if piece)


def names(call: Announced, language: str) -> tuple[str, ...]:
    """The recorded pieces of a call in their order; none where it is no number."""
    number = parts(call.number)
    if number is None:
        return ()
    letters = tuple(f"letter-{one}" for one in number[0])
    kind = "deliver" if call.deliver else "call"
    if language == JAPANESE:
        begin = () if call.deliver else ("booked",) if call.booked else ("slip",)
        return (*begin, *letters, *_figures(number[1]), f"{kind}-{call.counter}")
    return ("slip", *letters, *_figures(number[1]), f"call-{call.counter}")


def _figures(value: int) -> tuple[str, ...]:
    """As one up to 99, digit by digit from 100 on; the last piece says that it is a number."""
    if value <= AS_ONE:
        return (f"number-{value}",)
    digits = str(value)
    return (*(f"digit-{one}" for one in digits[:-1]), f"number-{digits[-1]}")


@cache
def _pieces() -> dict[str, bytes]:
    if not RECORDED.is_file():
        return {}
    with ZipFile(RECORDED) as file:
        return {name.removesuffix(".mp3"): file.read(name) for name in file.namelist()}
