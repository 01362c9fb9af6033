"""Numbers as people read them: three digits, over 899 to four, never into the leased ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.ticket_numbers import FIRST_LEASED, LAST_LEASED, number, parts, running


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "A001"), (12, "A012"), (899, "A899"), (900, "A1000"), (901, "A1001"), (9900, "A10000")],
)
def test_running_numbers_step_over_the_leased_ones(count: int, shown: str) -> None:
    assert running("A", count) == shown


@settings(deadline=None)
@given(st.lists(st.integers(1, 20_000), unique=True, min_size=2))
def test_no_two_counts_have_one_number_and_none_is_a_leased_one(counts: list[int]) -> None:
    shown = [running("B", count) for count in counts]
    assert len(set(shown)) == len(shown)
    values = [parts(one) for one in shown]
    assert not [one for one in values if one and FIRST_LEASED <= one[1] <= LAST_LEASED]
    assert not {number("B", value) for value in range(FIRST_LEASED, LAST_LEASED + 1)} & set(shown)


@pytest.mark.parametrize("text", ["", "A1", "A12", "1001", "a001", "A00000001", "A001\n", "Ａ001", "A001 "])
def test_what_is_no_number_has_no_parts(text: str) -> None:
    assert parts(text) is None


def test_a_number_has_a_letter_and_a_value() -> None:
    assert (parts("A012"), parts("KS1000")) == (("A", 12), ("KS", 1000))
