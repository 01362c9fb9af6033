"""Telephone numbers are kept as typed and compared in one form."""

from __future__ import annotations

import pytest

from models.rules.telephone import cleaned, comparable, is_international, refusal


@pytest.mark.parametrize(
    "typed",
    [
        "080-1234-5678",
        "08012345678",
        "０８０－１２３４－５６７８",
        "080ー1234ー5678",
        "080 1234 5678",
        "(080)1234-5678",
        "+81-80-1234-5678",
        "+81 080 1234 5678",
        "+818012345678",
        "0081-80-1234-5678",
    ],
)
def test_one_line_has_one_comparable_form(typed: str) -> None:
    assert comparable(typed) == "+818012345678"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("080-1234-5678", "080-1234-5678"),
        ("０５５（９９２）１１１１", "055-992-1111"),
        (" 055 992 1111 ", "055-992-1111"),
        ("+84 24 3825 2842", "+84-24-3825-2842"),
    ],
)
def test_digits_and_hyphens_stay(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept
    assert refusal(kept) is None


@pytest.mark.parametrize(
    "typed", ["", "110", "12-345", "でんわ", "090-1234-567", "090-1234-56789", "++8180", "1-800-FLOWERS"]
)
def test_what_nobody_can_call_is_refused(typed: str) -> None:
    assert "例：090-1234-5678" in str(refusal(typed))


def test_the_country_code_of_japan_is_known() -> None:
    assert is_international("+81 80 1234 5678")
    assert not is_international("080-1234-5678")
