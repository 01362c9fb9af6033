"""The filled official form of one application as PDF/A."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import typst

from models.papers import qr
from models.papers.answers import all_texts, respelt
from models.papers.glyphs import face
from models.papers.layout.pages import lay_out
from models.papers.name_font import family, name_face, names_of
from models.papers.sheet import ApplicationSheet, SheetMismatch
from models.papers.typesetting import typeset

__all__ = ["ApplicationSheet", "draw"]


def draw(sheet: ApplicationSheet) -> bytes:
    """The official form filled with the sheet's fields; unanswered items are empty boxes to write in.

    The same sheet gives the same bytes. People beyond the form's rows go on a second sheet. SheetMismatch where
    it cannot be drawn, never half a sheet.
    """
    day = sheet.printed_on
    made_at = int(datetime.combine(day, time(), UTC).timestamp()) if day else 0
    document = {
        "title": f"{sheet.form.words.ja} {sheet.shown_reference}",
        "author": sheet.municipality,
        "keywords": [sheet.print_id],
        "code": qr.svg(sheet.print_id),
        "code-words": f"印刷番号 {sheet.print_id}",
        "name-font": family(),
        "pages": [page.drawn() for page in lay_out(_readable(sheet))],
    }
    try:
        return typeset("application.typ", document, made_at)
    except typst.TypstError:
        raise SheetMismatch(reason="not drawn") from None  # its message would quote an answer


def _readable(sheet: ApplicationSheet) -> ApplicationSheet:
    """The same sheet to the eye, its shapes spelt in one way each and font, so that it can be read back."""
    names, mincho = names_of(sheet), name_face()
    texts = (text for text in all_texts(sheet.fields) if text not in names and not text.isascii())
    spelling = face().one_spelling(texts)
    of_names = mincho.one_spelling(sorted(names)) if mincho else {}
    if not spelling and not of_names:
        return sheet
    return replace(sheet, fields=respelt(sheet.fields, spelling, names, of_names))
