"""I5, I14: what staff write is refused for what cannot be seen in it, and for a My Number."""

from __future__ import annotations

import pytest

from models.rules import mynumber
from models.rules.free_text import refusal


@pytest.mark.parametrize("text", ["", "紛失・汚れ", "市民課　髙橋", "葛\U000e0100城 Ⅱ係", "@=+-"])
def test_what_people_write_is_kept(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x1b", "\x00", "\ue000", "\U0001f600"]
)
def test_what_is_not_seen_as_it_was_typed_is_refused_with_its_place(sign: str) -> None:
    found = refusal(f"窓口{sign}担当")
    assert found is not None
    assert found.values["position"] in (2, 3)


def test_nepali_joins_its_letters_and_nothing_else_hides_behind_that() -> None:
    assert refusal("काम गर्\u200dयो") is None, "ra, halant, joiner, ya: as it is written"
    for text in ("का\u200dम", "窓\u200d口", "\u200dर्", "र्\u200d\u200d"):
        assert refusal(text) is not None, ascii(text)


def test_a_note_may_have_lines_and_a_name_may_not() -> None:
    assert refusal("2026年4月に測定\r\n12件\n", lines=True) is None
    assert refusal("2026年4月に測定\n12件") is not None
    for sign in ("\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "a\rb"):
        assert refusal(f"一{sign}二", lines=True) is not None


def test_a_my_number_is_refused_and_not_said_again() -> None:
    found = refusal("番号 1234-5678-9018")
    assert found is not None
    assert found.template == mynumber.REFUSED
    assert mynumber.masked("番号 1234-5678-9018") == "＊" * 12
    assert mynumber.masked("IDO-01") == "IDO-01"
