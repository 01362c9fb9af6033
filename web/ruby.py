"""Readings over kanji: 漢字{かんじ} drawn as ruby on a page, and left out where nothing can be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from models.rules.counted import UNITS, reading

RUBY = re.compile(
    "([々〆ヶ\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\ufe00-\ufe0f\U000e0100-\U000e01ef]+)"
    "\\{([ぁ-ゖァ-ヺー・\u3000 ]+)\\}"
)
READING = re.compile("<rp>（</rp><rt>[^<]*</rt><rp>）</rp>")
"""A reading as it is drawn."""
COUNTED = re.compile(
    "(?P<month>がつ</rt><rp>）</rp></ruby>)?(?<![0-9,.])(?P<number>[0-9][0-9,.]*)"
    f"<ruby>(?P<unit>[{''.join(UNITS)}])<rp>（</rp><rt>(?:{'|'.join(UNITS.values())})(?=</rt>)"
)
"""A number and what it counts, drawn with the reading that this has alone."""
UNCUT = re.compile(
    "もう一度|どのくらい|さがせます|混みぐあい|お問い合わせ|(?<=.)もど[りるれせっ][ぁ-ん]*|0[0-9]+-[0-9]+-[0-9]{4}"
)
"""Words and numbers that browsers cut in two where they break Japanese by phrases."""
LOAN_WORD = re.compile("[ァ-ヺー]{6,}")
"""Long words in katakana, which browsers cut anywhere where a phrase finds no room."""
WHOLE = '<span class="nowrap">'
SHORT = 13
"""Letters that stand on one line of every phone."""


class Phrase(Markup):
    """A translated sentence ready for HTML (ruby drawn); `plain` is the same sentence without readings."""

    _plain: str | Callable[[], str] = ""

    @property
    def plain(self) -> str:
        """Without readings; made when somebody first asks, for most sentences are only drawn."""
        if callable(self._plain):
            self._plain = self._plain()
        return self._plain

    @plain.setter
    def plain(self, text: str | Callable[[], str]) -> None:
        self._plain = text


def ruby(text: str) -> Markup:
    """漢字{かんじ} drawn as <ruby>; everything else escaped."""
    drawn = RUBY.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", str(escape(text)))
    return Markup(drawn)  # noqa: S704  (escaped one line above)


def counted(drawn: str) -> str:
    """Drawn text in which what is counted is read as its number wants it: 1人 is ひとり, 10分 is ぷん."""
    return COUNTED.sub(_counted, drawn) if "<ruby>" in drawn else drawn


def uncut(drawn: str) -> str:
    """Drawn text in which no line ends within a word that browsers take for two."""
    return drawn if len(drawn) <= SHORT else UNCUT.sub(rf"{WHOLE}\g<0></span>", drawn)


def unbroken(drawn: Markup) -> Markup:
    """Drawn words in a narrow place, in which no line ends within a long loan word: there must be room for it."""
    return Markup(LOAN_WORD.sub(rf"{WHOLE}\g<0></span>", str(drawn)))  # noqa: S704  (drawn before)


def without_readings(text: str) -> str:
    """漢字{かんじ} as 漢字, for attributes, options, titles and mail."""
    return RUBY.sub(r"\1", text)


def plain(text: str) -> str:
    """A phrase or marked text without readings: for anything that goes into an attribute or an <option>."""
    if isinstance(text, Markup):
        return getattr(text, "plain", "") or Markup(READING.sub("", text)).striptags()  # noqa: S704  (only taken away)
    return without_readings(text)


def together(drawn: Markup) -> Markup:
    """Drawn text with elements of ours in one of its own, so that a row of things does not pull its words apart."""
    return Markup("<span>{}</span>").format(drawn) if "<ruby>" in drawn or WHOLE in drawn else drawn


def marked(text: str) -> Phrase:
    """Marked text ready for HTML, which still knows how it reads without readings."""
    drawn = Phrase(together(ruby(text)))
    drawn.plain = without_readings(text)
    return drawn


def join(*texts: str) -> Phrase:
    """Texts one behind the other, which still knows how they read without readings."""
    drawn = Phrase("").join(escape(text) for text in texts)
    drawn.plain = "".join(plain(text) for text in texts)
    return drawn


def _counted(found: re.Match[str]) -> str:
    read = reading(found["number"], found["unit"], in_month=bool(found["month"]))
    return f"{found['month'] or ''}{found['number']}<ruby>{found['unit']}<rp>（</rp><rt>{read}"
