"""Typst, locked up: one compiler a thread, our own template folder as its whole world, values only as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_hi
import pylopdf_fonts_jp
import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
import typst

from models.papers import name_font

TEMPLATES = Path(__file__).parent / "typst"
FONTS = (pylopdf_fonts_jp, pylopdf_fonts_zh_cn, pylopdf_fonts_ko, pylopdf_fonts_hi)
"""Japanese, and what the languages of slips need beside it."""
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]

_own = threading.local()


def typeset(template: str, sheet: Mapping[str, Any], made_at: int) -> bytes:
    """The tagged PDF/A of `template` filled with `sheet`; same input, same bytes (`made_at` is Unix seconds).

    Raises `typst.TypstError` when a character has no glyph or a text does not fit: never a silent gap.
    """
    return typeset_source(_source(template), sheet, made_at)


def typeset_source(source: bytes, sheet: Mapping[str, Any], made_at: int) -> bytes:
    """The same of a template that stands elsewhere; it sees no other file than its data."""
    made = _compiler().compile(
        _files(source, sheet),  # type: ignore[type-var]  # its type hints do not know files in memory yet
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=made_at,
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no PDF")
    return made


def _files(source: bytes, sheet: Mapping[str, Any]) -> dict[str, bytes]:
    """The template and its data, in memory.

    A value in `sys.inputs` would be seen by every step of the typesetting, so that nothing of the sheet before could be
    used again; a file is seen by the one line that reads it.
    """
    data = json.dumps(sheet, ensure_ascii=False, separators=(",", ":"))
    return {"main.typ": source, "sheet.json": data.encode()}


@cache
def _source(template: str) -> bytes:
    return (TEMPLATES / template).read_bytes()


def _compiler() -> typst.Compiler:
    made: typst.Compiler | None = _own.__dict__.get("compiler")
    if made is None:
        made = _own.compiler = typst.Compiler(
            root=str(TEMPLATES),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=str(TEMPLATES / "none"),
            package_cache_path=str(TEMPLATES / "none"),
        )
    return made


@cache
def _fonts() -> typst.Fonts:
    paths = [str(Path(fonts.sans_path()).parent) for fonts in FONTS]
    installed = name_font.file()
    if installed and name_font.name_face():
        paths.append(str(installed.parent))  # last: of two fonts of one name, ours counts
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)
