"""How days, numbers and lists are written in the visitor's language; easy Japanese carries its readings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from markupsafe import Markup, escape

from models.catalogue.definitions import Words
from models.rules.message_languages import day_words
from web.reading import EASY, JAPANESE, current
from web.ruby import marked

IN_KANJI = ("ja", "ja-easy", "zh-Hans")
NO_BREAK = "\N{NO-BREAK SPACE}"


def in_japanese() -> bool:
    """Whether the visitor reads Japanese, plain or easy."""
    return current() in (JAPANESE, EASY)


def in_kanji() -> bool:
    """Whether the visitor's language writes eras, lists and brackets as Japanese does."""
    return current().code in IN_KANJI


def words(text: Words) -> Markup:
    """A text in the visitor's language with its readings; what is in another language is marked so."""
    own = text.own(current().code)
    if in_japanese() or own not in ("", text.ja):
        return marked(own or text.ja)
    japanese = Markup('<span lang="ja">{}</span>').format(text.ja)
    if own or not text.en:
        return japanese
    return Markup('<span lang="en">{}</span>{}').format(text.en, aside(japanese))


def aside(text: object) -> Markup:
    """A text in brackets behind another: （A）, or (A) after a space."""
    return (Markup("（{}）") if in_kanji() else Markup(" ({})")).format(text)


def gap() -> str:
    """What stands between two sentences: nothing in Japanese and Chinese, a space elsewhere."""
    return "" if in_kanji() else " "


def kept_together(words: str, day: date) -> str:
    """A date that a narrow line breaks behind its weekday or a comma only, never between day and month."""
    weekday = format_date(day, "EEE", locale=current().locale)
    whole, first = (text.replace(" ", NO_BREAK) for text in (words, weekday))
    return whole.replace(f"{first}{NO_BREAK}", f"{first} ").replace(f",{NO_BREAK}", ", ")


def long_day(day: date) -> str:
    """A date in a sentence, without its weekday: 2026年11月26日, or November 26, 2026."""
    said = day_words(day, EASY.code).split("（")[0]
    plain = kept_together(format_date(day, "long", locale=current().locale), day)
    return with_reading(f"{day.year}年{{ねん}}{said}", plain)


def separated(digits: str) -> str:
    """Digits with , and . as the language writes them: 2,318.5 is 2.318,5 in Portuguese."""
    marks = _marks(current().locale)
    return digits.translate(marks) if marks else digits


@cache
def _marks(locale: str) -> dict[int, str]:
    """What , and . become; nothing where both stay."""
    marks = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale)}
    return str.maketrans(marks) if marks != {",": ",", ".": "."} else {}


def listed(texts: Iterable[object]) -> Markup:
    """Several texts one after the other: A、B, or A, B."""
    return escape("、" if in_kanji() else ", ").join(escape(text) for text in texts)


def with_reading(easy: str, plain: str) -> str:
    """The first with its readings drawn for who reads easy Japanese, the second for everybody else."""
    return marked(easy) if current() == EASY else plain
