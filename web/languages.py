"""How a visitor reads: the language and the letter size of a page, and the translation of every sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from markupsafe import Markup, escape

from models.catalogue.definitions import Words
from models.core.messages import Message
from models.rules import message_languages
from web.access import THIRD_PARTY

CATALOGUES = Path(__file__).parent / "translations"
COOKIE_DAYS = 365

RUBY = re.compile(
    "([々〆ヶ\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\ufe00-\ufe0f\U000e0100-\U000e01ef]+)"
    "\\{([ぁ-ゖァ-ヺー・\u3000 ]+)\\}"
)
PLACE = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?::(?P<format>[^{}]*))?\}")


@dataclass(frozen=True)
class Language:
    """One language to choose: its code, its own name, the HTML language and its catalogue's folder."""

    code: str
    name: str
    html: str
    folder: str


JAPANESE = Language("ja", "日本語", "ja", "")
LANGUAGES = (
    JAPANESE,
    Language("ja-easy", "やさしい日本語", "ja", "ja@easy"),
    Language("en", "English", "en", "en"),
)
BY_CODE: Mapping[str, Language] = {language.code: language for language in LANGUAGES}
SIZES = ("normal", "large")


class Phrase(Markup):
    """A translated sentence ready for HTML (ruby drawn); `plain` is the same sentence without readings."""

    plain: str = ""


def current() -> Language:
    """The language of this request; Japanese outside one."""
    if not has_request_context():
        return JAPANESE
    chosen: Language | None = g.get("language")
    if chosen is None:
        chosen = g.language = _pick()
    return chosen


def nearest(code: str) -> Language:
    """The language of pages for who is told in a language: English where there are no pages in it."""
    return BY_CODE.get(code) or BY_CODE["en" if code in message_languages.CODES else "ja"]


def told_in(values: Mapping[str, str]) -> str:
    """The language of messages that somebody chose in a form; the page's where they chose none."""
    chosen = values.get("language", "")
    return chosen if chosen in message_languages.CODES else current().code


def letter_size() -> str:
    """`normal` or `large`, as the visitor asked in the address or earlier."""
    if not has_request_context():
        return SIZES[0]
    asked = request.args.get("text") or request.cookies.get("text", "")
    return asked if asked in SIZES else SIZES[0]


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
    return _phrase(_catalogue(current().folder).ugettext(text), values)


def plural(one: str, many: str, count: int, /, **values: Any) -> Phrase:
    """As `ngettext`, ready for HTML. This is `ngettext` in templates."""
    return _phrase(_catalogue(current().folder).ungettext(one, many, count), {"n": count, **values})


def ruby(text: str) -> Markup:
    """漢字{かんじ} drawn as <ruby>; everything else escaped."""
    drawn = RUBY.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", str(escape(text)))
    return Markup(drawn)  # noqa: S704  (escaped one line above)


def without_readings(text: str) -> str:
    """漢字{かんじ} as 漢字, for attributes, options, titles and mail."""
    return RUBY.sub(r"\1", text)


def plain(text: str) -> str:
    """A phrase or marked text without readings: for anything that goes into an attribute or an <option>."""
    if isinstance(text, Markup):
        return getattr(text, "plain", "") or text.striptags()
    return without_readings(text)


def choices() -> list[tuple[Language, str, bool]]:
    """Every offered language with the address of this page in it, and whether it is the present one."""
    return [(language, _here(lang=language.code), language == current()) for language in offered()]


@cache
def offered() -> tuple[Language, ...]:
    """The languages that this installation has a compiled catalogue for; Japanese needs none."""
    return tuple(
        language for language in LANGUAGES if not language.folder or _file(language.folder).is_file()
    )


def other_size() -> tuple[str, str]:
    """The letter size that can be switched to, and the address of this page in it."""
    size = "normal" if letter_size() == "large" else "large"
    return size, _here(text=size)


def register(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `language`, `languages`; remember a visitor's choice for a year."""
    app.jinja_env.globals.update(
        _=phrase,
        gettext=phrase,
        ngettext=plural,
        language=current,
        languages=choices,
        letter_size=letter_size,
        message_languages=message_languages.LANGUAGES,
        other_size=other_size,
    )
    app.jinja_env.filters.update(ruby=ruby, plain=plain, say=say)
    app.after_request(_remember)


def _pick() -> Language:
    by_code = {language.code: language for language in offered()}
    for asked in (request.args.get("lang", ""), request.cookies.get("lang", "")):
        if asked in by_code:
            return by_code[asked]
    best = request.accept_languages.best_match(list(by_code))
    return by_code.get(best or "", JAPANESE)


def _remember(response: Response) -> Response:
    """Keep what was chosen; a file that everybody's cache may keep carries no cookie."""
    if request.endpoint in THIRD_PARTY:
        return response
    for name, allowed in (("lang", tuple(BY_CODE)), ("text", SIZES)):
        value = request.args.get(name, "")
        if value in allowed:
            age = COOKIE_DAYS * 86400
            response.set_cookie(
                name, value, max_age=age, secure=request.is_secure, httponly=True, samesite="Lax"
            )
    return response


def _here(**changes: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    return "?" + urlencode([*kept, *changes.items()])


@cache
def _catalogue(folder: str) -> NullTranslations:
    if not folder or not _file(folder).is_file():
        return NullTranslations()
    with _file(folder).open("rb") as file:
        return Translations(fp=file)


def _file(folder: str) -> Path:
    return CATALOGUES / folder / "LC_MESSAGES" / "messages.mo"


def _phrase(translated: str, values: Mapping[str, Any]) -> Phrase:
    shown = {name: _shown(value) for name, value in values.items()}
    result = Phrase(_fill(str(ruby(translated)), {name: escape_text(value) for name, value in shown.items()}))
    result.plain = _fill(
        without_readings(translated),
        {name: plain(value) if isinstance(value, Markup) else value for name, value in shown.items()},
    )
    return result


def escape_text(value: Any) -> Any:
    """Text ready for HTML; numbers stay numbers, so that a {place:,} can still format them."""
    return escape(value) if isinstance(value, str) else value


def _shown(value: Any) -> Any:
    """A value of a sentence in the visitor's language: nested messages, words of the catalogue, dates."""
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Words):
        return ruby(value.in_language(current().code))
    if isinstance(value, date):
        return format_date(value, "long", locale=current().html)
    return value


def _fill(text: str, values: Mapping[str, Any]) -> str:
    def filled(found: re.Match[str]) -> str:
        if found["name"] not in values:
            return found[0]
        return format(values[found["name"]], found["format"] or "")

    return PLACE.sub(filled, text)
