"""やさしい日本語の数の読み方: how 人, 日 and 分 are read behind a number, where that is not how they are read alone."""

from __future__ import annotations

import re

PEOPLE = {"1": "ひとり", "2": "ふたり"}
DAYS = {
    "2": "ふつか", "3": "みっか", "4": "よっか", "5": "いつか", "6": "むいか", "7": "なのか", "8": "ようか",
    "9": "ここのか", "10": "とおか", "14": "か", "20": "はつか", "24": "か",
}  # fmt: skip
PUN = re.compile("[13468]$|^[1-9][0-9,]*0$")
"""Numbers behind which 分 is read ぷん: 1分, 34分, 10分, 1,200分; not 0分 and not 2.0分."""
UNITS = {"人": "にん", "日": "にち", "分": "ふん"}


def reading(number: str, unit: str, *, in_month: bool = False) -> str:
    """How 人, 日 or 分 is read behind a number; a day `in_month` is a date, so that its first is ついたち."""
    if unit == "分":
        return "ぷん" if PUN.search(number) else UNITS[unit]
    if in_month and number == "1":
        return "ついたち"
    return (PEOPLE if unit == "人" else DAYS).get(number, UNITS[unit])
