"""Guard against a My Number (個人番号) typed anywhere: 12 digits with a right check digit.

Check digit by 番号法施行令 and 総務省令第85号 第5条: Pn = digits of the first eleven counted from the right,
Qn = n + 1 (n <= 6) or n - 5 (n >= 7), r = sum(Pn * Qn) mod 11, digit = 0 if r <= 1 else 11 - r.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from models.core.messages import _n

REFUSED = _n(
    "マイナンバー（個人番号）と思われる12けたの数字があります。"
    "マイナンバーはここでは受け取れず、保存もしていません。消してから、もう一度お試しください。"
)

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_KANJI_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_SEPARATORS = re.compile(r"[\s\-‐-―−ー_・.,，、。/:|()+*#~]{1,3}")


def is_my_number(digits: str) -> bool:
    """Whether these are exactly 12 ASCII digits whose last is the right check digit."""
    return len(digits) == 12 and digits.isascii() and digits.isdigit() and _check_digit(digits) == digits[11]


def contains_my_number(text: str) -> bool:
    """Whether `text` holds a My Number, also in full-width or kanji digits or parted by spaces and hyphens."""
    plain = _plain(text)
    groups = [(match.group(), match.start(), match.end()) for match in re.finditer("[0-9]+", plain)]
    return any(is_my_number(candidate) for run in _runs(plain, groups) for candidate in _candidates(run))


def masked(text: str) -> str:
    """The text as it may be said again to whoever sent it: stars where it holds a My Number."""
    return "＊" * 12 if contains_my_number(text) else text


def _check_digit(digits: str) -> str:
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return "0" if rest <= 1 else str(11 - rest)


def _plain(text: str) -> str:
    """NFKC, invisible characters away, every decimal and kanji digit as ASCII."""
    letters = (
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in ("Cf", "Mn")
    )
    return "".join(_digit(character) for character in letters)


def _digit(character: str) -> str:
    if character in _KANJI_DIGITS:
        return _KANJI_DIGITS[character]
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _runs(plain: str, groups: list[tuple[str, int, int]]) -> Iterator[list[str]]:
    """Groups of digits that only separators part."""
    number = 0
    numbered: list[tuple[int, str]] = []
    for index, (digits, start, _) in enumerate(groups):
        if index and not _SEPARATORS.fullmatch(plain[groups[index - 1][2] : start]):
            number += 1
        numbered.append((number, digits))
    for _, run in groupby(numbered, key=lambda pair: pair[0]):
        yield [digits for _, digits in run]


def _candidates(run: list[str]) -> Iterator[str]:
    """Neighbouring groups that are 12 digits together."""
    for first in range(len(run)):
        joined = ""
        for digits in run[first : first + 12]:
            joined += digits
            if len(joined) >= 12:
                break
        if len(joined) == 12:
            yield joined
