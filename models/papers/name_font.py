"""IPAmj明朝: the font of the resident register's kanji, for names, where this machine has it; otherwise all is gothic.

A name is set in it when it has every letter of the name as typed; else the name is set like everything else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst

from models.papers.glyphs import Face, read_face
from models.papers.sheet import ApplicationSheet

FILE = "ipamjm.ttf"
PLACES = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
"""Where systems keep fonts for everybody; folders below count too."""


@cache
def file() -> Path | None:
    """The installed font; None where there is none."""
    found = (path for place in PLACES if place.is_dir() for path in sorted(place.rglob(FILE)))
    return next(found, None)


@cache
def name_face() -> Face | None:
    """Its widths and glyphs; None where it is not installed, or is no font with a table of characters."""
    path = file()
    try:
        return read_face(path.read_bytes()) if path and family() else None
    except (OSError, ValueError, KeyError):
        return None


@cache
def family() -> str:
    """What the font calls itself; empty where it is not installed."""
    path = file()
    if path is None:
        return ""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)]
    )
    mine = (one.family for one in fonts.fonts() if one.path and Path(one.path).resolve() == path.resolve())
    return next(mine, "")


def names_of(sheet: ApplicationSheet) -> frozenset[str]:
    """The names on a sheet that are set in the font of names, as answered."""
    face = name_face()
    if face is None:
        return frozenset()
    return frozenset(name for name in _names(sheet) if name and not face.undrawable(name))


def _names(sheet: ApplicationSheet) -> list[str]:
    found = []
    for section in sheet.form.sections:
        for item in section.fields:
            if item.kind != "name":
                continue
            rows = sheet.rows(section) if item.repeat > 1 else [sheet.fields]
            answers = [row.get(item.id) if hasattr(row, "get") else row for row in rows]
            found += [answer for answer in answers if isinstance(answer, str)]
    return found
