"""What the hall's voice says: the wording of the catalogue, numbers that nobody mishears, twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.catalogue import loader
from models.rules.announcements import LETTERS, Announced, in_english, in_japanese, lines, on_screen, sentence

WORDING = {
    "ja": "番号札、{letter_kana}の{n}番の方、{counter}番窓口へお越しください。",
    "ja_booked": "ご予約の、{letter_kana}の{n}番の方、{counter}番窓口へお越しください。",
    "ja_deliver": "{letter_kana}の{n}番の方、{counter}番の受け渡し窓口へお越しください。",
    "ja_again": "くり返します。",
    "en": "Ticket number {letter} {n}, please come to counter {counter}.",
    "letter_kana": {"A": "エー", "B": "ビー"},
}
SCREEN = {"ko": "{t}번 고객님, {c}번 창구로 와 주십시오.", "zh-Hans": "请{t}号到{c}号窗口。"}


def said(call, *languages):
    return [one.text for one in lines(WORDING, call, languages)]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (Announced("A012", "3"), "番号札、エーのじゅうに番のかた、さん番窓口へお越しください。"),
        (Announced("B004", "7", booked=True), "ご予約の、ビーのよん番のかた、なな番窓口へお越しください。"),
        (
            Announced("B009", "10", deliver=True),
            "ビーのきゅう番のかた、じゅう番の受け渡し窓口へお越しください。",
        ),
        (
            Announced("B009", "4", deliver=True, booked=True),
            "ビーのきゅう番のかた、よん番の受け渡し窓口へお越しください。",
        ),
        (Announced("A120", "14"), "番号札、エーのいち、に、ゼロ番のかた、じゅうよん番窓口へお越しください。"),
        (Announced("A1004", "2"), "番号札、エーのいち、ゼロ、ゼロ、よん番のかた、に番窓口へお越しください。"),
        (Announced("Z001", "2"), "番号札、ゼットのいち番のかた、に番窓口へお越しください。"),
        (Announced("AB001", "2A"), "番号札、エービーのいち番のかた、2A番窓口へお越しください。"),
    ],
)
def test_a_call_is_said_in_the_wording_of_the_catalogue(call, text):
    assert sentence(WORDING, call, "ja") == text


def test_it_is_said_twice_and_english_once_after_it():
    call = Announced("A012", "3")
    japanese = "番号札、エーのじゅうに番のかた、さん番窓口へお越しください。"
    english = "Ticket number A 12, please come to counter 3."
    assert said(call, "ja") == [japanese, f"くり返します。{japanese}"]
    assert said(call, "ja", "en") == [japanese, f"くり返します。{japanese}", english]
    assert said(call, "en") == [english, english]
    assert said(call, "en", "ja", "en") == [english, english, japanese]
    assert said(call) == said(call, "ko") == []


def test_english_reads_long_numbers_digit_by_digit():
    assert (
        sentence(WORDING, Announced("A120", "3"), "en")
        == "Ticket number A one two zero, please come to counter 3."
    )


def test_other_languages_are_shown_with_the_number_as_it_stands_on_the_slip():
    call = Announced("A012", "3")
    assert on_screen(WORDING, SCREEN, call, "ko") == "A012번 고객님, 3번 창구로 와 주십시오."
    assert on_screen(WORDING, SCREEN, call, "en") == "Ticket number A012, please come to counter 3."
    assert on_screen(WORDING, SCREEN, call, "xx") is None


@pytest.mark.parametrize(
    ("number", "kana"),
    [("0", "ゼロ"), ("4", "よん"), ("007", "なな"), ("9", "きゅう"), ("10", "じゅう"), ("14", "じゅうよん"),
     ("20", "にじゅう"), ("47", "よんじゅうなな"), ("99", "きゅうじゅうきゅう"),
     ("100", "いち、ゼロ、ゼロ"), ("２", "２"), ("北1", "北1")],
)  # fmt: skip
def test_numbers_are_read_as_people_say_them(number, kana):
    assert in_japanese(number) == kana


@given(some.integers(0, 99999))
def test_no_two_numbers_sound_alike_and_no_reading_can_be_misheard(value):
    kana = in_japanese(str(value))
    assert in_japanese(f"{value:06d}") == kana
    assert not re.search(r"し(?!ち)|しち|く$|\d", kana.replace("きゅう", "").replace("ろく", ""))
    assert in_japanese(str(value + 1)) != kana
    assert in_english(str(value)) != in_english(str(value + 1))


def test_every_letter_of_the_alphabet_has_its_own_reading():
    assert len(set(LETTERS.values())) == 26


def test_the_shipped_catalogue_has_every_wording():
    rules = loader.load().rules
    for deliver, booked in ((False, False), (False, True), (True, False)):
        call = Announced("A012", "3", deliver, booked)
        for language in ("ja", "en"):
            assert not re.search(r"[{}]", sentence(rules["voice"], call, language))
    for language in rules["screen_call"]:
        assert "A012" in (
            on_screen(rules["voice"], rules["screen_call"], Announced("A012", "3"), language) or ""
        )
