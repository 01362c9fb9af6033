"""How a visitor reads: the language and the letter size of a page, who chooses them and where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, current_app, g, has_request_context, request

from models.catalogue.translated import folder_of
from models.rules import message_languages
from web import kept_choices

CATALOGUES = Path(__file__).parent / "translations"


@dataclass(frozen=True, eq=False)
class Language:
    """One language to choose: its code, its own name, the HTML language, Babel's locale and its catalogue's folder.

    `day` is Babel's pattern of a date with its weekday, short enough for a button.
    """

    code: str
    name: str
    html: str
    locale: str
    folder: str
    day: str


LANGUAGES = tuple(
    Language(
        one.code,
        one.name,
        one.tag,
        one.locale,
        folder_of(one.code),
        one.day.replace("EEEE,", "EEE").replace("EEEE", "EEE"),
    )
    for one in message_languages.LANGUAGES
)
BY_CODE: Mapping[str, Language] = {language.code: language for language in LANGUAGES}
JAPANESE, EASY, ENGLISH = BY_CODE["ja"], BY_CODE["ja-easy"], BY_CODE["en"]
FOR_STAFF = (JAPANESE, ENGLISH)
STAFF = ("web.account.", "web.counter.", "web.manager.", "web.admin.")
"""Doors whose pages only staff read; they are written in Japanese and English."""
STAFF_PAGES = ("board.setup", "kiosk_enrol.page", "kiosk_enrol.enrol", "kiosk_slips.printer")
OF_BROWSERS = {code.split("-")[0]: code for code in reversed(tuple(BY_CODE))} | {
    "fil": "tl", "in": "id", "yue": "zh-Hans", "cmn": "zh-Hans",
}  # fmt: skip
"""A browser's language without its country: whoever reads 繁體中文 is served best by 简体中文."""
SIZES = ("normal", "large")


def current() -> Language:
    """The language of this request; Japanese outside one."""
    try:
        chosen: Language = g.language
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return JAPANESE
        chosen = g.language = _pick()
    return chosen


def told_in(values: Mapping[str, str]) -> str:
    """The language of messages that somebody chose in a form; the page's where they chose none."""
    chosen = values.get("language", "")
    return chosen if chosen in message_languages.CODES else current().code


def letter_size() -> str:
    """`normal` or `large`, as the visitor asked in the address or earlier."""
    if not has_request_context():
        return SIZES[0]
    return kept_choices.chosen("text", SIZES) or SIZES[0]


def choices() -> list[tuple[Language, str, bool]]:
    """Every language of this page with the address of the page in it, and whether it is the present one."""
    return [
        (language, kept_choices.here(lang=language.code), language == current())
        for language in offered_here()
    ]


def offered_here() -> tuple[Language, ...]:
    """The languages that this page can be read in."""
    if request.endpoint in STAFF_PAGES or _door().startswith(STAFF):
        return tuple(language for language in FOR_STAFF if language in offered())
    return offered()


@cache
def offered() -> tuple[Language, ...]:
    """The languages that this installation has a compiled catalogue for; Japanese needs none."""
    return tuple(language for language in LANGUAGES if not language.folder or file_of(language).is_file())


def other_size() -> tuple[str, str]:
    """The letter size that can be switched to, and the address of this page in it."""
    size = "normal" if letter_size() == "large" else "large"
    return size, kept_choices.here(text=size)


def file_of(language: Language) -> Path:
    """The compiled translations of a language; Japanese needs none."""
    return CATALOGUES / language.folder / "LC_MESSAGES" / "messages.mo"


def register(app: Flask) -> None:
    """Remember a visitor's language and letter size."""
    kept_choices.keep(app, "lang", BY_CODE)
    kept_choices.keep(app, "text", SIZES)


def _pick() -> Language:
    by_code = {language.code: language for language in offered_here()}
    chosen = kept_choices.chosen("lang", by_code)
    if chosen:
        return by_code[chosen]
    exact = {code.lower(): code for code in by_code}
    for tag, _ in request.accept_languages:
        code = exact.get(tag.lower()) or OF_BROWSERS.get(tag.lower().split("-")[0], "")
        if code in by_code:
            return by_code[code]
    return JAPANESE


def _door() -> str:
    """The module whose page this is; empty where there is no page."""
    found = current_app.blueprints.get(request.blueprint or "")
    return f"{found.import_name}." if found else ""
