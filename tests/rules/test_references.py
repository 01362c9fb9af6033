"""Human references: easy to read out, and a slip of the tongue never becomes somebody else's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.references import ALPHABET, LENGTH, new, parse, shown

randomness = st.binary(min_size=8, max_size=8)


@given(randomness)
def test_a_new_reference_reads_back_in_any_spelling(seed: bytes) -> None:
    made = new(seed)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in made)
    spellings = (
        made,
        made.lower(),
        shown(made),
        f" {made[:4]} {made[4:]}\r\n",
        wide,
        shown(wide).replace("-", "－"),
    )
    assert [parse(text) for text in spellings] == [made] * len(spellings)


def test_the_alphabet_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOU01")
    assert len(set(ALPHABET)) == len(ALPHABET) == 29


@given(randomness)
def test_every_single_wrong_character_is_noticed(seed: bytes) -> None:
    made = new(seed)
    for place in range(LENGTH):
        for letter in ALPHABET.replace(made[place], ""):
            assert parse(made[:place] + letter + made[place + 1 :]) is None


@given(randomness)
def test_every_swap_of_neighbours_is_noticed(seed: bytes) -> None:
    made = new(seed)
    for place in range(LENGTH - 1):
        swapped = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
        assert swapped == made or parse(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "K7FX", "K7FX-29MBB", "AEIOU011", "前庭市役所窓口課", "\x00" * 8, "K" * 5000]
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    found = parse(text)
    assert found is None or len(found) == LENGTH


def test_references_are_spread_over_the_whole_alphabet() -> None:
    seen = {
        letter for number in range(400) for letter in new((number * 2_654_435_761 * 97).to_bytes(8, "big"))
    }
    assert seen == set(ALPHABET)
