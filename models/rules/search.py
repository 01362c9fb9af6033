"""Finds procedures by name, by reading, or by the plain words people type."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from models.catalogue.definitions import Catalogue, Procedure, Words
from models.catalogue.words import RUBY

_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_IGNORED = dict.fromkeys(map(ord, "・･（）()「」、。，．,.！!？?／/-‐ー～~"))


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text for comparing: NFKC, small letters, katakana as hiragana, without marks and long vowels."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_TO_HIRAGANA).translate(_IGNORED)


def find_procedures(catalogue: Catalogue, text: str, language: str = "") -> tuple[Procedure, ...]:
    """The procedures that every word of `text` fits (or else any), the best first; none for an empty text.

    Names are known in Japanese, easy Japanese and English, and in the visitor's own `language`.
    """
    terms = [folded(word) for word in text.split()]
    terms = [term for term in terms if term]
    if not terms:
        return ()
    meant = [_meant(catalogue, term) for term in terms]
    found: list[tuple[int, int, Procedure]] = []
    partly: list[tuple[int, int, Procedure]] = []
    for position, procedure in enumerate(catalogue.procedures.values()):
        scores = [
            max(_score(procedure, term, language), codes.get(procedure.code, 0))
            for term, codes in zip(terms, meant, strict=True)
        ]
        if any(scores):
            (found if all(scores) else partly).append((-sum(scores), position, procedure))
    return tuple(procedure for _, _, procedure in sorted(found or partly, key=lambda one: one[:2]))


def find_elsewhere(catalogue: Catalogue, text: str) -> tuple[Words, ...]:
    """What to tell somebody who looks for something that another authority does."""
    wanted = folded("".join(text.split()))
    messages = [
        message
        for word, message in catalogue.elsewhere.items()
        if any(_touch(key, wanted) for key in _spellings(word))
    ]
    return tuple(dict.fromkeys(messages))


def _score(procedure: Procedure, term: str, language: str) -> int:
    """How well a name of the procedure fits: 100 equal, 70 begins, 50 contains, 0 not at all."""
    best = 0
    for name in _names(procedure, language):
        if name == term:
            return 100
        if term in name:
            best = max(best, 70 if name.startswith(term) else 50)
    return best


def _meant(catalogue: Catalogue, term: str) -> dict[str, int]:
    """Codes that the plain words touching `term` mean, the first named the best (90 downwards)."""
    codes: dict[str, int] = {}
    for word, meant in catalogue.synonyms.items():
        if any(_touch(key, term) for key in _spellings(word)):
            for rank, code in enumerate(meant):
                codes[code] = max(codes.get(code, 0), 90 - rank)
    return codes


def _touch(key: str, term: str) -> bool:
    """Whether the typed word is (a part of two letters or more of) the key, or holds the whole key."""
    if len(term) < 2:
        return key == term
    return term in key or (len(key) > 1 and key in term)


def _names(procedure: Procedure, language: str) -> Iterator[str]:
    yield folded(procedure.words.ja)
    yield folded(procedure.words.en).replace(" ", "")
    yield from _spellings(procedure.words.easy)
    yield folded(procedure.code)
    if language:
        yield folded(procedure.words.in_language(language)).replace(" ", "")


@lru_cache(maxsize=4096)
def _spellings(ruby: str) -> tuple[str, ...]:
    """A text with ruby as written and as read."""
    written, read = RUBY.sub(r"\1", ruby), RUBY.sub(r"\2", ruby)
    return tuple(dict.fromkeys((folded(written), folded(read))))
