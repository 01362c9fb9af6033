"""A little of `make fuzz` in every run: the good inputs, and each of them with some of its bytes changed."""

from __future__ import annotations

import random

import pytest

from tests.fuzz import decoder
from tests.fuzz.__main__ import seeds
from tests.races.crowd import sized

CHANGES = sized(5_000, 60)


@pytest.mark.parametrize("number", range(8))
def test_a_changed_code_is_refused_and_nothing_else_happens(number: int) -> None:
    whole, source = seeds()[number], random.Random(number)
    decoder.one(whole)
    for _ in range(CHANGES):
        spoilt = bytearray(whole)
        for _ in range(source.randrange(1, 6)):
            spoilt[source.randrange(1, len(spoilt))] = source.randrange(256)
        decoder.one(bytes(spoilt[: source.choice((len(spoilt), source.randrange(2, len(spoilt) + 1)))]))
