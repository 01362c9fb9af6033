"""The last look before paper leaves the house: the text of the PDF is read back and compared with the job.

PDFium reads it, not Typst, so that a fault of the one is not repeated by the other.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pypdfium2
from pypdfium2 import raw

from models.catalogue.definitions import FormField, FormSection
from models.papers.answers import address_lines, all_texts, printed
from models.papers.application import draw
from models.papers.glyphs import Face, face
from models.papers.layout.pages import PRINT_WORDS, REFERENCE_WORDS, spaced
from models.papers.name_font import name_face, names_of
from models.papers.sheet import ApplicationSheet, SheetMismatch

__all__ = ["SheetMismatch", "compact", "expected", "page_texts", "print_sheet", "verify"]

PDFIUM = threading.Lock()
"""PDFium is not made for several threads at once."""
_PRINT_ID = re.compile(PRINT_WORDS + r"([0-9A-Z-]{4,40})")
_AS_READ = str.maketrans(
    {"\x02": "-", "\ufffe": "-", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
)
"""Hyphens at a line's end, and ligatures, which PDFium reads as their letters."""


def print_sheet(sheet: ApplicationSheet) -> bytes:
    """The sheet as a PDF that was read back and found right; SheetMismatch releases nothing."""
    pdf = draw(sheet)
    verify(pdf, sheet)
    return pdf


def verify(pdf: bytes, sheet: ApplicationSheet) -> None:
    """SheetMismatch unless every page bears this print's id and reference and the sheet every answer, as typed.

    White space does not count; every other character does, in the very shape that its variation selector asks
    for. Ticks must stand at the chosen words and only there.
    """
    if _problem(page_texts(pdf), sheet):
        problem = _problem(page_texts(pdf, in_drawing_order=True), sheet)
        if problem:
            raise SheetMismatch(reason=problem)


def _problem(pages: Sequence[str], sheet: ApplicationSheet) -> str:
    if not pages:
        return "no pages"
    wrong = next(filter(None, (_wrong_marks(page, sheet) for page in pages)), "")
    if wrong:
        return wrong
    names, mincho, text = {compact(name) for name in names_of(sheet)}, name_face(), "".join(pages)
    words = list(expected(sheet))
    missing = _lacks(face(), text, [one for one in words if one not in names])
    if mincho and names:
        missing = missing or _lacks(mincho, text, [one for one in words if one in names])
    return "an answer is missing" if missing else ""


def _lacks(font: Face, text: str, words: Sequence[str]) -> bool:
    """Whether a text shows one of the words less often than it must, in the shapes of the font they are set in."""
    whole, wanted = font.shapes(text), Counter(map(font.shapes, words))
    return any(whole.count(one) < count for one, count in wanted.items())


def page_texts(pdf: bytes, in_drawing_order: bool = False) -> list[str]:
    """The text of each page without white space; SheetMismatch where the file cannot be read.

    PDFium reads lines across the page, which may weave two lines that stand close; in the order of drawing
    (three times slower) it never does.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as problem:
            raise SheetMismatch(reason="not a PDF") from problem
        try:
            return [compact(_drawn(page) if in_drawing_order else _lines(page)) for page in document]
        finally:
            document.close()


def _lines(page: pypdfium2.PdfPage) -> str:
    text: str = page.get_textpage().get_text_range()
    return text


def _drawn(page: pypdfium2.PdfPage) -> str:
    textpage, parts = page.get_textpage(), []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        size = raw.FPDFTextObj_GetText(item.raw, textpage.raw, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFTextObj_GetText(
            item.raw, textpage.raw, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
        )
        parts.append(buffer.raw[: size - 2].decode("utf-16-le", "replace"))
    return "".join(parts)


def compact(text: str) -> str:
    """Text as it is compared: without white space, hyphens at a line's end as typed, ligatures as their letters."""
    return "".join(text.translate(_AS_READ).split())


def _wrong_marks(page: str, sheet: ApplicationSheet) -> str:
    mine = spaced(sheet.print_id)
    typed = compact("".join(all_texts(sheet.fields)))
    seen = [found for found in _PRINT_ID.findall(page) if PRINT_WORDS + found not in typed]
    if not seen or any(not found.startswith(mine) for found in seen):
        return "another print's id"
    return "" if REFERENCE_WORDS + compact(sheet.shown_reference) in page else "no reference"


def expected(sheet: ApplicationSheet) -> Iterator[str]:
    """Every text that the sheet must show, without white space, as often as it must show it."""
    yield compact(sheet.form.words.ja)
    for section in sheet.form.sections:
        for words in _of_section(sheet, section):
            if words:
                yield compact(words)


def _of_section(sheet: ApplicationSheet, section: FormSection) -> Iterator[str]:
    names = names_of(sheet)
    copies = {item.copies_of: item for item in section.fields if item.kind == "copies" and item.copies_of}
    for item in section.fields:
        if not (item.online and item.on_paper) or item in copies.values():
            continue
        if item.repeat > 1:
            yield from _of_rows(item, sheet.rows(section), names)
        elif item.id in copies:
            yield from _counted(item, sheet.fields.get(item.id), sheet.fields.get(copies[item.id].id))
        else:
            yield from _of_field(item, sheet.fields.get(item.id), names)


def _of_rows(item: FormField, rows: Sequence[Any], names: frozenset[str]) -> Iterator[str]:
    """Answers of a table; its lists are written as words or ticked, so only the word is certain."""
    for row in rows:
        value = row.get(item.id) if isinstance(row, Mapping) else row
        if item.kind in {"choice", "multi", "bool"}:
            yield face().drawable(value) if isinstance(value, str) else ""
        else:
            yield from _of_field(item, value, names)


def _of_field(item: FormField, value: Any, names: frozenset[str]) -> Iterator[str]:
    if item.kind == "bool":
        yield _box(value is True, item.label.ja)
    elif item.kind in {"choice", "multi"} and item.values:
        chosen = value if isinstance(value, list) else [value]
        yield "".join(_box(option in chosen, option) for option in item.values)
    elif item.kind == "address" and isinstance(value, Mapping):
        yield from (face().drawable(line) for line in address_lines(value))
    elif item.kind == "name" and value in names:
        yield str(value)
    else:
        yield face().drawable(printed(item, value))


def _counted(item: FormField, chosen: Any, counts: Any) -> Iterator[str]:
    """A list whose words are each followed by a number of copies."""
    for option in item.values:
        count = counts.get(option) if isinstance(counts, Mapping) else None
        yield f"{_box(option in (chosen or []), option)}{count or ''}通"


def _box(ticked: bool, words: str) -> str:
    return ("☑" if ticked else "☐") + face().drawable(words)
