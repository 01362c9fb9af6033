"""お呼び出しの言葉: what a hall's voice says of a call, and how numbers are read so that nobody mishears them.

Up to 99 a number is read as one (じゅうに); from 100 on digit by digit (いち、に、さん), as it stands on the slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.rules.ticket_numbers import parts

JAPANESE, ENGLISH = "ja", "en"
SPOKEN = (JAPANESE, ENGLISH)
"""The languages that a hall speaks; others are shown."""
DIGITS = ("ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
DIGITS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MISREAD, MEANT = "番の方", "番のかた"
"""Voices read the first as ばんのほう."""
AS_ONE = 99
"""The largest number that is read as one."""
LETTERS: Mapping[str, str] = dict(zip(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ("エー", "ビー", "シー", "ディー", "イー", "エフ", "ジー", "エイチ", "アイ", "ジェー", "ケー", "エル", "エム",
     "エヌ", "オー", "ピー", "キュー", "アール", "エス", "ティー", "ユー", "ブイ", "ダブリュー", "エックス", "ワイ",
     "ゼット"),
    strict=True,
))  # fmt: skip
"""How letters are read that the catalogue says nothing about."""


@dataclass(frozen=True)
class Announced:
    """One call: the number on the slip, the counter, whether it calls to the hand-over, whether it was booked."""

    number: str
    counter: str
    deliver: bool = False
    booked: bool = False


@dataclass(frozen=True)
class Line:
    """One sentence to be said in one language."""

    language: str
    text: str


def lines(wording: Mapping[str, Any], call: Announced, languages: Sequence[str]) -> tuple[Line, ...]:
    """What is said of a call (the catalogue's `voice`): twice in the first language, once in each other one."""
    spoken = [one for one in dict.fromkeys(languages) if one in SPOKEN]
    if not spoken:
        return ()
    first, *others = [Line(one, sentence(wording, call, one)) for one in spoken]
    again = str(wording["ja_again"]) if first.language == JAPANESE else ""
    return (first, Line(first.language, again + first.text), *others)


def sentence(wording: Mapping[str, Any], call: Announced, language: str) -> str:
    """A call in Japanese or English, once."""
    letter, value = _parted(call.number)
    if language == ENGLISH:
        return str(wording["en"]).format(letter=letter, n=in_english(value), counter=in_english(call.counter))
    kana = {**LETTERS, **wording["letter_kana"]}
    read = "".join(kana.get(one, one) for one in letter)
    counter = in_japanese(call.counter)
    text = str(wording[_kind(call)]).format(letter_kana=read, n=in_japanese(value), counter=counter)
    return text.replace(MISREAD, MEANT)


def on_screen(
    wording: Mapping[str, Any], screen: Mapping[str, str], call: Announced, language: str
) -> str | None:
    """A call in a language that is shown (the catalogue's `screen_call`, English from `voice`); None if unknown."""
    if language == ENGLISH:
        return str(wording["en"]).format(letter=call.number, n="", counter=call.counter).replace(" ,", ",")
    found = screen.get(language)
    return None if found is None else found.format(t=call.number, c=call.counter)


def in_japanese(text: str) -> str:
    """How a number is read in Japanese: 012 is じゅうに, 123 is いち、に、さん; what is no number stays as it is."""
    if not _is_number(text):
        return text
    value = int(text)
    if value > AS_ONE:
        return "、".join(DIGITS[int(one)] for one in str(value))
    tens, ones = divmod(value, 10)
    if tens == 0:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "じゅう" + (DIGITS[ones] if ones else "")


def in_english(text: str) -> str:
    """How a number is written for an English voice: 012 is 12, 123 is one two three."""
    if not _is_number(text):
        return text
    value = int(text)
    return str(value) if value <= AS_ONE else " ".join(DIGITS_EN[int(one)] for one in str(value))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _parted(number: str) -> tuple[str, str]:
    found = parts(number)
    return (found[0], str(found[1])) if found else ("", number)


def _kind(call: Announced) -> str:
    if call.deliver:
        return "ja_deliver"
    return "ja_booked" if call.booked else "ja"
