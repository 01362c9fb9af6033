"""Readings of names: whatever way kana were typed, stored as full-width katakana."""

from __future__ import annotations

import re
import unicodedata

import jaconv

_HYPHEN_BEHIND_KANA = re.compile("(?<=[ァ-ヺー])[-‐‑‒–—―−－ｰ]")
_BETWEEN = re.compile(r"[\s・･]+")
_KATAKANA = re.compile("[ァ-ヺーヽヾ]+(?:　[ァ-ヺーヽヾ]+)*")
_MARKS = str.maketrans("ゝゞゕゖﾞﾟ゛゜", "ヽヾヵヶ\u3099\u309a\u3099\u309a")


def to_katakana(text: str) -> str:
    """Hiragana and half-width kana as full-width katakana, a hyphen behind kana as ー, names parted by U+3000.

    Other letters stay as they are, so that `is_katakana` can refuse them.
    """
    full = jaconv.hira2kata(jaconv.h2z(unicodedata.normalize("NFC", text), kana=True))
    composed = unicodedata.normalize("NFC", full.translate(_MARKS))
    return _BETWEEN.sub("　", _HYPHEN_BEHIND_KANA.sub("ー", composed)).strip("　")


def is_katakana(text: str) -> bool:
    """Whether `text` is full-width katakana, in one or more words parted by one U+3000."""
    return _KATAKANA.fullmatch(text) is not None
