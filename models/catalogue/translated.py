"""The catalogue's texts in languages that its YAML does not hold, by their Japanese text."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

TRANSLATIONS = Path(__file__).parent / "translations"


def folder_of(language: str) -> str:
    """The folder of a language's translations: zh_Hans for zh-Hans, ja@easy for ja-easy; none for Japanese."""
    return {"ja": "", "ja-easy": "ja@easy"}.get(language, language.replace("-", "_"))


def translated(text: str, language: str) -> str:
    """A Japanese text of the catalogue in a language, kanji{reading} in easy Japanese; empty where there is none."""
    return _texts(folder_of(language)).gettext(text) if text else ""


@cache
def _texts(folder: str) -> NullTranslations:
    file = TRANSLATIONS / folder / "LC_MESSAGES" / "catalogue.mo"
    if not folder or not file.is_file():
        return _Nothing()
    with file.open("rb") as opened:
        found = GNUTranslations(opened)
    found.add_fallback(_Nothing())
    return found


class _Nothing(NullTranslations):
    """Says nothing, so that a translation that reads as the Japanese does is told from one that is not there."""

    def gettext(self, message: str) -> str:
        return ""
