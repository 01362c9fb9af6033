"""Readings become full-width katakana however they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.kana import is_katakana, to_katakana


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("まえにわ はなこ", "マエニワ　ハナコ"),
        ("ﾏｴﾆﾜ ﾊﾅｺ", "マエニワ　ハナコ"),
        ("マエニワ　ハナコ", "マエニワ　ハナコ"),
        ("ﾊﾞﾝ ｳﾞｨﾙﾍﾙﾑ", "バン　ヴィルヘルム"),
        ("らーめん", "ラーメン"),
        ("エ-コ", "エーコ"),
        ("エ－コ", "エーコ"),
        ("ｴｰｺ", "エーコ"),
        ("えー ひー", "エー　ヒー"),
        ("かﾞく", "ガク"),
        ("が", "ガ"),
        ("マイケル・スミス", "マイケル　スミス"),
        ("いすゞ みすゝ", "イスヾ　ミスヽ"),
        ("さゕゖ", "サヵヶ"),
        ("グェン　ティ　　ランアン", "グェン　ティ　ランアン"),
        ("　マエニワ　", "マエニワ"),
    ],
)
def test_a_reading_is_kept_in_katakana(typed: str, kept: str) -> None:
    assert to_katakana(typed) == kept
    assert is_katakana(kept)


@pytest.mark.parametrize(
    "typed", ["", "前庭", "Maeniwa", "マエニワ1", "マエニワ-", "　", "マエニワ\u200bハナコ"]
)
def test_what_is_no_reading_is_refused(typed: str) -> None:
    assert not is_katakana(typed)


@given(st.text(alphabet=st.characters(min_codepoint=0x3041, max_codepoint=0x3094), min_size=1, max_size=30))
def test_any_hiragana_becomes_katakana_once_and_for_all(typed: str) -> None:
    kept = to_katakana(typed)
    assert is_katakana(kept)
    assert to_katakana(kept) == kept


@given(st.text(max_size=30))
def test_converting_twice_changes_nothing_more(typed: str) -> None:
    once = to_katakana(typed)
    assert to_katakana(once) == once
