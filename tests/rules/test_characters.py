"""Names keep every code point that is a letter; what cannot be seen or printed is refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.characters import graphemes, length, refusal

HARD_NAMES = [
    "𠮷野　家",
    "髙﨑　渡邉",
    "葛\U000e0100城　渡邊\U000e0101",
    "佐々木　〆子",
    "金ヶ崎　ノ",
    "森　鷗外",
    "𪚲　\U00030000",
    "NGUYỄN VĂN AN",
    "O'Brien-Smith Jr., José",
    "株式会社㈱前庭（本店）",
    "À",
    "吉\ufe00田",
]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_hard_names_are_accepted(name: str) -> None:
    assert refusal(name) is None


@pytest.mark.parametrize(
    ("text", "place", "named"),
    [
        ("山\u202e田", 2, "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("山\u200b田", 2, "ZERO WIDTH SPACE"),
        ("山\u2066田", 2, "LEFT-TO-RIGHT ISOLATE"),
        ("山田\ufeff", 3, "ZERO WIDTH NO-BREAK SPACE"),
        ("\ue000", 1, "外字 U+E000"),
        ("山\U000f0001", 2, "外字 U+F0001"),
        ("山田\x00", 3, "U+0000"),
        ("山\n田", 2, "U+000A"),
        ("\ud83d山", 1, "U+D83D"),
        ("山田😀", 3, "絵文字"),
        ("花子☆", 3, "絵文字"),
        ("a\u00adb", 2, "SOFT HYPHEN"),
        ("か\u3164", 2, "HANGUL FILLER"),
        ("山\ufffd", 2, "REPLACEMENT CHARACTER"),
        ("a\U000e0100", 1, "VARIATION SELECTOR-17"),
        ("\U000e0100", 1, "VARIATION SELECTOR-17"),
        ("葛\U000e0100\U000e0100", 1, "VARIATION SELECTOR-17"),
        ("山\uffff", 2, "U+FFFF"),
        ("x\U000e0041", 2, "TAG LATIN"),
    ],
)
def test_what_cannot_stand_in_a_name_is_told_by_place_and_name(text: str, place: int, named: str) -> None:
    told = str(refusal(text))
    assert f"{place}文字目" in told
    assert named in told


def test_free_text_may_hold_an_emoji_but_nothing_invisible() -> None:
    assert refusal("よろしく😀❤\ufe0f", emoji=True) is None
    assert refusal("よろしく\u202e", emoji=True) is not None


def test_a_letter_with_its_selector_or_marks_counts_as_one() -> None:
    assert length("葛\U000e0100城") == 2
    assert length("𠮷") == 1
    assert length("か\u3099く") == 2
    assert list(graphemes("葛\U000e0100城")) == ["葛\U000e0100", "城"]
    assert length("") == 0


@given(st.text())
def test_no_letter_is_lost_when_counted(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert length(text) <= len(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FEF), min_size=1))
def test_every_kanji_of_the_main_block_is_fine(text: str) -> None:
    assert refusal(text) is None


@given(st.characters(categories=("Cc", "Cs", "Co", "Cf")))
def test_no_control_surrogate_private_or_format_character_passes(character: str) -> None:
    assert refusal(f"山{character}") is not None
    assert refusal(f"山{character}", emoji=True) is not None
