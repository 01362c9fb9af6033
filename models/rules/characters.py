"""Which characters may stand in an answer, and how long an answer is as people count it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from models.core.messages import Message, _n, message

_REFUSED = _n("{position}文字目に使えない文字（{character}）があります。消すか、別の文字に直してください。")
_EXTERNAL = _n("外字 {code}")
_EMOJI = _n("絵文字")

_FORMATTING = {
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFFF9, 0xFFFE),
    *range(0xE0000, 0xE0080),
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
}
"""Zero-width, bidi, filler, tag and replacement characters: unseen or not what was typed."""

_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_EMOJI_RANGES = (
    *(range(0x1F000, 0x1FC00), range(0x2300, 0x2400), range(0x2600, 0x27C0), range(0x2B00, 0x2C00)),
    range(0x20E3, 0x20E4),
)
_IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)


def graphemes(text: str) -> Iterator[str]:
    """The letters as people count them: a base with its marks and variation selectors is one."""
    letter = ""
    for character in text:
        if letter and _joins(character):
            letter += character
            continue
        if letter:
            yield letter
        letter = character
    if letter:
        yield letter


def length(text: str) -> int:
    """How many letters people count in `text`."""
    return sum(1 for _ in graphemes(text))


def refusal(text: str, *, emoji: bool = False) -> Message | None:
    """Why `text` cannot be accepted, naming place and character; None where every character is fine.

    Private use (外字), control, bidi, zero-width and unassigned characters and lone surrogates are refused always,
    emoji unless `emoji`; every kanji of Unicode and its variation selectors are fine.
    """
    before = ""
    for position, letter in enumerate(graphemes(text), start=1):
        for character in letter:
            name = _unwanted(character, before, emoji)
            if name:
                return message(_REFUSED, position=position, character=name)
            before = character
    return None


def _joins(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") or _is_selector(character)


def _is_selector(character: str) -> bool:
    return any(ord(character) in selectors for selectors in _SELECTORS)


def _unwanted(character: str, before: str, emoji: bool) -> str | Message:
    """The name of a character that is refused, empty where it is fine."""
    code = ord(character)
    category = unicodedata.category(character)
    if category == "Co":
        return message(_EXTERNAL, code=f"U+{code:04X}")
    if category in ("Cc", "Cs") or code in _FORMATTING or code & 0xFFFE == 0xFFFE:
        return _named(character)
    if code in _IDEOGRAPHIC_PLANES:
        return ""
    if _is_selector(character):
        return "" if _may_select(character, before, emoji) else _named(character)
    if not emoji and any(code in part for part in _EMOJI_RANGES):
        return message(_EMOJI)
    return _named(character) if category in ("Cn", "Cf", "Zl", "Zp") else ""


def _may_select(selector: str, before: str, emoji: bool) -> bool:
    """A variant of a kanji (IVS, standardised variant), or the look of an emoji."""
    if not before:
        return False
    kanji = ord(before) in _IDEOGRAPHIC_PLANES or unicodedata.name(before, "").startswith("CJK ")
    return kanji or (emoji and ord(selector) in (0xFE0E, 0xFE0F))


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".strip()
