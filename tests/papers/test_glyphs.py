"""The font's own tables: what it can draw, how wide, and which spellings look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.papers.glyphs import SUBSTITUTE, clusters, face, read_face


def test_every_kanji_of_jis_x_0213_can_be_drawn() -> None:
    pairs = [bytes((high, low)) for high in range(0x81, 0xFD) for low in range(0x40, 0xFD)]
    letters = {letter for pair in pairs for letter in pair.decode("shift_jis_2004", "ignore")}
    kanji = [letter for letter in letters if "\u4e00" <= letter <= "\u9fff" or letter >= "\U00020000"]
    assert len(kanji) > 9_000
    assert [letter for letter in kanji if face().undrawable(letter)] == []


@pytest.mark.parametrize("name", ["𠮷野　家", "髙﨑", "葛󠄀城", "辻󠄁", "渡邉渡邊", "神塚", "MÜLLER-O'BRIEN"])
def test_names_of_real_people_can_be_drawn(name: str) -> None:
    assert face().undrawable(name) == []
    assert face().drawable(name) == name


def test_an_unknown_character_becomes_a_geta_and_an_unknown_shape_the_usual_one() -> None:
    assert face().drawable("专한a") == f"{SUBSTITUTE}{SUBSTITUTE}a"
    assert face().undrawable("葛\U000e01ef城") == ["葛\U000e01ef"]
    assert face().drawable("葛\U000e01ef城") == "葛城"


def test_a_selector_for_the_usual_shape_changes_nothing_on_paper() -> None:
    assert face().shapes("葛\U000e0101") == face().shapes("葛")
    assert face().shapes("葛\U000e0100") != face().shapes("葛")


def test_wide_and_narrow_letters_have_their_widths() -> None:
    assert face().width("前庭") == 2
    assert face().width("W") > face().width("i") > 0
    assert face().width("葛\U000e0100") == 1


@given(st.text(max_size=30))
def test_clusters_lose_nothing(text: str) -> None:
    assert "".join(clusters(text)) == text


def test_a_file_that_is_no_font_is_refused() -> None:
    with pytest.raises((ValueError, KeyError)):
        read_face(b"\x00" * 64)
