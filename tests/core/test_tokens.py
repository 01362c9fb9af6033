"""A2: tokens are 160 random bits with nothing of a person, a row or a time in them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from models.core.tokens import derived, fingerprint, is_token, new_token

MINTED = 100_000


def test_a2_tokens_do_not_repeat_and_use_every_letter_evenly() -> None:
    tokens = [new_token() for _ in range(MINTED)]
    assert len(set(tokens)) == MINTED
    counts = Counter("".join(tokens))
    assert len(counts) == 32
    expected = MINTED * 32 / 32
    chi_squared = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_squared < 80, "31 degrees of freedom: beyond 80 is not chance"


def test_a_derived_token_is_a_token_that_another_purpose_does_not_share() -> None:
    token = new_token()
    qr, form = derived(token, "qr"), derived(token, "application F02")
    assert is_token(qr)
    assert len({token, qr, form}) == 3
    assert derived(token, "qr") == qr


@given(st.text(max_size=80))
def test_any_text_has_a_fingerprint_and_only_tokens_are_tokens(text: str) -> None:
    assert len(fingerprint(text)) == 32
    assert is_token(text) is (len(text) == 32 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
