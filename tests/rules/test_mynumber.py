"""I14: a My Number with a right check digit is found however it is typed, and hardly anything else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.mynumber import REFUSED, contains_my_number, is_my_number

NUMBER = "123456789018"
DIGITS = "".join


def with_check_digit(eleven: str) -> str:
    total = 0
    for n, digit in enumerate(reversed(eleven), start=1):
        total += int(digit) * (n + 1 if n <= 6 else n - 5)
    rest = total % 11
    return eleven + ("0" if rest <= 1 else str(11 - rest))


eleven = st.text(alphabet="0123456789", min_size=11, max_size=11)


def test_the_published_example_has_check_digit_eight() -> None:
    assert is_my_number(NUMBER)
    assert not is_my_number("123456789012")


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "1234 5678 9018",
        "1234-5678-9018",
        "１２３４　５６７８　９０１８",
        "1234－5678ー9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "番号は123456789018です",
        "No.123456789018, 以上",
        "1234\u200b56789018",
        "一二三四五六七八九〇一八",
        "①②③④⑤⑥⑦⑧⑨0①⑧",
        "1234\n5678\n9018",
        "電話 090 と 1234 5678 9018",
        "١٢٣٤٥٦٧٨٩٠١٨",
        "1234・5678・9018",
        "前庭ハイツ 123456789018号室",
        "1234 - 5678 - 9018",
    ],
)
def test_a_number_is_found_however_it_is_typed(text: str) -> None:
    assert contains_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789012",
        "12345678901",
        "1234567890189",
        "9123456789018",
        "090-1234-5678",
        "1985-04-01",
        "410-1118 静岡県裾野市佐野1059",
        "1丁目2番3号 前庭ハイツ456号室 7890-18",
        "1234x5678x9018",
    ],
)
def test_other_digits_are_left_alone(text: str) -> None:
    assert not contains_my_number(text)


@given(eleven)
def test_every_right_number_is_found(digits: str) -> None:
    number = with_check_digit(digits)
    assert is_my_number(number)
    assert contains_my_number(f"マイナンバー {number[:4]}-{number[4:8]}-{number[8:]}")


@given(eleven, st.integers(1, 9))
def test_one_wrong_check_digit_is_no_number(digits: str, off: int) -> None:
    number = with_check_digit(digits)
    wrong = number[:11] + str((int(number[11]) + off) % 10)
    assert not contains_my_number(wrong)


@given(st.text())
def test_no_text_breaks_the_guard(text: str) -> None:
    assert contains_my_number(text) in (True, False)


def test_the_refusal_has_no_place_for_the_number() -> None:
    assert "{" not in REFUSED
    assert not any(character.isdigit() for character in REFUSED.replace("12けた", ""))
