"""Every sentence of the program in the visitor's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from markupsafe import Markup, escape

from models.catalogue.definitions import Words
from models.core.messages import Message
from models.rules import message_languages
from web import reading, spelling
from web.reading import EASY, ENGLISH, Language, current
from web.ruby import Phrase, counted, plain, ruby, together, unbroken, uncut, without_readings

MOST_SENTENCES = 8000
"""So many are kept drawn: all that residents read in ten languages."""
PLACE = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?::(?P<format>[^{}]*))?\}")


def gettext(text: str, /, **values: Any) -> str:
    """The sentence in the visitor's language as plain text, its {places} filled, without readings."""
    return phrase(text, **values).plain


def ngettext(one: str, many: str, count: int, /, **values: Any) -> str:
    """As `gettext`, choosing between singular and plural where the language has them; {n} is the count."""
    return plural(one, many, count, **values).plain


def say(message: Message | str) -> Markup:
    """A rule's `Message` in the visitor's language, ready for HTML; what is HTML already stays as it is."""
    if isinstance(message, Markup):
        return message
    if isinstance(message, Message):
        return phrase(message.template, **message.values)
    return phrase(message)


def phrase(text: str, /, **values: Any) -> Phrase:
    """As `gettext`, ready for HTML: readings become ruby, values are escaped. This is `_` in templates."""
    return _phrase(_catalogue(current()).ugettext(text), values) if values else _sentence(current(), text)


def plural(one: str, many: str, count: int, /, **values: Any) -> Phrase:
    """As `ngettext`, ready for HTML. This is `ngettext` in templates."""
    return _phrase(_catalogue(current()).ungettext(one, many, count), {"n": count, **values})


def register(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `language`, `languages` of this page, `every_language`; a choice lasts a year."""
    app.jinja_env.globals.update(
        _=phrase,
        gettext=phrase,
        ngettext=plural,
        language=current,
        languages=reading.choices,
        every_language=reading.offered,
        letter_size=reading.letter_size,
        message_languages=message_languages.LANGUAGES,
        other_size=reading.other_size,
    )
    app.jinja_env.filters.update(ruby=ruby, plain=plain, say=say, unbroken=unbroken)
    reading.register(app)


@lru_cache(maxsize=MOST_SENTENCES)
def _sentence(language: Language, text: str) -> Phrase:
    """A sentence in which nothing is filled in: pages say the same ones again and again."""
    return _phrase(_catalogue(language).ugettext(text), {})


@cache
def _catalogue(language: Language) -> NullTranslations:
    """The translations of a language; who reads another than Japanese reads English where one is missing."""
    file = reading.file_of(language)
    if not language.folder or not file.is_file():
        return NullTranslations()
    with file.open("rb") as opened:
        found = Translations(fp=opened)
    if language not in (EASY, ENGLISH):
        found.add_fallback(_catalogue(ENGLISH))
    return found


def _phrase(translated: str, values: Mapping[str, Any]) -> Phrase:
    drawn, read, places = _ways(translated)
    shown = {name: _shown(values[name]) for name in places if name in values}
    drawn = counted(_fill(drawn, {name: escape_text(value) for name, value in shown.items()}))
    result = Phrase(together(Markup(drawn)))  # noqa: S704  (escaped piece by piece)
    result.plain = lambda: _fill(
        read, {name: plain(value) if isinstance(value, Markup) else value for name, value in shown.items()}
    )
    return result


@lru_cache(maxsize=MOST_SENTENCES)
def _ways(translated: str) -> tuple[str, str, frozenset[str]]:
    """A sentence drawn with its readings and without them, and the names of its places."""
    places = frozenset(found["name"] for found in PLACE.finditer(translated))
    return uncut(str(ruby(translated))), without_readings(translated), places


def escape_text(value: Any) -> Any:
    """Text ready for HTML; numbers stay numbers, so that a {place:,} can still format them."""
    return escape(value) if isinstance(value, str) else value


def _shown(value: Any) -> Any:
    """A value of a sentence in the visitor's language: nested messages, words of the catalogue, dates."""
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Words):
        return spelling.words(value)
    if isinstance(value, tuple):
        return spelling.listed(_shown(one) for one in value)
    if isinstance(value, date):
        return spelling.long_day(value)
    return value


def _fill(text: str, values: Mapping[str, Any]) -> str:
    def filled(found: re.Match[str]) -> str:
        if found["name"] not in values:
            return found[0]
        value, pattern = values[found["name"]], found["format"] or ""
        return spelling.separated(format(value, pattern)) if pattern else format(value)

    return PLACE.sub(filled, text)
