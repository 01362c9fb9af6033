"""Printed forms as files to keep and to hear: PDF/A-2a and PDF/UA-1, clause by clause where a clause can be looked up.

No validator takes part (veraPDF is a Java program that neither Debian nor PyPI carries): pdfminer, which shares nothing
with Typst, reads the structure, and each test names the clauses of ISO 19005-2 it looks at.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from models.papers.application import draw
from tests.papers.sheets import FORM_IDS, HARD, answers, sheet

LIMIT = 150_000
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
FORBIDDEN_KEYS = {
    "AA",
    "OpenAction",
    "JavaScript",
    "JS",
    "EmbeddedFiles",
    "AF",
    "XFA",
    "AcroForm",
    "Encrypt",
    "PS",
    "TR",
}
FORBIDDEN_STREAM_KEYS = {"F", "FFilter", "FDecodeParams"}
"""What would stand in another file."""
ACTIONS = {"URI", "GoToR", "GoToE", "Launch", "SubmitForm", "ImportData", "Sound", "Movie", "JavaScript"}
STRUCTURE = {"Document", "H1", "P", "Figure", "Span"}

forms = pytest.mark.parametrize("form", FORM_IDS)


@cache
def made(form: str) -> bytes:
    """Filled for the hardest people, with a second page where they need one."""
    return draw(sheet(form, answers(form, HARD, rows=6)))


@cache
def opened(form: str) -> PDFDocument:
    return PDFDocument(PDFParser(io.BytesIO(made(form))))


def objects(form: str) -> Iterator[Any]:
    """Every dictionary and array of the file, streams' own ones too, however deep."""
    document = opened(form)
    for table in document.xrefs:
        for number in table.get_objids():
            yield from _inside(document.getobj(number))


def _inside(found: Any) -> Iterator[Any]:
    if isinstance(found, PDFStream):
        found = found.attrs
    yield found
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for part in parts:
        if isinstance(part, dict | list | PDFStream):
            yield from _inside(part)


def dictionaries(form: str) -> Iterator[dict[str, Any]]:
    return (found for found in objects(form) if isinstance(found, dict))


def name(value: Any) -> str:
    found = resolve1(value)
    return str(found.name) if isinstance(found, PSLiteral) else ""


@forms
def test_a_form_names_itself_and_is_small(form: str) -> None:
    """6.6.2 and 6.6.4: XMP that is not compressed, names part and level, and agrees with the document's own fields."""
    stream = resolve1(opened(form).catalog["Metadata"])
    assert "Filter" not in stream.attrs
    tree = ElementTree.fromstring(stream.get_data().decode().partition("?>")[2].rpartition("<?")[0])

    def text(path: str) -> str | None:
        return tree.findtext(f".//{path}", namespaces=NAMES)

    assert (text("pdfaid:part"), text("pdfaid:conformance"), text("pdfuaid:part")) == ("2", "A", "1")
    assert text("dc:language/rdf:Bag/rdf:li") == "ja-JP"
    said = opened(form).info[0]
    assert text("dc:title/rdf:Alt/rdf:li") == said["Title"].decode("utf-16")
    assert sheet(form).form.words.ja in said["Title"].decode("utf-16")
    assert text("dc:creator/rdf:Seq/rdf:li") == said["Author"].decode("utf-16") == "前庭市"
    day = re.sub(r"[-T:]|\+.*", "", text("xmp:CreateDate") or "")
    assert said["CreationDate"].decode() == f"D:{day}Z"
    assert len(made(form)) < LIMIT


@forms
def test_a_form_speaks_japanese_and_every_word_of_it_is_in_its_structure(form: str) -> None:
    """6.7: language, marked content, a structure tree of known types; what is drawn belongs to it or is decoration."""
    catalog = opened(form).catalog
    assert resolve1(catalog["Lang"]) == b"ja-JP"
    assert resolve1(catalog["MarkInfo"])["Marked"] is True
    assert resolve1(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
    kinds = Counter(
        name(found["S"]) for found in dictionaries(form) if name(found.get("Type")) == "StructElem"
    )
    assert set(kinds) <= STRUCTURE
    pages = [found for found in dictionaries(form) if name(found.get("Type")) == "Page"]
    assert kinds["Document"] == 1
    assert kinds["H1"] == kinds["Figure"] == len(pages)
    assert kinds["P"] > 20 * len(pages)
    figures = [found for found in dictionaries(form) if name(found.get("S")) == "Figure"]
    assert all(found["Alt"] for found in figures)
    assert all("StructParents" in page and name(page["Tabs"]) == "S" for page in pages)
    assert all(not _unmarked(page) for page in pages)


def _unmarked(page: dict[str, Any]) -> list[str]:
    """Texts and lines that stand outside of every marked content."""
    contents = resolve1(page["Contents"])
    streams = contents if isinstance(contents, list) else [contents]
    drawn = b"\n".join(resolve1(one).get_data() for one in streams)
    depth, found = 0, []
    for word in re.findall(
        rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|/[^\s/<>()\[\]]+|[A-Za-z*]+\d*", drawn, re.DOTALL
    ):
        depth += word in {b"BMC", b"BDC"}
        depth -= word == b"EMC"
        if depth == 0 and word in {b"Tj", b"TJ", b"f", b"S", b"s", b"B", b"f*", b"Do"}:
            found.append(word.decode())
    return found


@forms
def test_the_letters_of_a_form_are_in_it_and_no_more_than_it_needs(form: str) -> None:
    """6.2.11: every font embedded, a subset, with a table back to Unicode."""
    fonts = [found for found in dictionaries(form) if name(found.get("Type")) == "Font"]
    whole = [found for found in fonts if name(found["Subtype"]) == "Type0"]
    assert len(whole) in {1, 2}
    assert all(isinstance(resolve1(found["ToUnicode"]), PDFStream) for found in whole)
    assert all(name(found["Encoding"]) == "Identity-H" for found in whole)
    for font in (resolve1(resolve1(found["DescendantFonts"])[0]) for found in whole):
        about = resolve1(font["FontDescriptor"])
        program = resolve1(about.get("FontFile2") or about.get("FontFile3"))
        assert 1_000 < len(program.get_data()) < LIMIT
        assert re.match(r"[A-Z]{6}\+", name(font["BaseFont"]))
    assert all(name(found["Subtype"]) in {"Type0", "CIDFontType0", "CIDFontType2"} for found in fonts)


@forms
def test_a_form_needs_nothing_from_outside_and_does_nothing(form: str) -> None:
    """6.1, 6.5 and 6.6.1: no other file, no action, no script, no encryption; colours are told by the file itself."""
    assert made(form).startswith(b"%PDF-1.7\n%")
    assert min(made(form)[10:14]) > 127
    document = opened(form)
    assert document.encryption is None
    for found in dictionaries(form):
        assert not FORBIDDEN_KEYS & set(found)
        assert name(found.get("S")) not in ACTIONS
        assert name(found.get("Subtype")) not in {"Link", "FileAttachment", "Movie", "Sound", "3D"}
        assert not ("Length" in found and FORBIDDEN_STREAM_KEYS & set(found))
        assert name(found.get("Filter")) in {"", "FlateDecode"}
    wish = resolve1(resolve1(document.catalog["OutputIntents"])[0])
    assert name(wish["S"]) == "GTS_PDFA1"
    assert len(resolve1(wish["DestOutputProfile"]).get_data()) > 100


@forms
def test_nothing_shines_through_or_hangs_over_the_page(form: str) -> None:
    """6.2.10 with 6.1.13: no transparency that would need a blending space, page sizes as printed."""
    for found in dictionaries(form):
        assert resolve1(found.get("ca", 1)) == resolve1(found.get("CA", 1)) == 1
        assert "SMask" not in found
        if name(found.get("Type")) == "Page":
            left, low, right, high = resolve1(found["MediaBox"])
            assert (left, low) == (0, 0)
            assert (round(right / 72 * 25.4), round(high / 72 * 25.4)) == (210, 297)
