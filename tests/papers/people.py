"""People made up from a fixed seed: hard names, long addresses, large households; the same number, the same person."""

from __future__ import annotations

import random
import unicodedata
from functools import cache
from typing import Any

from models.papers.glyphs import face
from tests.papers.sheets import FAR_HOME, HARD, HOME, answers

MOST_IN_A_HOUSEHOLD = 8
LONGEST_BUILDING = 100
_READINGS = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンー"
_ROMAN = (
    "MARIA",
    "NGUYEN",
    "O'BRIEN",
    "JEAN-LUC",
    "MUHAMMAD",
    "VILLANUEVA",
    "DE LOS SANTOS",
    "KRISHNAMURTHY",
)
_PLACES = (
    ("静岡県", "前庭市", "佐野"),
    ("京都府", "京都市上京区", "烏丸通一条下る龍前町"),
    ("北海道", "枝幸郡中頓別町", "字中頓別"),
    ("大阪府", "大阪市𠮷野区", "髙﨑一丁目"),
    ("鹿児島県", "薩摩川内市", "葛󠄀城町大字辻󠄁"),
)


@cache
def kanji() -> tuple[str, ...]:
    """Every kanji of JIS X 0213."""
    pairs = (bytes((high, low)) for high in range(0x81, 0xFD) for low in range(0x40, 0xFD))
    letters = {letter for pair in pairs for letter in pair.decode("shift_jis_2004", "ignore")}
    return tuple(sorted(filter(_is_kanji, letters)))


@cache
def variants() -> tuple[str, ...]:
    """Every kanji of the font with a selector that asks for a shape of its own."""
    glyphs = face().glyphs
    special = (key for key, glyph in glyphs.items() if len(key) == 2 and glyph != glyphs.get(key[0]))
    return tuple(sorted(key for key in special if _is_kanji(key[0])))


def _is_kanji(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("CJK ") and unicodedata.category(letter) == "Lo"


def household(number: int) -> tuple[tuple[str, str], ...]:
    """Names and readings of up to eight people."""
    source = random.Random(number)
    return tuple(_person(source) for _ in range(1 + number % MOST_IN_A_HOUSEHOLD))


def filled(form: str, number: int) -> dict[str, Any]:
    """An answer to everything that the form asks, by household `number`."""
    people = household(number)
    return answers(form, people, rows=len(people), home=_home(random.Random(f"home {number}")))


def _person(source: random.Random) -> tuple[str, str]:
    kind = source.random()
    if kind < 0.1:
        return source.choice(HARD)
    if kind < 0.2:
        return " ".join(source.sample(_ROMAN, source.randrange(2, 6))), _reading(source)
    return f"{_name(source)}\u3000{_name(source)}", f"{_reading(source)}\u3000{_reading(source)}"


def _name(source: random.Random) -> str:
    letters = (
        source.choice(variants() if source.random() < 0.3 else kanji())
        for _ in range(source.choice((1, 2, 2, 3, 5)))
    )
    return "".join(letters)


def _reading(source: random.Random) -> str:
    return "".join(
        source.choice(_READINGS[: -2 if turn == 0 else None]) for turn in range(source.randrange(1, 8))
    )


def _home(source: random.Random) -> dict[str, str]:
    kind = source.random()
    if kind < 0.2:
        return dict(source.choice((HOME, FAR_HOME)))
    pref, city, town = source.choice(_PLACES)
    most = source.choice((0, 12, 40, LONGEST_BUILDING))
    building = "".join(source.choice((*kanji()[:500], *"ー・（）第０１２３ABC-3棟号室")) for _ in range(most))
    return {
        "zip": f"{source.randrange(10**7):07}",
        "pref": pref,
        "city": city,
        "town": town,
        "block": f"{source.randrange(1, 3000)}番地の{source.randrange(1, 99)}",
        "katagaki": building,
    }
