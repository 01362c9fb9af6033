"""Where the words of a form are broken: between words, as far as their letters show it, and about in the middle."""

from __future__ import annotations

import re
from collections.abc import Callable

_NOT_FIRST, _NOT_LAST = "）」』、。・，ー々ァィゥェォッャュョぁぃぅぇぉっゃゅょ", "（「『っッ"
_HEADS = (
    *(
        "生年月日",
        "年月日",
        "番号",
        "証明書",
        "被保険者",
        "保険者",
        "保険",
        "氏名",
        "住所",
        "名称",
        "支店名",
        "期限",
        "口座",
    ),
    *("記入欄", "満了日"),
)
"""Words that often stand second in a label: before them a line may end although kanji stand on both sides."""
_KINDS = (("hiragana", "ぁ-ゖ"), ("katakana", "ァ-ヺー"), ("kanji", "一-鿿㐀-䶿々"), ("other", ""))
_WORD = 0.6
_AFTER = {
    ("hiragana", "kanji"): _WORD,
    ("hiragana", "katakana"): _WORD,
    ("hiragana", "other"): _WORD,
    ("katakana", "kanji"): 2 * _WORD,
    ("kanji", "katakana"): 2 * _WORD,
    ("other", "kanji"): 5.0,
}
_INSIDE = 3.0
"""What a break inside a word costs, in letters of unevenness; between words it costs less."""


def even_lines(words: str, count: int, width: Callable[[str], float] = len, care: float = 1.0) -> list[str]:
    """`words` cut into `count` lines of about equal length, a bracket at their end alone where that is even enough.

    With less `care` for words the lines are more even.
    """
    head, bracket, tail = words.partition("（")
    if count == 2 and head and bracket and width(tail) <= width(head) * 1.6 + 2:
        return [head, bracket + tail]
    lines = []
    for remaining in range(count, 1, -1):
        cut = _cut(words, remaining, care)
        lines.append(words[:cut])
        words = words[cut:]
    return [line for line in (*lines, words) if line]


def in_columns(letters: list[str], count: int, most: int) -> list[list[str]]:
    """The letters of vertical writing in `count` columns of at most `most`, ended between words where that fits."""
    found, rest = [], letters
    for remaining in range(count, 1, -1):
        places = [
            cut for cut in range(1, len(rest)) if cut <= most and len(rest) - cut <= most * (remaining - 1)
        ]
        even = len(rest) / remaining
        cut = min(
            places,
            key=lambda place: abs(place - even) + _cost(rest[place - 1], "".join(rest[place:])),
            default=most,
        )
        found.append(rest[:cut])
        rest = rest[cut:]
    return [*found, rest]


def _cut(words: str, remaining: int, care: float) -> int:
    even = len(words) / remaining
    places = [place for place in range(1, len(words)) if not _forbidden(words, place)]
    return min(
        places,
        key=lambda place: abs(place - even) + care * _cost(words[place - 1], words[place:]),
        default=len(words),
    )


def _forbidden(words: str, place: int) -> bool:
    before, after = words[place - 1], words[place]
    return after in _NOT_FIRST or before in _NOT_LAST or (before + after).isdecimal()


def _cost(before: str, after: str) -> float:
    """How bad a break is here, in letters by which it may be less even."""
    if after[0] in _NOT_FIRST or before in _NOT_LAST:
        return 99
    if before in "・、）」":
        return 0
    if after[0] in _NOT_LAST:
        return _WORD / 2
    if after.startswith(_HEADS):
        return 2 * _WORD
    return _AFTER.get((_kind(before[-1]), _kind(after[0])), _INSIDE)


def _kind(letter: str) -> str:
    return next(name for name, letters in _KINDS if not letters or re.match(f"[{letters}]", letter))
