"""Slips in the visitor's language: every letter that a slip may show is in the fonts that the house carries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from babel.support import Translations

from models.catalogue.loader import load
from models.papers import slip
from models.papers.slip import LONGEST, Both
from models.papers.verification import compact, page_texts
from models.queries import slip_words
from models.rules import durations
from tests.papers.slips import TICKET
from web.reading import LANGUAGES, Language, file_of

FOREIGN = [language for language in LANGUAGES if language.code not in slip_words.JAPANESE]


def sentences(language: Language) -> list[str]:
    """Every sentence that a slip can say."""
    with file_of(language).open("rb") as file:
        known = Translations(fp=file)
    told = {
        text for words in (slip_words, durations) for text in vars(words).values() if isinstance(text, str)
    }
    return [said for text in told if (said := known.ugettext(text)) != text]


def names(language: Language) -> list[str]:
    """Every queue, and every thing to bring as slips name it."""
    catalogue = load()
    words = [one.words for one in catalogue.queues.values()]
    words += [one.words.without_asides() for one in catalogue.items.values()]
    return [one.in_language(language.code) for one in words]


@pytest.mark.parametrize("language", FOREIGN, ids=lambda language: language.code)
def test_whatever_a_slip_says_can_be_drawn(language: Language) -> None:
    said = sentences(language)
    assert len(said) > 15
    assert max(len(text) for text in said) < LONGEST
    notes = tuple(Both("ことば", text) for text in (*said, *names(language)))
    drawn = slip.pdf(replace(TICKET, language=language.code, notes=notes, qr=""), "58")
    if language.code != "ne":
        assert compact(said[0])[:6] in page_texts(drawn)[0]
    assert len(drawn) > len(slip.pdf(slip.in_japanese_alone(replace(TICKET, notes=notes, qr="")), "58"))
