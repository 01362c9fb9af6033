"""Typst, locked up: one compiler a thread, our own template folder as its whole world, values only as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import typst

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]

_own = threading.local()


def typeset(template: str, sheet: Mapping[str, Any], made_at: int) -> bytes:
    """The tagged PDF/A of `template` filled with `sheet`; same input, same bytes (`made_at` is Unix seconds).

    Raises `typst.TypstError` when a character has no glyph or a text does not fit: never a silent gap.
    """
    data = json.dumps(sheet, ensure_ascii=False, separators=(",", ":"))
    made = _compiler(template).compile(
        format="pdf", sys_inputs={"sheet": data}, pdf_standards=STANDARDS, timestamp=made_at
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no PDF")
    return made


def _compiler(template: str) -> typst.Compiler:
    compilers: dict[str, typst.Compiler] = _own.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = typst.Compiler(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=str(TEMPLATES / "none"),
            package_cache_path=str(TEMPLATES / "none"),
        )
    return compilers[template]


@cache
def _fonts() -> typst.Fonts:
    folder = Path(pylopdf_fonts_jp.sans_path()).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
