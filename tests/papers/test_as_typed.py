"""What stands on paper is what was typed: every letter that the input takes, and thousands of hard applications."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pylopdf_fonts_jp
import pytest
from PIL import ImageFont

from models.papers.answers import all_texts, respelt
from models.papers.application import draw
from models.papers.glyphs import SUBSTITUTE, face
from models.papers.layout.pages import by_hand
from models.papers.sheet import ApplicationSheet
from models.papers.verification import compact, page_texts, verify
from models.rules import characters
from tests.papers.people import filled, kanji, variants
from tests.papers.sheets import FORM_IDS, sheet
from tests.races.crowd import sized

APPLICATIONS = sized(10_000, 22)
SHEETS_OF_LETTERS = sized(10_000, 5)
STEP = sized(1, 89)
"""Every so many letters of Unicode are asked."""
EACH = 60
AS_TYPED = {"name", "kana", "text"}


@pytest.mark.parametrize("start", range(11), ids=lambda start: FORM_IDS[start])
def test_applications_with_hard_names_and_long_addresses_are_on_paper_as_typed(start: int) -> None:
    """Letter by letter: shapes that merely look alike do not count as equal here, unlike in the last look.

    Only where somebody writes one shape in two ways on one sheet, it is read back in one of them.
    """
    for number in range(start, APPLICATIONS, len(FORM_IDS)):
        made = sheet(FORM_IDS[start], filled(FORM_IDS[start], number), reference=f"K7FX{number:04}"[:8])
        pdf = draw(made)
        verify(pdf, made)
        lost = _lost(made, page_texts(pdf)) and _lost(made, page_texts(pdf, in_drawing_order=True))
        spelling = face().one_spelling(all_texts(made.fields))
        assert [words for words in lost if respelt(words, spelling) == words] == [], number


def _lost(made: ApplicationSheet, pages: list[str]) -> list[str]:
    text = "".join(pages)
    return [words for words in _typed(made) if words not in text]


def _typed(made: ApplicationSheet) -> Iterator[str]:
    for section in made.form.sections:
        for item in section.fields:
            rows = made.rows(section) if item.repeat > 1 else [made.fields]
            for row in rows:
                value = row.get(item.id) if isinstance(row, Mapping) else row
                if item.online and item.on_paper and item.kind in AS_TYPED and isinstance(value, str):
                    yield _plainly(value)
                elif item.online and item.on_paper and item.kind == "address" and value:
                    yield from (_plainly(part) for key, part in value.items() if key != "zip" and part)


def _plainly(words: str) -> str:
    """Without white space, and without selectors that ask for the shape a letter has anyway (see `drawable`)."""
    return compact(face().drawable(words))


def letters(step: int) -> list[str]:
    """Every `step`-th letter of Unicode that an answer may hold, white space and marks on other letters left out."""
    found = map(chr, range(33, sys.maxunicode + 1, step))
    return [letter for letter in found if _is_letter(letter) and characters.refusal(letter) is None]


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter[0]) not in {"Mn", "Me"} and not letter.isspace()


def test_every_letter_that_the_input_takes_is_drawn_or_flagged_to_be_written_by_hand() -> None:
    """I4."""
    taken = letters(STEP)
    assert len(taken) > 200_000 // STEP
    for start in range(0, len(taken), 500):
        some = taken[start : start + 500]
        flagged = by_hand(sheet("F05", {"r_name": "".join(some)}))
        drawn = [letter for letter in some if face().drawable(letter) == letter]
        assert flagged == [letter for letter in some if letter not in drawn]
        assert all(face().glyphs[letter] for letter in drawn)


def test_every_kanji_of_jis_x_0213_and_every_variant_of_the_font_is_drawn_as_it_is() -> None:
    assert len(kanji()) >= 10_050
    assert len(variants()) > 500
    assert face().undrawable("".join(kanji())) == []
    assert face().undrawable("".join(variants())) == []
    assert all(characters.refusal(letter) is None for letter in (*kanji(), *variants()))


@pytest.mark.parametrize("of", [kanji, variants, lambda: [*face().widths]], ids=["kanji", "variants", "font"])
def test_no_letter_is_blank_or_missing_on_paper(of: Any) -> None:
    """Set by Typst, which refuses a sheet with a missing glyph, and read back by PDFium: shape by shape, for of two
    selectors that ask for one shape a PDF names only one."""
    whole = [letter for letter in of() if _is_letter(letter) and characters.refusal(letter) is None]
    taken = [letter for letter in whole if letter != SUBSTITUTE]
    chunks = [taken[start : start + EACH] for start in range(0, len(taken), EACH)]
    for some in chunks[:: max(1, len(chunks) // SHEETS_OF_LETTERS)]:
        text = "".join(page_texts(draw(sheet("F05", {"r_name": "".join(some)})), in_drawing_order=True))
        assert SUBSTITUTE not in text
        assert face().shapes(_plainly("".join(some))) in face().shapes(text)


def test_every_letter_of_the_font_has_ink() -> None:
    """Drawn by FreeType, by its own reading of the font's table of characters."""
    font = ImageFont.truetype(pylopdf_fonts_jp.sans_path(), 12, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\uffff"))
    taken = [letter for letter in face().widths if _is_letter(letter) and characters.refusal(letter) is None]
    assert len(taken) > 10_000
    inked = {letter: font.getmask(letter) for letter in taken[:: sized(1, 4)]}
    assert [
        letter for letter, mask in inked.items() if mask.getbbox() is None or bytes(mask) == missing
    ] == []
