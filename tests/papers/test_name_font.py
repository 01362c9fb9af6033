"""Names in IPAmj Mincho where a machine has it: a stand-in font file, read back, checked glyph by glyph, and missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pylopdf_fonts_jp
import pytest

from models.papers import name_font, typesetting
from models.papers.application import draw
from models.papers.glyphs import Face, face
from models.papers.layout.pages import by_hand, lay_out
from models.papers.sheet import ApplicationSheet, SheetMismatch
from models.papers.verification import print_sheet, verify
from tests.papers.people import filled
from tests.papers.sheets import FORM_IDS, PLAIN, answers, sheet

BARE = "髙𠮷"
"""Letters that the second stand-in lacks."""


def forget() -> None:
    """What a process keeps of the fonts it found."""
    for kept in (name_font.file, name_font.name_face, name_font.family, typesetting._fonts):
        kept.cache_clear()
    typesetting._own.__dict__.clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another font under the name of the real one's file, deep in a folder of fonts."""
    found = tmp_path / "truetype" / "ipamj" / "ipamjm.ttf"
    found.parent.mkdir(parents=True)
    found.symlink_to(Path(pylopdf_fonts_jp.sans_path()).with_name("NotoSerifJP-Regular.otf"))
    monkeypatch.setattr(name_font, "PLACES", (tmp_path / "none", tmp_path))
    forget()
    yield found
    monkeypatch.undo()
    forget()


@pytest.fixture
def lacking(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Face:
    """The same font, as if some letters were not in it."""
    whole = name_font.name_face()
    assert whole is not None
    glyphs = {key: glyph for key, glyph in whole.glyphs.items() if key[0] not in BARE}
    less = Face({key: wide for key, wide in whole.widths.items() if key not in BARE}, glyphs)
    for module in ("name_font", "verification", "application", "layout.canvas"):
        monkeypatch.setattr(f"models.papers.{module}.name_face", lambda: less)
    return less


def named(made: ApplicationSheet) -> set[str]:
    """The texts that a sheet sets in the font of names."""
    return {mark["text"] for page in lay_out(made) for mark in page.marks if mark.get("named")}


def fonts(pdf: bytes) -> set[str]:
    return {found.decode() for found in re.findall(rb"/FontName/[A-Z]{6}\+(\w+)", pdf)}


def test_without_the_font_everything_is_gothic() -> None:
    assert name_font.name_face() is None or name_font.file() is not None
    if name_font.file() is None:
        assert named(sheet("F02", answers("F02"))) == set()


@pytest.mark.parametrize("form", FORM_IDS)
def test_every_form_is_read_back_with_names_in_the_font_of_names(installed: Path, form: str) -> None:
    for number in (3, 11):
        made = sheet(form, filled(form, number))
        assert print_sheet(made)
        assert named(made) <= name_font.names_of(made)


def test_names_are_set_in_it_and_nothing_else(installed: Path) -> None:
    made = sheet("F02", answers("F02"))
    assert named(made) == {name for name, _ in PLAIN}
    assert {"NotoSansJP", "NotoSerifJP"} <= {
        name.split("-")[0].removesuffix("Regular") for name in fonts(draw(made))
    }


def test_a_name_that_the_font_lacks_is_gothic_and_not_marked_for_the_hand(lacking: Face) -> None:
    people = (("𠮷野　髙", "ヨシノ　タカ"), ("前庭　花子", "マエニワ　ハナコ"))
    made = sheet("F02", answers("F02", people))
    assert named(made) == {"前庭　花子"}
    assert by_hand(made) == []
    assert print_sheet(made)


def test_another_persons_name_in_that_font_never_leaves(installed: Path) -> None:
    mine = sheet("F02", answers("F02", (("葛󠄀城　髙﨑", "カツラギ"),)))
    for other in ("葛城　髙﨑", "葛󠄀城　高﨑", "前庭　花子"):
        theirs = replace(mine, fields=answers("F02", ((other, "カツラギ"),)))
        with pytest.raises(SheetMismatch):
            verify(draw(theirs), mine)
    assert face().shapes("葛󠄀") != face().shapes("葛")
