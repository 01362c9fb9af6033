"""In which languages and colours pages are looked at: one more of each page in the suite, every one with PAGES=full."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.web.pages import sound
from web.reading import BY_CODE, FOR_STAFF, LANGUAGES

FULL = os.environ.get("PAGES") == "full"
"""Whether every page is looked at in every language and theme (`make pages`)."""
THEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "contrast": "no-preference"},
    "dark": {"color_scheme": "dark", "contrast": "no-preference"},
    "light, more contrast": {"color_scheme": "light", "contrast": "more"},
    "dark, more contrast": {"color_scheme": "dark", "contrast": "more"},
}
"""The tables of colours, by what a device asks for; what a person chooses by hand has the same values."""
OF_THEME = ["color-contrast-enhanced", "link-in-text-block"]
"""Rules whose answer may change with the theme."""


@dataclass(frozen=True)
class Look:
    """How somebody reads a page."""

    language: str
    theme: str


USUAL = Look("ja", "light")
RESIDENTS = tuple(one.code for one in LANGUAGES)
STAFF = tuple(one.code for one in FOR_STAFF)


def offered(languages: Sequence[str]) -> list[Look]:
    """Every language in every theme, but for the usual one."""
    every = [Look(language, theme) for language in languages for theme in THEMES]
    return [look for look in every if look != USUAL]


def further(nth: int, languages: Sequence[str]) -> list[Look]:
    """In which other looks the nth page is seen: every second one in the next two of those offered, or each in all.

    Few looks come round again and again: where there are only these, two pages of three are seen as usual alone.
    """
    every = offered(languages)
    if FULL:
        return every
    step, looks = (2, 2) if len(languages) > len(STAFF) else (3, 1)
    turn, left = divmod(nth, step)
    return [] if left else [every[(turn * looks + one) % len(every)] for one in range(looks)]


def tongues(nth: int, languages: Sequence[str]) -> Sequence[str]:
    """In which languages beside the first the nth screen of a device with one theme is seen."""
    others = languages[1:]
    return others if FULL else [others[nth % len(others)]]


def seen(page: Page, path: str, width: int, looks: Sequence[Look]) -> Iterator[object]:
    """What is wrong with a page in these looks, of which those in one language stand together; then it is as usual."""
    for language, group in groupby(looks, key=lambda look: look.language):
        themes = [look.theme for look in group]
        page.emulate_media(**THEMES[themes[0]])
        sound.sized(page, width, sound.SMALL_PHONE[1])
        speak(page, language)
        page.goto(path)
        tag = page.evaluate("document.documentElement.lang")
        wrong: list[object] = [*sound.axe(page), *(["lang", tag] if tag != BY_CODE[language].html else [])]
        yield from ((language, themes[0], one) for one in wrong)
        for theme in themes[1:]:
            page.emulate_media(**THEMES[theme])
            yield from ((language, theme, one) for one in sound.axe_only(page, OF_THEME))
        yield from ((language, one) for one in sound.smallest(page))
    speak(page, USUAL.language)
    page.emulate_media(**THEMES[USUAL.theme])


def speak(page: Page, language: str) -> None:
    """From the next page on this browser reads another language."""
    here = urlsplit(page.url).hostname or ""
    page.context.add_cookies([{"name": "lang", "value": language, "domain": here, "path": "/"}])
