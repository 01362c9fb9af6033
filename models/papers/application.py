"""The filled official form of one application as PDF/A."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import typst

from models.papers import qr
from models.papers.answers import all_texts, respelt
from models.papers.glyphs import face
from models.papers.layout.pages import lay_out
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
        "pages": [page.drawn() for page in lay_out(_readable(sheet))],
    }
    try:
        return typeset("application.typ", document, made_at)
    except typst.TypstError:
        raise SheetMismatch(reason="not drawn") from None  # its message would quote an answer


def _readable(sheet: ApplicationSheet) -> ApplicationSheet:
    """The same sheet to the eye, its shapes spelt in one way each, so that it can be read back."""
    texts = (text for text in all_texts(sheet.fields) if not text.isascii())
    spelling = face().one_spelling(texts)
    return replace(sheet, fields=respelt(sheet.fields, spelling)) if spelling else sheet
